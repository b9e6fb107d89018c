#include "cli/table.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_format.h"
#include "core/base/display.h"
#include "core/base/text.h"

namespace bellwether::cli {

std::string paint(std::string_view text, Colour colour) {
  static const bool colours = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  static constexpr std::array<const char*, 6> kCodes = {"", "31", "33", "32", "2", "1"};
  if (!colours || colour == Colour::kPlain) return std::string(text);
  return base::cat("\033[", kCodes[static_cast<size_t>(colour)], "m", text, "\033[0m");
}

std::string figure(double x) {
  if (x == std::round(x) && std::abs(x) < 1e15) return base::grouped(static_cast<int64_t>(x));
  return absl::StrFormat("%.*f", std::abs(x) >= 100 ? 1 : std::abs(x) >= 1 ? 2 : 3, x);
}

std::string sparkline(const std::vector<double>& values) {
  static constexpr std::array<const char*, 8> kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (values.empty()) return "";
  auto const [low, high] = std::minmax_element(values.begin(), values.end());
  std::string out;
  for (double v : values) {
    double const share = *high > *low ? (v - *low) / (*high - *low) : 0.5;
    out += kBars[static_cast<size_t>(std::lround(share * 7))];
  }
  return out;
}

Table::Table(std::vector<std::string> columns) : columns_(std::move(columns)) {
  for (std::string& column : columns_) {
    right_.push_back(column.starts_with('>'));
    if (right_.back()) column.erase(0, 1);
  }
}

void Table::add(std::vector<std::string> cells, Colour colour) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = base::printable(cell);
  rows_.push_back({std::move(cells), colour});
}

void Table::print(std::FILE* to) const {
  std::vector<size_t> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    size_t w = base::display_width(columns_[c]);
    for (const Row& row : rows_) w = std::max(w, base::display_width(row.cells[c]));
    widths.push_back(w);
  }
  auto const line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (size_t c = 0; c < cells.size(); ++c) {
      std::string const space(widths[c] - base::display_width(cells[c]), ' ');
      if (c > 0) text += "  ";
      text += right_[c] ? space + cells[c] : cells[c] + space;
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
  };
  auto const put = [to](const std::string& text, Colour colour) {
    std::fprintf(to, "%s\n", to == stdout ? paint(text, colour).c_str() : text.c_str());
  };
  put(line(columns_), Colour::kBold);
  for (const Row& row : rows_) put(line(row.cells), row.colour);
}

}  // namespace bellwether::cli
