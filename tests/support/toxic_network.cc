#include "support/toxic_network.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "core/base/check.h"
#include "core/base/text.h"
#include "support/paths.h"

namespace bellwether::testing {
namespace {

// A port that the system has just given out and will not give again soon.
int free_port() {
  int const s = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  BELLWETHER_CHECK(bind(s, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
  BELLWETHER_CHECK(getsockname(s, reinterpret_cast<sockaddr*>(&at), &size) == 0);
  close(s);
  return ntohs(at.sin_port);
}

}  // namespace

ToxicNetwork::ToxicNetwork() : port_(free_port()), control_(free_port()) {
  std::string const program = testing::in_source("build/tools/toxiproxy");
  if (!std::filesystem::exists(program)) {
    std::fputs("run third_party/install faults first\n", stderr);
    std::abort();
  }
  server_ = std::make_unique<Child>(
      std::vector<std::string>{program, "-host", "127.0.0.1", "-port", std::to_string(control_)},
      std::map<std::string, std::string>{}, (folder_.path() / "log").string());
  BELLWETHER_CHECK(eventually([&] {
    int status = 0;
    http_request(control_, "GET", "/version", "", &status);
    return status == 200;
  }));
}

void ToxicNetwork::post(const std::string& path, const std::string& body) {
  int status = 0;
  std::string const answer = http_request(control_, "POST", path, body, &status);
  if (status / 100 != 2)
    std::fprintf(stderr, "toxiproxy %s: %d %s\n", path.c_str(), status, answer.c_str());
  BELLWETHER_CHECK(status / 100 == 2);
}

void ToxicNetwork::connect(const std::string& upstream) {
  post("/proxies", base::cat(R"({"name":"broker","listen":")", address(), R"(","upstream":")",
                             upstream, R"(","enabled":true})"));
}

void ToxicNetwork::toxic(const std::string& type, const std::string& stream,
                         const std::string& attributes) {
  post("/proxies/broker/toxics", base::cat(R"({"type":")", type, R"(","stream":")", stream,
                                           R"(","attributes":{)", attributes, "}}"));
}

void ToxicNetwork::latency(int milliseconds, int jitter_ms) {
  std::string const attributes =
      base::cat(R"("latency":)", milliseconds, R"(,"jitter":)", jitter_ms);
  toxic("latency", "downstream", attributes);
  toxic("latency", "upstream", attributes);
}
void ToxicNetwork::bandwidth(int kilobytes_per_second) {
  toxic("bandwidth", "downstream", base::cat(R"("rate":)", kilobytes_per_second));
}
void ToxicNetwork::resets(int after_ms) {
  toxic("reset_peer", "downstream", base::cat(R"("timeout":)", after_ms));
}
void ToxicNetwork::black_hole() {
  toxic("timeout", "downstream", R"("timeout":0)");
  toxic("timeout", "upstream", R"("timeout":0)");
}
void ToxicNetwork::heal() {
  post("/reset", "");
}
void ToxicNetwork::cut() {
  post("/proxies/broker", R"({"enabled":false})");
}

}  // namespace bellwether::testing
