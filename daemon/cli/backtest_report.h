// Purpose: a backtest in Markdown with its figure: what was found, how late, how often wrongly, beside what
// chance alone would find; and how often single periods fall below a nominal p.
// Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "cli/backtest.h"
#include "cli/plot.h"

namespace bellwether::cli {

// The report's text. `command` is what made it; `figure` is the file of calibration_figure() beside it.
std::string backtest_report(const BacktestResult& result, const BacktestOptions& options,
                            const std::vector<Downturn>& downturns, const std::string& command,
                            const std::string& figure);

// Stated against realised rates of single periods, in powers of ten, a panel a measure.
PlotFigure calibration_figure(const BacktestResult& result);

}  // namespace bellwether::cli
