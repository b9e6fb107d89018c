#include "runtime/ingest/input_health.h"

#include <algorithm>

#include "core/base/text.h"

namespace bellwether::runtime {
namespace {

// Number of confirmations that may be missing before the quiet time ends.
constexpr int64_t kMissedMax = 3;
// A partition's new leader may for a moment not know how far its log was acknowledged.
constexpr int64_t kShortForMs = 10'000;
// A question without an answer for so long is lost: the client gives up a request after
// socket.timeout.ms (60 s), and a question may have to wait for the request before it.
constexpr int64_t kAnswerMaxMs = 120'000;

}  // namespace

void InputHealth::note(const Poll& poll, base::UnixMillis now) {
  if (lost_) return;
  if (std::string const why = other_log(poll, now); !why.empty()) {
    lost_ = true;
    end_.reset();
    error_ =
        base::cat(why,
                  "; the log no longer holds the next records: it was truncated or the topic was "
                  "recreated. Serving the records read so far; restart to fold the new log");
    return;
  }
  if (!poll.error.ok()) {
    error_ = std::string(poll.error.message());
    gone_ = gone_ || absl::IsNotFound(poll.error);
    if (gone_) base::append(error_, "; the topic is gone. Serving the records read so far");
  } else if (poll.heard()) {
    error_.clear();
    gone_ = false;
  }
  note_begin(poll);
  note_end(poll, now);
  if (unanswered_ && (poll.heard() || !poll.error.ok())) {
    if (poll.heard()) answer_ms_ = now.value - asked_->value;
    unanswered_ = false;
  }
}

// A log that was truncated before it was read here differs from a complete one only in its first
// offset.
void InputHealth::note_begin(const Poll& poll) {
  if (begun_ || !poll.heard()) return;
  begun_ = true;
  base::Offset const first = poll.first ? *poll.first : *poll.end;
  if (first <= from_) return;
  missing_ = base::cat("the log begins at offset ", first.value, " instead of ", from_.value,
                       ": figures lack the earlier records. Publish them again, or ask a "
                       "replica that has read them; keep records with retention.ms=-1");
}

void InputHealth::note_end(const Poll& poll, base::UnixMillis now) {
  if (poll.records) last_end_.reset();
  if (poll.records || !poll.error.ok() || !poll.reachable) end_.reset();
  if (!poll.end || !poll.error.ok()) return;
  // Where answers take longer than the interval, confirmations cannot come more often than they.
  int64_t const every = std::max(confirm_every_ms_, answer_ms_);
  bool const still =
      end_ && end_->next == *poll.end && now.value - reported_->value <= kMissedMax * every;
  reported_ = now;
  // An answer says how the log was at some time after the question.
  if (still && unanswered_) {
    end_->confirmed = *asked_;
  } else {
    end_ = End{*poll.end, still ? end_->quiet_since : now, now};
  }
  last_end_ = poll.end;
}

std::string InputHealth::other_log(const Poll& poll, base::UnixMillis now) {
  if (absl::IsOutOfRange(poll.error)) return std::string(poll.error.message());
  if (gone_ && poll.heard() && poll.next > 0) return "the topic was gone and is back";
  if (poll.high_watermark < 0 || poll.high_watermark >= poll.next) {
    short_since_.reset();
    return "";
  }
  if (!short_since_) short_since_ = now;
  if (now.value - short_since_->value < kShortForMs) return "";
  return base::cat("the log ends at ", poll.high_watermark, " and was read up to ", poll.next);
}

std::optional<base::Offset> InputHealth::ask_again(base::UnixMillis now) {
  if (lost_ || !last_end_) return std::nullopt;
  if (end_ && now.value - reported_->value < confirm_every_ms_) return std::nullopt;
  // A question makes the client drop the answers that are under way. If it were repeated before
  // its own answer, no answer would ever arrive where one takes longer than the interval.
  int64_t const wait = unanswered_ ? kAnswerMaxMs : confirm_every_ms_;
  if (asked_ && now.value - asked_->value < wait) return std::nullopt;
  asked_ = now;
  unanswered_ = true;
  return last_end_;
}

}  // namespace bellwether::runtime
