// Purpose: a rule set as a message of the journal. Thread safety: pure functions.
#pragma once

#include "absl/status/status.h"
#include "core/alerts/rule.h"

namespace bellwether::journal::v1 {
class RuleSet;
}

namespace bellwether::runtime {

void put(const alerts::RuleSet& rules, journal::v1::RuleSet& out);
// Error: DataLoss if no configuration could have such rules, but for keys that have no effect.
absl::Status get(const journal::v1::RuleSet& message, alerts::RuleSet& out);

}  // namespace bellwether::runtime
