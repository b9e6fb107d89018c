// One HTTP request to a port of this machine, without a library: the whole answer as it came.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>

namespace bellwether::testing {

// The status line, the headers and the body; empty if nobody listens.
inline std::string http_ask(const std::string& method, int port, const std::string& path,
                            const std::string& body = "") {
  int const s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(s, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
    std::string const request =
        method + " " + path +
        " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\nConnection: close\r\n\r\n" + body;
    (void)!::write(s, request.data(), request.size());
    std::array<char, 1 << 16> some{};
    for (ssize_t n = 0; (n = read(s, some.data(), some.size())) > 0;)
      answer.append(some.data(), static_cast<size_t>(n));
  }
  close(s);
  return answer;
}

}  // namespace bellwether::testing
