// Purpose: a question as of a revision.
// Thread safety: values.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/domain/measures.h"

namespace bellwether::engine {

struct AsOfRevision {
  base::JournalOffset revision;  // ignored if there is a tick
  // The revision at which this tick was judged.
  std::optional<base::PeriodIndex> tick;
  // The view must have the table of the forecasts of this measure, if the measure is forecast at
  // all: it is computed again.
  std::optional<domain::Measure> forecast;
};

}  // namespace bellwether::engine
