// A port of this machine that accepts connections and never sends anything.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "core/base/check.h"

namespace bellwether::testing {

class SilentPort {
 public:
  SilentPort() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto* const address = reinterpret_cast<sockaddr*>(&at);
    BELLWETHER_CHECK(socket_ >= 0 && bind(socket_, address, size) == 0 && listen(socket_, 16) == 0);
    BELLWETHER_CHECK(getsockname(socket_, address, &size) == 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
  }
  ~SilentPort() { close(socket_); }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  const std::string& address() const { return address_; }

 private:
  int const socket_;
  std::string address_;
};

// An address on which no program listens.
inline std::string closed_port() {
  return SilentPort().address();
}

}  // namespace bellwether::testing
