#include "runtime/service/status_board.h"

#include <algorithm>
#include <utility>

namespace bellwether::runtime {

StatusBoard::Posting StatusBoard::post(Part part) {
  std::unique_lock lock(parts_mutex_);
  auto const at = parts_.insert(parts_.end(), std::move(part));
  return {&*at, [this, at](const Part*) {
            std::unique_lock withdrawing(parts_mutex_);
            parts_.erase(at);
          }};
}

std::vector<std::string> StatusBoard::warnings() const {
  std::shared_lock lock(parts_mutex_);
  std::vector<std::string> out;
  for (const Part& part : parts_) {
    for (std::string& warning : part.warnings()) {
      if (std::ranges::find(out, warning) == out.end()) out.push_back(std::move(warning));
    }
  }
  return out;
}

void StatusBoard::fill(status::v1::GetStatusResponse& out) const {
  {
    std::lock_guard lock(ready_mutex_);
    out.set_ready(!not_ready_);
    out.set_not_ready(text_of(not_ready_));
  }
  std::shared_lock lock(parts_mutex_);
  for (const Part& part : parts_) part.status(out);
}

Scrape StatusBoard::scrape() const {
  Scrape out;
  if (auto const why = not_ready()) out.not_ready = why->reason;
  std::shared_lock lock(parts_mutex_);
  for (const Part& part : parts_) part.scrape(out);
  return out;
}

bool StatusBoard::refresh() {
  bool const was_ready = ready();
  std::optional<NotReady> why;
  {
    std::shared_lock lock(parts_mutex_);
    for (const Part& part : parts_) {
      if (why = part.not_ready(was_ready); why) break;
    }
  }
  std::lock_guard lock(ready_mutex_);
  if (closed_) return false;
  not_ready_ = std::move(why);
  return !not_ready_ != was_ready;
}

void StatusBoard::close(NotReady why) {
  std::lock_guard lock(ready_mutex_);
  closed_ = true;
  not_ready_ = std::move(why);
}

std::optional<NotReady> StatusBoard::not_ready() const {
  std::lock_guard lock(ready_mutex_);
  return not_ready_;
}

}  // namespace bellwether::runtime
