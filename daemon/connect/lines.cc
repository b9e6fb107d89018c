#include "connect/lines.h"

#include <algorithm>

namespace bellwether::connect {
namespace {

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

void LineCutter::keep(std::string_view part) {
  size_t const room = bytes_max_ + 1 - std::min(bytes_max_ + 1, rest_.size());
  rest_.append(part.substr(0, room));
}

void LineCutter::feed(std::string_view piece, Use use) {
  while (!piece.empty()) {
    size_t const end = piece.find('\n');
    if (end == std::string_view::npos) return keep(piece);
    if (rest_.empty()) {
      use(without_return(piece.substr(0, std::min(end, bytes_max_ + 1))));
    } else {
      keep(piece.substr(0, end));
      use(without_return(rest_));
      rest_.clear();
    }
    piece.remove_prefix(end + 1);
  }
}

void LineCutter::finish(Use use) {
  if (!rest_.empty()) use(without_return(rest_));
  rest_.clear();
}

}  // namespace bellwether::connect
