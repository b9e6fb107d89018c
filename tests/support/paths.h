// The paths of the repository and its programs. Only paths.cc is compiled with these paths, so that
// a compiler cache can reuse the other test objects in another checkout.
#pragma once

#include <string>
#include <string_view>

namespace bellwether::testing {

// A file or folder of the repository, by its path in it.
std::string in_source(std::string_view path);
// A program of this build, by its name.
std::string program(std::string_view name);

}  // namespace bellwether::testing
