#include "adapters/http/url.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::http {
namespace {

constexpr std::string_view kPlain = "http://";
constexpr std::string_view kTls = "https://";
constexpr int kPortMax = 65'535;

absl::Status wrong(std::string_view what) {
  return absl::InvalidArgumentError(
      base::cat("is no URL that can be used: ", what, "; write it as https://example.org/path"));
}

bool is_name(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_';
  });
}

bool is_address(std::string_view host) {
  return host.find(':') != std::string_view::npos && std::ranges::all_of(host, [](unsigned char c) {
           return absl::ascii_isxdigit(c) || c == ':' || c == '.';
         });
}

// Splits "host", "host:port", "[address]" or "[address]:port".
absl::Status read_authority(std::string_view text, Url& url) {
  std::string_view port;
  if (text.starts_with('[')) {
    size_t const end = text.find(']');
    url.host = text.substr(1, end == std::string_view::npos ? end : end - 1);
    if (end == std::string_view::npos || !is_address(url.host)) return wrong("its address");
    port = text.substr(end + 1);
  } else {
    size_t const colon = std::min(text.find(':'), text.size());
    url.host = text.substr(0, colon);
    if (!is_name(url.host)) return wrong("its host");
    port = text.substr(colon);
  }
  if (port.empty()) {
    url.port = url.tls ? "443" : "80";
    return absl::OkStatus();
  }
  url.port = port.substr(1);
  int const number = base::parse_number<int>(url.port).value_or(0);
  if (port[0] != ':' || !base::all_digits(url.port) || number < 1 || number > kPortMax)
    return wrong("its port");
  return absl::OkStatus();
}

}  // namespace

std::string Url::authority() const {
  bool const address = host.find(':') != std::string::npos;
  bool const usual = port == (tls ? "443" : "80");
  return base::cat(address ? "[" : "", host, address ? "]" : "", usual ? "" : ":",
                   usual ? "" : port);
}

absl::StatusOr<Url> parse_url(std::string_view text) {
  if (text.size() > kUrlBytesMax) {
    return wrong(base::cat("it has ", text.size(), " bytes, more than ", kUrlBytesMax));
  }
  if (!std::ranges::all_of(text, [](unsigned char c) { return absl::ascii_isgraph(c); }))
    return wrong("it has a space or another character that must be written as %20");
  Url url;
  url.tls = text.starts_with(kTls);
  if (!url.tls && !text.starts_with(kPlain)) return wrong("it begins with neither http nor https");
  text.remove_prefix(url.tls ? kTls.size() : kPlain.size());
  if (text.find('#') != std::string_view::npos) return wrong("the part after # is never sent");
  size_t const end = std::min(text.find_first_of("/?"), text.size());
  std::string_view const authority = text.substr(0, end);
  if (authority.find('@') != std::string_view::npos)
    return wrong("a user or password would be seen in lists of processes");
  BELLWETHER_RETURN_IF_ERROR(read_authority(authority, url));
  url.target = text.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

std::string shown_url(std::string_view text) {
  auto const url = parse_url(text);
  return url.ok() ? base::cat(url->tls ? kTls : kPlain, url->authority()) : "";
}

}  // namespace bellwether::http
