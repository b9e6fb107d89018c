// Purpose: a figure of panels one below the other: lines, bands and marks over an x axis, as SVG or
// PNG. Knows no series or periods: x is a number, and the caller labels the ticks. Invariants: the
// same figure gives the same SVG bytes if the fonts are the same. Thread safety: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace bellwether::analysis {

struct PlotColour {
  double red = 0;  // 0 … 1
  double green = 0;
  double blue = 0;
  double alpha = 1;
};

// The line breaks at a point without `y`.
struct PlotPoint {
  double x = 0;
  std::optional<double> y;
};
struct PlotLine {
  std::vector<PlotPoint> points;  // in order of x
  PlotColour colour;
  double width = 1.5;
  bool dashed = false;
};

struct PlotRange {
  double low = 0;
  double high = 0;
};
struct PlotSpan {
  double x = 0;
  std::optional<PlotRange> y;
};
struct PlotBand {
  std::vector<PlotSpan> spans;  // in order of x
  PlotColour colour;
};

struct PlotMark {
  double x = 0;
  double y = 0;
  PlotColour colour;
};

// A line from top to bottom with a short label at its top.
struct PlotRule {
  double x = 0;
  std::string label;
  PlotColour colour;
};

struct PlotTick {
  double x = 0;
  std::string label;
};

struct PlotPanel {
  std::string title;
  std::string remark;  // smaller text after the title
  std::vector<PlotBand> bands;
  std::vector<PlotLine> lines;
  std::vector<PlotMark> marks;
  std::vector<PlotRule> rules;
  std::vector<PlotTick> ticks;
  PlotRange x;
};

enum class PlotSample : uint8_t { kLine, kDashes, kBand, kMark };
struct PlotKey {
  PlotSample sample = PlotSample::kLine;
  PlotColour colour;
  std::string label;
};

struct PlotFigure {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::string note;  // at the foot
  std::vector<PlotKey> keys;
  std::vector<PlotPanel> panels;  // at most kPlotPanelsMax
};
inline constexpr size_t kPlotPanelsMax = 12;

enum class PlotFormat : uint8_t { kSvg, kPng };
// The format by the end of the file name: .svg or .png. nullopt for any other.
std::optional<PlotFormat> plot_format(std::string_view path);
// Checks the value of --plot, which may be empty. Error: InvalidArgument. The message says how to
// name the file.
absl::Status check_plot_file(std::string_view path);

// The bytes of the file. Error: Internal if cairo cannot draw.
absl::StatusOr<std::string> draw(const PlotFigure& figure, PlotFormat format);

}  // namespace bellwether::analysis
