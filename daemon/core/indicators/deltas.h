// Purpose: the cell in which a measure is counted (Cell), and the change of a count (Delta,
// Report). The ledger emits deltas and reports; the panel adds up the deltas.
// Thread safety: values.
#pragma once

#include <cstdint>
#include <utility>

#include "core/base/calendar.h"
#include "core/base/check.h"
#include "core/base/ids.h"
#include "core/domain/measures.h"

namespace bellwether::indicators {

using base::AreaId;
using base::PeriodIndex;
using base::SectorId;
using base::SizeBand;
using domain::Class;
using domain::Division;
using domain::find_measure;
using domain::info;
using domain::kSurvivalYearsMax;
using domain::Measure;
using domain::measure_at;

// The place where a fact counts: leaf area × leaf sector × size band. For a measure that does not
// add up (domain::adds_up), any area × sector.
struct Cell {
  AreaId area;
  SectorId sector;
  SizeBand size;
  friend bool operator==(const Cell&, const Cell&) = default;
};

// Cell, class, measure and period in 64 bits: area 16 | sector 12 | size 4 | class 4 | measure 8 |
// period 20. The class is one of the measure's own division (MeasureInfo::division): 0 if it has
// none, or if the class is not stated.
class DeltaKey {
 public:
  // A period is less far from period 0. In weeks: 10,000 years.
  static constexpr int32_t kPeriodBias = 1 << 19;

  DeltaKey() = default;
  DeltaKey(Cell cell, Measure measure, PeriodIndex period, uint8_t of_class = 0)
      : bits_(uint64_t{cell.area.value} << 48 | uint64_t{cell.sector.value} << 36 |
              uint64_t{cell.size.value} << 32 | uint64_t{of_class} << 28 |
              uint64_t{static_cast<uint8_t>(measure)} << 20 |
              static_cast<uint64_t>(period.value + kPeriodBias)) {
    BELLWETHER_CHECK(cell.sector.value < 4096 && cell.size.value < 16 && of_class < 16);
    BELLWETHER_CHECK(period.value > -kPeriodBias && period.value < kPeriodBias);
  }
  Cell cell() const {
    return {AreaId(static_cast<uint16_t>(bits_ >> 48)),
            SectorId(static_cast<uint16_t>(bits_ >> 36 & 0xfff)),
            SizeBand(static_cast<uint8_t>(bits_ >> 32 & 0xf))};
  }
  uint8_t of_class() const { return static_cast<uint8_t>(bits_ >> 28 & 0xf); }
  Measure measure() const { return static_cast<Measure>(bits_ >> 20 & 0xff); }
  PeriodIndex period() const {
    return PeriodIndex(static_cast<int32_t>(bits_ & 0xfffff) - kPeriodBias);
  }
  // The same count in another period.
  DeltaKey in(PeriodIndex period) const { return DeltaKey(cell(), measure(), period, of_class()); }
  uint64_t bits() const { return bits_; }
  static DeltaKey from_bits(uint64_t bits) {
    DeltaKey key;
    key.bits_ = bits;
    return key;
  }
  friend auto operator<=>(DeltaKey, DeltaKey) = default;
  template <class H>
  friend H AbslHashValue(H h, DeltaKey key) {
    return H::combine(std::move(h), key.bits_);
  }

 private:
  uint64_t bits_ = 0;
};

// False if a key read from a file has a measure, a class or a size band that there is not.
inline bool is_possible(DeltaKey key) {
  if (static_cast<size_t>(key.measure()) >= domain::kMeasureCount) return false;
  return key.of_class() < domain::class_count(info(key.measure()).division) &&
         key.cell().size.value < domain::kSizeBands.size();
}

// The change of one count. Because of alignment, a 64-bit amount takes no more memory than 32 bits.
struct Delta {
  DeltaKey key;
  int64_t amount = 0;
  friend bool operator==(const Delta&, const Delta&) = default;
};

// Identifies the facts that `measure` counts in `period` and that were first published `delay`
// periods later.
struct ReportKey {
  Measure measure{};
  uint8_t delay = 0;
  PeriodIndex period;
  // measure 8 | delay 8 | period 32.
  uint64_t bits() const {
    return uint64_t{static_cast<uint8_t>(measure)} << 40 | uint64_t{delay} << 32 |
           static_cast<uint32_t>(period.value);
  }
  static ReportKey from_bits(uint64_t bits) {
    return {static_cast<Measure>(bits >> 40 & 0xff), static_cast<uint8_t>(bits >> 32 & 0xff),
            PeriodIndex(static_cast<int32_t>(bits & 0xffffffff))};
  }
  friend auto operator<=>(const ReportKey&, const ReportKey&) = default;
  template <class H>
  friend H AbslHashValue(H h, const ReportKey& key) {
    return H::combine(std::move(h), key.bits());
  }
};
// The longest reporting delay that is counted, in periods: half a year.
inline int report_delay_max(base::Calendar calendar) {
  return calendar.periods_per_year() / 2;
}

// The change of the number of facts with `key`.
struct Report {
  ReportKey key;
  int64_t amount = 0;
  friend bool operator==(const Report&, const Report&) = default;
};

}  // namespace bellwether::indicators
