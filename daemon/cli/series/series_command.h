// Purpose: the parts that the commands on an analyst's own series share: reading the table, writing
// rows and a figure, and reporting errors. Thread safety: one thread.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analysis/period_scale.h"
#include "analysis/plot.h"
#include "analysis/series_csv.h"
#include "cli/context.h"
#include "core/base/business_calendar.h"

namespace bellwether::cli {

// Accepts a number from `low` to `high`. Rejects NaN.
CLI::Validator within(double low, double high);

// Prints every bad row on standard error and sets exit code 2 if there is one. If there is no
// usable table, prints the reason, sets exit code 2 and returns nullopt.
std::optional<analysis::SeriesTable> read_series(const std::string& file,
                                                 const analysis::PeriodScale& scale,
                                                 analysis::Values values, Context& context);
// Adds --holidays.
void add_holidays(CLI::App& app, std::vector<std::string>& files, const std::string& group);
// The special days of all files (base::parse_special_days). Error: of the first file that cannot be
// read or used, or InvalidArgument if there are too many days.
absl::StatusOr<base::BusinessCalendar> read_holidays(const std::vector<std::string>& files);

// Writes to standard output if `file` is empty. Sets exit code 1 if writing fails.
void write_rows(const std::string& csv, const std::string& file, Context& context);
// Prints the figure's note on standard error. Sets exit code 1 if writing fails. REQUIRES:
// plot_format(file).
void write_figure(const analysis::PlotFigure& figure, const std::string& file, Context& context);

}  // namespace bellwether::cli
