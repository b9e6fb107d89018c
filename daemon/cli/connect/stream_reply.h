// Purpose: what follows from the end of a connection to a stream of Companies House: when to
// connect again, or why that cannot help. Thread safety: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/http/message.h"
#include "connect/companies_house/stream.h"
#include "core/base/calendar.h"

namespace bellwether::cli {

// After an answer 429 without Retry-After.
inline constexpr int64_t kRateLimitedMs = 60'000;
inline constexpr size_t kApiKeyBytesMax = 256;

struct StreamReply {
  absl::Status fatal;   // not OK: connecting again does not help
  int64_t wait_ms = 0;  // otherwise
  std::string words;    // for people
};
// `failures`: connections in a row that brought nothing, this one included; at least 1. `jitter`:
// in [0, 1). Fatal are OutOfRange: the register has no events after `mark` any more (416);
// PermissionDenied: the key (401, 403); InvalidArgument: the URL (400, 404).
StreamReply judge_reply(const http::Answer& answer, connect::companies_house::Stream stream,
                        const connect::companies_house::Mark& mark, int failures,
                        base::UnixMillis now, double jitter);

// "https://HOST/companies?timepoint=5": the events after the mark, or without one the new events.
http::Request stream_request(std::string_view base_url, connect::companies_house::Stream stream,
                             int64_t timepoint, std::string_view key);

// The key in the text of a file: its first line. Error: InvalidArgument, without the key.
absl::StatusOr<std::string> key_in(std::string_view text, std::string_view path);

// Error: InvalidArgument if the URL cannot be used, or would send the key without TLS over a
// network.
absl::Status check_stream_url(std::string_view url);

}  // namespace bellwether::cli
