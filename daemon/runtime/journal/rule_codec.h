// Purpose: a rule set as a message of the journal. Thread safety: pure functions.
#pragma once

#include "absl/status/statusor.h"
#include "bellwether/journal/v1/journal.pb.h"
#include "core/alerts/rule.h"

namespace bellwether::runtime {

void put_rules(const alerts::RuleSet& rules, bellwether::journal::v1::RuleSet& out);

// Error: DataLoss when no configuration could have such rules, but for keys that have no effect.
absl::StatusOr<alerts::RuleSet> get_rules(const bellwether::journal::v1::RuleSet& rules);

}  // namespace bellwether::runtime
