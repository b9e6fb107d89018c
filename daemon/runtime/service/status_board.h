// Purpose: what the parts of the process say of themselves, for those who ask the process as a
// whole: status, metrics, coverage warnings, and whether the replica is ready. Parts come and go
// while others ask; who asks need not know which there are.
// Thread safety: all functions may be called from any thread. A part's functions are called from
// any thread and must not post or withdraw a part.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "bellwether/status/v1/status.pb.h"
#include "runtime/service/instruments.h"

namespace bellwether::runtime {

// One part of the process. A function that is left out has nothing to add.
struct Part {
  // Why the replica must not be asked; empty when this part has no objection. `was_ready`: until
  // this question.
  std::function<std::string(bool was_ready)> not_ready = [](bool) { return std::string(); };
  // What answers lack, for people.
  std::function<std::vector<std::string>()> warnings = [] { return std::vector<std::string>(); };
  std::function<void(status::v1::GetStatusResponse&)> status = [](status::v1::GetStatusResponse&) {
  };
  std::function<void(Scrape&)> scrape = [](Scrape&) {};
};

class StatusBoard {
 public:
  // The part is asked until this is destroyed, and not afterwards. The board must outlive it.
  using Posting = std::unique_ptr<const Part, std::function<void(const Part*)>>;
  // Parts are asked in the order of posting: a later one may overwrite what an earlier one has set.
  [[nodiscard]] Posting post(Part part);

  std::vector<std::string> warnings() const;  // each text once
  void fill(status::v1::GetStatusResponse& out) const;
  Scrape scrape() const;

  // Asks the parts whether the replica is ready. True when the answer is another than before.
  bool refresh();
  // The replica is not ready from now on.
  void close(std::string why);
  bool ready() const { return not_ready().empty(); }
  // The first objection at the last refresh(); "starting" before the first one.
  std::string not_ready() const;

 private:
  mutable std::shared_mutex parts_mutex_;
  std::list<Part> parts_;
  mutable std::mutex ready_mutex_;
  std::string not_ready_ = "starting";
  bool closed_ = false;
};

}  // namespace bellwether::runtime
