// Purpose: collects the reports of all parts of the process for requests about the whole process:
// status, metrics, coverage warnings and readiness. Parts may be added and removed while requests
// are answered, and the caller need not know which parts there are.
// Thread safety: all functions may be called from any thread. A part's functions are called from
// any thread and must not add or remove a part.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "bellwether/status/v1/status.pb.h"
#include "runtime/service/instruments.h"
#include "runtime/service/not_ready.h"
#include "runtime/service/wording.h"

namespace bellwether::runtime {

// One part of the process. A function that is not set adds nothing.
struct Part {
  // Why the replica is not ready; nullopt if this part has no reason. `was_ready`: whether the
  // replica was ready before this call.
  std::function<std::optional<NotReady>(bool was_ready)> not_ready = [](bool) {
    return std::optional<NotReady>();
  };
  // Coverage warnings: texts for people about what the answers lack.
  std::function<std::vector<std::string>()> warnings = [] { return std::vector<std::string>(); };
  std::function<void(status::v1::GetStatusResponse&)> status = [](status::v1::GetStatusResponse&) {
  };
  std::function<void(Scrape&)> scrape = [](Scrape&) {};
};

class StatusBoard {
 public:
  // The part is asked until this is destroyed, and not after that. The board must outlive it.
  using Posting = std::unique_ptr<const Part, std::function<void(const Part*)>>;
  // Parts are asked in the order of post(): a later part may overwrite the values of an earlier
  // one.
  [[nodiscard]] Posting post(Part part);

  std::vector<std::string> warnings() const;  // without duplicates
  void fill(status::v1::GetStatusResponse& out) const;
  Scrape scrape() const;

  // Asks the parts whether the replica is ready. True if it became ready or not ready.
  bool refresh();
  // The replica is not ready from now on.
  void close(NotReady why);
  bool ready() const { return !not_ready(); }
  // The first reason at the last refresh(); kStarting before the first refresh().
  std::optional<NotReady> not_ready() const;

 private:
  mutable std::shared_mutex parts_mutex_;
  std::list<Part> parts_;
  mutable std::mutex ready_mutex_;
  std::optional<NotReady> not_ready_ = NotReady{NotReadyReason::kStarting, wording::kStarting};
  bool closed_ = false;
};

}  // namespace bellwether::runtime
