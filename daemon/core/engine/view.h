// Purpose: the data that readers see: one immutable state of the panel and the alert book.
// Published by swapping a shared pointer.
// Thread safety: immutable.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/alerts/book.h"
#include "core/base/calendar.h"
#include "core/engine/forecaster.h"
#include "core/engine/happenings.h"
#include "core/engine/past_panels.h"
#include "core/engine/reporting.h"
#include "core/indicators/panel.h"
#include "core/reference/reference.h"

namespace bellwether::engine {

// The panel and the book at one moment. The panel's numbers are those of the cut `data_through`.
struct View {
  std::shared_ptr<const reference::Reference> reference;
  base::Calendar calendar{base::CalendarUnit::kWeek};
  std::shared_ptr<const indicators::Panel> panel;  // never null
  std::shared_ptr<const alerts::Book> book;        // never null
  std::shared_ptr<const SharesByMeasure> reported =
      std::make_shared<SharesByMeasure>();  // never null
  // Of the latest ticks through data_through; never null.
  std::shared_ptr<const PanelChanges> changes = std::make_shared<PanelChanges>();
  std::shared_ptr<const ForecastTable>
      forecasts;  // null before the first; may be of an earlier cut
  // Of the book and the panel; never null.
  std::shared_ptr<const Happenings> happenings = std::make_shared<Happenings>();
  std::optional<base::PeriodIndex> data_through;  // nullopt before the first tick
  std::vector<std::string> coverage_warnings;
};

}  // namespace bellwether::engine
