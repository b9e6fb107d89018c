// Purpose: a backtest in Markdown with its figure: what was found, how late, how often wrongly,
// beside what chance alone would find; and how often single periods fall below a nominal p. Thread
// safety: pure.
#pragma once

#include <string>
#include <vector>

#include "analysis/backtest.h"
#include "analysis/plot.h"

namespace bellwether::analysis {

// Files beside the report.
inline constexpr char kRatesFile[] = "rates.svg";              // rates_figure()
inline constexpr char kCalibrationFile[] = "calibration.svg";  // calibration_figure()

// The report's text. `command` is what made it.
std::string backtest_report(const BacktestResult& result, const BacktestOptions& options,
                            const std::vector<Downturn>& downturns, const std::string& command);

// Stated against realised false-alarm rates by detector, in powers of ten, with what chance alone
// would do; a panel a measure, and one for those of all measures together.
PlotFigure rates_figure(const BacktestResult& result);

// The same of single periods by band of the expected count, a panel a measure.
PlotFigure calibration_figure(const BacktestResult& result);

}  // namespace bellwether::analysis
