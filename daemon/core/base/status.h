// Purpose: macros that return an error from the enclosing function. Thread safety: macros.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function when `expression` is not OK.
#define BELLWETHER_RETURN_IF_ERROR(expression)                              \
  do {                                                                      \
    if (absl::Status status_ = (expression); !status_.ok()) return status_; \
  } while (false)

#define BELLWETHER_CONCAT_INNER(a, b) a##b
#define BELLWETHER_CONCAT(a, b) BELLWETHER_CONCAT_INNER(a, b)

// Declares or assigns `target` from a StatusOr, or returns its error.
#define BELLWETHER_ASSIGN_OR_RETURN(target, expression) \
  BELLWETHER_ASSIGN_OR_RETURN_(BELLWETHER_CONCAT(status_or_, __LINE__), target, expression)
#define BELLWETHER_ASSIGN_OR_RETURN_(status_or, target, expression) \
  auto status_or = (expression);                                    \
  if (!status_or.ok()) return status_or.status();                   \
  target = *std::move(status_or)
