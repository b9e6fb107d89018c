// An HTTP server on a free port of this machine that answers each request as the test wants, and
// remembers what it got. One request a connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/text.h"

namespace bellwether::testing {

class HttpStub {
 public:
  struct Got {
    std::string head;  // request line and headers
    std::string body;
  };
  // Returns the whole answer; an empty one closes the connection. Called by the server's thread.
  using Answer = std::function<std::string(const Got&)>;

  static std::string answer(int status, const std::string& headers = "",
                            const std::string& body = "") {
    return base::cat("HTTP/1.1 ", status,
                     " Word\r\nConnection: close\r\nContent-Length: ", body.size(), "\r\n", headers,
                     "\r\n", body);
  }

  explicit HttpStub(Answer answer = [](const Got&) { return HttpStub::answer(200); })
      : answer_(std::move(answer)), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    (void)bind(listener_, reinterpret_cast<sockaddr*>(&at), size);
    (void)listen(listener_, 16);
    (void)getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  HttpStub(const HttpStub&) = delete;
  HttpStub& operator=(const HttpStub&) = delete;
  ~HttpStub() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  std::string url() const { return base::cat("http://127.0.0.1:", port_); }
  std::vector<Got> got() const {
    std::lock_guard const lock(mutex_);
    return got_;
  }

 private:
  void serve() {
    for (int s = 0; (s = accept(listener_, nullptr, nullptr)) >= 0; close(s)) {
      Got const got = read_request(s);
      if (got.head.empty()) continue;
      {
        std::lock_guard const lock(mutex_);
        got_.push_back(got);
      }
      std::string const reply = answer_(got);
      (void)!send(s, reply.data(), reply.size(), MSG_NOSIGNAL);
    }
  }

  static Got read_request(int s) {
    std::string text;
    char buffer[65536];
    while (true) {
      size_t const end = text.find("\r\n\r\n");
      if (end != std::string::npos) {
        size_t const length = text.find("Content-Length: ");
        size_t const wanted =
            length < end ? std::strtoul(text.c_str() + length + 16, nullptr, 10) : 0;
        if (text.size() >= end + 4 + wanted) return {text.substr(0, end), text.substr(end + 4)};
      }
      ssize_t const n = read(s, buffer, sizeof buffer);
      if (n <= 0) return {};
      text.append(buffer, static_cast<size_t>(n));
    }
  }

  Answer const answer_;
  int const listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<Got> got_;
  std::thread thread_;
};

}  // namespace bellwether::testing
