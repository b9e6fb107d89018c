// Purpose: sends requests over HTTP/1.1, with and without TLS, by Boost.Beast. Certificates are
// always verified, redirections are answers like others, and every wait has an end.
// Thread safety: an object is used by one thread; `stop` may be set from any.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "adapters/http/message.h"

namespace bellwether::http {

inline constexpr int64_t kConnectMillisMax = 5'000;   // name, connection and TLS
inline constexpr int64_t kRequestMillisMax = 15'000;  // all of it
inline constexpr size_t kAnswerBytesMax = 4'096;
inline constexpr uint32_t kHeadersBytesMax = 16'384;
inline constexpr size_t kHeaderBytesMax = 256;  // of a header that is kept

class Client {
 public:
  // `ca_file`: PEM certificates of the authorities; empty: those of the system (OpenSSL's
  // SSL_CERT_FILE names others). While `stop` is true, requests end at once without an answer; it
  // must outlive this object. Error: InvalidArgument: the file cannot be used; the message names
  // it.
  static absl::StatusOr<Client> create(const std::string& ca_file, const std::atomic<bool>& stop);

  // Sends by POST and waits for the answer.
  Answer post(const Request& request);

 private:
  struct Tls;
  Client(std::shared_ptr<Tls> tls, const std::atomic<bool>& stop)
      : tls_(std::move(tls)), stop_(&stop) {}
  std::shared_ptr<Tls> tls_;
  const std::atomic<bool>* stop_;
};

}  // namespace bellwether::http
