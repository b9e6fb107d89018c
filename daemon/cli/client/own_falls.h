// Purpose: the part of `bellwether alerts review` that judges the alerts of sectors by each
// sector's own falls. Thread safety: one thread.
#pragma once

#include <string>
#include <vector>

#include "analysis/review.h"
#include "bellwether/alerts/v1/alerts.pb.h"
#include "cli/context.h"
#include "core/base/harm.h"

namespace bellwether::cli {

struct OwnFallsRequest {
  std::string sector_level;  // the sectors of this level, over the whole geography
  std::string measure;       // what the rule counts: "births"
  base::Harm harm = base::Harm::kLow;
};

// Reads the series from the server and prints a row for each sector and two sentences. `alerts`:
// all alerts of the rule. An error of a call is told and sets the exit code.
void print_own_falls(Context& context, const OwnFallsRequest& request,
                     const std::vector<alerts::v1::Alert>& alerts,
                     const std::vector<analysis::Downturn>& downturns);

}  // namespace bellwether::cli
