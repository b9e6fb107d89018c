// Purpose: what changed about an alert, and where in the journal a watcher resumes. Thread safety:
// values and pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/alerts/alert.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"

namespace bellwether::alerts {

using base::JournalOffset;

// A place between two transitions: after the transition `index` of the record at `offset`.
struct ResumeToken {
  JournalOffset offset{-1};
  uint32_t index = UINT32_MAX;  // UINT32_MAX: after the last transition of the record
  friend auto operator<=>(const ResumeToken&, const ResumeToken&) = default;
};
std::string format(ResumeToken token);                                 // "1234.0" or "1234"
std::optional<ResumeToken> parse_resume_token(std::string_view text);  // nullopt if malformed

struct Transition {
  ResumeToken token;  // resume after this one
  TransitionKind kind{};
  AlertPtr alert;  // as the transition left it
  UnixMillis at;
  bool historical = false;
};
using TransitionPtr = std::shared_ptr<const Transition>;

}  // namespace bellwether::alerts
