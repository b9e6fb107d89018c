#include "simulation/pipeline/custody.h"

#include <algorithm>

#include "adapters/snapshot/store.h"

namespace bellwether::simulation {

void Custody::captured(uint64_t fingerprint, size_t coverage, Cut next) {
  Snapshot& s = snapshots_[fingerprint];
  s.serial = ++serial_;
  s.coverage = coverage;
  s.next = std::move(next);
  for (size_t i = 0; i < kInputs; ++i) s.generations[i] = broker_.generation(i);
}

void Custody::attempted(int replica, Attempt attempt) {
  if (!attempt.name.empty()) attempts_[static_cast<size_t>(replica)].push_back(std::move(attempt));
}

void Custody::damaged(int replica, std::string_view name) {
  for (Attempt& a : attempts_[static_cast<size_t>(replica)]) a.damaged |= a.name == name;
}

const Custody::Snapshot* Custody::find(uint64_t fingerprint) const {
  auto const found = snapshots_.find(fingerprint);
  return found == snapshots_.end() ? nullptr : &found->second;
}

bool Custody::agrees_with_log(const Snapshot& snapshot) const {
  for (size_t lane = 0; lane < snapshot.next.size(); ++lane) {
    size_t const input = lane / broker_.partitions();
    bool const other_log = snapshot.generations[input] != broker_.generation(input);
    int64_t const next = snapshot.next[lane];
    if (next < broker_.low(lane) || (other_log && next > 0)) return false;
  }
  return true;
}

int64_t Custody::due(int replica) const {
  const std::vector<Attempt>& all = attempts_[static_cast<size_t>(replica)];
  size_t const kept = std::min<size_t>(all.size(), snapshot::kSnapshotsKept);
  for (auto a = all.rbegin(); a != all.rbegin() + static_cast<ptrdiff_t>(kept); ++a) {
    if (!a->saved || !a->honest || a->damaged) continue;
    const Snapshot* const s = find(a->fingerprint);
    if (s != nullptr && agrees_with_log(*s)) return s->serial;
  }
  return 0;
}

}  // namespace bellwether::simulation
