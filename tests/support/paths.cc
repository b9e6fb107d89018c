#include "support/paths.h"

namespace bellwether::testing {

std::string in_source(std::string_view path) {
  return std::string(BELLWETHER_SOURCE_DIR "/").append(path);
}

std::string program(std::string_view name) {
  return std::string(BELLWETHER_BINARY_DIR "/").append(name);
}

}  // namespace bellwether::testing
