// Purpose: the connector of tables: gives it the rows of a file, and it says what is new in them.
// The same rows and the same memory always give the same records, so what a killed process said may
// be said again.
// Thread safety: one thread. Nothing here reads a clock or a file.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "connect/said.h"
#include "connect/table/high_water.h"
#include "connect/table/known_facts.h"
#include "connect/table/rows.h"
#include "connect/table/translate.h"

namespace bellwether::connect::table {

// What is remembered from one run to the next.
struct Memory {
  absl::FunctionRef<absl::StatusOr<std::optional<std::string>>(std::string_view key)> get;
  absl::FunctionRef<void(std::string_view key, std::string_view value)> put;
};

// An enquirer who is stated under the case, because no business is sure enough. It has no name:
// who reviews it looks it up in the desk's own system.
struct Reviewed {
  std::string_view file;
  int line = 0;
  std::string_view case_key;
  const Match& match;
};
using Review = absl::FunctionRef<void(const Reviewed&)>;

struct Counts {
  int64_t rows = 0;
  int64_t filtered = 0;  // a condition leaves them out
  int64_t old = 0;       // below the high-water mark
  int64_t said = 0;
  int64_t repeated = 0;  // facts that were said before, in this or a later version
  int64_t moved = 0;     // facts that moved from a case to a business
  std::map<std::string_view, int64_t> by_kind;
  std::array<int64_t, kMatchWays.size()> matched{};  // events by MatchWay
  int64_t below_threshold = 0;
  base::UnixMillis published;  // the latest publication that was said
};

class Connector {
 public:
  // All arguments must outlive the connector. `mark`: nullptr if the mapping is not incremental.
  Connector(const Mapping& mapping, std::string_view file, FileTime time,
            const RegisterMatch* matches, HighWater* mark, Counts& counts)
      : mapping_(mapping),
        file_(file),
        time_(time),
        mark_(mark),
        counts_(counts),
        translator_(mapping, time, matches) {}

  // Says what the row states. Of two rows of a file that state one id differently, without telling
  // which is later, the second is refused: otherwise each run would say both again. Error: that of
  // `say` or of the memory; it ends the run.
  absl::Status row(const Row& row, const Memory& memory, connect::Say say, connect::Refuse refuse,
                   Review review);
  void bad_row(const BadRow& bad, connect::Refuse refuse);

 private:
  // False if the event cannot stand, because its id stands for another matter.
  absl::StatusOr<bool> event(int line, const TableEvent& event, const Memory& memory,
                             connect::Say say, connect::Refuse refuse);
  void refuse_row(int line, const Fault& fault, connect::Refuse refuse) const;

  const Mapping& mapping_;
  std::string_view const file_;
  FileTime const time_;
  HighWater* const mark_;
  Counts& counts_;
  Translator translator_;
  absl::flat_hash_set<uint64_t> stated_;  // hashes of the ids that rows of this file stated
};

}  // namespace bellwether::connect::table
