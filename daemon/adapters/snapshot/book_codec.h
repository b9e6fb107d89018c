// Purpose: writes the alert book of a snapshot as frames, and reads it. Every field of a book is
// named once, in book_codec.cc, for both directions. Errors: as in codec.h.
// Thread safety: pure, except for the files.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/snapshot/frames.h"
#include "adapters/snapshot/items.h"
#include "core/alerts/book.h"
#include "core/base/calendar.h"

namespace bellwether::snapshot {

absl::Status write(const alerts::Book& book, FrameWriter& out);
absl::StatusOr<alerts::Book> read_book(FrameReader& in, base::Calendar calendar);

// A book in a file that holds other frames too.
absl::Status write_frames(const alerts::Book& book, FrameWriter& out);
class BookFrames {
 public:
  BookFrames();
  ~BookFrames();
  static bool is_of_book(Tag tag) { return tag >= Tag::kBook && tag <= Tag::kSpecialDays; }
  // The next frame of the book. `format`: of the file.
  absl::Status take(const Frame& frame, uint32_t format);
  bool begun() const;  // its first frame was taken
  // The whole book. Call once, after the last frame.
  absl::StatusOr<alerts::Book> book(base::Calendar calendar);

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace bellwether::snapshot
