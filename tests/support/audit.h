// Checks that must hold after any fault. The figures equal the oracle's. The transitions equal
// those of a plain fold of the journal, each once, on every replica. A replica without faults that
// judges the same log by itself gives the same verdicts. Every refused record is a dead letter
// once.
#pragma once

#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/economy.h"

namespace bellwether::testing {

// Checks births, deaths and moves of every leaf and month, and interactions in total.
void expect_totals(const Daemon& daemon, const Oracle& oracle, base::Calendar calendar);

// Transitions as lines, with all their evidence. Excludes acts of people, because only one journal
// has them.
std::vector<std::string> verdicts(const Daemon& daemon);

// Counts of evaluations in the journal: applied ones, and ones passed over because another came
// first. A journal with an unreadable line is a failure.
struct JournalAudit {
  int ticks = 0;
  int passed_over = 0;
};
// Checks that the transitions of `daemon` equal those of the journal, each once and in order.
JournalAudit expect_journal(const Daemon& daemon, const std::string& broker,
                            const std::string& journal_topic, base::Calendar calendar);

// Verdicts of a replica with a separate journal and without faults, over the same inputs.
std::vector<std::string> verdicts_without_faults(DaemonOptions options, const std::string& through);

// The `time` section with which a cut depends only on the log.
inline constexpr char kHeartbeatsOnly[] = "  calendar: month\n  history_years: 30\n  idle: never\n";

struct AuditOptions {
  // False if two leaders at the same moment may both write a letter.
  bool letters_once = true;
};
// Runs all checks above on replicas that have read all of `economy`. Prints a summary.
void audit(const std::vector<Daemon*>& replicas, const DaemonOptions& options,
           const Economy& economy, AuditOptions expect = {});

}  // namespace bellwether::testing
