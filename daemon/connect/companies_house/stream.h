// Purpose: what the lines of the stream say that is new, by what is remembered of each company and
// of each fact. How far each stream was read is part of the state (notes.h of the caller), so that
// a line is used once.
//
// Facts with a day of their own (filings, notices, charges, cases, officers) are remembered one by
// one, in 8 bytes beside the records of companies, so that a filing that comes again says nothing.
// Those that were long past when they were published (kOldDays) are left out: the register also
// publishes corrections of old entries, and a few old facts of some companies would look like a
// trend. Thread safety: one thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "connect/companies_house/compare.h"
#include "connect/companies_house/facts.h"
#include "connect/companies_house/record.h"
#include "connect/companies_house/stream_line.h"
#include "connect/said.h"

namespace bellwether::connect::companies_house {

inline constexpr std::string_view kOldFact = "older than a year";
inline constexpr std::string_view kRepeated = "said before";
inline constexpr std::string_view kReadBefore = "not newer than what was read before";
inline constexpr std::string_view kCeasedBefore = "companies that ceased long ago";
inline constexpr std::string_view kNoOpening = "insolvency cases without a day of opening";
inline constexpr std::string_view kDamagedState = "is damaged";

// Times of publication have whole seconds, and an hour comes twice a year. So a line that seems to
// be published up to so long before the one before it counts as published just after it.
inline constexpr int64_t kClockBackMsMax = 2 * 3'600'000;

// How far a stream was read.
struct Mark {
  int64_t timepoint = 0;  // 0: nothing was read
  base::UnixMillis published{0};
  friend bool operator==(const Mark&, const Mark&) = default;
};
// "TIMEPOINT MILLISECONDS", and its inverse. Of any other text: no mark.
std::string text_of(const Mark& mark);
Mark mark_of(std::string_view text);

// The state of the connector. Keys of facts have another length than those of companies.
struct StreamState {
  absl::FunctionRef<absl::StatusOr<std::optional<std::string_view>>(std::string_view key)> get;
  absl::FunctionRef<void(std::string_view key, std::string_view value)> put;
};

// Call before tell_row() for a row with more satisfactions than are known: counts those that the
// stream told before anything else was known of the company, so that the file does not tell them
// again. Error: DataLoss.
absl::Status count_streamed(const Row& row, const StreamState& state, Record& record);

class StreamConnector {
 public:
  // `filed_through`: the day that the last file shows; nullopt: none was loaded.
  explicit StreamConnector(std::optional<base::Days> filed_through)
      : filed_through_(filed_through) {}

  void set_mark(Stream stream, const Mark& mark) { marks_[static_cast<size_t>(stream)] = mark; }
  const Mark& mark(Stream stream) const { return marks_[static_cast<size_t>(stream)]; }

  // Says what is new in the line. A line up to the stream's mark was read before and says nothing.
  // `place`: file and line, for what is refused. Errors: those of `say` and of the state. After an
  // error the mark is as before.
  absl::Status take(const StreamLine& line, const StreamState& state, Say say, Refuse refuse,
                    const Refused& place);

  const std::array<int64_t, kFacts>& counts() const { return counts_; }
  // Lines, or parts of them, that say nothing, by the reason why.
  const std::map<std::string, int64_t>& unused() const { return unused_; }
  int64_t lines() const { return lines_; }

 private:
  struct Use;  // of one line
  // When the line was published: after the one before it.
  base::UnixMillis in_order(const StreamLine& line) const;
  absl::Status use(const StreamLine& line, Use& use);
  absl::Status profile(const Row& row, Use& use);
  absl::Status document(const Document& document, Use& use);
  absl::Status notice(const Notice& notice, Use& use);
  absl::Status appointment(const Appointment& appointment, Use& use);
  absl::Status retract(std::string_view rest, Use& use);
  absl::Status cases(const std::vector<Case>& cases, Use& use);
  absl::Status charge(const Charge& charge, Use& use);
  enum class Novelty : uint8_t { kNone, kNew, kChanged };
  // Whether a fact is to be said: it is not too old, and was not said like this. Remembers it.
  // `earliest`: of two days, the earlier one counts.
  absl::StatusOr<Novelty> novelty(std::string_view id, base::Days day, uint64_t content,
                                  bool earliest, Use& use);
  void count_unused(std::string_view why) { ++unused_[std::string(why)]; }

  std::optional<base::Days> const filed_through_;
  std::array<Mark, kStreams> marks_{};
  std::array<int64_t, kFacts> counts_{};
  std::map<std::string, int64_t> unused_;
  int64_t lines_ = 0;
};

}  // namespace bellwether::connect::companies_house
