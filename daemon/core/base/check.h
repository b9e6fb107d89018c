// Purpose: CHECK for errors in our own code. It stays on in release builds, prints the condition,
// file and line, and aborts. Errors from outside (input, network, disk) are an absl::Status.
// Thread safety: pure.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace bellwether::base {

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace bellwether::base

#define BELLWETHER_CHECK(condition) \
  (static_cast<bool>(condition)     \
       ? static_cast<void>(0)       \
       : ::bellwether::base::check_failed(#condition, __FILE__, __LINE__))
