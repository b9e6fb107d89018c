#include "cli/connect/stream_reply.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "adapters/http/url.h"
#include "cli/notify/retry.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace ch = connect::companies_house;

constexpr int kOk = 200;
constexpr int kGone = 416;
constexpr int kTooMany = 429;
constexpr size_t kReasonBytesMax = 200;

absl::Status fatal_of(const http::Answer& answer, ch::Stream stream, const ch::Mark& mark) {
  std::string const what = base::cat("the stream ", ch::name(stream), " answered ", answer.status);
  switch (answer.status) {
    case kGone:
      return absl::OutOfRangeError(base::cat(
          what, ": Companies House no longer has the events ",
          mark.timepoint == 0 ? std::string("that it was asked for")
                              : base::cat("after time point ", mark.timepoint, " of ",
                                          base::format_instant(mark.published)),
          "; load the newest monthly file (--bulk), which tells what was missed, and then follow "
          "the streams with --from-now"));
    case 401:
    case 403:
      return absl::PermissionDeniedError(
          base::cat(what,
                    ": it does not take the API key; the key must be one for the streaming "
                    "API"));
    case 300 ... 308:  // the key is sent nowhere else
    case 400:
    case 404:
      return absl::InvalidArgumentError(base::cat(what, "; is --stream-url right?"));
    default:
      return absl::OkStatus();
  }
}

}  // namespace

StreamReply judge_reply(const http::Answer& answer, ch::Stream stream, const ch::Mark& mark,
                        int failures, base::UnixMillis now, double jitter) {
  StreamReply out;
  out.fatal = fatal_of(answer, stream, mark);
  if (!out.fatal.ok()) return out;
  int64_t const backoff = notify::backoff_ms(failures, jitter);
  auto const asked = notify::retry_after_ms(answer.retry_after, now);
  out.wait_ms = backoff;
  if (asked) out.wait_ms = std::max(backoff, *asked);
  if (!asked && answer.status == kTooMany) out.wait_ms = std::max(backoff, kRateLimitedMs);
  std::string const why = base::excerpt(answer.error, kReasonBytesMax);
  if (answer.status == kOk) {
    out.words = why;
  } else {
    out.words = answer.status == 0 ? why : base::cat("it answered ", answer.status);
  }
  base::append(out.words, "; connects again in ", (out.wait_ms + 999) / 1000, " s");
  return out;
}

http::Request stream_request(std::string_view base_url, ch::Stream stream, int64_t timepoint,
                             std::string_view key) {
  while (base_url.ends_with('/')) base_url.remove_suffix(1);
  http::Request request;
  request.url = base::cat(base_url, "/", ch::name(stream));
  if (timepoint > 0) base::append(request.url, "?timepoint=", timepoint);
  // The key is the user, and there is no password (RFC 7617).
  request.headers.emplace_back("Authorization",
                               base::cat("Basic ", absl::Base64Escape(base::cat(key, ":"))));
  return request;
}

absl::StatusOr<std::string> key_in(std::string_view text, std::string_view path) {
  std::string_view const key = text.substr(0, text.find_first_of("\r\n"));
  bool const plain = std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
  if (!key.empty() && key.size() <= kApiKeyBytesMax && plain) return std::string(key);
  return absl::InvalidArgumentError(base::cat(path, ": the first line must be the API key: 1 to ",
                                              kApiKeyBytesMax, " characters without blanks"));
}

absl::Status check_stream_url(std::string_view url) {
  auto const parsed = http::parse_url(url);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(base::cat("--stream-url ", parsed.status().message()));
  }
  bool const here =
      parsed->host == "127.0.0.1" || parsed->host == "::1" || parsed->host == "localhost";
  if (parsed->tls || here) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--stream-url: http would send the API key readable over the network; use https");
}

}  // namespace bellwether::cli
