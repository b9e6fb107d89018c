// The sums of deltas by key, in the form of the oracle's figures.
#pragma once

#include <cstdint>
#include <map>

#include "core/domain/divisions.h"
#include "core/indicators/deltas.h"
#include "support/oracle.h"

namespace bellwether::testing {

using KeySums = std::map<indicators::DeltaKey, int64_t>;

// Over all size bands and classes, without zeros.
inline Oracle::Counts counts_of(const KeySums& sums) {
  Oracle::Counts out;
  for (const auto& [key, n] : sums) {
    indicators::Cell const cell = key.cell();
    out[{cell.area.value, cell.sector.value, key.measure(), key.period().value}] += n;
  }
  std::erase_if(out, [](const auto& entry) { return entry.second == 0; });
  return out;
}

// By class, for the measures that have classes; without zeros.
inline Oracle::Classes classes_of(const KeySums& sums) {
  Oracle::Classes out;
  for (const auto& [key, n] : sums) {
    indicators::Cell const cell = key.cell();
    for (const domain::DivisionInfo& by : domain::kDivisions) {
      if (!domain::divides(by.id, key.measure())) continue;
      bool const is_size = by.id == domain::Division::kSizeBand;
      out[{cell.area.value, cell.sector.value, key.measure(), key.period().value, by.id,
           is_size ? cell.size.value : key.of_class()}] += n;
    }
  }
  std::erase_if(out, [](const auto& entry) { return entry.second == 0; });
  return out;
}

}  // namespace bellwether::testing
