// Purpose: writes a backtest as Markdown with figures: downturns found, delays and false alarms
// beside what chance alone would find, and how often single periods fall below a nominal p. Thread
// safety: pure.
#pragma once

#include <string>
#include <vector>

#include "analysis/backtest.h"
#include "analysis/plot.h"

namespace bellwether::analysis {

// Names of the files that the report refers to, in the report's folder.
inline constexpr char kRatesFile[] = "rates.svg";              // rates_figure()
inline constexpr char kCalibrationFile[] = "calibration.svg";  // calibration_figure()

// The text of the report. `command` is the command line that made it.
std::string backtest_report(const BacktestResult& result, const BacktestOptions& options,
                            const std::vector<Downturn>& downturns, const std::string& command);

// Stated against realised false-alarm rates by detector, in powers of ten, with the range of chance
// alone. One panel per measure, and one for all measures together.
PlotFigure rates_figure(const BacktestResult& result);

// Stated against realised rates of single periods by band of the expected count. One panel per
// measure.
PlotFigure calibration_figure(const BacktestResult& result);

}  // namespace bellwether::analysis
