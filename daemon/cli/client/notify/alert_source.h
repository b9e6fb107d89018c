// Purpose: the alerts of a daemon in the form in which notify tells them.
// Thread safety: one thread per object.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "bellwether/status/v1/status.grpc.pb.h"
#include "cli/client/notify/meters.h"
#include "cli/client/notify/stop.h"
#include "cli/context.h"
#include "cli/notify/board.h"
#include "cli/notify/cloud_event.h"
#include "core/base/log.h"

namespace bellwether::cli {

// Which alerts are told.
struct Choice {
  std::string filter;          // as in `alerts list`
  bool parts = false;          // all alerts, not one for each happening
  bool historical = false;     // also what is about past periods
  bool skip_silenced = false;  // not what a silence covers
  std::string instance;        // the deployment's name
};

// A stream is opened again after so long, so that a dead connection is noticed.
inline constexpr int64_t kStreamMsMax = 300'000;

// The alerts that are open now. Only a replica that is ready is believed: one that still reads the
// journal knows less.
class OpenAlerts {
 public:
  OpenAlerts(const Context& context, const Choice& choice, Stop& stop);
  // Newest first. Errors: InvalidArgument: the daemon does not take the filter; Unavailable.
  absl::StatusOr<std::vector<notify::OpenAlert>> list();
  // Those of these names that are open and chosen, but for which another alert of their happening
  // stands now. Errors as list().
  absl::StatusOr<std::set<std::string>> parts_among(const std::vector<std::string>& names);
  // The times at which the alerts were cleared; those that were not, or are unknown, are left out.
  std::map<std::string, base::UnixMillis> cleared(const std::vector<std::string>& names);
  // The journal offset of the last list(), −1 before.
  int64_t revision() const { return revision_; }

 private:
  const Context& context_;
  const Choice& choice_;
  Stop& stop_;
  std::unique_ptr<bellwether::alerts::v1::AlertService::Stub> alerts_;
  std::unique_ptr<bellwether::status::v1::StatusService::Stub> status_;
  int64_t revision_ = -1;
};

// The transitions from a resume token on, through lost connections. Without a token, or if the
// daemon no longer has what follows it, it begins with the alerts that are open now.
class Transitions {
 public:
  struct Item {
    std::optional<notify::Event> event;
    std::string token;  // empty: no place to resume from
  };
  // `failing`: as in TargetMeters.
  Transitions(const Context& context, const Choice& choice, std::string token, Stop& stop,
              const base::LogFn& log, prometheus::Gauge& failing);
  ~Transitions();
  // Waits for the next item. nullopt if it was asked to stop. Error: InvalidArgument: the daemon
  // does not take the filter; asking again does not help.
  absl::StatusOr<std::optional<Item>> next();

 private:
  struct Stream;
  void open();
  absl::Status read_present();
  void close();
  void failed(std::string_view why);

  const Context& context_;
  const Choice& choice_;
  Stop& stop_;
  const base::LogFn& log_;
  std::unique_ptr<bellwether::alerts::v1::AlertService::Stub> stub_;
  std::unique_ptr<bellwether::status::v1::StatusService::Stub> status_;
  std::string token_;  // of the last item; empty: none yet
  std::deque<Item> ready_;
  std::unique_ptr<Stream> stream_;
  Failures failures_;
};

// What is told of an alert, and of a transition that was received with `token`.
notify::OpenAlert open_alert(const bellwether::alerts::v1::Alert& alert, const Choice& choice);
notify::Event event_of(const bellwether::alerts::v1::Transition& transition,
                       const std::string& token);

}  // namespace bellwether::cli
