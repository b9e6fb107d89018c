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
// every bad line. A period of an area and a sector in two lines is an error, even if both are
// equal.
absl::StatusOr<std::vector<CountRow>> parse_counts(std::string_view csv, std::string_view file,
                                                   base::Calendar calendar);

// The beginning of the register numbers of a cell's businesses: "1.11." or "SG.C.". A number is
// this prefix and the business's number within the cell. The prefixes of two cells differ, and none
// is the beginning of another one's numbers, also after the canonical id has put them in upper
// case: a
// "_" changes between upper and lower case, and a byte that is no letter, digit or hyphen is
// written
// "=" and two hexadecimal digits.
std::string number_prefix(std::string_view area, std::string_view sector);
inline constexpr int kNumberDigitsMax = 10;  // of a business's number within its cell

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

// What the records of a cell's businesses state.
struct CellRecord {
  std::string number_prefix;
  std::string activity_code;  // "": no activity; the cell's sector is kUnclassified
};
// One for each cell. Error: InvalidArgument if a cell's sector is unknown or not a leaf, or if its
// codes are too long for a register number. The message names the cell.
absl::StatusOr<std::vector<CellRecord>> cell_records(const std::vector<Replay::Cell>& cells,
                                                     const reference::Sectors& sectors);

}  // namespace bellwether::cli
