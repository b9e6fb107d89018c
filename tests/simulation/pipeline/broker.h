// The simulated Kafka: input logs, the journal, the dead letters, and the appends on their way.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "adapters/snapshot/agreement.h"
#include "core/alerts/entry.h"
#include "simulation/pipeline/script.h"

namespace bellwether::simulation {

using base::JournalOffset;

// A journal record on its way; its writer may have died meanwhile.
struct Append {
  int64_t id = 0;
  alerts::JournalEntry entry;  // what the writer meant
  std::string bytes;           // what it sent
};

using DeadLetterKey = std::tuple<size_t, size_t, int64_t>;  // input, partition, offset
// By lane, which is input × partitions + partition: offsets.
using Cut = std::vector<int64_t>;

// By which a record is known again.
base::LogMark mark_of(const Record& record, int64_t offset);
base::LogMark mark_of(std::string_view journal_record, int64_t offset);

class Broker {
 public:
  explicit Broker(int partitions) : partitions_(static_cast<size_t>(partitions)) {
    logs_.resize(kInputs * partitions_);
    low_.resize(logs_.size());
  }

  bool up = true;

  std::vector<Record>& log(size_t input, size_t partition) {
    return logs_[input * partitions_ + partition];
  }
  const std::vector<Record>& log(size_t input, size_t partition) const {
    return logs_[input * partitions_ + partition];
  }
  size_t partitions() const { return partitions_; }
  size_t lanes() const { return logs_.size(); }
  // With what retention has taken; low() says from where on the broker still gives it.
  const std::vector<Record>& log(size_t lane) const { return logs_[lane]; }
  int64_t low(size_t lane) const { return low_[lane]; }
  int64_t high(size_t lane) const { return static_cast<int64_t>(logs_[lane].size()); }
  const Cut& lows() const { return low_; }

  // What a replica sees there. `offset` may be anywhere.
  base::LogState look(size_t lane, int64_t offset) const;
  base::LogState look_at_journal(int64_t offset) const;
  // Retention takes the first `permille` of what a lane has left.
  void truncate(size_t input, size_t partition, int64_t permille);
  // A topic is deleted, made anew and published again in another order, so that no offset bears
  // what it bore. False, and nothing happens, where that cannot be.
  bool recreate(size_t input);
  // Of a topic: how often it was made anew.
  int64_t generation(size_t input) const { return generations_[input]; }

  const std::vector<std::string>& journal() const { return journal_; }
  int64_t send(alerts::JournalEntry entry, std::string bytes) {
    in_flight_.push_back({next_append_, std::move(entry), std::move(bytes)});
    return next_append_++;
  }
  bool any_in_flight() const { return !in_flight_.empty(); }
  // The `which`-th append in flight leaves the network.
  std::optional<Append> arrive(size_t which) {
    if (!up || in_flight_.empty()) return std::nullopt;
    auto const at =
        in_flight_.begin() + static_cast<ptrdiff_t>(std::min(which, in_flight_.size() - 1));
    Append append = std::move(*at);
    in_flight_.erase(at);
    return append;
  }
  // And becomes a record; its writer hears of it unless `mute`.
  JournalOffset append(const Append& a, bool mute) {
    JournalOffset const offset(static_cast<int64_t>(journal_.size()));
    journal_.push_back(a.bytes);
    if (!mute) acknowledged_.emplace(a.id, offset);
    return offset;
  }
  std::optional<JournalOffset> acknowledged(int64_t id) const {
    auto const found = acknowledged_.find(id);
    return found == acknowledged_.end() ? std::nullopt : std::optional(found->second);
  }

  // By record: the reason; a replayed log writes the same ones again.
  std::map<DeadLetterKey, events::Refusal> dead_letters;

 private:
  size_t partitions_;
  std::vector<std::vector<Record>> logs_;
  Cut low_;
  std::array<int64_t, kInputs> generations_{};
  std::vector<std::string> journal_;
  std::vector<Append> in_flight_;
  std::map<int64_t, JournalOffset> acknowledged_;
  int64_t next_append_ = 0;
};

}  // namespace bellwether::simulation
