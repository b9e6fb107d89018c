#include "runtime/replica/restore.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "adapters/kafka/log_marks.h"
#include "adapters/snapshot/agreement.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "runtime/replica/snapshotter.h"

namespace bellwether::runtime {
namespace {

constexpr absl::Duration kLookWait = absl::Seconds(30);

// FailedPrecondition if the log and the snapshot do not agree; other errors if the broker does not
// report the log's state.
absl::Status agrees_with_log(const snapshot::Restored& found, const RestoreOptions& options,
                             const base::LogFn& log) {
  BELLWETHER_ASSIGN_OR_RETURN(
      std::vector<base::LogState> const states,
      kafka::inspect_log(options.client, snapshot::places(found, options.journal_topic), kLookWait,
                         log));
  return snapshot::agrees_with_log(found, states);
}

// Whether every input still has all its records from offset 0 on.
absl::StatusOr<bool> log_is_whole(const RestoreOptions& options, const base::LogFn& log) {
  std::vector<base::LogPlace> places;
  for (const std::string& topic : options.identity.topics) {
    for (int32_t p = 0; p < options.identity.partitions; ++p) places.push_back({topic, p, -1});
  }
  auto const states = kafka::inspect_log(options.client, places, kLookWait, log);
  if (!states.ok()) return states.status();
  return std::ranges::all_of(*states, [](const base::LogState& s) { return s.low == 0; });
}

// The newest accepted snapshot of the store. A snapshot that does not agree with this replica is
// excluded from `peers`, because each copy of it would be refused too.
absl::StatusOr<Start> newest(snapshot::Store& store, const RestoreOptions& options,
                             const reference::Reference& reference, PeerTransfer* peers,
                             const base::LogFn& log) {
  absl::Time const begin = absl::Now();
  Start start;
  start.from = "the log: there is no snapshot";
  absl::Status asking;
  start.restored = store.newest(
      options.identity, reference, options.calendar, in_threads(options.threads),
      [&](const snapshot::Restored& found) {
        absl::Status const s = agrees_with_log(found, options, log);
        if (!s.ok() && !absl::IsFailedPrecondition(s)) asking = s;
        return s;
      },
      [&](std::string_view name, const absl::Status& why) {
        std::string const text = base::cat(name, " is refused: ", base::from_absl(why.message()));
        start.from = base::cat("the log: snapshot ", text);
        log(base::LogLevel::kWarning, "snapshot", text);
        if (peers == nullptr || !absl::IsFailedPrecondition(why)) return;
        if (auto manifest = store.manifest(name); manifest.ok())
          peers->exclude(*std::move(manifest));
      });
  if (!asking.ok()) return asking;
  if (start.restored) {
    start.seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    start.from =
        base::cat("the snapshot of ", options.calendar.name(start.restored->manifest.tick));
  }
  return start;
}

}  // namespace

absl::StatusOr<Start> restore(snapshot::Store& store, const RestoreOptions& options,
                              const reference::Reference& reference, PeerTransfer* peers,
                              const base::LogFn& log) {
  BELLWETHER_ASSIGN_OR_RETURN(Start start, newest(store, options, reference, peers, log));
  if (!start.restored && peers != nullptr) {
    BELLWETHER_ASSIGN_OR_RETURN(bool const whole, log_is_whole(options, log));
    for (int n = 0; n < kPeerSnapshotsMax && !start.restored; ++n) {
      auto const taken = peers->take(store, options.identity, !whole);
      if (absl::IsCancelled(taken.status())) return taken.status();
      if (!taken.ok()) {
        std::string const why =
            base::cat("no replica gave a snapshot: ", base::from_absl(taken.status().message()));
        log(whole ? base::LogLevel::kInfo : base::LogLevel::kWarning, "snapshot", why);
        base::append(start.from, "; ", why);
        break;
      }
      BELLWETHER_ASSIGN_OR_RETURN(start, newest(store, options, reference, peers, log));
      peers->exclude(taken->manifest, taken->peer);
      if (!start.restored) continue;
      base::append(start.from, " of peer ", taken->peer);
    }
  }
  if (start.restored) {
    (void)store.forget_incoming();
    log(base::LogLevel::kInfo, "snapshot",
        base::cat("resuming from ", start.from, ", read in ", start.seconds, " s"));
  }
  return start;
}

}  // namespace bellwether::runtime
