// Purpose: answers of several replicas never lead back in time: one that is behind is not believed,
// unless it stays so, because then the journal is another one.
// Thread safety: one thread. Time is an argument.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/calendar.h"

namespace bellwether::notify {

inline constexpr int64_t kBehindMsMax = 60'000;

class RevisionGuard {
 public:
  // True if an answer of this revision is to be believed.
  bool take(int64_t revision, base::UnixMillis now) {
    if (revision < highest_) {
      if (!behind_since_) behind_since_ = now;
      if (now.value - behind_since_->value < kBehindMsMax) return false;
    }
    highest_ = revision;
    behind_since_.reset();
    return true;
  }

 private:
  int64_t highest_ = -1;
  std::optional<base::UnixMillis> behind_since_;
};

}  // namespace bellwether::notify
