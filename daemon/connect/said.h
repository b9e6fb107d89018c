// Purpose: what a connector says: records for the input topics, and the rows of its source that say
// nothing because they cannot be used.
// A connector is a pure function. It takes the rows of its source and what the state remembers, and
// gives records and the new state. The same rows and the same state always give the same records,
// with the same ids and versions. So whatever was said before a crash may be said again: the fold
// knows it already. No connector reads a clock: the time of publication is that of the source.
// Thread safety: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "core/base/calendar.h"
#include "core/domain/topics.h"

namespace bellwether::connect {

// One record. The key decides its partition.
struct Said {
  domain::Topic topic{};
  std::string key;             // the canonical id of the business, or "case:ID"
  std::string value;           // the bytes of the topic's message
  base::UnixMillis published;  // the Kafka timestamp
};

// Takes one record. An error ends the run; nothing is remembered of what was said since the last
// commit.
using Say = absl::FunctionRef<absl::Status(const Said&)>;

// A row that says nothing, and why.
struct Refused {
  std::string_view file;
  int64_t line = 0;         // from 1; 0: the whole file
  std::string_view reason;  // from a table of the connector: few, short, the same for equal errors
  std::string what;         // what is wrong with this row, and what to do
};

// Counts what was refused. Refused rows never end a run.
class Refusals {
 public:
  void add(const Refused& refused) {
    ++counts_[std::string(refused.reason)];
    ++total_;
  }
  const std::map<std::string, int64_t>& by_reason() const { return counts_; }
  int64_t total() const { return total_; }

 private:
  std::map<std::string, int64_t> counts_;
  int64_t total_ = 0;
};

using Refuse = absl::FunctionRef<void(const Refused&)>;

}  // namespace bellwether::connect
