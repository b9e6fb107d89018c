#include "cli/notify/retry.h"

#include <algorithm>
#include <array>

#include "absl/time/time.h"
#include "core/base/text.h"

namespace bellwether::notify {
namespace {

constexpr std::array kContentRefused = {400, 409, 411, 413, 414, 415, 422, 431};
// The three forms of a date that a receiver must take (RFC 9110, 5.6.7).
constexpr std::array kDateForms = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                   "%a %b %e %H:%M:%S %Y"};

}  // namespace

int64_t backoff_ms(int failures, double jitter) {
  int64_t wait = kRetryFirstMs;
  for (int i = 1; i < failures && wait < kRetryMaxMs; ++i) wait *= 2;
  wait = std::min(wait, kRetryMaxMs);
  return wait / 2 + static_cast<int64_t>(static_cast<double>(wait - wait / 2) * jitter);
}

std::optional<int64_t> retry_after_ms(std::string_view text, UnixMillis now) {
  if (base::all_digits(text)) {
    auto const seconds = base::parse_number<int64_t>(text);
    if (!seconds || *seconds > kRetryAfterMaxMs / 1000) return kRetryAfterMaxMs;
    return *seconds * 1000;
  }
  for (const char* const form : kDateForms) {
    absl::Time at;
    if (!absl::ParseTime(form, base::to_absl(text), &at, nullptr)) continue;
    return std::clamp<int64_t>(absl::ToUnixMillis(at) - now.value, 0, kRetryAfterMaxMs);
  }
  return std::nullopt;
}

Verdict judge(const http::Answer& answer) {
  if (answer.status >= 200 && answer.status < 300) return Verdict::kDelivered;
  return std::ranges::count(kContentRefused, answer.status) > 0 ? Verdict::kRefused
                                                                : Verdict::kFailed;
}

std::string describe(const http::Answer& answer) {
  if (answer.status == 0) return "no answer: " + base::excerpt(answer.error, 200);
  std::string const body = base::excerpt(answer.body, 200);
  return base::cat("answered ", answer.status, body.empty() ? "" : ": ", body);
}

Attempts::Next Attempts::answered(const http::Answer& answer, UnixMillis now, double jitter) {
  ++count_;
  if (!first_) first_ = now;
  Verdict const verdict = judge(answer);
  if (verdict == Verdict::kDelivered) return Next::kDone;
  refusals_ += verdict == Verdict::kRefused;
  if (refusals_ >= kRefusalsMax || now.value - first_->value >= kGiveUpAfterMs) {
    return Next::kGiveUp;
  }
  int64_t const asked = retry_after_ms(answer.retry_after, now).value_or(0);
  due_ = UnixMillis(now.value + std::max(backoff_ms(count_, jitter), asked));
  return Next::kRetry;
}

}  // namespace bellwether::notify
