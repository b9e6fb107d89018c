#include "runtime/replica/snapshotter.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "core/base/text.h"

namespace bellwether::runtime {
namespace {

// A lane answers between two records. If a lane still waits for its dead letters, the next turn
// asks it again.
constexpr absl::Duration kLanesWait = absl::Seconds(1);
constexpr absl::Duration kRetry = absl::Seconds(5);

base::UnixMillis to_millis(absl::Time t) {
  return base::UnixMillis(absl::ToUnixMillis(t));
}

std::vector<std::vector<int64_t>> next_offsets(
    const std::vector<snapshot::PartitionImage>& partitions) {
  std::vector<std::vector<int64_t>> out;
  for (const snapshot::PartitionImage& p : partitions) {
    std::vector<int64_t>& offsets = out.emplace_back();
    for (const engine::InputState& input : p.state.inputs) offsets.push_back(input.next.value);
  }
  return out;
}

}  // namespace

snapshot::EachInParallel in_threads(int workers) {
  return [workers](size_t n, const std::function<void(size_t)>& each) {
    std::atomic<size_t> next{0};
    std::vector<std::thread> threads;
    for (size_t w = 0; w < std::min<size_t>(n, static_cast<size_t>(std::max(1, workers))); ++w) {
      threads.emplace_back([&] {
        for (size_t i = next++; i < n; i = next++) each(i);
      });
    }
    for (std::thread& t : threads) t.join();
  };
}

Snapshotter::Snapshotter(snapshot::Store store, snapshot::Identity identity, absl::Duration every,
                         LaneImages lanes, LackingFn lacking, std::optional<Newest> restored,
                         base::LogFn log)
    : store_(std::move(store)),
      identity_(std::move(identity)),
      every_(every),
      lanes_(std::move(lanes)),
      lacking_(std::move(lacking)),
      log_(std::move(log)),
      next_at_(absl::Now() + every) {
  report_.enabled = true;
  if (restored) {
    report_.taken_at = restored->taken_at;
    report_.bytes = restored->bytes;
  }
  thread_ = std::thread([this] { run(); });
}

Snapshotter::~Snapshotter() {
  stop();
}

void Snapshotter::stop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Snapshotter::due() const {
  if (absl::Now() < next_at_) return false;
  std::lock_guard lock(mutex_);
  return !busy_ && !stop_;
}

void Snapshotter::take(const engine::EvaluatorState& evaluation, std::vector<alerts::CutOffset> cut,
                       const BookKeeper::Published& journal) {
  absl::Time const begin = absl::Now();
  auto partitions = lanes_.take(begin + kLanesWait);
  if (!partitions) {
    next_at_ = absl::Now() + std::min(every_, kRetry);
    return failed(
        absl::UnavailableError("a partition waits for its dead letters or is busy; trying again"));
  }
  next_at_ = begin + every_;
  auto offsets = next_offsets(*partitions);
  // If nothing was read since the newest snapshot, that snapshot is still current.
  if (last_stands() && offsets == last_ && journal.book->offset() == last_journal_) {
    partitions->clear();
    lanes_.thaw();
    std::lock_guard lock(mutex_);
    report_.taken_at = to_millis(begin);
    return;
  }
  last_ = std::move(offsets);
  last_journal_ = journal.book->offset();
  snapshot::Image image;
  image.manifest.identity = identity_;
  image.manifest.taken_at = to_millis(begin);
  image.manifest.tick = evaluation.tick;
  image.manifest.journal = journal.book->offset();
  image.manifest.journal_mark = journal.place.mark;
  image.manifest.journal_next = journal.place.next;
  image.manifest.cut = std::move(cut);
  image.manifest.lacking = lacking_();
  image.evaluation = evaluation;
  image.partitions = *std::move(partitions);
  image.book = journal.book;
  image.past_book = journal.past->image();
  {
    std::lock_guard lock(mutex_);
    image_ = std::move(image);
    busy_ = true;
    report_.pause_seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  }
  changed_.notify_all();
}

// True if the last attempt to write succeeded. Otherwise last_ is not in any snapshot.
bool Snapshotter::last_stands() const {
  std::lock_guard lock(mutex_);
  return report_.error.empty();
}

SnapshotReport Snapshotter::report() const {
  std::lock_guard lock(mutex_);
  return report_;
}

void Snapshotter::run() {
  while (true) {
    std::optional<snapshot::Image> image;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return image_ || stop_; });
      if (!image_) return;
      image.swap(image_);
    }
    write(*image);
    image.reset();
    lanes_.thaw();
    std::lock_guard lock(mutex_);
    busy_ = false;
  }
}

void Snapshotter::failed(const absl::Status& why) {
  std::lock_guard lock(mutex_);
  ++report_.failed;
  report_.error = base::from_absl(why.message());
  if (std::exchange(told_, why.code()) != why.code())
    log_(base::LogLevel::kWarning, "snapshot", base::cat("not taken: ", report_.error));
}

void Snapshotter::write(const snapshot::Image& image) {
  absl::Time const begin = absl::Now();
  auto const bytes = store_.save(image);
  if (!bytes.ok()) return failed(bytes.status());
  double const seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  std::lock_guard lock(mutex_);
  log_(base::LogLevel::kDebug, "snapshot", absl::StrFormat("%d bytes in %.2f s", *bytes, seconds));
  if (std::exchange(told_, absl::StatusCode::kOk) != absl::StatusCode::kOk)
    log_(base::LogLevel::kInfo, "snapshot", "taken again");
  report_.taken_at = image.manifest.taken_at;
  report_.bytes = *bytes;
  report_.seconds = seconds;
  report_.error.clear();
  ++report_.taken;
}

}  // namespace bellwether::runtime
