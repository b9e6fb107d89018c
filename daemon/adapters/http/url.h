// Purpose: addresses of HTTP servers. Thread safety: values and pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bellwether::http {

inline constexpr size_t kUrlBytesMax = 2'048;

struct Url {
  bool tls = false;    // https
  std::string host;    // an address of IPv6 without its brackets
  std::string port;    // in digits, also if the URL has none
  std::string target;  // path and query, "/" at least

  // "hooks.example.org", "[::1]:9093": the port only if it is not the scheme's own.
  std::string authority() const;
};

// Takes http and https with a host, in printable ASCII, without user, password and fragment. Error:
// InvalidArgument, without the path, which can be a secret.
absl::StatusOr<Url> parse_url(std::string_view text);
// The part of the URL that may be shown: "https://hooks.example.org". REQUIRES: parse_url().ok().
std::string shown_url(std::string_view text);

}  // namespace bellwether::http
