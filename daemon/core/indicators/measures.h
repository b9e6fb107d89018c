// Purpose: what is counted (measures), where (cells), and the change of one count (Delta): the
// words in which the ledger speaks to the panel. Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/base/calendar.h"
#include "core/base/check.h"
#include "core/base/ids.h"

namespace bellwether::indicators {

using base::AreaId;
using base::PeriodIndex;
using base::SectorId;
using base::SizeBand;

// Additive counts per cell and period. The number is stored in snapshots: append only.
enum class Measure : uint8_t {
  kBirths,
  kDeaths,
  kRestorations,
  kMovesIn,   // from another cell: a new address, sector or size
  kMovesOut,  // to another cell
  // Deaths by age in whole years, counted at the period of the birth: deaths within k years are the
  // sum of the first k.
  kDeathsAge0,
  kDeathsAge1,
  kDeathsAge2,
  kDeathsAge3,
  kDeathsAge4,
  kInsolvencies,         // creditors' procedures
  kInsolvenciesSolvent,  // members' voluntary liquidations
  kStrikeOffCompulsory,
  kStrikeOffVoluntary,
  kStrikeOffDiscontinued,
  kChargesCreated,
  kChargesSatisfied,
  kDirectorsAppointed,
  kDirectorsResigned,
  kInteractions,
  kInteractionsDistress,  // by topic family, in the order of events::TopicFamily; one may have
                          // several
  kInteractionsStartUp,
  kInteractionsFinance,
  kInteractionsCompliance,
  kInteractionsGrowth,
  kInteractionsPeople,
  kInteractionsInnovation,
  kInteractionsOther,
  kInteractionMinutes,
  kResponse1,  // first responses by bucket of working hours, see base::kResponseHours
  kResponse2,
  kResponse3,
  kResponse4,
  kResponse5,
  kResponse6,
  kResponse7,
  kResponse8,
  kResponse9,
  kResponse10,
  kResponse11,
  kResponse12,
  kResponse13,
  kResponse14,
  kResponse15,
  kSupported,  // flow of a level: +1 when a business begins to have had support in the last year,
               // −1 when it no longer has
};
inline constexpr size_t kMeasures = 45;
inline constexpr int kSurvivalYearsMax = 5;

struct MeasureInfo {
  std::string_view name;   // in the API and in metrics
  std::string_view title;  // for a person
  bool support;            // rests on the support topic; else on registrations
};
inline constexpr std::array<MeasureInfo, kMeasures> kMeasureInfos = {{
    {"births", "Births", false},
    {"deaths", "Deaths", false},
    {"restorations", "Restorations to the register", false},
    {"moves_in", "Moves in", false},
    {"moves_out", "Moves out", false},
    {"deaths_age_0", "Deaths in the first year, by period of birth", false},
    {"deaths_age_1", "Deaths in the second year, by period of birth", false},
    {"deaths_age_2", "Deaths in the third year, by period of birth", false},
    {"deaths_age_3", "Deaths in the fourth year, by period of birth", false},
    {"deaths_age_4", "Deaths in the fifth year, by period of birth", false},
    {"insolvencies", "Insolvencies, creditors' procedures", false},
    {"insolvencies_solvent", "Solvent liquidations", false},
    {"strike_off_compulsory", "Compulsory strike-off notices", false},
    {"strike_off_voluntary", "Voluntary strike-off notices", false},
    {"strike_off_discontinued", "Strike-offs discontinued", false},
    {"charges_created", "Charges created", false},
    {"charges_satisfied", "Charges satisfied", false},
    {"directors_appointed", "Directors appointed", false},
    {"directors_resigned", "Directors resigned", false},
    {"interactions", "Support interactions", true},
    {"interactions_distress", "Interactions about distress", true},
    {"interactions_start_up", "Interactions about starting up", true},
    {"interactions_finance", "Interactions about finance", true},
    {"interactions_compliance", "Interactions about compliance", true},
    {"interactions_growth", "Interactions about growth", true},
    {"interactions_people", "Interactions about people and skills", true},
    {"interactions_innovation", "Interactions about innovation", true},
    {"interactions_other", "Interactions about other topics", true},
    {"interaction_minutes", "Minutes of support", true},
    {"response_to_30min", "First responses within half a working hour", true},
    {"response_to_1h", "First responses in 0.5–1 working hours", true},
    {"response_to_2h", "First responses in 1–2 working hours", true},
    {"response_to_3h", "First responses in 2–3 working hours", true},
    {"response_to_4h", "First responses in 3–4 working hours", true},
    {"response_to_6h", "First responses in 4–6 working hours", true},
    {"response_to_8h", "First responses in 6–8 working hours", true},
    {"response_to_12h", "First responses in 8–12 working hours", true},
    {"response_to_16h", "First responses in 12–16 working hours", true},
    {"response_to_24h", "First responses in 16–24 working hours", true},
    {"response_to_32h", "First responses in 24–32 working hours", true},
    {"response_to_40h", "First responses in 32–40 working hours", true},
    {"response_to_60h", "First responses in 40–60 working hours", true},
    {"response_to_80h", "First responses in 60–80 working hours", true},
    {"response_over_80h", "First responses after 80 working hours", true},
    {"supported", "Change of businesses supported in the last year", true},
}};

constexpr const MeasureInfo& info(Measure m) {
  return kMeasureInfos[static_cast<size_t>(m)];
}
constexpr Measure measure_at(Measure first, size_t step) {
  return static_cast<Measure>(static_cast<size_t>(first) + step);
}

// Where a fact counts: leaf area × leaf sector × size band.
struct Cell {
  AreaId area;
  SectorId sector;
  SizeBand size;
  friend bool operator==(const Cell&, const Cell&) = default;
};

// Cell, measure and period in 64 bits: area 16 | sector 12 | size 4 | measure 8 | period 24.
class DeltaKey {
 public:
  DeltaKey() = default;
  DeltaKey(Cell cell, Measure measure, PeriodIndex period)
      : bits_(uint64_t{cell.area.value} << 48 | uint64_t{cell.sector.value} << 36 |
              uint64_t{cell.size.value} << 32 | uint64_t{static_cast<uint8_t>(measure)} << 24 |
              static_cast<uint64_t>(period.value + kPeriodBias)) {
    BELLWETHER_CHECK(cell.sector.value < 4096 && cell.size.value < 16);
    BELLWETHER_CHECK(period.value > -kPeriodBias && period.value < kPeriodBias);
  }
  Cell cell() const {
    return {AreaId(static_cast<uint16_t>(bits_ >> 48)),
            SectorId(static_cast<uint16_t>(bits_ >> 36 & 0xfff)),
            SizeBand(static_cast<uint8_t>(bits_ >> 32 & 0xf))};
  }
  Measure measure() const { return static_cast<Measure>(bits_ >> 24 & 0xff); }
  PeriodIndex period() const {
    return PeriodIndex(static_cast<int32_t>(bits_ & 0xffffff) - kPeriodBias);
  }
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
  static constexpr int32_t kPeriodBias = 1 << 23;
  uint64_t bits_ = 0;
};

// 64 bits take no more room than 32 would beside the key.
struct Delta {
  DeltaKey key;
  int64_t amount = 0;
  friend bool operator==(const Delta&, const Delta&) = default;
};

// A fact that a measure counts in `period` was first told `delay` periods later.
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
// Later ones are not waited for: half a year.
inline int report_delay_max(base::Calendar calendar) {
  return calendar.periods_per_year() / 2;
}

// So many facts more, or fewer.
struct Report {
  ReportKey key;
  int64_t amount = 0;
  friend bool operator==(const Report&, const Report&) = default;
};

}  // namespace bellwether::indicators
