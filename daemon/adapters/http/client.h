// Purpose: sends requests over HTTP/1.1, with and without TLS, by Boost.Beast, and reads answers
// that never end. Certificates are always verified, redirections are answers like others, and every
// wait has an end.
// Thread safety: an object is used by one thread; `stop` may be set from any.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "adapters/http/message.h"

namespace bellwether::http {

inline constexpr int64_t kConnectMillisMax = 5'000;   // name, connection and TLS
inline constexpr int64_t kRequestMillisMax = 15'000;  // all of it
inline constexpr size_t kAnswerBytesMax = 4'096;
inline constexpr size_t kPieceBytesMax = 65'536;  // of a body that is followed
// What comes in small pieces is gathered for so long, so that it takes less processor time.
inline constexpr int64_t kGatherMillis = 20;
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

  // Sends by GET and, if the status is 200, calls use(piece) for the body as it comes; first once
  // with an empty piece. Returns when the body has ended or broken off, when nothing came for
  // `stall_ms`, or when `use` returned false; the answer's error says which. Any other status is an
  // answer as that of post().
  using Use = std::function<bool(std::string_view piece)>;
  Answer follow(const Request& request, int64_t stall_ms, const Use& use);

 private:
  struct Tls;
  Client(std::shared_ptr<Tls> tls, const std::atomic<bool>& stop)
      : tls_(std::move(tls)), stop_(&stop) {}
  std::shared_ptr<Tls> tls_;
  const std::atomic<bool>* stop_;
};

}  // namespace bellwether::http
