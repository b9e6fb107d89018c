#include "analysis/plot.h"

#include <cairo-svg.h>
#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include "absl/strings/str_format.h"
#include "analysis/round_step.h"
#include "core/base/check.h"
#include "core/base/display.h"
#include "core/base/text.h"
#include "core/base/utf8.h"

namespace bellwether::analysis {
namespace {

// Lengths in points of 1/72 inch.
constexpr double kWidth = 1000;
constexpr double kMargin = 24;
constexpr double kLeft = 84;  // room for the y axis
constexpr double kHeadHeight = 68;
constexpr double kPanelHeight = 240;
constexpr double kPanelHead = 32;
constexpr double kPanelFoot = 34;
constexpr double kFootHeight = 44;
constexpr double kPixelsPerPoint = 2;  // PNG
constexpr int kTicksY = 5;
constexpr size_t kTitleColumnsMax = 80;
// A band that reaches far beyond the lines and marks is cut off at this share of their extent.
constexpr double kBandShareMax = 0.6;
constexpr char kFont[] = "DejaVu Sans";

constexpr PlotColour kInk{0.13, 0.16, 0.20};
constexpr PlotColour kPale{0.42, 0.46, 0.51};
constexpr PlotColour kGrid{0.90, 0.91, 0.93};
constexpr PlotColour kPaper{1, 1, 1};

using Surface = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;
using Pen = std::unique_ptr<cairo_t, decltype(&cairo_destroy)>;

cairo_status_t append_bytes(void* to, const unsigned char* bytes, unsigned int count) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), count);
  return CAIRO_STATUS_SUCCESS;
}

// Removes cairo's running number of the surface, because a second drawing gets another number.
std::string without_surface_number(std::string svg) {
  constexpr std::string_view kId = " id=\"surface";
  size_t const begin = svg.find(kId);
  if (begin == std::string::npos) return svg;
  size_t const end = svg.find('"', begin + kId.size());
  return end == std::string::npos ? svg : svg.erase(begin, end + 1 - begin);
}

// `text` with '?' for every byte that is a control character or not UTF-8, because cairo refuses
// the whole drawing otherwise.
std::string drawable(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t const length = base::utf8_length(text.substr(i));
    auto const lead = static_cast<unsigned char>(text[i]);
    bool const good = length > 0 && lead >= 0x20 && lead != 0x7f;
    out += good ? std::string(text.substr(i, length)) : "?";
    i += good ? length : 1;
  }
  return out;
}

// Example: "2,500". In millions if the axis reaches a million.
std::string axis_number(double y, double step, double high) {
  constexpr double kMillion = 1e6;
  if (std::abs(high) >= 1e12) return absl::StrFormat("%g", y);
  if (std::abs(high) >= kMillion) return axis_number(y / kMillion, step / kMillion, 0) + " M";
  if (step >= 1) return base::grouped(std::llround(y));
  return absl::StrFormat("%.*f", static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), y);
}

// The range of y that the panel shows.
PlotRange range_of(const PlotPanel& panel) {
  PlotRange r{INFINITY, -INFINITY};
  auto const take = [&r](double y) {
    r.low = std::min(r.low, y);
    r.high = std::max(r.high, y);
  };
  for (const PlotLine& line : panel.lines) {
    for (const PlotPoint& p : line.points) {
      if (p.y) take(*p.y);
    }
  }
  for (const PlotMark& mark : panel.marks) take(mark.y);
  if (r.low > r.high) return {0, 1};
  double const reach = kBandShareMax * std::max(r.high - r.low, 1e-9);
  PlotRange const limits{r.low - reach, r.high + reach};
  for (const PlotBand& band : panel.bands) {
    for (const PlotSpan& s : band.spans) {
      if (!s.y) continue;
      take(std::max(s.y->low, limits.low));
      take(std::min(s.y->high, limits.high));
    }
  }
  // A count is best seen from zero, unless its values are far from zero.
  if (r.low >= 0 && r.low < 0.6 * r.high) r.low = 0;
  if (r.high - r.low < 1e-9 * std::max(1.0, std::abs(r.high))) {
    r.low = std::min(r.low, r.low >= 0 ? 0.0 : 2 * r.low);
    r.high = std::max(r.high * 1.2, r.low + 1);
  }
  return r;
}

class Canvas {
 public:
  explicit Canvas(cairo_t* pen) : pen_(pen) {}

  void draw(const PlotFigure& figure, double height) {
    set(kPaper);
    cairo_paint(pen_);
    text(kMargin, 32, figure.title, 17, kInk, true);
    draw_keys(figure.keys);
    double top = kHeadHeight;
    for (const PlotPanel& panel : figure.panels) {
      draw_panel(panel, figure.y_label, top);
      top += kPanelHeight;
    }
    text((kLeft + kWidth - kMargin) / 2, height - kFootHeight + 4, figure.x_label, 11, kPale, false,
         Align::kMiddle);
    text(kMargin, height - 10, figure.note, 10, kPale);
  }

 private:
  enum class Align { kBegin, kMiddle, kEnd };

  void set(const PlotColour& c) { cairo_set_source_rgba(pen_, c.red, c.green, c.blue, c.alpha); }
  void font(double size, bool bold) {
    cairo_select_font_face(pen_, kFont, CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(pen_, size);
  }
  double width_of(const std::string& s, double size, bool bold = false) {
    font(size, bold);
    cairo_text_extents_t extents;
    cairo_text_extents(pen_, s.c_str(), &extents);
    return extents.x_advance;
  }
  // Returns the x at which the text ends.
  double text(double x, double y, const std::string& raw, double size, const PlotColour& colour,
              bool bold = false, Align align = Align::kBegin) {
    std::string const s = drawable(raw);
    double const w = width_of(s, size, bold);
    double const begin = align == Align::kBegin ? x : align == Align::kEnd ? x - w : x - w / 2;
    set(colour);
    cairo_move_to(pen_, begin, y);
    cairo_show_text(pen_, s.c_str());
    return begin + w;
  }
  void segment(double x0, double y0, double x1, double y1, const PlotColour& colour, double w) {
    set(colour);
    cairo_set_line_width(pen_, w);
    cairo_move_to(pen_, x0, y0);
    cairo_line_to(pen_, x1, y1);
    cairo_stroke(pen_);
  }
  void dashes(bool on) {
    constexpr double kDashes[] = {4, 3};
    cairo_set_dash(pen_, kDashes, on ? 2 : 0, 0);
  }
  void dot(double x, double y, const PlotColour& colour, double radius) {
    cairo_new_sub_path(pen_);
    cairo_arc(pen_, x, y, radius, 0, 2 * std::numbers::pi);
    set(colour);
    cairo_fill_preserve(pen_);
    set(kPaper);
    cairo_set_line_width(pen_, 0.8);
    cairo_stroke(pen_);
  }

  void draw_keys(const std::vector<PlotKey>& keys) {
    double x = kMargin;
    double const y = 54;
    for (const PlotKey& key : keys) {
      double const middle = y - 4;
      switch (key.sample) {
        case PlotSample::kLine:
        case PlotSample::kDashes:
          dashes(key.sample == PlotSample::kDashes);
          segment(x, middle, x + 22, middle, key.colour, 2);
          dashes(false);
          break;
        case PlotSample::kBand:
          set(key.colour);
          cairo_rectangle(pen_, x, middle - 5, 22, 10);
          cairo_fill(pen_);
          break;
        case PlotSample::kMark:
          dot(x + 11, middle, key.colour, 4);
          break;
      }
      x = text(x + 28, y, key.label, 11, kInk) + 22;
    }
  }

  // The frame of a panel. Maps values to positions.
  struct Frame {
    double left, right, top, bottom;
    PlotRange x, y;
    double at_x(double v) const { return left + (v - x.low) / (x.high - x.low) * (right - left); }
    double at_y(double v) const { return bottom - (v - y.low) / (y.high - y.low) * (bottom - top); }
  };

  void draw_panel(const PlotPanel& panel, const std::string& y_label, double top) {
    Frame f{kLeft,   kWidth - kMargin, top + kPanelHead, top + kPanelHeight - kPanelFoot,
            panel.x, range_of(panel)};
    double const room = std::max(panel.x.high - panel.x.low, 1.0) * 0.01;
    f.x = {panel.x.low - room, panel.x.high + room};
    double const title_end = text(
        f.left, top + 20, base::shorten(drawable(panel.title), kTitleColumnsMax), 13, kInk, true);
    text(title_end + 12, top + 20, panel.remark, 11, kPale);
    draw_axes(panel, f, y_label);
    cairo_save(pen_);
    cairo_rectangle(pen_, f.left, f.top, f.right - f.left, f.bottom - f.top);
    cairo_clip(pen_);
    for (const PlotBand& band : panel.bands) draw_band(band, f);
    for (const PlotRule& rule : panel.rules) {
      dashes(true);
      segment(f.at_x(rule.x), f.top, f.at_x(rule.x), f.bottom, rule.colour, 1);
      dashes(false);
    }
    for (const PlotLine& line : panel.lines) draw_line(line, f);
    cairo_restore(pen_);
    for (const PlotMark& mark : panel.marks) dot(f.at_x(mark.x), f.at_y(mark.y), mark.colour, 3.2);
    draw_rule_labels(panel, f);
  }

  void draw_axes(const PlotPanel& panel, Frame& f, const std::string& y_label) {
    double const step = round_step((f.y.high - f.y.low) / kTicksY);
    f.y.low = std::floor(f.y.low / step + 1e-9) * step;
    f.y.high = std::ceil(f.y.high / step - 1e-9) * step;
    auto const steps = static_cast<int>(std::lround((f.y.high - f.y.low) / step));
    for (int i = 0; i <= steps; ++i) {
      double const v = f.y.low + i * step;
      segment(f.left, f.at_y(v), f.right, f.at_y(v), kGrid, 1);
      text(f.left - 8, f.at_y(v) + 4, axis_number(v, step, f.y.high), 10, kPale, false,
           Align::kEnd);
    }
    for (const PlotTick& tick : panel.ticks) {
      double const x = f.at_x(tick.x);
      segment(x, f.top, x, f.bottom, kGrid, 1);
      segment(x, f.bottom, x, f.bottom + 4, kPale, 1);
      text(x, f.bottom + 16, tick.label, 10, kPale, false, Align::kMiddle);
    }
    segment(f.left, f.bottom, f.right, f.bottom, kPale, 1);
    cairo_save(pen_);
    cairo_translate(pen_, kMargin + 4, (f.top + f.bottom) / 2);
    cairo_rotate(pen_, -std::numbers::pi / 2);
    text(0, 0, y_label, 11, kPale, false, Align::kMiddle);
    cairo_restore(pen_);
  }

  // Draws each run of spans as one shape. A run of one span is one unit wide.
  void draw_band(const PlotBand& band, const Frame& f) {
    set(band.colour);
    for (size_t i = 0; i < band.spans.size();) {
      if (!band.spans[i].y) {
        ++i;
        continue;
      }
      size_t const begin = i;
      while (i < band.spans.size() && band.spans[i].y) ++i;
      double const half = i - begin == 1 ? 0.5 : 0;
      auto const edge = [&](size_t k, double x, bool high) {
        const PlotRange& y = *band.spans[k].y;
        cairo_line_to(pen_, f.at_x(x), f.at_y(high ? y.high : y.low));
      };
      for (size_t k = begin; k < i; ++k) edge(k, band.spans[k].x - half, true);
      if (half > 0) edge(begin, band.spans[begin].x + half, true);
      for (size_t k = i; k-- > begin;) edge(k, band.spans[k].x + half, false);
      if (half > 0) edge(begin, band.spans[begin].x - half, false);
      cairo_close_path(pen_);
      cairo_fill(pen_);
    }
  }

  void draw_line(const PlotLine& line, const Frame& f) {
    cairo_set_line_join(pen_, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(pen_, line.dashed ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
    dashes(line.dashed);
    bool drawing = false;
    for (const PlotPoint& p : line.points) {
      if (!p.y) {
        drawing = false;
        continue;
      }
      if (!drawing) {
        cairo_move_to(pen_, f.at_x(p.x), f.at_y(*p.y));
        cairo_line_to(pen_, f.at_x(p.x), f.at_y(*p.y));  // a single point is a dot
      } else {
        cairo_line_to(pen_, f.at_x(p.x), f.at_y(*p.y));
      }
      drawing = true;
    }
    set(line.colour);
    cairo_set_line_width(pen_, line.width);
    cairo_stroke(pen_);
    dashes(false);
    cairo_set_line_cap(pen_, CAIRO_LINE_CAP_BUTT);
  }

  // From left to right. Omits a label that would overlap the one before it.
  void draw_rule_labels(const PlotPanel& panel, const Frame& f) {
    double free_from = f.left;
    for (const PlotRule& rule : panel.rules) {
      double const x = f.at_x(rule.x);
      double const w = width_of(drawable(rule.label), 9.5);
      double const begin = x + 4 + w <= f.right ? x + 4 : x - 4 - w;
      if (begin < free_from) continue;
      set({kPaper.red, kPaper.green, kPaper.blue, 0.8});
      cairo_rectangle(pen_, begin - 2, f.top, w + 4, 12);
      cairo_fill(pen_);
      free_from = text(begin, f.top + 9, rule.label, 9.5, rule.colour) + 6;
    }
  }

  cairo_t* pen_;
};

}  // namespace

std::optional<PlotFormat> plot_format(std::string_view path) {
  if (path.ends_with(".svg")) return PlotFormat::kSvg;
  if (path.ends_with(".png")) return PlotFormat::kPng;
  return std::nullopt;
}

absl::Status check_plot_file(std::string_view path) {
  if (path.empty() || plot_format(path)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      base::cat("--plot ", path, ": name a file that ends in .svg or .png"));
}

absl::StatusOr<std::string> draw(const PlotFigure& figure, PlotFormat format) {
  BELLWETHER_CHECK(figure.panels.size() <= kPlotPanelsMax);
  double const height =
      kHeadHeight + kPanelHeight * static_cast<double>(figure.panels.size()) + kFootHeight;
  std::string bytes;
  bool const svg = format == PlotFormat::kSvg;
  Surface const surface(
      svg ? cairo_svg_surface_create_for_stream(append_bytes, &bytes, kWidth, height)
          : cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                       static_cast<int>(kWidth * kPixelsPerPoint),
                                       static_cast<int>(height * kPixelsPerPoint)),
      cairo_surface_destroy);
  Pen const pen(cairo_create(surface.get()), cairo_destroy);
  if (!svg) cairo_scale(pen.get(), kPixelsPerPoint, kPixelsPerPoint);
  Canvas(pen.get()).draw(figure, height);
  cairo_status_t status = cairo_status(pen.get());
  if (status == CAIRO_STATUS_SUCCESS && !svg) {
    status = cairo_surface_write_to_png_stream(surface.get(), append_bytes, &bytes);
  }
  cairo_surface_finish(surface.get());  // writes the SVG
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface.get());
  if (status == CAIRO_STATUS_SUCCESS) return svg ? without_surface_number(std::move(bytes)) : bytes;
  return absl::InternalError(
      base::cat("the figure cannot be drawn: ", cairo_status_to_string(status)));
}

}  // namespace bellwether::analysis
