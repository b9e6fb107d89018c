// Purpose: cuts a text that comes in pieces into its lines. Lines end with "\n" or "\r\n".
// Thread safety: one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"

namespace bellwether::connect {

class LineCutter {
 public:
  // Of a longer line only the first bytes, one more than this, are given: so that it is refused,
  // and takes no memory.
  explicit LineCutter(size_t bytes_max) : bytes_max_(bytes_max) {}

  // Calls use(line) for each line that ends in the piece. Blank lines are lines.
  using Use = absl::FunctionRef<void(std::string_view line)>;
  void feed(std::string_view piece, Use use);
  // The source is at its end: its last line may have no end.
  void finish(Use use);
  // What came of a line without its end is forgotten, because the source broke off.
  void forget() { rest_.clear(); }

 private:
  void keep(std::string_view part);
  size_t const bytes_max_;
  std::string rest_;  // of the line that has not ended
};

}  // namespace bellwether::connect
