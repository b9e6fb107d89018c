// What must hold after any fault: the figures are the oracle's, the journal folded as plainly as
// possible tells each transition once, every replica tells the same, a replica that saw no fault
// and judges the same log by itself comes to the same verdicts, and every refused record is a dead
// letter once.
#pragma once

#include <string>
#include <vector>

#include "support/cluster.h"
#include "support/economy.h"

namespace bellwether::testing {

// Births, deaths and moves of every leaf and month, interactions of the whole.
void expect_totals(const Daemon& daemon, const Oracle& oracle, base::Calendar calendar);

// Transitions as lines, with all their evidence. Without acts of people: only a journal has these.
std::vector<std::string> verdicts(const Daemon& daemon);

// Verdicts in the journal that no replica counts: another stood there first. A journal without a
// line that anybody understands is a failure.
struct JournalAudit {
  int ticks = 0;
  int passed_over = 0;
};
// The transitions that `daemon` tells are those of the journal, each once and in its order.
JournalAudit expect_journal(const Daemon& daemon, const std::string& broker,
                            const std::string& journal_topic, base::Calendar calendar);

// A replica with a journal of its own, which nothing disturbs, over the same inputs.
std::vector<std::string> verdicts_without_faults(DaemonOptions options, const std::string& through);

// The `time` section under which a cut follows from the log alone.
inline constexpr char kHeartbeatsOnly[] = "  calendar: month\n  history_years: 30\n  idle: never\n";

struct AuditOptions {
  // Two that lead at the same moment may both write one letter.
  bool letters_once = true;
};
// All of the above, for replicas that have read all of `economy`. Prints what it finds.
void audit(const std::vector<Daemon*>& replicas, const DaemonOptions& options,
           const Economy& economy, AuditOptions expect = {});

}  // namespace bellwether::testing
