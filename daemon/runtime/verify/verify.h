// Purpose: `bellwether verify`: folds the log again, in its own process, to the cuts in the
// journal, and compares the results with the journaled ones. It uses the daemon's own code
// (decoder, ledger, cells, panel, evaluator), but takes the end of each tick from the journal
// instead of finding it by watermarks. The book before a tick is the journal's fold up to its
// record. This is equivalent to the book at the record's book_offset: the fold accepts no tick if
// rules or regime breaks changed between the two, and other records do not affect a verdict. Needs
// the configuration under which the ticks were judged: calendar, history, topics, reference files.
// The rules come from the journal. Two results can depend on when or how a record was read, but
// only at a limit. A record with a timestamp in the future is judged as of the time when its tick
// was journaled. If a business has more facts than the ledger accepts
// (ledger::kFactsPerBusinessMax), another fact may be the refused one.
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
  std::optional<std::set<base::PeriodIndex>> ticks;  // nullopt: all ticks in the journal
};

// Calls `found` for every tick, in the order in which the ticks can be folded, which is nearly
// always their own order. One pass over the log folds them; ticks whose cuts do not follow the
// earlier cuts need another pass. Errors: FailedPrecondition if an input topic or the journal no
// longer has its first records, so that nothing can be verified, or if topics differ in their
// number of partitions; NotFound if topics are missing; DataLoss if a log cannot be read further or
// changed during the fold; Unavailable and DeadlineExceeded from the broker.
absl::Status verify(const config::Config& config,
                    std::shared_ptr<const reference::Reference> reference,
                    const VerifyRequest& request,
                    const std::function<void(const VerifiedTick&)>& found, const base::LogFn& log);

}  // namespace bellwether::runtime
