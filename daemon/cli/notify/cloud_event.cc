#include "cli/notify/cloud_event.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <nlohmann/json.hpp>

#include "core/base/check.h"
#include "core/base/text.h"

namespace bellwether::notify {

std::string cloud_event(const Event& event, std::string_view source) {
  nlohmann::ordered_json const out = {
      {"specversion", "1.0"},
      {"id", event.id},
      {"source", source},
      {"type", base::cat(kTypePrefix, event.kind)},
      {"subject", event.subject},
      {"time", base::format_instant(event.at)},
      {"datacontenttype", "application/json"},
      {"data", nlohmann::ordered_json::parse(event.data, nullptr, false)},
  };
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string signature(std::string_view secret, std::string_view body) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned int bytes = 0;
  BELLWETHER_CHECK(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                        reinterpret_cast<const unsigned char*>(body.data()), body.size(), sum,
                        &bytes) != nullptr);
  std::string out = "sha256=";
  for (unsigned int i = 0; i < bytes; ++i) base::append(out, absl::Hex(sum[i], absl::kZeroPad2));
  return out;
}

http::Request webhook_request(const std::string& url, const Event& event, std::string_view source,
                              std::string_view secret) {
  http::Request out{url, {{"Content-Type", std::string(kContentType)}}, cloud_event(event, source)};
  if (!secret.empty()) out.headers.emplace_back(kSignatureHeader, signature(secret, out.body));
  return out;
}

}  // namespace bellwether::notify
