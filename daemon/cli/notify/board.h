// Purpose: what Alertmanager is told: the alerts that are open, again and again, and those that
// have ended, for a while. Each look at the open alerts replaces what was known, so nothing depends
// on having seen every transition.
// Invariants: an alert that Alertmanager may hold as open is on the board, also in its text().
// Thread safety: one thread. Time is an argument.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/http/message.h"
#include "cli/notify/retry.h"

namespace bellwether::notify {

// Alertmanager ends an alert by itself if it hears nothing for so long: several times the longest
// interval between two tellings, which is a minute.
inline constexpr int64_t kEndsAfterMs = 5 * 60'000;
inline constexpr int64_t kResendMsMax = 60'000;
inline constexpr int64_t kResendMsDefault = 30'000;
// An alert that has ended is told as resolved for so long.
inline constexpr int64_t kResolvedForMs = 15 * 60'000;
// If Alertmanager takes it in none of these tellings, they end after so long.
inline constexpr int64_t kResolvedForMsMax = 24 * 3'600'000;
inline constexpr size_t kAlertsPerPost = 256;
inline constexpr size_t kBoardMax = 10'000;  // alerts on the board; more are left out

using Words = std::map<std::string, std::string>;

struct OpenAlert {
  std::string name;  // "alerts/R1.SG.C.1997-06"
  Words labels;      // identify it at Alertmanager; empty ones are left out
  Words annotations;
  UnixMillis starts_at;
  friend bool operator==(const OpenAlert&, const OpenAlert&) = default;
};

class Board {
 public:
  // A part of the board as a request.
  struct Batch {
    http::Request request;
    std::vector<std::string> keys;
  };

  // Inverse of text(). Error: InvalidArgument.
  static absl::StatusOr<Board> parse(std::string_view text);
  std::string text() const;

  // The names of alerts that the board shows as open and that are not among `open`.
  std::vector<std::string> gone(const std::vector<OpenAlert>& open) const;
  // The alerts of these names that the board shows as open, as they were told.
  std::vector<OpenAlert> as_told(const std::set<std::string>& names) const;
  // Replaces the open alerts. One that is no longer open ends at its time in `cleared`, or now.
  // True if text() has changed. Leaves out the last ones if there is no room.
  bool look(const std::vector<OpenAlert>& open, const std::map<std::string, UnixMillis>& cleared,
            UnixMillis now);
  // What to send now, to the Alertmanager at `url`.
  std::vector<Batch> batches(const std::string& url, UnixMillis now) const;
  // Alertmanager took it. True if text() has changed.
  bool told(const Batch& batch);
  // Forgets what was told as resolved for long enough. True if text() has changed.
  bool forget(UnixMillis now);

  size_t open() const;
  size_t left_out() const { return left_out_; }  // at the last look()

 private:
  struct Entry {
    OpenAlert alert;
    std::optional<UnixMillis> ended;    // endsAt; nullopt: open
    std::optional<UnixMillis> learned;  // when it was seen to have ended
    bool told_resolved = false;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  static std::string key(const OpenAlert& alert);

  std::map<std::string, Entry> entries_;  // by key: the labels
  size_t left_out_ = 0;
};

}  // namespace bellwether::notify
