// Purpose: the state of one input, derived from its polls: whether it is at the end of its log, how
// long it has been quiet there, and what is wrong with it. Invariants: a quiet input and a dead one
// look alike from here. So the end counts only up to the moment when the broker last confirmed it,
// and a broker that could not confirm it ends the quiet time. A log that has lost the next record,
// or whose topic was created again, is not read any more: its offsets name other records.
// Thread safety: a value. No clock: the caller passes the present in.
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
  bool records = false;               // there were some
  std::optional<base::Offset> first;  // of these records
  std::optional<base::Offset> end;    // the broker said that the log ends here
  absl::Status error;                 // as long as it lasts
  bool reachable = true;              // the broker
  int64_t next = -1;                  // the offset that comes next, −1 nothing read yet
  int64_t high_watermark = -1;        // as last heard, −1 unknown

  bool heard() const { return records || end.has_value(); }
};

class InputHealth {
 public:
  struct End {
    base::Offset next{-1};
    base::UnixMillis quiet_since;
    base::UnixMillis confirmed;  // the last moment at which it is known
  };

  // How often a quiet input's end is asked for again.
  // `from`: the offset that is read first.
  explicit InputHealth(int64_t confirm_every_ms, base::Offset from = base::Offset(0))
      : confirm_every_ms_(confirm_every_ms), from_(from) {}

  void note(const Poll& poll, base::UnixMillis now);
  // The end of the log while the input stands there; nullopt while it is not known.
  const std::optional<End>& end() const { return end_; }
  // The offset where the broker should be asked whether the log still ends; at most once every
  // confirm_every_ms.
  std::optional<base::Offset> ask_again(base::UnixMillis now);
  // What is wrong and what to do; empty when nothing is.
  const std::string& error() const { return error_; }
  // What the log no longer held when it was first read, and what to do; empty when it held
  // everything.
  const std::string& missing() const { return missing_; }
  // Nothing more may be read until a restart.
  bool lost() const { return lost_; }

 private:
  void note_begin(const Poll& poll);
  void note_end(const Poll& poll, base::UnixMillis now);
  // Why the log is not the one that was read; empty when it is.
  std::string other_log(const Poll& poll, base::UnixMillis now);

  int64_t confirm_every_ms_;
  base::Offset from_;
  bool begun_ = false;
  std::string missing_;
  std::optional<End> end_;
  std::optional<base::Offset> last_end_;  // nothing was read since
  std::optional<base::UnixMillis> asked_;
  std::optional<base::UnixMillis> short_since_;  // the log ends before what comes next
  std::string error_;
  bool gone_ = false;  // the topic
  bool lost_ = false;
};

}  // namespace bellwether::runtime
