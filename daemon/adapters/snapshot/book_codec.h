// Purpose: writes the alert book of a snapshot as frames, and reads it. Every field of a book is
// named once, in book_codec.cc, for both directions. Errors: as in codec.h.
// Thread safety: pure, except for the files.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/snapshot/frames.h"
#include "core/alerts/book.h"
#include "core/base/calendar.h"

namespace bellwether::snapshot {

absl::Status write(const alerts::Book& book, FrameWriter& out);
absl::StatusOr<alerts::Book> read_book(FrameReader& in, base::Calendar calendar);

}  // namespace bellwether::snapshot
