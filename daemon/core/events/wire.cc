#include "core/events/wire.h"

#include "core/base/utf8.h"

namespace bellwether::events {

bool is_utf8_beyond_ascii(std::string_view text) {
  while (!text.empty()) {
    size_t const length = base::utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace bellwether::events
