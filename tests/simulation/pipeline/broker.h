// The simulated Kafka: input logs, the journal, the dead letters, and the appends on their way.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "alerts/book.h"
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

class Broker {
 public:
  explicit Broker(int partitions) : partitions_(static_cast<size_t>(partitions)) {
    logs_.resize(kInputs * partitions_);
  }

  bool up = true;

  std::vector<Record>& log(size_t input, size_t partition) {
    return logs_[input * partitions_ + partition];
  }
  const std::vector<Record>& log(size_t input, size_t partition) const {
    return logs_[input * partitions_ + partition];
  }
  size_t partitions() const { return partitions_; }

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
  std::vector<std::string> journal_;
  std::vector<Append> in_flight_;
  std::map<int64_t, JournalOffset> acknowledged_;
  int64_t next_append_ = 0;
};

}  // namespace bellwether::simulation
