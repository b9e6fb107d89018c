// The simulated Kafka: input logs, the journal, the dead letters, and the appends in flight.
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

// A journal record in flight. Its writer may have died since.
struct Append {
  int64_t id = 0;
  alerts::JournalEntry entry;  // the entry that the writer encoded
  std::string bytes;           // the bytes that it sent
};

using DeadLetterKey = std::tuple<size_t, size_t, int64_t>;  // input, partition, offset
// Offsets by lane. A lane is input × partitions + partition.
using Cut = std::vector<int64_t>;

// The mark that identifies a record.
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
  // Includes the records that retention deleted. The broker gives only records from low() on.
  const std::vector<Record>& log(size_t lane) const { return logs_[lane]; }
  int64_t low(size_t lane) const { return low_[lane]; }
  int64_t high(size_t lane) const { return static_cast<int64_t>(logs_[lane].size()); }
  const Cut& lows() const { return low_; }

  // The state of a lane as a replica sees it. `offset` may have any value.
  base::LogState look(size_t lane, int64_t offset) const;
  base::LogState look_at_journal(int64_t offset) const;
  // Retention deletes the first `permille` ‰ of the remaining records of a lane.
  void truncate(size_t input, size_t partition, int64_t permille);
  // Deletes a topic, recreates it and publishes its records in another order, so that every offset
  // holds another record. Returns false and does nothing if that is impossible.
  bool recreate(size_t input);
  // How often a topic was recreated.
  int64_t generation(size_t input) const { return generations_[input]; }

  const std::vector<std::string>& journal() const { return journal_; }
  int64_t send(alerts::JournalEntry entry, std::string bytes) {
    in_flight_.push_back({next_append_, std::move(entry), std::move(bytes)});
    return next_append_++;
  }
  bool any_in_flight() const { return !in_flight_.empty(); }
  // Takes the `which`-th append in flight off the network.
  std::optional<Append> arrive(size_t which) {
    if (!up || in_flight_.empty()) return std::nullopt;
    auto const at =
        in_flight_.begin() + static_cast<ptrdiff_t>(std::min(which, in_flight_.size() - 1));
    Append append = std::move(*at);
    in_flight_.erase(at);
    return append;
  }
  // Makes the append a record of the journal. The writer gets an acknowledgement unless `mute`.
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

  // The reason by record. A replayed log writes the same entries again.
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
