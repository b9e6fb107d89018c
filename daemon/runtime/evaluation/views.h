// Purpose: the view that readers get: the panel that the evaluation published last, and the newest
// alert book.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/view.h"
#include "runtime/journal/book_keeper.h"

namespace bellwether::runtime {

// The figures of a tick.
struct PublishedPanel {
  base::PeriodIndex tick;
  std::shared_ptr<const indicators::Panel> panel;
  std::shared_ptr<const engine::SharesByMeasure> reported;
  std::shared_ptr<const engine::PanelChanges> changes = std::make_shared<engine::PanelChanges>();
};

class Views {
 public:
  Views(std::shared_ptr<const reference::Reference> reference, base::Calendar calendar,
        const BookKeeper& keeper)
      : keeper_(keeper) {
    engine::View view;
    view.panel = indicators::Panel(*reference, calendar, base::PeriodIndex(0)).publish();
    view.reference = std::move(reference);
    view.calendar = calendar;
    view.book = keeper.view();
    view_ = std::make_shared<const engine::View>(std::move(view));
  }

  // Never null. Shows every record of the journal that this replica has folded. The first call
  // after a tick finds the happenings.
  std::shared_ptr<const engine::View> get() {
    std::shared_ptr<const alerts::Book> book = keeper_.view();
    std::lock_guard lock(mutex_);
    bool const new_book = book->offset() > view_->book->offset();
    if (!new_book && happenings_known_) return view_;
    engine::View view = *view_;
    // Only ticks raise and clear alerts.
    happenings_known_ &= !new_book || book->last_tick() == view.book->last_tick();
    if (new_book) view.book = std::move(book);
    if (!happenings_known_)
      view.happenings = std::make_shared<engine::Happenings>(*view.book, *view.panel);
    happenings_known_ = true;
    view_ = std::make_shared<const engine::View>(std::move(view));
    return view_;
  }
  void set_panel(PublishedPanel published) {
    std::lock_guard lock(mutex_);
    engine::View view = *view_;
    view.panel = std::move(published.panel);
    view.reported = std::move(published.reported);
    view.changes = std::move(published.changes);
    view.data_through = published.tick;
    happenings_known_ = false;
    view_ = std::make_shared<const engine::View>(std::move(view));
  }
  void set_forecasts(std::shared_ptr<const engine::ForecastTable> forecasts) {
    std::lock_guard lock(mutex_);
    engine::View view = *view_;
    view.forecasts = std::move(forecasts);
    view_ = std::make_shared<const engine::View>(std::move(view));
  }
  void set_warnings(std::vector<std::string> warnings) {
    std::lock_guard lock(mutex_);
    if (view_->coverage_warnings == warnings) return;
    engine::View view = *view_;
    view.coverage_warnings = std::move(warnings);
    view_ = std::make_shared<const engine::View>(std::move(view));
  }

 private:
  const BookKeeper& keeper_;
  std::mutex mutex_;
  bool happenings_known_ = false;  // those of the view belong to its panel
  std::shared_ptr<const engine::View> view_;
};

}  // namespace bellwether::runtime
