#include "runtime/verify/verified.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "core/base/text.h"

namespace bellwether::runtime {
namespace {

// The values of an alert that the digest covers.
std::string say(const alerts::AlertUpdate& u) {
  return base::cat(alerts::kTransitionNames[static_cast<size_t>(u.transition)], ", ",
                   alerts::kSeverityNames[static_cast<size_t>(u.severity)], ", ",
                   u.open ? "open" : "closed", ", cusum ",
                   absl::StrFormat("%.6f", u.evidence.cusum));
}

std::map<alerts::AlertKey, std::string> by_key(std::span<const alerts::AlertUpdate> updates) {
  std::map<alerts::AlertKey, std::string> out;
  for (const alerts::AlertUpdate& u : updates) out[u.key] = say(u);
  return out;
}

}  // namespace

std::vector<AlertDifference> differences(std::span<const alerts::AlertUpdate> journaled,
                                         std::span<const alerts::AlertUpdate> computed) {
  std::map<alerts::AlertKey, std::string> const theirs = by_key(journaled);
  std::map<alerts::AlertKey, std::string> const ours = by_key(computed);
  std::vector<AlertDifference> out;
  for (const auto& [key, text] : theirs) {
    auto const found = ours.find(key);
    if (found == ours.end()) {
      out.push_back({key, text, ""});
    } else if (found->second != text) {
      out.push_back({key, text, found->second});
    }
  }
  for (const auto& [key, text] : ours) {
    if (!theirs.contains(key)) out.push_back({key, "", text});
  }
  std::ranges::sort(out, {}, &AlertDifference::key);
  return out;
}

CutMap to_map(std::span<const alerts::CutOffset> cut) {
  CutMap out;
  // −1: the input had no record yet, which is the same as 0.
  for (const alerts::CutOffset& c : cut)
    out[{c.topic, c.partition}] = std::max<int64_t>(0, c.offset);
  return out;
}

bool reaches(const CutMap& from, const CutMap& to) {
  return std::ranges::all_of(from, [&](const auto& place) {
    auto const found = to.find(place.first);
    return place.second <= (found == to.end() ? 0 : found->second);
  });
}

std::optional<CutPlace> beyond(const CutMap& cut, const CutMap& ends) {
  for (const auto& [place, offset] : cut) {
    auto const end = ends.find(place);
    if (end == ends.end() || offset > end->second) return place;
  }
  return std::nullopt;
}

}  // namespace bellwether::runtime
