// The connector of the stream of Companies House: how many lines it can use, and how much of a core
// it takes at a steady rate, from the connection to the broker and the state on disk. Beside it,
// Python that only parses the same lines.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "bench/figures.h"
#include "connect/companies_house/stream.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "support/cluster.h"
#include "support/company_world.h"
#include "support/paths.h"
#include "support/stream_server.h"

namespace bellwether::testing {
namespace {

namespace ch = connect::companies_house;

constexpr int kBenchCompanies = 2'000;
constexpr int kLinesASecond = 2'000;
constexpr int kSeconds = 10;

// Lines a second of the pure part, with a state in memory.
void print_pure(const CompanyWorld& world) {
  std::map<std::string, std::string, std::less<>> state;
  auto const get = [&](std::string_view key) -> absl::StatusOr<std::optional<std::string_view>> {
    auto const found = state.find(key);
    if (found == state.end()) return std::nullopt;
    return std::string_view(found->second);
  };
  auto const put = [&](std::string_view key, std::string_view value) {
    state[std::string(key)] = value;
  };
  int64_t said = 0;
  auto const say = [&](const connect::Said&) {
    ++said;
    return absl::OkStatus();
  };
  auto const refuse = [](const connect::Refused&) {};
  ch::StreamReader reader(CompanyWorld::clock());
  ch::StreamConnector connector(std::nullopt);
  auto const begun = Clock::now();
  for (const auto& line : world.lines()) {
    BELLWETHER_CHECK(connector.take(reader.read(line.text), {get, put}, say, refuse, {}).ok());
  }
  double const seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  BELLWETHER_CHECK(said > 0);
  std::printf("connect_stream_lines_per_second %.0f lines/s\n",
              static_cast<double>(world.lines().size()) / seconds);
}

// Seconds of processor time that the process has used.
double processor_seconds(pid_t pid) {
  std::ifstream file(base::cat("/proc/", pid, "/stat"));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  constexpr int kFieldsBefore = 11;  // utime is field 14, and the state field 3
  for (int i = 0; i < kFieldsBefore; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// The share of a core of the whole command while all streams together send so many lines a second.
void print_share(const CompanyWorld& world) {
  std::atomic<int> connected{0};
  std::atomic<int64_t> begun_ms{0};
  auto const now_ms = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
        .count();
  };
  StreamServer server([&](const StreamServer::Request& request, StreamServer::Reply& reply) {
    std::string const stream = request.target.substr(1, request.target.find('?') - 1);
    reply.begin();
    reply.chunk("\n");
    if (++connected == static_cast<int>(ch::kStreams)) begun_ms = now_ms();
    while (begun_ms == 0 && reply.rest(std::chrono::milliseconds(1))) {
    }
    int64_t number = 0;
    for (const auto& line : world.lines()) {
      int64_t const due = begun_ms + ++number * 1000 / kLinesASecond;
      if (line.stream != stream) continue;
      if (due > now_ms()) reply.rest(std::chrono::milliseconds(due - now_ms()));
      if (!reply.chunk(line.text + "\n")) return;
    }
    while (reply.chunk("\n") && reply.rest(std::chrono::milliseconds(50))) {
    }
  });
  Topics const topics = make_topics(broker(), 4);
  TemporaryFolder folder;
  Child child({program("bellwether"), "connect", "companies-house", "--state",
               folder.path() / "state", "--brokers", broker(), "--registrations-topic",
               topics.registrations, "--support-topic", topics.support, "--api-key-file",
               folder.write("key", "key\n"), "--stream-url", server.url(), "--stream"},
              {}, folder.path() / "log");
  while (begun_ms == 0) {
    BELLWETHER_CHECK(child.running());
    usleep(10'000);
  }
  sleep(1);
  double const before = processor_seconds(child.pid());
  sleep(kSeconds);
  double const used = processor_seconds(child.pid()) - before;
  std::printf("connect_stream_share_of_a_core_at_%d_lines_per_second %.1f %%\n", kLinesASecond,
              100 * used / kSeconds);
  child.signal(SIGTERM);
  BELLWETHER_CHECK(child.wait(30) == 0);
}

// Lines a second that Python's json parses.
void print_python(const CompanyWorld& world) {
  TemporaryFolder folder;
  std::string text;
  for (const auto& line : world.lines()) text += line.text + "\n";
  std::string const path = folder.write("lines", text);
  std::fflush(stdout);
  std::string const command = base::cat("command -v python3 >/dev/null && exec python3 '",
                                        in_source("tests/bench/stream_lines.py"), "' '", path, "'");
  if (std::system(command.c_str()) != 0) std::printf("# python3 is not installed\n");
}

}  // namespace
}  // namespace bellwether::testing

int main() {
  using namespace bellwether::testing;
  CompanyWorld const world(1, kBenchCompanies);
  BELLWETHER_CHECK(world.lines().size() > kLinesASecond * (kSeconds + 3));
  print_pure(world);
  print_share(world);
  print_python(world);
  return 0;
}
