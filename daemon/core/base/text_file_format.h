// Purpose: recognises files that are no text, or text in another encoding than UTF-8, and finds
// line ends. Thread safety: pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bellwether::base {

// What the bytes of a file are, and how to convert them: UTF-16 or UTF-32, a compressed file, an
// office document. nullopt for every other file: UTF-8, and any encoding in which ASCII characters
// are one byte.
std::optional<std::string> other_format(std::string_view bytes);

// The first byte that is no UTF-8, as in a file in Latin-1: its line, and how to convert the file.
struct NotUtf8 {
  int line = 0;  // from 1
  std::string what;
};
std::optional<NotUtf8> find_not_utf8(std::string_view text);

// Line ends at the beginning of a text. LF, CR LF and CR each end one line. Several CR before a LF
// also end one line: programs write CR CR LF when they convert line ends twice.
struct LineEnds {
  size_t bytes = 0;  // 0: the text does not begin with a line end
  int lines = 0;
};
LineEnds leading_line_ends(std::string_view text);

}  // namespace bellwether::base
