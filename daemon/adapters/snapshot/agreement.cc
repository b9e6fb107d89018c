#include "adapters/snapshot/agreement.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::snapshot {

absl::Status agrees(const LogMark& mark, int64_t next, const LogState& state,
                    std::string_view where) {
  if (next < state.low) {
    return absl::FailedPreconditionError(
        base::cat(where, " begins at ", state.low, ": the records from ", next, " on are gone"));
  }
  if (next > state.high || (mark.offset >= state.low && state.mark != mark)) {
    return absl::FailedPreconditionError(
        base::cat(where, " is not the log of the snapshot: it was recreated or truncated"));
  }
  return absl::OkStatus();
}

std::vector<LogPlace> places(const Restored& found, std::string_view journal_topic) {
  std::vector<LogPlace> out;
  for (size_t p = 0; p < found.partitions.size(); ++p) {
    for (size_t i = 0; i < found.partitions[p].marks.size(); ++i) {
      out.push_back({found.manifest.identity.topics[i], static_cast<int32_t>(p),
                     found.partitions[p].marks[i].offset});
    }
  }
  out.push_back({std::string(journal_topic), 0, found.manifest.journal_mark.offset});
  return out;
}

absl::Status agrees_with_log(const Restored& found, std::span<const LogState> states) {
  const std::vector<std::string>& topics = found.manifest.identity.topics;
  BELLWETHER_CHECK(states.size() == found.partitions.size() * topics.size() + 1);
  size_t k = 0;
  for (size_t p = 0; p < found.partitions.size(); ++p) {
    const RestoredPartition& partition = found.partitions[p];
    for (size_t i = 0; i < topics.size(); ++i, ++k) {
      int64_t const next = std::max<int64_t>(0, partition.state.inputs[i].next.value);
      BELLWETHER_RETURN_IF_ERROR(
          agrees(partition.marks[i], next, states[k], base::cat(topics[i], " ", p)));
    }
  }
  const Manifest& manifest = found.manifest;
  if (found.book)
    return agrees(manifest.journal_mark, manifest.journal_next, states.back(), "the journal");
  int64_t const journal = manifest.journal.value + 1;
  if (journal > states.back().high) {
    return absl::FailedPreconditionError(
        base::cat("the journal ends at ", states.back().high, " but had ", journal, " records"));
  }
  return absl::OkStatus();
}

}  // namespace bellwether::snapshot
