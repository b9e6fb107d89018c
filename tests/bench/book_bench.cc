// Ten years of weekly evaluations (BELLWETHER_BENCH=short: two), each with 1,000 open alerts and 20
// new ones. Measures decoding and folding of their journal records, and restoring the same book
// from a snapshot file: the difference is the time that a snapshot saves at a restart. Also what
// it takes to keep the books of earlier revisions, and to give the dearest one again. For
// comparison: protobuf's parse of the same records.
#include <cstdlib>
#include <cstring>
#include <deque>

#include "adapters/snapshot/book_codec.h"
#include "bellwether/journal/v1/journal.pb.h"
#include "bench/figures.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "runtime/journal/journal_codec.h"
#include "runtime/journal/past_books.h"
#include "support/memory_disk.h"
#include "support/must.h"

namespace bellwether::testing {
namespace {

constexpr int kRounds = 3;
constexpr size_t kOpen = 1'000;
constexpr size_t kRaisedATick = 20;
constexpr base::Calendar kCalendar(base::CalendarUnit::kWeek);

alerts::AlertUpdate alert(size_t number, base::PeriodIndex tick) {
  alerts::AlertUpdate u;
  u.key = {"R1", base::cat("E0", number % 400), base::cat("S", number)};
  u.raised = u.onset = tick;
  u.severity = u.severity_max = alerts::Severity::kAmber;
  u.transition = alerts::TransitionKind::kRaised;
  u.evidence.observed = static_cast<double>(number % 97);
  u.evidence.expected = static_cast<double>(number) / 7;
  u.evidence.z = static_cast<double>(number) / 13;
  u.evidence.contributions.assign(5, {"E06000001", "C", 10, 20.5, 0.2});
  return u;
}

std::vector<std::string> journal(int ticks) {
  std::vector<std::string> out;
  out.push_back(runtime::encode(
      alerts::RuleSetActivated{alerts::default_rules(kCalendar), "configuration", {}}, "w", {}));
  std::deque<alerts::AlertUpdate> open;
  size_t number = 0;
  for (int t = 0; t < ticks; ++t) {
    alerts::TickEvaluated tick;
    tick.tick = base::PeriodIndex(2000 + t);
    tick.tick_at = kCalendar.end_of(tick.tick);
    tick.book_offset = base::JournalOffset(static_cast<int64_t>(out.size()) - 1);
    for (alerts::AlertUpdate& u : open) u.transition = alerts::TransitionKind::kNone;
    for (size_t i = 0; i < kRaisedATick; ++i) open.push_back(alert(number++, tick.tick));
    tick.updates.assign(open.begin(), open.end());
    while (open.size() > kOpen) {
      alerts::AlertUpdate& closed = tick.updates[open.size() - kOpen - 1];
      closed.open = false;
      closed.transition = alerts::TransitionKind::kCleared;
      open.erase(open.begin() + static_cast<ptrdiff_t>(open.size() - kOpen - 1));
    }
    out.push_back(runtime::encode(tick, "w", {}));
  }
  return out;
}

void run(int ticks) {
  std::vector<std::string> const records = journal(ticks);
  double bytes = 0;
  for (const std::string& r : records) bytes += static_cast<double>(r.size());
  double const parse = best_seconds(kRounds, [&] {
    for (const std::string& r : records) {
      journal::v1::JournalRecord record;
      BELLWETHER_CHECK(record.ParseFromString(r));
    }
  });
  std::optional<alerts::Book> folded;
  double const fold = best_seconds(kRounds, [&] {
    folded.emplace(kCalendar);
    int64_t offset = 0;
    for (const std::string& r : records)
      folded->fold(base::JournalOffset(offset++), must(runtime::decode(r)));
  });
  MemoryDisk disk;
  double const save = best_seconds(kRounds, [&] {
    auto const file = must(disk.create("/book"));
    snapshot::FrameWriter frames(*file, snapshot::FileKind::kBook);
    BELLWETHER_CHECK(snapshot::write(*folded, frames).ok());
  });
  double const restore = best_seconds(kRounds, [&] {
    auto const file = must(disk.open("/book"));
    snapshot::FrameReader frames(*file, snapshot::FileKind::kBook);
    BELLWETHER_CHECK(must(snapshot::read_book(frames, kCalendar)).digest() == folded->digest());
  });
  double const copy = best_seconds(kRounds, [&] { alerts::Book const view = *folded; });
  runtime::PastBooks past;
  double const keep = best_seconds(1, [&] {
    alerts::Book book(kCalendar);
    for (size_t i = 0; i < records.size(); ++i) {
      auto const entry = must(runtime::decode(records[i]));
      const auto* const tick = std::get_if<alerts::TickEvaluated>(&entry);
      past.before_fold(book);
      book.fold(base::JournalOffset(static_cast<int64_t>(i)), entry);
      past.add(base::JournalOffset(static_cast<int64_t>(i)), entry,
               tick == nullptr ? std::nullopt : std::optional(tick->tick));
    }
  });
  double past_bytes = 0;
  for (const auto& record : past.image().records)
    past_bytes += static_cast<double>(record->packed.size());
  // The last revision before the book that is kept next needs the most records.
  auto const dearest = static_cast<int64_t>(records.size() - 1 -
                                            (records.size() - 2) % runtime::kTicksBetweenBooks - 1);
  double const ask = best_seconds(kRounds, [&] {
    BELLWETHER_CHECK(must(past.at(base::JournalOffset(dearest))).last_tick().has_value());
  });
  print("journal_bytes", bytes / 1e6, "MB");
  print("journal_fold", fold, "s");
  print("journal_fold_rate", bytes / fold / 1e6, "MB/s");
  print("journal_protobuf_parse", parse, "s");
  print("book_alerts", static_cast<double>(folded->alerts().size()), "alerts");
  print("book_snapshot_bytes", static_cast<double>(disk.bytes("/book")->size()) / 1e6, "MB");
  print("book_save", save, "s");
  print("book_restore", restore, "s");
  print("book_copy", copy * 1e3, "ms");
  print("journal_fold_and_keep_past", keep, "s");
  print("past_books_bytes", past_bytes / 1e6, "MB");
  print("past_book_asked", ask, "s");
}

}  // namespace
}  // namespace bellwether::testing

int main() {
  const char* const mode = std::getenv("BELLWETHER_BENCH");
  bool const brief = mode != nullptr && std::strcmp(mode, "short") == 0;
  bellwether::testing::run(52 * (brief ? 2 : 10));
}
