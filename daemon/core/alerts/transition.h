// Purpose: a change of an alert, and the position in the journal from which a watcher resumes.
// Thread safety: values and pure functions.
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

// A position directly after the transition `index` of the record at `offset`.
struct ResumeToken {
  JournalOffset offset{-1};
  uint32_t index = UINT32_MAX;  // UINT32_MAX: after the last transition of the record
  friend auto operator<=>(const ResumeToken&, const ResumeToken&) = default;
};
std::string format(ResumeToken token);                                 // "1234.0" or "1234"
std::optional<ResumeToken> parse_resume_token(std::string_view text);  // nullopt if malformed

struct Transition {
  ResumeToken token;  // resume with this token to get the later transitions
  TransitionKind kind{};
  AlertPtr alert;  // state after the transition
  UnixMillis at;
  bool historical = false;
};
using TransitionPtr = std::shared_ptr<const Transition>;

}  // namespace bellwether::alerts
