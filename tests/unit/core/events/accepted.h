// For tests of records that are not refused.
#pragma once

#include <gtest/gtest.h>

#include "unit/core/events/fixture.h"

namespace bellwether::events::testing {

// The event of a record that must not be refused.
inline Event accepted(const Record& record) {
  auto const decoded = decode(record);
  if (const auto* refusal = std::get_if<Refusal>(&decoded)) {
    ADD_FAILURE() << "refused: " << name(*refusal);
    return {};
  }
  return std::get<Event>(decoded);
}

template <class Code>
Code code_of(const Event& event) {
  return static_cast<Code>(event.code);
}

}  // namespace bellwether::events::testing
