// The value of a result that must be OK; ends the test program otherwise.
#pragma once

#include <cstdio>
#include <utility>

#include "absl/status/statusor.h"
#include "core/base/check.h"

namespace bellwether::testing {

template <class T>
T must(absl::StatusOr<T> result) {
  if (!result.ok()) std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
  BELLWETHER_CHECK(result.ok());
  return *std::move(result);
}

}  // namespace bellwether::testing
