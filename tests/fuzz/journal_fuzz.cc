// Fuzzes the journal codec and the alert book. Input: a calendar, then records, each after its
// length (2 bytes). A decoded record does not change when it is written and read again, for the
// codec and for the book. The error of any other record is DataLoss, or Unimplemented for a newer
// format.
#include <google/protobuf/stubs/logging.h>

#include "core/alerts/book.h"
#include "core/base/check.h"
#include "fuzz/input.h"
#include "runtime/journal/journal_codec.h"

namespace bellwether::runtime {
namespace {

std::string written(const alerts::JournalEntry& entry) {
  return encode(entry, "bw-0", base::UnixMillis(0));
}

void run(fuzz::Input input) {
  static google::protobuf::LogSilencer const silencer;  // inputs may contain invalid UTF-8
  base::Calendar const calendar(input.byte() == 'w' ? base::CalendarUnit::kWeek
                                                    : base::CalendarUnit::kMonth);
  alerts::Book book(calendar);
  alerts::Book copy(calendar);
  for (int64_t offset = 0; !input.done(); ++offset) {
    auto const entry = decode(input.text(input.number(2)));
    if (!entry.ok()) {
      BELLWETHER_CHECK(absl::IsDataLoss(entry.status()) || absl::IsUnimplemented(entry.status()));
      continue;
    }
    std::string const bytes = written(*entry);
    auto const again = decode(bytes);
    BELLWETHER_CHECK(again.ok() && again->index() == entry->index());
    BELLWETHER_CHECK(written(*again) == bytes);
    BELLWETHER_CHECK(book.fold(base::JournalOffset(offset), *entry) ==
                     copy.fold(base::JournalOffset(offset), *again));
    BELLWETHER_CHECK(book.digest() == copy.digest());
    BELLWETHER_CHECK(book.open().size() <= book.alerts().size());
  }
}

}  // namespace
}  // namespace bellwether::runtime

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::runtime::run(bellwether::fuzz::Input(data, size));
  return 0;
}
