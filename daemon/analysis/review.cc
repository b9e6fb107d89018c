#include "analysis/review.h"

#include <cstdlib>
#include <map>
#include <tuple>

#include "analysis/period_scale.h"
#include "core/base/calendar.h"
#include "core/base/csv.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::analysis {

absl::StatusOr<Month> month_of(std::string_view period) {
  BELLWETHER_ASSIGN_OR_RETURN(DatedPeriod const dated, parse_dated(period));
  base::Calendar const months(base::CalendarUnit::kMonth);
  return months.period_of(dated.calendar.first_day(dated.period)).value;
}

absl::StatusOr<std::vector<Downturn>> parse_downturns(std::string_view csv, std::string_view file) {
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<base::CsvRow> const rows,
                              base::parse_csv(csv, file, {"name", "start", "end"}, {"source"}));
  base::LineErrors errors(file);
  std::vector<Downturn> out;
  std::map<std::tuple<std::string, Month, Month>, int> lines;
  for (const base::CsvRow& row : rows) {
    auto const start = month_of(row[1]);
    auto const end = month_of(row[2]);
    for (const auto* month : {&start, &end}) {
      if (!month->ok()) errors.add(row.line, base::from_absl(month->status().message()));
    }
    if (!start.ok() || !end.ok()) continue;
    if (*end < *start) errors.add(row.line, "it ends before it starts; swap start and end");
    auto const [first, is_new] = lines.try_emplace({row[0], *start, *end}, row.line);
    if (!is_new) {
      errors.add(row.line, base::cat("the downturn is in line ", first->second,
                                     " already; keep one of them"));
    }
    out.push_back({row[0], *start, *end});
  }
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  return out;
}

Standing standing(const Downturn& downturn, Month raised, Month cleared, int lead) {
  if (raised > downturn.end || cleared < downturn.start) return Standing::kApart;
  return raised >= downturn.start - lead ? Standing::kCalls : Standing::kCarries;
}

std::string lead_text(Month official, Month raised) {
  if (raised == official) return "in the first month";
  int const months = std::abs(official - raised);
  return base::cat(months, months == 1 ? " month " : " months ",
                   raised < official ? "early" : "late");
}

}  // namespace bellwether::analysis
