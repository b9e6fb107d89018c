// Purpose: the parts of a process that need only its configuration, before any broker answers. Boot
// builds on them, the running parts refer to them, and they answer from the start of the process to
// its end.
// Thread safety: that of each member; const members may be read from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/cgroup/limits.h"
#include "adapters/config/config.h"
#include "adapters/kafka/client.h"
#include "adapters/snapshot/disk.h"
#include "adapters/snapshot/shelf.h"
#include "core/base/calendar.h"
#include "core/base/log.h"
#include "core/events/decoder.h"
#include "core/reference/reference.h"
#include "runtime/evaluation/forecasting.h"
#include "runtime/evaluation/past_views.h"
#include "runtime/evaluation/views.h"
#include "runtime/journal/book_keeper.h"
#include "runtime/replica/peer_transfer.h"
#include "runtime/service/bell.h"
#include "runtime/service/instruments.h"
#include "runtime/service/kafka_clients.h"
#include "runtime/service/not_ready.h"
#include "runtime/service/reloadable.h"
#include "runtime/service/status_board.h"
#include "runtime/service/stop.h"
#include "runtime/service/wording.h"
#include "runtime/setup/load.h"

namespace bellwether::runtime {

// The exchange of snapshots between replicas.
struct Exchange {
  Exchange(const config::SnapshotsConfig& config, snapshot::Disk& disk, TransferPlace place)
      : shelf(disk, config.folder),
        transfer(config.peers, disk, std::move(place),
                 TransferTimeouts{.wait = absl::Milliseconds(config.peers_wait_ms)}) {}
  snapshot::Shelf shelf;
  PeerTransfer transfer;
};

struct Foundation {
  Foundation(config::Config config, std::string config_path, reference::Reference reference);
  Foundation(const Foundation&) = delete;
  Foundation& operator=(const Foundation&) = delete;

  // The current step of boot, which is why the replica is not ready.
  void set_doing(NotReadyReason step, std::string what);
  NotReady doing() const;
  // The options of a client whose statistics become metrics.
  kafka::ClientOptions client_for(KafkaClient what) { return clients.watched(client, what); }

  config::Config const config;  // at the start; `reloadable` has the rules in force
  base::Calendar const calendar;
  std::shared_ptr<const reference::Reference> const reference;
  events::Decoder const decoder;
  Inputs const inputs;
  kafka::ClientOptions const client;
  std::string const writer;  // the writer's name in this process's journal records
  base::LogFn const log;
  std::unique_ptr<snapshot::Disk> const disk;
  base::UnixMillis const started_at;
  cgroup::Limits const limits;
  int const threads;  // for work that needs a CPU all the time

  Stop stop;
  Reloadable reloadable;
  StatusBoard board;
  Instruments instruments;
  KafkaClients clients;
  BookKeeper keeper;
  Views views;
  PastViews past_views;
  Bell news;       // rings if a tick is ready, the book has changed, or leadership has changed
  Bell published;  // rings if readers get a new view
  std::optional<Exchange> exchange;  // set if peers are configured

 private:
  mutable std::mutex doing_mutex_;
  NotReady doing_{NotReadyReason::kStarting, wording::kStarting};
};

}  // namespace bellwether::runtime
