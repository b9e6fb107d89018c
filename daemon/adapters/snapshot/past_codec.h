// Purpose: writes what a snapshot keeps of the past, for questions as of a revision, and reads it:
// the changes of the panel, a book of the past and the journal records after it. Errors: as in
// codec.h.
// Thread safety: pure, except for the files.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/snapshot/frames.h"
#include "adapters/snapshot/image.h"
#include "core/base/calendar.h"
#include "core/engine/past_panels.h"
#include "core/reference/reference.h"

namespace bellwether::snapshot {

struct Past {
  engine::PanelChanges changes;
  PastBook book;
};

// Limit of the records that are read. A file with more is damaged.
inline constexpr size_t kPastRecordsMax = 10'000'000;

absl::Status write(const Past& past, FrameWriter& out);
// The changes are consecutive, and engine::check() accepts them; the records are in order.
absl::StatusOr<Past> read_past(FrameReader& in, const reference::Reference& reference,
                               base::Calendar calendar);

}  // namespace bellwether::snapshot
