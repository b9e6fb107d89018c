#include "analysis/detect_table.h"

#include "analysis/series_csv.h"
#include "core/base/csv.h"
#include "core/base/text.h"

namespace bellwether::analysis {
namespace {

std::string state_of(const DetectRow& row) {
  if (row.state != DetectState::kNotAssessed) return std::string(name(row.state));
  return base::cat(name(row.state), ": ", row.why);
}

}  // namespace

void append_detect_rows(std::string& csv, std::string_view series, std::span<const DetectRow> rows,
                        const PeriodScale& scale, std::optional<base::PeriodIndex> from) {
  std::string const name = base::csv_field(series);
  for (const DetectRow& row : rows) {
    if (from && row.period < *from) continue;
    base::append(csv, name, ",", scale.name(row.period));
    for (const auto& figure : {row.observed, row.expected, row.dispersion, row.lower, row.upper,
                               row.p_low, row.p_high, row.score, row.cusum}) {
      base::append(csv, ",", csv_number(figure));
    }
    base::append(csv, ",", row.onset ? scale.name(*row.onset) : "", ",",
                 base::csv_field(state_of(row)), ",", csv_number(row.deviation), ",",
                 csv_number(row.false_alarms_a_year), ",", row.hit_by, "\n");
  }
}

}  // namespace bellwether::analysis
