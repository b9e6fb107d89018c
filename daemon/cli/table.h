// Purpose: tables and colours for a terminal.
// Thread safety: a Table belongs to one thread.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace bellwether::cli {

enum class Colour { kPlain, kRed, kAmber, kGreen, kDim, kBold };

// `text` in colour if standard output is a terminal and NO_COLOR is not set.
std::string paint(std::string_view text, Colour colour);
// Whole numbers without decimals; other figures with one to three decimals.
std::string figure(double x);
// One bar ▁▂▃▄▅▆▇█ per value, scaled from the lowest to the highest.
std::string sparkline(const std::vector<double>& values);

class Table {
 public:
  // A column whose name begins with '>' is right-aligned.
  explicit Table(std::vector<std::string> columns);
  void add(std::vector<std::string> cells, Colour colour = Colour::kPlain);
  // Uses no colour if `to` is not standard output.
  void print(std::FILE* to = stdout) const;
  bool empty() const { return rows_.empty(); }

 private:
  struct Row {
    std::vector<std::string> cells;
    Colour colour;
  };
  std::vector<std::string> columns_;
  std::vector<bool> right_;
  std::vector<Row> rows_;
};

}  // namespace bellwether::cli
