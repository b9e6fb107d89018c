// Snapshots of a ledger of 10 million businesses (BELLWETHER_BENCH=short: 200,000; or the number
// given as an argument) in 8 partitions, with its panel of seven years of weeks and the reference
// files of the United Kingdom. Saves to disk and restores with two threads, each time in a new
// process. For comparison: the same number of bytes written, read and copied by plain calls. Files
// are in TMPDIR, or /tmp.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "adapters/snapshot/store.h"
#include "bench/figures.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "support/logs.h"
#include "support/must.h"
#include "support/paths.h"

namespace bellwether::testing {
namespace {

using indicators::Delta;

constexpr size_t kPartitions = 8;
constexpr size_t kThreads = 2;
constexpr int kRounds = 3;
constexpr int kWeeks = 7 * 52;
constexpr base::Calendar kCalendar(base::CalendarUnit::kWeek);
const base::Days kFirstDay = base::days_from_civil(2015, 1, 1);

std::string text_of(const std::string& name) {
  std::ifstream file(base::cat(testing::in_source("deploy/reference/uk/"), name), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const reference::Reference& kingdom() {
  static const auto* const made = new reference::Reference{
      must(reference::Areas::parse(text_of("areas.csv"), "areas.csv", text_of("area_sets.csv"),
                                   "area_sets.csv")),
      must(reference::Sectors::parse(text_of("sectors.csv"), "sectors.csv")),
      reference::Postcodes()};
  return *made;
}

void in_parallel(size_t n, const std::function<void(size_t)>& each) {
  std::atomic<size_t> next{0};
  std::vector<std::jthread> threads;
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (size_t i = next++; i < n; i = next++) each(i);
    });
  }
}

// Results that one process passes to another.
struct Shared {
  uint64_t ledgers[kPartitions] = {};  // digests
  uint64_t panel = 0;
  uint64_t bytes = 0;
  int64_t businesses = 0;
  double seconds = 0;
  double cpu_seconds = 0;
};

// User and system time of all threads of this process, in seconds.
double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto const seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// Runs `work` in a new process, whose memory is fresh as in a starting daemon.
template <class Work>
void in_a_process(Work work) {
  pid_t const child = fork();
  BELLWETHER_CHECK(child >= 0);
  if (child == 0) {
    work();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  BELLWETHER_CHECK(waitpid(child, &status, 0) == child);
  BELLWETHER_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// ---- the ledger and its snapshot

struct NoSink {
  void add(indicators::DeltaKey, int64_t) {}
  void report(indicators::ReportKey, int64_t) {}
};

// The areas and sectors that have no children, where facts are counted.
template <class Id, class All, class Children>
std::vector<Id> leaves(const All& all, Children children) {
  std::vector<Id> out;
  for (size_t i = 0; i < all.size(); ++i) {
    if (children(Id(static_cast<uint16_t>(i))).empty()) out.push_back(Id(static_cast<uint16_t>(i)));
  }
  return out;
}

class Scatter {
 public:
  // Replaces the small world's area and sector of a fact by random ones of the kingdom.
  void operator()(Event& e, Random& random) const {
    if (e.area != events::kNoArea) e.area = areas_[random.below(areas_.size())];
    if (e.sector != events::kNoSector) e.sector = sectors_[random.below(sectors_.size())];
  }

 private:
  std::vector<base::AreaId> areas_ = leaves<base::AreaId>(
      kingdom().areas, [](base::AreaId id) { return kingdom().areas.children(id); });
  std::vector<base::SectorId> sectors_ = leaves<base::SectorId>(
      kingdom().sectors, [](base::SectorId id) { return kingdom().sectors.children(id); });
};

void fill(ledger::Ledger& ledger, size_t partition, int64_t businesses, const Scatter& scatter) {
  constexpr int64_t kAtOnce = 100'000;  // limits the events in memory
  constexpr size_t kAhead = 16;
  NoSink none;
  for (int64_t begin = 0; begin < businesses; begin += kAtOnce) {
    Random random(partition << 32 | static_cast<uint64_t>(begin));
    uint64_t const other = random.next();  // random_log() numbers businesses and facts from 0
    std::vector<Event> log =
        random_log(random, {.businesses = static_cast<int>(std::min(kAtOnce, businesses - begin)),
                            .first = kFirstDay,
                            .days = 7 * kWeeks});
    random.shuffle(log);
    for (Event& e : log) {
      e.business = base::BusinessKey(e.business.value ^ other);
      e.fact = base::FactId(e.fact.value ^ other);
      scatter(e, random);
    }
    for (size_t i = 0; i < log.size(); ++i) {
      if (i + kAhead < log.size()) ledger.prefetch(log[i + kAhead].business);
      ledger.apply(log[i], published(log[i]), none);
    }
  }
}

// Adds the counts of ledgers to a panel, many at a time.
struct ToPanel {
  static constexpr size_t kAtOnce = 8'000'000;
  indicators::Panel& panel;
  std::vector<Delta> deltas;
  absl::flat_hash_map<indicators::ReportKey, int64_t> reports;

  void add(indicators::DeltaKey key, int64_t amount) {
    deltas.push_back({key, amount});
    if (deltas.size() == kAtOnce) flush();
  }
  void report(indicators::ReportKey key, int64_t amount) { reports[key] += amount; }
  void flush() {
    panel.add(deltas, [](size_t, indicators::Measure, base::PeriodIndex) {});
    deltas.clear();
  }
};

snapshot::Identity identity() {
  return {"cluster",
          "week",
          snapshot::reference_digest(kingdom()),
          kWeeks,
          {"registrations"},
          kPartitions,
          engine::kFiguresVersion,
          snapshot::codes_digest(kingdom())};
}

void save(const std::string& folder, int64_t businesses, Shared& shared) {
  Scatter const scatter;
  std::vector<ledger::Ledger> ledgers;
  for (size_t p = 0; p < kPartitions; ++p) ledgers.emplace_back(kCalendar, kingdom());
  in_parallel(kPartitions, [&](size_t p) {
    fill(ledgers[p], p, businesses / static_cast<int64_t>(kPartitions), scatter);
  });
  base::PeriodIndex const first = kCalendar.period_of(kFirstDay);
  indicators::Panel panel(kingdom(), kCalendar, first);
  ToPanel sum{panel, {}, {}};
  int64_t facts = 0;
  int64_t ledger_bytes = 0;
  for (size_t p = 0; p < kPartitions; ++p) {
    ledgers[p].recompute(sum);
    shared.ledgers[p] = ledgers[p].digest();
    shared.businesses += ledgers[p].stats().businesses;
    facts += ledgers[p].stats().facts;
    ledger_bytes += ledgers[p].stats().bytes;
  }
  sum.flush();
  shared.panel = panel.digest();

  snapshot::Image image;
  image.manifest.identity = identity();
  image.manifest.tick = base::PeriodIndex(first.value + kWeeks - 1);
  image.evaluation.tick = image.manifest.tick;
  image.evaluation.panel = panel.publish();
  for (const auto& [key, amount] : sum.reports) image.evaluation.reports.push_back({key, amount});
  double pause = 0;  // sum over the partitions
  for (ledger::Ledger& ledger : ledgers) {
    snapshot::PartitionImage& part = image.partitions.emplace_back();
    part.state.inputs.resize(1);
    part.state.crossings.resize(1);
    part.marks.resize(1);
    auto const begin = Clock::now();
    part.ledger = ledger.freeze();
    pause += seconds_since(begin);
  }
  auto const disk = snapshot::posix_disk();
  snapshot::Store store(*disk, folder);
  BELLWETHER_CHECK(store.open().ok());
  auto const begin = Clock::now();
  shared.bytes = must(store.save(image));
  double const seconds = seconds_since(begin);
  print("snapshot_businesses", static_cast<double>(shared.businesses), "businesses");
  print("snapshot_facts", static_cast<double>(facts), "facts");
  print("snapshot_ledgers_in_memory", static_cast<double>(ledger_bytes) / 1e6, "MB");
  print("snapshot_panel_in_memory", static_cast<double>(panel.bytes()) / 1e6, "MB");
  print("snapshot_on_disk", static_cast<double>(shared.bytes) / 1e6, "MB");
  print("snapshot_pause", 1e3 * pause, "ms");
  print("snapshot_save", seconds, "s");
  print("snapshot_save_rate", static_cast<double>(shared.bytes) / seconds / 1e6, "MB/s");
}

// ---- restoring

std::vector<std::string> files(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) out.push_back(entry.path().string());
  }
  return out;
}

void forget_in_cache(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    int const fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    BELLWETHER_CHECK(fd >= 0 && posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0);
    close(fd);
  }
}

void restore(const std::string& folder, Shared& shared) {
  const reference::Reference& reference = kingdom();
  auto const disk = snapshot::posix_disk();
  snapshot::Store store(*disk, folder);
  BELLWETHER_CHECK(store.open().ok());
  snapshot::Identity const wanted = identity();
  double const cpu_before = cpu_seconds();
  auto const begin = Clock::now();
  auto const restored = store.newest(
      wanted, reference, kCalendar, in_parallel,
      [](const snapshot::Restored&) { return absl::OkStatus(); },
      [](std::string_view name, const absl::Status& why) {
        std::fprintf(stderr, "%s: %s\n", std::string(name).c_str(), why.ToString().c_str());
      });
  shared.seconds = seconds_since(begin);
  shared.cpu_seconds = cpu_seconds() - cpu_before;
  BELLWETHER_CHECK(restored.has_value());
  BELLWETHER_CHECK(restored->evaluation.panel.digest() == shared.panel);
  in_parallel(kPartitions, [&](size_t p) {
    BELLWETHER_CHECK(restored->partitions[p].ledger.digest() == shared.ledgers[p]);
  });
}

// ---- the same bytes by plain calls

constexpr size_t kBlockBytes = 1 << 20;

void plain_write(const std::string& path, uint64_t bytes) {
  std::string block(kBlockBytes, '\0');
  Random random(1);
  for (char& c : block) c = static_cast<char>(random.next());
  int const fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  BELLWETHER_CHECK(fd >= 0);
  auto const begin = Clock::now();
  for (uint64_t left = bytes; left > 0;) {
    ssize_t const n = write(fd, block.data(), std::min<uint64_t>(left, block.size()));
    BELLWETHER_CHECK(n > 0);
    left -= static_cast<uint64_t>(n);
  }
  BELLWETHER_CHECK(fsync(fd) == 0);
  print("plain_write_and_sync", seconds_since(begin), "s");
  close(fd);
  unlink(path.c_str());
}

// Uses as many threads as the restore, one file at a time.
double plain_read_seconds(const std::vector<std::string>& paths) {
  auto const begin = Clock::now();
  in_parallel(paths.size(), [&](size_t i) {
    std::string block(kBlockBytes, '\0');
    int const fd = open(paths[i].c_str(), O_RDONLY | O_CLOEXEC);
    BELLWETHER_CHECK(fd >= 0);
    ssize_t n = 1;
    while (n > 0) n = read(fd, block.data(), block.size());
    BELLWETHER_CHECK(n == 0);
    close(fd);
  });
  return seconds_since(begin);
}

// Copies into memory that is touched for the first time: a lower limit for restoring into fresh
// memory.
double plain_copy_seconds(uint64_t bytes) {
  std::vector<char> const block(kBlockBytes, 1);
  auto const begin = Clock::now();
  in_parallel(kThreads, [&](size_t) {
    size_t const own = bytes / kThreads + 1;
    std::unique_ptr<char[]> const into(new char[own]);
    for (size_t at = 0; at < own; at += block.size()) {
      std::memcpy(into.get() + at, block.data(), std::min(block.size(), own - at));
    }
    BELLWETHER_CHECK(into[own - 1] == 1);
  });
  return seconds_since(begin);
}

void run(int64_t businesses) {
  const char* const temporary = std::getenv("TMPDIR");
  std::string folder =
      base::cat(temporary != nullptr ? temporary : "/tmp", "/bellwether-bench.XXXXXX");
  BELLWETHER_CHECK(mkdtemp(folder.data()) != nullptr);
  void* const memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  BELLWETHER_CHECK(memory != MAP_FAILED);
  auto& shared = *new (memory) Shared;

  in_a_process([&] { save(folder, businesses, shared); });
  plain_write(folder + "/plain", shared.bytes);
  std::vector<std::string> const paths = files(folder);
  forget_in_cache(paths);
  print("plain_read_cold", plain_read_seconds(paths), "s");
  forget_in_cache(paths);
  in_a_process([&] { restore(folder, shared); });
  print("snapshot_restore_cold", shared.seconds, "s");
  double best = 1e18;
  double cpu = 1e18;
  double read = 1e18;
  double copy = 1e18;
  for (int i = 0; i < kRounds; ++i) {
    in_a_process([&] { shared.seconds = plain_read_seconds(paths); });
    read = std::min(read, shared.seconds);
    in_a_process([&] { shared.seconds = plain_copy_seconds(shared.bytes); });
    copy = std::min(copy, shared.seconds);
    in_a_process([&] { restore(folder, shared); });
    best = std::min(best, shared.seconds);
    cpu = std::min(cpu, shared.cpu_seconds);
  }
  print("plain_read_warm", read, "s");
  print("plain_copy", copy, "s");
  print("snapshot_restore_warm", best, "s");
  print("snapshot_restore_rate", static_cast<double>(shared.bytes) / best / 1e6, "MB/s");
  print("snapshot_restore_cpu", cpu, "s");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace bellwether::testing

int main(int argc, char** argv) {
  const char* const mode = std::getenv("BELLWETHER_BENCH");
  bool const brief = mode != nullptr && std::strcmp(mode, "short") == 0;
  int64_t businesses = brief ? 200'000 : 10'000'000;
  if (argc > 1) businesses = bellwether::base::parse_number<int64_t>(argv[1]).value_or(0);
  if (argc > 2 || businesses < 1000) {
    std::fprintf(stderr, "usage: snapshot_bench [BUSINESSES]\n");
    return 2;
  }
  bellwether::testing::run(businesses);
}
