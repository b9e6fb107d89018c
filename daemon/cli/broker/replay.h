// Purpose: turns counts of births and deaths by period, area and sector into the lives of single
// businesses: which business is born, and which living business dies. The same counts give the same
// lives. Thread safety: one thread. No clock, no I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/calendar.h"
#include "core/reference/reference.h"

namespace bellwether::cli {

// One row of a file of counts.
struct CountRow {
  base::PeriodIndex period;
  std::string area;
  std::string sector;  // a leaf of the classification
  int64_t births = 0;
  int64_t deaths = 0;
};

inline constexpr int64_t kCountMax = 10'000'000;  // the largest count in a row

// `csv` has the header period,area,sector,births,deaths. Error: InvalidArgument. The message lists
// every bad line.
absl::StatusOr<std::vector<CountRow>> parse_counts(std::string_view csv, std::string_view file,
                                                   base::Calendar calendar);

struct LifeEvent {
  bool birth = false;
  size_t cell = 0;        // index into Replay::cells()
  uint32_t business = 0;  // number within the cell
  base::UnixMillis at;    // time of publication
  base::Days effective;
};

class Replay {
 public:
  struct Cell {
    std::string area;
    std::string sector;
    int64_t opening = 0;  // businesses that live before the first period
  };

  // `rows` may be in any order.
  Replay(std::vector<CountRow> rows, base::Calendar calendar);

  const std::vector<Cell>& cells() const { return cells_; }
  const std::vector<base::PeriodIndex>& periods() const { return periods_; }
  int64_t births() const { return births_; }  // without the opening stock
  int64_t deaths() const { return deaths_; }
  int64_t opening() const;

  // Calls `use` for the opening stock: born on `born`, published at the start of the first period.
  void opening(base::Days born, const std::function<void(const LifeEvent&)>& use) const;
  // Calls `use` for the events of a period in order of time. Births are spread evenly over the
  // period, and so are deaths. REQUIRES: each period is asked for once, in order.
  void period(size_t index, const std::function<void(const LifeEvent&)>& use);

 private:
  struct Living {
    std::vector<uint32_t> numbers;
    uint32_t next = 0;
    uint64_t random = 0;
  };
  base::Calendar calendar_;
  std::vector<Cell> cells_;
  std::vector<base::PeriodIndex> periods_;
  std::vector<std::vector<std::pair<int64_t, int64_t>>>
      counts_;  // by period and cell: births, deaths
  std::vector<Living> living_;
  int64_t births_ = 0;
  int64_t deaths_ = 0;
};

}  // namespace bellwether::cli
