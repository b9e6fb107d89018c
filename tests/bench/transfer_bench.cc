// Transfers a snapshot of 1 GB (BELLWETHER_BENCH=short: 64 MB; or the megabytes given as an
// argument) from one replica to another over loopback in one process, without a limit and at the
// default rate. Also measures GetStatus of the giving replica during the transfer and without one.
// The bytes are random: only a restore reads them, and snapshot_bench measures that. Files are in
// TMPDIR, or /tmp.
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>
#include <vector>

#include "adapters/rpc/server.h"
#include "adapters/snapshot/codec.h"
#include "bellwether/status/v1/status.grpc.pb.h"
#include "bench/figures.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "core/indicators/panel.h"
#include "runtime/replica/peer_transfer.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/random.h"
#include "support/world.h"

namespace bellwether::testing {
namespace {

constexpr int32_t kPartitions = 8;
constexpr double kDefaultRate = 50e6;
constexpr double kUnlimited = 1e12;

const snapshot::Identity kIdentity{
    "cluster", "month", "reference", 12, {"registrations"}, kPartitions, engine::kFiguresVersion,
    "codes"};

void make_snapshot(snapshot::Disk& disk, const std::string& folder, uint64_t megabytes) {
  snapshot::Manifest manifest;
  manifest.identity = kIdentity;
  manifest.file_bytes = {1'000'000};
  for (int32_t p = 0; p < kPartitions; ++p)
    manifest.file_bytes.push_back(megabytes * 1'000'000 / kPartitions);
  std::string const path = folder + "/00000000000000000001";
  BELLWETHER_CHECK(disk.make_folder(path).ok());
  Random random(1);
  std::string block(1'000'000, '\0');
  for (char& c : block) c = static_cast<char>(random.next());
  for (const snapshot::FileEntry& file : must(snapshot::files(manifest))) {
    auto const out = must(disk.create(base::cat(path, "/", file.name)));
    for (uint64_t left = file.bytes; left > 0;) {
      std::string_view const piece =
          std::string_view(block).substr(0, std::min<uint64_t>(left, block.size()));
      BELLWETHER_CHECK(out->append(piece).ok());
      left -= piece.size();
    }
  }
  auto const out = must(disk.create(path + "/manifest"));
  snapshot::FrameWriter frames(*out, snapshot::FileKind::kManifest);
  BELLWETHER_CHECK(snapshot::write(manifest, frames).ok());
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto const seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

class Giving {
 public:
  Giving(snapshot::Disk& disk, const std::string& folder, double bytes_per_second)
      : shelf_(disk, folder) {
    auto view = std::make_shared<engine::View>();
    view->reference = {std::shared_ptr<const void>(), &world()};
    view->calendar = kMonths;
    view->panel = indicators::Panel(world(), kMonths, base::PeriodIndex(0)).publish();
    view->book = std::make_shared<const alerts::Book>(kMonths);
    rpc::Backend backend;
    backend.view = [view] { return view; };
    backend.status = [](status::v1::GetStatusResponse&) {};
    backend.snapshots = runtime::give_snapshots(shelf_);
    server_ = must(rpc::Server::start(
        {.address = "127.0.0.1:0", .transfer_bytes_per_second = bytes_per_second},
        std::move(backend), [](const rpc::Method&, int, double) {}));
  }
  ~Giving() { server_->stop(absl::InfinitePast()); }
  std::string address() const { return "127.0.0.1:" + std::to_string(server_->port()); }

 private:
  snapshot::Shelf shelf_;
  std::unique_ptr<rpc::Server> server_;
};

// Makes one call after another, about a hundred a second, until `done`. Returns sorted times in ms.
std::vector<double> call_ms(const std::string& address, const std::function<bool()>& done) {
  auto const stub = status::v1::StatusService::NewStub(
      grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  std::vector<double> out;
  while (!done()) {
    grpc::ClientContext context;
    status::v1::GetStatusResponse response;
    auto const begin = Clock::now();
    BELLWETHER_CHECK(stub->GetStatus(&context, {}, &response).ok());
    out.push_back(1e3 * seconds_since(begin));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  std::ranges::sort(out);
  return out;
}

void print_calls(const std::string& when, const std::vector<double>& sorted_ms) {
  print("status_" + when + "_p50", sorted_ms[sorted_ms.size() / 2], "ms");
  print("status_" + when + "_p99", sorted_ms[sorted_ms.size() * 99 / 100], "ms");
}

void transfer(snapshot::Disk& disk, const std::string& folder, uint64_t megabytes, double rate,
              const std::string& name) {
  Giving const giving(disk, folder + "/theirs", rate);
  snapshot::Store ours(disk, folder + "/ours");
  BELLWETHER_CHECK(ours.open().ok());
  runtime::PeerTransfer taking({giving.address()}, disk,
                               {[] { return false; }, [](const std::string&) {},
                                [](base::LogLevel, std::string_view, std::string_view) {}});
  std::atomic<bool> done{false};
  std::vector<double> calls;
  std::thread caller([&] { calls = call_ms(giving.address(), [&] { return done.load(); }); });
  double const cpu = cpu_seconds();
  auto const begin = Clock::now();
  must(taking.take(ours, kIdentity, false));
  double const seconds = seconds_since(begin);
  double const used = cpu_seconds() - cpu;
  done = true;
  caller.join();
  print("transfer_" + name, seconds, "s");
  print("transfer_" + name + "_rate", static_cast<double>(megabytes) / seconds, "MB/s");
  print("transfer_" + name + "_cpu_both_ends", used, "s");
  print_calls("during_" + name, calls);
  std::filesystem::remove_all(folder + "/ours");
}

void run(uint64_t megabytes) {
  const char* const temporary = std::getenv("TMPDIR");
  std::string folder =
      base::cat(temporary != nullptr ? temporary : "/tmp", "/bellwether-bench.XXXXXX");
  BELLWETHER_CHECK(mkdtemp(folder.data()) != nullptr);
  auto const disk = snapshot::posix_disk();
  make_snapshot(*disk, folder + "/theirs", megabytes);
  {
    Giving const giving(*disk, folder + "/theirs", kDefaultRate);
    auto const begin = Clock::now();
    print_calls("idle", call_ms(giving.address(), [&] { return seconds_since(begin) > 5; }));
  }
  transfer(*disk, folder, megabytes, kUnlimited, "unlimited");
  transfer(*disk, folder, megabytes, kDefaultRate, "default");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace bellwether::testing

int main(int argc, char** argv) {
  const char* const mode = std::getenv("BELLWETHER_BENCH");
  uint64_t megabytes = mode != nullptr && std::strcmp(mode, "short") == 0 ? 64 : 1000;
  if (argc > 1) megabytes = bellwether::base::parse_number<uint64_t>(argv[1]).value_or(0);
  if (argc > 2 || megabytes < 8) {
    std::fprintf(stderr, "usage: transfer_bench [MEGABYTES]\n");
    return 2;
  }
  bellwether::testing::run(megabytes);
}
