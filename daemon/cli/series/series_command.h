// Purpose: what the commands on an analyst's own series share: reading the table, writing rows and
// a figure, and how they say what goes wrong.
// Thread safety: one thread.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/period_scale.h"
#include "analysis/plot.h"
#include "analysis/series_csv.h"
#include "cli/context.h"

namespace bellwether::cli {

// A number from `low` to `high`, which NaN is not.
CLI::Validator within(double low, double high);

// Names every bad row on standard error, with exit code 2. Empty where there is no table to go on
// with, for a reason that is named, too.
std::optional<analysis::SeriesTable> read_series(const std::string& file,
                                                 const analysis::PeriodScale& scale,
                                                 analysis::Values values, Context& context);
// To standard output where no file is named. Exit code 1 where that cannot be.
void write_rows(const std::string& csv, const std::string& file, Context& context);
// With the figure's note on standard error. REQUIRES: plot_format(file).
void write_figure(const analysis::PlotFigure& figure, const std::string& file, Context& context);

}  // namespace bellwether::cli
