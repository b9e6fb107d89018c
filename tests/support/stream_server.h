// An HTTP server on a free port of this machine whose answers last as long as the test wants, with
// or without TLS. Each connection has its own thread.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/text.h"

namespace bellwether::testing {

class StreamServer {
 public:
  struct Request {
    std::string target;
    std::string authorization;
    int number = 0;  // from 1, over all connections
  };
  // The answer of one connection. It is closed when the handler returns.
  class Reply {
   public:
    virtual ~Reply() = default;
    // False if the client has gone.
    virtual bool send(std::string_view raw) = 0;
    bool begin() { return send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"); }
    bool chunk(std::string_view text) {
      char head[32];
      std::snprintf(head, sizeof head, "%zx\r\n", text.size());
      return send(base::cat(std::string(head), text, "\r\n"));
    }
    bool status(int code, std::string_view headers = "") {
      return send(base::cat("HTTP/1.1 ", code, " Word\r\nContent-Length: 0\r\n", headers, "\r\n"));
    }
    // Waits; false if the server ends.
    bool rest(std::chrono::milliseconds time) const {
      std::this_thread::sleep_for(time);
      return !*stop;
    }
    const std::atomic<bool>* stop = nullptr;
  };
  using Handler = std::function<void(const Request&, Reply&)>;
  // PEM files; empty: no TLS.
  struct Certificate {
    std::string chain;
    std::string key;
  };

  explicit StreamServer(Handler handler, Certificate certificate = {})
      : handler_(std::move(handler)), tls_(!certificate.chain.empty()) {
    if (tls_) {
      context_.use_certificate_chain_file(certificate.chain);
      context_.use_private_key_file(certificate.key, boost::asio::ssl::context::pem);
    }
    thread_ = std::thread([this] { serve(); });
  }
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;
  ~StreamServer() {
    stop_ = true;
    boost::system::error_code ignored;
    // A last connection ends the wait of accept().
    Socket waker(io_);
    waker.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
    for (Connection& each : connections_) {
      if (!each.ended) ::shutdown(each.socket.native_handle(), SHUT_RDWR);
      each.thread.join();
    }
  }

  int port() const { return acceptor_.local_endpoint().port(); }
  std::string url() const { return base::cat(tls_ ? "https" : "http", "://localhost:", port()); }
  std::vector<Request> requests() const {
    std::lock_guard const lock(mutex_);
    return requests_;
  }

 private:
  using Socket = boost::asio::ip::tcp::socket;
  struct Connection {
    explicit Connection(Socket s) : socket(std::move(s)) {}
    Socket socket;
    std::atomic<bool> ended{false};
    std::thread thread;
  };
  template <class Stream>
  class ReplyOn : public Reply {
   public:
    explicit ReplyOn(Stream& stream) : stream_(stream) {}
    bool send(std::string_view raw) override {
      boost::system::error_code error;
      boost::asio::write(stream_, boost::asio::buffer(raw.data(), raw.size()), error);
      return !error && !*stop;
    }

   private:
    Stream& stream_;
  };

  void serve() {
    while (!stop_) {
      boost::system::error_code error;
      Socket socket(io_);
      acceptor_.accept(socket, error);
      if (error || stop_) return;
      Connection& made = connections_.emplace_back(std::move(socket));
      made.thread = std::thread([this, &made] {
        talk_to(made);
        boost::system::error_code ignored;
        made.socket.shutdown(Socket::shutdown_both, ignored);
        made.ended = true;
      });
    }
  }

  void talk_to(Connection& connection) {
    if (!tls_) return talk(connection.socket);
    boost::asio::ssl::stream<Socket&> stream(connection.socket, context_);
    boost::system::error_code error;
    stream.handshake(boost::asio::ssl::stream_base::server, error);
    if (!error) talk(stream);
  }

  template <class Stream>
  void talk(Stream& stream) {
    namespace http = boost::beast::http;
    boost::beast::flat_buffer buffer;
    http::request<http::empty_body> got;
    boost::system::error_code error;
    http::read(stream, buffer, got, error);
    if (error) return;
    Request request;
    request.target = std::string(got.target().data(), got.target().size());
    auto const authorization = got[http::field::authorization];
    request.authorization = std::string(authorization.data(), authorization.size());
    {
      std::lock_guard const lock(mutex_);
      request.number = static_cast<int>(requests_.size()) + 1;
      requests_.push_back(request);
    }
    ReplyOn<Stream> reply(stream);
    reply.stop = &stop_;
    handler_(request, reply);
  }

  Handler const handler_;
  bool const tls_;
  std::atomic<bool> stop_{false};
  boost::asio::io_context io_;
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
  boost::asio::ip::tcp::acceptor acceptor_{
      io_, boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::list<Connection> connections_;
  std::thread thread_;
};

}  // namespace bellwether::testing
