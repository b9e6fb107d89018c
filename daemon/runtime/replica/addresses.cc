#include "runtime/replica/addresses.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <future>
#include <memory>
#include <thread>

#include "core/base/text.h"

namespace bellwether::runtime {
namespace {

using Found = absl::StatusOr<std::vector<std::string>>;

Found look_up(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (int const error = getaddrinfo(host.c_str(), port.c_str(), &hints, &list); error != 0) {
    return absl::NotFoundError(base::cat("no address is known: ", gai_strerror(error)));
  }
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> const owned(list, freeaddrinfo);
  std::vector<std::string> out;
  for (const addrinfo* a = list; a != nullptr; a = a->ai_next) {
    char text[NI_MAXHOST] = {};
    if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0)
      continue;
    std::string address =
        a->ai_family == AF_INET6 ? base::cat("[", text, "]:", port) : base::cat(text, ":", port);
    if (std::ranges::find(out, address) == out.end()) out.push_back(std::move(address));
  }
  return out;
}

}  // namespace

Found addresses(const std::string& peer, absl::Duration wait) {
  size_t const colon = peer.rfind(':');
  std::string host = peer.substr(0, colon);
  std::string const port = peer.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  // A name look-up cannot be cancelled. If it does not answer in time, its thread is left running.
  auto const promise = std::make_shared<std::promise<Found>>();
  std::future<Found> answer = promise->get_future();
  std::thread([promise, host, port] { promise->set_value(look_up(host, port)); }).detach();
  if (answer.wait_for(absl::ToChronoMilliseconds(wait)) != std::future_status::ready) {
    return absl::DeadlineExceededError(
        base::cat("the name server has not answered for ", absl::FormatDuration(wait)));
  }
  return answer.get();
}

}  // namespace bellwether::runtime
