#include "runtime/service/process.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "absl/time/clock.h"
#include "adapters/metrics/exposer.h"
#include "adapters/rpc/server.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "runtime/service/boot.h"
#include "runtime/service/foundation.h"
#include "runtime/service/owned.h"
#include "runtime/service/running.h"
#include "runtime/service/wording.h"
#include "runtime/setup/load.h"

namespace bellwether::runtime {
namespace {

constexpr auto kHousekeepingEvery = std::chrono::milliseconds(100);

base::UnixMillis now() {
  return base::UnixMillis(absl::ToUnixMillis(absl::Now()));
}

}  // namespace

// The servers that answer requests, from the start to the drain.
class Front {
 public:
  // Errors: Unavailable if a port is in use, for example by a second daemon.
  static absl::StatusOr<std::unique_ptr<Front>> open(Foundation& foundation,
                                                     decltype(rpc::Backend::append) append);

  rpc::Server& server() { return *server_; }
  // Health and metrics end last, so that the drain can be observed.
  void stop(absl::Time deadline) {
    server_->stop(deadline);
    exposer_.reset();
  }

 private:
  Front(Foundation& foundation, std::unique_ptr<metrics::Exposer> exposer,
        std::unique_ptr<rpc::Server> server);
  Part part();

  Foundation& foundation_;
  std::unique_ptr<metrics::Exposer> exposer_;
  Owned<rpc::Server> server_;
  std::vector<std::shared_ptr<prometheus::Collectable>> const collectors_;
  Bell::Subscription const news_;
  Bell::Subscription const published_;
  StatusBoard::Posting const posting_;
};

absl::StatusOr<std::unique_ptr<Front>> Front::open(Foundation& foundation,
                                                   decltype(rpc::Backend::append) append) {
  const config::Config& config = foundation.config;
  auto exposer = metrics::Exposer::start(config.serve.metrics_address, [&foundation] {
    auto const why = foundation.board.not_ready();
    return metrics::Health{!why, why ? why->text : "ready"};
  });
  if (!exposer.ok()) return exposer.status();
  rpc::Backend backend;
  backend.view = [&foundation] { return foundation.views.get(); };
  backend.as_of = [&foundation](const engine::AsOfRevision& question) {
    return foundation.past_views.at(question, absl::Now());
  };
  backend.judged_tick = [&foundation](const std::optional<engine::AsOfRevision>& question) {
    return foundation.past_views.judged_tick(question, absl::Now());
  };
  backend.journal_read = [&foundation] { return foundation.keeper.caught_up(); };
  backend.wait_for_news = [&foundation](base::JournalOffset read, absl::Duration most) {
    foundation.keeper.wait_for_news(read, most);
  };
  backend.status = [&foundation](status::v1::GetStatusResponse& out) {
    foundation.board.fill(out);
  };
  backend.append = std::move(append);
  backend.transition_sent = [&foundation](base::JournalOffset record) {
    auto const at = foundation.keeper.written_at(record);
    if (!at) return;
    foundation.instruments.transition_delay().Observe(
        1e-3 * static_cast<double>(std::max<int64_t>(0, now().value - at->value)));
  };
  backend.now = now;
  if (foundation.exchange) backend.snapshots = give_snapshots(foundation.exchange->shelf);
  // So all clients leave during the drain delay. gRPC cancels calls that come while a server ends.
  absl::Duration const age_max = absl::Milliseconds(config.runtime.drain_delay_ms / 2);
  auto server = rpc::Server::start(
      {.address = config.serve.grpc_address,
       .watchers_max = config.serve.watchers_max,
       .transfer_bytes_per_second = 1e6 * config.snapshots.transfer_mb_per_s,
       .connection_age_max = age_max > absl::ZeroDuration() ? age_max : absl::InfiniteDuration()},
      std::move(backend), [&foundation](const rpc::Method& method, int code, double seconds) {
        foundation.instruments.call(method, code, seconds);
      });
  if (!server.ok()) return server.status();
  return std::unique_ptr<Front>(new Front(foundation, *std::move(exposer), *std::move(server)));
}

Front::Front(Foundation& foundation, std::unique_ptr<metrics::Exposer> exposer,
             std::unique_ptr<rpc::Server> server)
    : foundation_(foundation),
      exposer_(std::move(exposer)),
      server_(std::move(server)),
      collectors_{metrics::process_collector(), foundation.instruments.registry(),
                  scrape_collector([&foundation] { return foundation.board.scrape(); })},
      news_(foundation.news.listen([this] { server_->notify(); })),
      published_(foundation.published.listen([this] { server_->notify(); })),
      posting_(foundation.board.post(part())) {
  for (const auto& collector : collectors_) exposer_->add(collector);
  foundation.log(base::LogLevel::kInfo, "start", wording::ports(server_->port(), exposer_->port()));
}

Part Front::part() {
  Part part;
  part.status = [this](status::v1::GetStatusResponse& out) {
    out.set_version(base::kVersion);
    out.set_started_at_ms(foundation_.started_at.value);
    out.set_role(status::v1::ROLE_FOLLOWER);  // unless a later part sets another role
    out.set_config_digest(foundation_.reloadable.current().config_digest);
  };
  part.scrape = [this](Scrape& s) {
    s.version = base::kVersion;
    Reloadable::Current const current = foundation_.reloadable.current();
    s.config_digest = current.config_digest;
    s.last_holiday = last_holiday(current.rules);
    s.last_desk_holiday = last_holiday(foundation_.config.desks);
    s.view = foundation_.views.get();
    s.watchers = server_->watchers();
    s.limits = foundation_.limits;
    s.kafka = foundation_.clients.latest();
    s.transfers = server_->transfers();
    if (foundation_.exchange) s.peer_transfers = foundation_.exchange->transfer.counts();
    s.now = now();
  };
  return part;
}

class Process::Impl {
 public:
  Impl(config::Config config, std::string config_path, reference::Reference reference)
      : foundation_(std::move(config), std::move(config_path), std::move(reference)) {}

  Exit run() {
    // First, because a port in use shows a second daemon early, and health is answered from the
    // start.
    auto front =
        Front::open(foundation_, [this](const alerts::JournalEntry& entry, absl::Time deadline) {
          return append(entry, deadline);
        });
    if (!front.ok()) {
      foundation_.log(base::LogLevel::kError, "start", base::from_absl(front.status().message()));
      return Exit::kAddress;
    }
    foundation_.log(base::LogLevel::kInfo, "start",
                    wording::limits(foundation_.limits.cpus, foundation_.limits.memory_bytes,
                                    foundation_.threads));
    foundation_.log(base::LogLevel::kInfo, "start",
                    wording::working_hours(foundation_.reference->desks.text()));
    tell_of_holidays("start");
    for (const std::string& note :
         notes_on_desk_holidays(foundation_.config.desks, base::days_of(now())))
      foundation_.log(base::LogLevel::kWarning, "start", note);
    boot_ = std::make_unique<Boot>(foundation_);  // before readiness is asked for
    std::thread booting([this] { boot(); });
    do {
      housekeep((*front)->server());
    } while (foundation_.stop.pause(kHousekeepingEvery));
    drain(**front, booting);
    return foundation_.stop.exit();
  }

  void request_stop() { foundation_.stop.request(Exit::kOk); }

  void reload() {
    if (absl::Status const read = foundation_.reloadable.reload(); !read.ok()) {
      foundation_.log(base::LogLevel::kError, "reload",
                      wording::rules_not_read(base::from_absl(read.message())));
      return;
    }
    foundation_.log(base::LogLevel::kInfo, "reload",
                    wording::rules_read(foundation_.reloadable.current().changed));
    tell_of_holidays("reload");
    std::lock_guard lock(mutex_);
    if (running_ != nullptr) running_->set_rules(foundation_.reloadable.current().rules);
  }

 private:
  void tell_of_holidays(std::string_view during) const {
    std::string const note =
        note_on_holidays(foundation_.reloadable.current().rules, base::days_of(now()));
    if (!note.empty()) foundation_.log(base::LogLevel::kWarning, during, note);
  }

  void boot() {
    int const reloads = foundation_.reloadable.current().reloads;
    std::unique_ptr<Running> running = boot_->run();
    if (running == nullptr) return;
    std::lock_guard lock(mutex_);
    // Passes on the rules of reloads that happened before running_ was set.
    Reloadable::Current const current = foundation_.reloadable.current();
    if (current.reloads != reloads) running->set_rules(current.rules);
    running_ = std::move(running);
  }

  // Null until boot has ended. Valid until the drain, which first ends all calls that use it.
  Running* running() const {
    std::lock_guard lock(mutex_);
    return running_.get();
  }

  absl::StatusOr<base::JournalOffset> append(const alerts::JournalEntry& entry,
                                             absl::Time deadline) {
    if (Running* const to = running()) return to->append(entry, deadline);
    return absl::UnavailableError(wording::kNoJournalYet);
  }

  void housekeep(rpc::Server& server) {
    if (Running* const parts = running()) parts->housekeep();
    foundation_.views.set_warnings(foundation_.board.warnings());
    if (foundation_.exchange) foundation_.exchange->shelf.tidy(absl::Now());
    if (!foundation_.board.refresh()) return;
    auto const why = foundation_.board.not_ready();
    server.set_serving(!why);
    foundation_.log(base::LogLevel::kInfo, "ready", wording::readiness(text_of(why)));
  }

  // Answers calls for `runtime.drain_delay`, because clients and load balancers hear of a stop
  // later than this process.
  void serve_on() {
    absl::Time const end =
        absl::Now() + absl::Milliseconds(foundation_.config.runtime.drain_delay_ms);
    while (absl::Now() < end) {
      if (Running* const parts = running()) parts->housekeep();
      absl::SleepFor(std::min(absl::FromChrono(kHousekeepingEvery), end - absl::Now()));
    }
  }

  // The order: health, leadership, callers, then the parts.
  void drain(Front& front, std::thread& booting) {
    absl::Time const deadline = foundation_.stop.deadline();
    foundation_.log(base::LogLevel::kInfo, "stop", wording::kDraining);
    bool const was_ready = foundation_.board.ready();
    foundation_.board.close({NotReadyReason::kDraining, wording::kDraining});
    front.server().set_serving(false);
    if (Running* const parts = running()) parts->hand_over();
    if (was_ready) serve_on();
    front.stop(absl::Now() + (deadline - absl::Now()) / 2);
    booting.join();
    boot_.reset();
    std::unique_ptr<Running> last;
    {
      std::lock_guard lock(mutex_);  // reload() finds null from here on
      last = std::move(running_);
    }
    last.reset();
    foundation_.log(base::LogLevel::kInfo, "stop", "stopped");
  }

  Foundation foundation_;
  mutable std::mutex mutex_;
  std::unique_ptr<Boot> boot_;        // null before run() and after the drain
  std::unique_ptr<Running> running_;  // null until boot has ended
};

Process::Process(config::Config config, std::string config_path, reference::Reference reference)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(config_path),
                                   std::move(reference))) {}
Process::~Process() = default;

Exit Process::run() {
  return impl_->run();
}
void Process::request_stop() {
  impl_->request_stop();
}
void Process::reload() {
  impl_->reload();
}

}  // namespace bellwether::runtime
