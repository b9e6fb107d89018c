// Purpose: converts a rule set to a message of the journal and back.
// Thread safety: pure functions.
#pragma once

#include "absl/status/status.h"
#include "core/alerts/rule.h"

namespace bellwether::journal::v1 {
class RuleSet;
}

namespace bellwether::runtime {

void put(const alerts::RuleSet& rules, journal::v1::RuleSet& out);
// Error: DataLoss if a configuration with these rules would be refused. Keys without effect are
// accepted here.
absl::Status get(const journal::v1::RuleSet& message, alerts::RuleSet& out);

}  // namespace bellwether::runtime
