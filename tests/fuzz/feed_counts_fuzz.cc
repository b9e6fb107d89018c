// Fuzzes cli::parse_counts and Replay with a calendar and a text. Accepted counts are within their
// limits, and do not change when they are written and read again. The births and deaths of the
// replay add up to the counts. No business dies that is not alive.
#include <algorithm>
#include <map>
#include <set>

#include "cli/broker/replay.h"
#include "core/base/check.h"
#include "fuzz/complaint.h"
#include "fuzz/csv_text.h"
#include "fuzz/input.h"

namespace bellwether::cli {
namespace {

// Larger replays find no more errors and take too long.
constexpr int64_t kLivesMax = 2'000;
constexpr int32_t kPeriodsMax = 500;

bool same(const CountRow& a, const CountRow& b) {
  return a.period == b.period && a.area == b.area && a.sector == b.sector && a.births == b.births &&
         a.deaths == b.deaths;
}

void check_rows(const std::vector<CountRow>& rows, base::Calendar calendar) {
  std::string written = fuzz::csv_line({"period", "area", "sector", "births", "deaths"});
  for (const CountRow& r : rows) {
    BELLWETHER_CHECK(r.births >= 0 && r.births <= kCountMax);
    BELLWETHER_CHECK(r.deaths >= 0 && r.deaths <= kCountMax);
    written += fuzz::csv_line(
        {calendar.name(r.period), r.area, r.sector, base::cat(r.births), base::cat(r.deaths)});
  }
  auto const again = parse_counts(written, "c.csv", calendar);
  BELLWETHER_CHECK(again.ok() && std::ranges::equal(*again, rows, same));
}

bool small(const std::vector<CountRow>& rows) {
  int64_t lives = 0;
  auto const [first, last] =
      std::ranges::minmax(rows, {}, [](const CountRow& r) { return r.period; });
  for (const CountRow& r : rows) lives += r.births + r.deaths;
  return lives <= kLivesMax && last.period.value - first.period.value < kPeriodsMax;
}

void check_replay(const std::vector<CountRow>& rows, base::Calendar calendar) {
  Replay replay(rows, calendar);
  std::set<std::pair<size_t, uint32_t>> alive;
  std::set<std::pair<size_t, uint32_t>> ever;
  auto const live = [&](const LifeEvent& e) {
    std::pair const who(e.cell, e.business);
    BELLWETHER_CHECK(e.birth ? ever.insert(who).second && alive.insert(who).second
                             : alive.erase(who) == 1);
  };
  replay.opening(base::Days(0), live);
  BELLWETHER_CHECK(static_cast<int64_t>(ever.size()) == replay.opening());
  std::map<std::pair<base::PeriodIndex, bool>, int64_t> told;
  for (size_t p = 0; p < replay.periods().size(); ++p) {
    base::PeriodIndex const period = replay.periods()[p];
    base::UnixMillis last = base::start_of(calendar.first_day(period));
    replay.period(p, [&](const LifeEvent& e) {
      live(e);
      BELLWETHER_CHECK(last <= e.at && e.at < calendar.end_of(period));
      last = e.at;
      ++told[{period, e.birth}];
    });
  }
  for (const CountRow& r : rows) {
    told[{r.period, true}] -= r.births;
    told[{r.period, false}] -= r.deaths;
  }
  for (const auto& [key, left] : told) BELLWETHER_CHECK(left == 0);
}

void run(fuzz::Input input) {
  base::Calendar const calendar(input.byte() == 'w' ? base::CalendarUnit::kWeek
                                                    : base::CalendarUnit::kMonth);
  std::string_view const text = input.rest();
  auto const rows = parse_counts(text, "c.csv", calendar);
  if (!rows.ok()) return fuzz::check_complaint(rows.status(), "c.csv", text);
  check_rows(*rows, calendar);
  if (small(*rows)) check_replay(*rows, calendar);
}

}  // namespace
}  // namespace bellwether::cli

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::cli::run(bellwether::fuzz::Input(data, size));
  return 0;
}
