#include "adapters/http/client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "adapters/http/url.h"
#include "core/base/text.h"

namespace bellwether::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Clock = std::chrono::steady_clock;
using Error = boost::system::error_code;
using Message = beast::http::request<beast::http::string_body>;
using Parser = beast::http::response_parser<beast::http::buffer_body>;

constexpr auto kStopCheck = std::chrono::milliseconds(50);

std::string header(const Parser& parser, beast::http::field name) {
  auto const value = parser.get()[name];
  return std::string(value.data(), std::min(value.size(), kHeaderBytesMax));
}

// One request over one connection.
class Exchange {
 public:
  Exchange(asio::ssl::context& tls, const std::atomic<bool>& stop) : tls_(tls), stop_(stop) {}

  Answer run(const Url& url, const Message& message) {
    Answer answer;
    bool const sent =
        connect(url) && (url.tls ? talk_tls(url, message, answer) : talk(*plain_, message, answer));
    if (!sent && answer.status == 0) answer.error = base::cat(doing_, ": ", why_);
    return answer;
  }

  Answer follow(const Url& url, const Message& message, int64_t stall_ms, const Client::Use& use) {
    use_ = &use;
    stall_ = std::chrono::milliseconds(stall_ms);
    return run(url, message);
  }

 private:
  // Runs one asynchronous operation: start(handler). False if it failed, or its time was over.
  template <class Start>
  bool wait(const char* doing, Start start) {
    std::optional<Error> done;
    start([&done](const Error& error, auto&&...) { done = error; });
    io_.restart();
    while (!done) {
      if (io_.run_one_for(kStopCheck) == 0 && io_.stopped()) io_.restart();
      bool const over = Clock::now() >= deadline_;
      if (done || (!over && !stop_)) continue;
      doing_ = doing;
      why_ = over ? "no answer in time" : "asked to stop";
      resolver_.cancel();
      if (plain_) plain_->close();
      while (!done) io_.run_one();  // the handler refers to this frame
      return false;
    }
    if (!*done) return true;
    doing_ = doing;
    why_ = done->message();
    return false;
  }

  bool connect(const Url& url) {
    deadline_ = begun_ + std::chrono::milliseconds(kConnectMillisMax);
    asio::ip::tcp::resolver::results_type found;
    if (!wait("cannot find the host", [&](auto handler) {
          resolver_.async_resolve(url.host, url.port,
                                  [&found, handler](const Error& error, auto results) {
                                    found = std::move(results);
                                    handler(error);
                                  });
        })) {
      return false;
    }
    plain_.emplace(io_);
    return wait("cannot connect",
                [&](auto handler) { asio::async_connect(*plain_, found, handler); });
  }

  bool talk_tls(const Url& url, const Message& message, Answer& answer) {
    asio::ssl::stream<asio::ip::tcp::socket&> stream(*plain_, tls_);
    stream.set_verify_callback(asio::ssl::host_name_verification(url.host));
    if (SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str()) != 1) return false;
    return wait("no TLS",
                [&](auto handler) {
                  stream.async_handshake(asio::ssl::stream_base::client, handler);
                }) &&
           talk(stream, message, answer);
  }

  // The body is only for people: what is missing of it is no failure.
  template <class Stream>
  bool talk(Stream& stream, const Message& message, Answer& answer) {
    deadline_ = begun_ + std::chrono::milliseconds(kRequestMillisMax);
    beast::flat_buffer buffer;
    Parser parser;
    parser.header_limit(kHeadersBytesMax);
    parser.body_limit(UINT64_MAX);  // what is beyond the buffer is not read
    if (!wait("cannot send",
              [&](auto handler) { beast::http::async_write(stream, message, handler); }) ||
        !wait("cannot read the answer", [&](auto handler) {
          beast::http::async_read_header(stream, buffer, parser, handler);
        })) {
      return false;
    }
    answer.status = parser.get().result_int();
    answer.retry_after = header(parser, beast::http::field::retry_after);
    if (use_ != nullptr && answer.status == static_cast<int>(beast::http::status::ok)) {
      answer.error = read_on(stream, buffer, parser);
      return true;
    }
    answer.body.resize(kAnswerBytesMax);
    auto& body = parser.get().body();
    body.data = answer.body.data();
    body.size = answer.body.size();
    (void)wait("cannot read the answer",
               [&](auto handler) { beast::http::async_read(stream, buffer, parser, handler); });
    answer.body.resize(kAnswerBytesMax - body.size);
    return true;
  }

  // Hands on the body as it comes. Returns why it has ended.
  template <class Stream>
  std::string read_on(Stream& stream, beast::flat_buffer& buffer, Parser& parser) {
    std::string piece(kPieceBytesMax, '\0');
    buffer.reserve(kPieceBytesMax);
    if (!(*use_)({})) return "enough";
    while (!parser.is_done()) {
      auto& body = parser.get().body();
      body.data = piece.data();
      body.size = piece.size();
      deadline_ = Clock::now() + stall_;
      // A full piece is an error by name alone, which need_buffer tells.
      bool const came = wait("the answer broke off", [&](auto handler) {
        beast::http::async_read_some(stream, buffer, parser,
                                     [handler](Error error, size_t) mutable {
                                       if (error == beast::http::error::need_buffer) error = {};
                                       handler(error);
                                     });
      });
      size_t const bytes = piece.size() - body.size;
      if (bytes > 0 && !(*use_)(std::string_view(piece.data(), bytes))) return "enough";
      if (!came) return base::cat(doing_, ": ", why_);
      bool const waits = buffer.size() == 0 && !parser.is_done();
      if (waits) std::this_thread::sleep_for(std::chrono::milliseconds(kGatherMillis));
    }
    return "the server has ended the answer";
  }

  asio::ssl::context& tls_;
  const std::atomic<bool>& stop_;
  const Client::Use* use_ = nullptr;  // of a body that is followed
  std::chrono::milliseconds stall_{0};
  Clock::time_point const begun_ = Clock::now();
  Clock::time_point deadline_;
  asio::io_context io_;
  asio::ip::tcp::resolver resolver_{io_};
  std::optional<asio::ip::tcp::socket> plain_;
  std::string doing_;  // of what failed
  std::string why_;
};

Message message_of(const Request& request, const Url& url, beast::http::verb verb) {
  Message message(verb, url.target, 11, request.body);
  message.set(beast::http::field::host, url.authority());
  message.set(beast::http::field::user_agent, "bellwether");
  message.set(beast::http::field::connection, "close");
  for (const auto& [name, value] : request.headers) message.set(name, value);
  message.prepare_payload();
  return message;
}

}  // namespace

struct Client::Tls {
  asio::ssl::context context{asio::ssl::context::tls_client};
};

absl::StatusOr<Client> Client::create(const std::string& ca_file, const std::atomic<bool>& stop) {
  auto tls = std::make_shared<Tls>();
  SSL_CTX_set_min_proto_version(tls->context.native_handle(), TLS1_2_VERSION);
  tls->context.set_verify_mode(asio::ssl::verify_peer);
  Error error;
  if (ca_file.empty()) {
    tls->context.set_default_verify_paths(error);
  } else {
    tls->context.load_verify_file(ca_file, error);
  }
  if (error) {
    return absl::InvalidArgumentError(base::cat(ca_file, ": cannot be used (", error.message(),
                                                "); name a PEM file of the authorities' "
                                                "certificates"));
  }
  return Client(std::move(tls), stop);
}

Answer Client::post(const Request& request) {
  auto const url = parse_url(request.url);
  if (!url.ok()) return {.error = std::string(url.status().message())};
  return Exchange(tls_->context, *stop_)
      .run(*url, message_of(request, *url, beast::http::verb::post));
}

Answer Client::follow(const Request& request, int64_t stall_ms, const Use& use) {
  auto const url = parse_url(request.url);
  if (!url.ok()) return {.error = std::string(url.status().message())};
  return Exchange(tls_->context, *stop_)
      .follow(*url, message_of(request, *url, beast::http::verb::get), stall_ms, use);
}

}  // namespace bellwether::http
