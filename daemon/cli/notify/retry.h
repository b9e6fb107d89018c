// Purpose: when a request is sent again, and when it is given up.
// Thread safety: values and pure functions. Time and chance are arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/message.h"
#include "core/base/calendar.h"

namespace bellwether::notify {

using base::UnixMillis;

inline constexpr int64_t kRetryFirstMs = 1'000;
inline constexpr int64_t kRetryMaxMs = 60'000;
// The longest wait that a Retry-After gets.
inline constexpr int64_t kRetryAfterMaxMs = 3'600'000;
// A request that fails for so long is given up.
inline constexpr int64_t kGiveUpAfterMs = 6 * 3'600'000;
// So many refusals of its content, and it is given up.
inline constexpr int kRefusalsMax = 5;

// The wait after the `failures`-th failure in a row, the first being 1: it doubles from
// kRetryFirstMs to kRetryMaxMs, and between half and all of that is chosen by `jitter` in [0, 1).
int64_t backoff_ms(int failures, double jitter);

// Milliseconds to wait from `now` on, by a Retry-After of seconds or of an HTTP date (RFC 9110,
// 10.2.3); at most kRetryAfterMaxMs, and not negative. nullopt if `text` is neither.
std::optional<int64_t> retry_after_ms(std::string_view text, UnixMillis now);

enum class Verdict : uint8_t {
  kDelivered,
  kRefused,  // the receiver does not take this content: 400, 409, 411, 413, 414, 415, 422, 431
  kFailed,   // anything else: no answer, a wrong address or key, an overload
};
Verdict judge(const http::Answer& answer);
// One line for people: "answered 503: try later", "no answer: connection refused".
std::string describe(const http::Answer& answer);

// The attempts to deliver one request.
class Attempts {
 public:
  enum class Next : uint8_t { kDone, kRetry, kGiveUp };
  // Takes the answer to an attempt. After kRetry, due() is the time of the next one.
  Next answered(const http::Answer& answer, UnixMillis now, double jitter);

  UnixMillis due() const { return due_; }
  int count() const { return count_; }

 private:
  int count_ = 0;
  int refusals_ = 0;
  std::optional<UnixMillis> first_;  // the time of the first answer
  UnixMillis due_{0};
};

}  // namespace bellwether::notify
