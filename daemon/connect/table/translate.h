// Purpose: turns a row of a table into events of the contract, or into the reasons why it states
// none.
// Thread safety: one thread. Nothing here reads a clock: the times are arguments.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "connect/table/convert.h"
#include "connect/table/fault.h"
#include "connect/table/mapping.h"
#include "connect/table/register_match.h"
#include "connect/table/rows.h"
#include "core/events/decoder.h"

namespace bellwether::connect::table {

// Clocks of a source and of its file may differ by this much.
inline constexpr int64_t kClockSkewMsMax = 5 * 60'000;

// One event, ready to be published.
struct TableEvent {
  domain::EventKind kind{};
  std::string event_id;
  std::string key;       // of the record
  std::string case_key;  // the key if the enquirer is on no register; empty without a case
  std::string value;     // the message
  uint64_t content = 0;  // hash of the message without its sequence
  int64_t sequence = 0;
  base::UnixMillis published;
  std::optional<base::UnixMillis> created;  // of the matter, if the mapping states it
  std::optional<Match> match;               // if the mapping matches enquirers
};

// The message of a record of `topic` with another source_sequence.
std::string with_sequence(domain::Topic topic, std::string_view message, int64_t sequence);

// What the file states about all of its rows.
struct FileTime {
  std::optional<base::UnixMillis> published;  // unset: a column states it
  // No row may be published later: the time of the run, and some tolerance.
  base::UnixMillis latest{INT64_MAX};
};

// When the file was published: from its name, or from `as_of` (a day YYYY-MM-DD, or an instant such
// as 2026-11-30T18:00:00Z), which may be empty. A day means its end on the mapping's clock. Error:
// InvalidArgument.
absl::StatusOr<FileTime> file_time(const Mapping& mapping, std::string_view file_name,
                                   std::string_view as_of, base::UnixMillis latest);

class Translator {
 public:
  // `mapping` and `matches` must outlive the translator. `matches`: nullptr if the mapping has no
  // `match`.
  Translator(const Mapping& mapping, FileTime file, const RegisterMatch* matches);

  struct Result {
    std::vector<TableEvent> events;
    std::vector<Fault> faults;  // one for each event that cannot be stated
    bool filtered = false;      // a condition of the mapping leaves the row out
  };
  Result translate(const Row& row);

  // The enquirer of a row, for RegisterMatch. REQUIRES: the mapping has `match`.
  Enquirer enquirer(const Row& row) const;

 private:
  struct Draft;

  Outcome<TableEvent> state(const EventRule& rule, domain::EventKind kind, const Row& row);
  std::optional<Fault> identify(const EventRule& rule, const Row& row, Draft& draft);
  std::optional<Fault> date(const Row& row, Draft& draft) const;
  std::optional<Fault> set_fields(const std::vector<FieldRule>& rules, const Row& row,
                                  google::protobuf::Message& to, bool& complete) const;
  std::optional<Fault> set_field_of(const FieldRule& rule, const Row& row,
                                    google::protobuf::Message& to, bool& complete) const;
  std::optional<Fault> place(const Row& row, Draft& draft) const;
  std::optional<Fault> check(const Draft& draft) const;
  std::optional<Fault> too_early(const google::protobuf::Message& message) const;
  std::string hashed_id(const IdRule& rule, const Row& row);

  const Mapping& mapping_;
  FileTime const file_;
  const RegisterMatch* const matches_;
  reference::Reference const reference_;
  events::Decoder const decoder_;
  absl::flat_hash_map<std::string, int> numbered_;  // equal rows so far, by hash
};

}  // namespace bellwether::connect::table
