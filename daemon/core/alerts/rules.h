// Purpose: rule sets: the defaults, the validation, and the digest. The journal stores a rule set
// completely, so that every evaluation can be reproduced.
// Thread safety: pure functions.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "core/alerts/rule.h"
#include "core/base/calendar.h"

namespace bellwether::alerts {

// The defaults for a calendar (README.md, "Rules"). The composite, R13, is disabled: in the
// backtests it did worse than births alone (daemon/core/detection/README.md).
RuleSet default_rules(base::Calendar calendar);

// 16 hexadecimal digits over every field; equal rule sets have equal digests. Fields are joined by
// "|" and lists by ",". A configuration rejects these characters in its texts, so that different
// rule sets give different digest inputs. A journaled rule set may contain them and keeps its
// digest. The special days are the last line, which no rule can begin like: "|". A rule set without
// them has the digest that it had before there were any.
std::string digest(const RuleSet& rules);

// Error: InvalidArgument with one line for each wrong field: "rules.R1.limit: problem; what to do".
absl::Status validate(const RuleSet& rules);

}  // namespace bellwether::alerts
