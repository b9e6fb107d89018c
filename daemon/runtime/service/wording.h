// Purpose: the texts for operators in logs, readiness and coverage warnings. The runbook quotes
// them.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "core/base/text.h"

namespace bellwether::runtime::wording {

// Reasons why the replica is not ready.
inline constexpr char kStarting[] = "starting";
inline constexpr char kReadingSnapshot[] = "reading the newest snapshot";
inline constexpr char kReadingDeadLetters[] = "reading the dead letters";
inline constexpr char kReadingJournal[] = "reading the journal";
inline constexpr char kDraining[] = "draining";

// Coverage warnings.
inline constexpr char kJournalNotRead[] =
    "starting: the journal is not read to its end yet, alerts are missing";
inline constexpr char kBrokerOutOfReach[] =
    "the broker is out of reach: figures may be out of date";
inline constexpr char kOtherWorkingHours[] =
    "the last tick in the journal was judged with other working hours of the desk: alerts on "
    "response times may not match the figures here";
inline std::string diverged(std::string_view how) {
  return base::cat("this replica has diverged from the journal: ", how);
}
// `unplaced`, `births`: of the last year.
inline std::string births_without_place(double unplaced, double births) {
  return base::cat(unplaced, " of ", births,
                   " births of the last year are at places that the reference files do not know: "
                   "they count in the whole geography only");
}
inline std::string dead_letters_wait(std::string_view why) {
  return base::cat("dead letters are not taken and ticks wait for them: ", why);
}

// The answer to a human act before the journal is open.
inline constexpr char kNoJournalYet[] = "still starting: the journal is not open yet";

// Log lines.
// `changed`: the settings that the file now states differently and that only a start reads.
inline std::string rules_read(const std::vector<std::string>& changed) {
  if (changed.empty()) return "rules and holidays read";
  return base::cat("rules and holidays read; these changes take effect at the next start: ",
                   absl::StrJoin(changed, ", "));
}
inline std::string rules_not_read(std::string_view why) {
  return base::cat("the old rules stay in force:\n", why);
}
inline std::string ports(int grpc, int metrics) {
  return base::cat("gRPC on port ", grpc, ", metrics on port ", metrics);
}
inline std::string waiting_for_broker_at(std::string_view servers) {
  return base::cat("waiting for the broker at ", servers);
}
inline std::string waiting_for_broker(std::string_view why) {
  return base::cat("waiting for the broker: ", why);
}
inline std::string about_topic(std::string_view topic, std::string_view note) {
  return base::cat("topic ", topic, " ", note);
}
// 0 stands for no limit.
inline std::string limits(double cpus, int64_t memory_bytes, int threads) {
  constexpr double kMiB = 1 << 20;
  return base::cat(
      "CPU limit ", cpus > 0 ? base::cat(cpus) : "none", ", memory limit ",
      memory_bytes > 0 ? base::cat(static_cast<double>(memory_bytes) / kMiB, " MiB") : "none", ", ",
      threads, " threads for the inputs at most");
}
inline std::string working_hours(std::string_view text) {
  return base::cat("working hours: ", text);
}
inline std::string bad_snapshots_folder(std::string_view why) {
  return base::cat("snapshots.folder: ", why);
}
inline std::string trying_again(std::string_view why) {
  return base::cat("trying again: ", why);
}
inline constexpr const char* leads(bool leader) {
  return leader ? "this replica leads" : "this replica follows";
}
inline std::string readiness(std::string_view not_ready) {
  return not_ready.empty() ? "serving" : base::cat("not ready: ", not_ready);
}
inline std::string producer_is_lost(std::string_view why) {
  return base::cat(why,
                   "; nothing can be written any more: stopping; a restart recovers from a lost "
                   "broker state");
}
inline std::string not_all_written(std::string_view why) {
  return base::cat("not everything was written: ", why, "; a restart reads it again");
}

}  // namespace bellwether::runtime::wording
