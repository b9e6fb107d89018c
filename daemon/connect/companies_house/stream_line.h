// Purpose: one line of the stream: from JSON to typed facts of one company, or the reason why the
// line cannot be used. A day file is the same lines in a file.
// Thread safety: StreamReader: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "connect/companies_house/facts.h"
#include "connect/companies_house/row.h"
#include "connect/companies_house/stream_tables.h"
#include "core/base/calendar.h"
#include "core/base/time_zone.h"

namespace bellwether::connect::companies_house {

// Longer lines are refused.
inline constexpr size_t kLineBytesMax = size_t{1} << 20;
// More insolvency cases of one company are refused. No real company has so many.
inline constexpr size_t kCasesMax = 64;

// What a line says. Its views are valid until the reader's next line.
struct Document {
  Fact fact{};  // kAccounts or kConfirmation
  base::Days period_end;
  base::Days filed;
  std::string_view description;
};
struct Notice {
  const NoticeWord* word = nullptr;
  base::Days on;
};
struct Appointment {
  std::string_view id;
  events::v1::OfficerRole role{};
  std::optional<base::Days> appointed;
  std::optional<base::Days> resigned;
  bool deleted = false;  // the register takes it back
};
struct Case {
  std::string_view number;
  events::v1::InsolvencyType type{};
  std::optional<base::Days> opened;
};
struct Charge {
  int number = 0;
  std::optional<base::Days> created;
  std::optional<base::Days> satisfied;
};
// A line that is not used, and why, for counts.
struct Unused {
  std::string_view why;
};
inline constexpr std::string_view kOtherKind = "of other kinds";
inline constexpr std::string_view kOtherFiling = "filings that count nothing";
inline constexpr std::string_view kDeletion = "deletions";

struct LineProblem {
  std::string_view reason;
  std::string what;
};
// The reasons, beside those of rows (row.h).
inline constexpr std::string_view kNoJson = "unreadable line";
inline constexpr std::string_view kNoEvent = "no time point or time of publication";
inline constexpr std::string_view kBadDate = "impossible date";
inline constexpr std::string_view kFutureDate = "date after its publication";
inline constexpr std::string_view kNoContent = "content is missing";

struct StreamLine {
  std::optional<Stream> stream;  // nullopt: not readable, or of another kind
  int64_t timepoint = 0;         // 0: not readable
  base::UnixMillis published;    // valid if the time point is
  std::optional<Number> number;  // of the company; stated unless content is Unused or LineProblem
  std::variant<Unused, LineProblem, Row, Document, Notice, Appointment, std::vector<Case>, Charge>
      content;
};

class StreamReader {
 public:
  // `zone`: the clock of times of publication that state no zone.
  explicit StreamReader(base::TimeZone zone);
  ~StreamReader();
  StreamReader(const StreamReader&) = delete;
  StreamReader& operator=(const StreamReader&) = delete;

  // `line`: without its end; not blank. Valid until the next call.
  const StreamLine& read(std::string_view line);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Reads "2026-11-17T10:23:04", with or without a fraction and a zone; without one it is on the
// clock of `zone`. nullopt if it is none, or outside 1970 to 2078.
std::optional<base::UnixMillis> read_published(std::string_view text, const base::TimeZone& zone);

// Where the register is.
inline constexpr char kZone[] = "Europe/London";

}  // namespace bellwether::connect::companies_house
