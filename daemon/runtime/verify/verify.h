// Purpose: `bellwether verify`: folds the log anew, in one process that nobody else shares, to the
// cuts that the journal names, and compares what comes out with what was journaled. The fold is the
// daemon's own (decoder, ledger, cells, panel, evaluator), but is told where each tick ends instead
// of finding it by watermarks. The book before a tick is the journal's fold up to its record: the
// fold takes no tick with other rules or regime breaks between its book_offset and itself, and
// nothing else that may stand there has a part in a verdict. Needs the configuration that the ticks
// were judged under: calendar, history, topics, reference files. The rules are the journal's. Two
// things depend on when or how a record was read, and only at a limit: a record whose timestamp lay
// in the future is judged as of when its tick was journaled, and of a business with more facts than
// the ledger takes (ledger::kFactsPerBusinessMax) another fact may be the one refused.
// Thread safety: one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "absl/status/statusor.h"
#include "adapters/config/config.h"
#include "adapters/kafka/client.h"
#include "core/base/log.h"
#include "core/reference/reference.h"
#include "runtime/verify/verified.h"

namespace bellwether::runtime {

struct VerifyRequest {
  std::optional<std::set<base::PeriodIndex>> ticks;  // nullopt: all that the journal has
};

// Calls `found` for every tick, in the order in which they can be folded, which is theirs nearly
// always. One pass over the log for all of them, another for those whose cuts do not follow from
// the ones before. Errors: FailedPrecondition where input topics or the journal no longer reach
// back to their beginning, so that nothing can be verified, or differ in their number of
// partitions; NotFound where topics are missing; DataLoss where a log cannot be read on or changed
// under the fold; Unavailable and DeadlineExceeded as the broker does.
absl::Status verify(const config::Config& config,
                    std::shared_ptr<const reference::Reference> reference,
                    const VerifyRequest& request,
                    const std::function<void(const VerifiedTick&)>& found, const base::LogFn& log);

}  // namespace bellwether::runtime
