// Purpose: the state of one input, derived from its polls: whether it is at the end of its log, how
// long it has been quiet there, and its error. Invariants: a quiet input and a dead one look the
// same from here. Therefore the end is valid only up to the broker's last confirmation, and a
// broker that could not confirm it ends the quiet time. A log that has lost the next record, or
// whose topic was recreated, is not read any more, because its offsets denote other records.
// Thread safety: a value. It has no clock: the caller passes the present time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"

namespace bellwether::runtime {

// One poll of an input.
struct Poll {
  bool records = false;               // the poll returned records
  std::optional<base::Offset> first;  // offset of the first of these records
  std::optional<base::Offset> end;    // the broker reported that the log ends here
  absl::Status error;                 // repeated in every poll while the error lasts
  bool reachable = true;              // whether the broker is reachable
  int64_t next = -1;                  // the next offset to read; −1: no record was read yet
  int64_t high_watermark = -1;        // the broker's last report; −1: unknown

  bool heard() const { return records || end.has_value(); }
};

class InputHealth {
 public:
  struct End {
    base::Offset next{-1};
    base::UnixMillis quiet_since;
    base::UnixMillis confirmed;  // the last moment at which the log is known to end there
  };

  // `confirm_every_ms`: the interval at which a quiet input's end is asked for again. `from`: the
  // first offset that is read.
  explicit InputHealth(int64_t confirm_every_ms, base::Offset from = base::Offset(0))
      : confirm_every_ms_(confirm_every_ms), from_(from) {}

  void note(const Poll& poll, base::UnixMillis now);
  // The end of the log while the input is there; nullopt if it is not known.
  const std::optional<End>& end() const { return end_; }
  // The offset at which to ask the broker whether the log still ends there; at most once per
  // confirm_every_ms, and not before the last question was answered, failed or is lost.
  std::optional<base::Offset> ask_again(base::UnixMillis now);
  // The last question could not be asked, so no answer will come.
  void not_asked() { unanswered_ = false; }
  // The error and the correction; empty if there is no error.
  const std::string& error() const { return error_; }
  // The records that the log no longer held when it was first read, and the correction; empty if
  // the log was complete.
  const std::string& missing() const { return missing_; }
  // No record may be read until a restart.
  bool lost() const { return lost_; }

 private:
  void note_begin(const Poll& poll);
  void note_end(const Poll& poll, base::UnixMillis now);
  // The reason why the log is not the log that was read before; empty if it is.
  std::string other_log(const Poll& poll, base::UnixMillis now);

  int64_t confirm_every_ms_;
  base::Offset from_;
  bool begun_ = false;
  std::string missing_;
  std::optional<End> end_;
  std::optional<base::Offset> last_end_;      // the last reported end; reset by records
  std::optional<base::UnixMillis> reported_;  // when the broker last reported an end
  std::optional<base::UnixMillis> asked_;
  bool unanswered_ = false;                      // neither an answer nor an error came since asked_
  int64_t answer_ms_ = 0;                        // how long the last answer took
  std::optional<base::UnixMillis> short_since_;  // since when the log ends before the next offset
  std::string error_;
  bool gone_ = false;  // the topic does not exist any more
  bool lost_ = false;
};

}  // namespace bellwether::runtime
