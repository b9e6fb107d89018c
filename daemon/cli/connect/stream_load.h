// Purpose: reads the streams of Companies House, or day files of their lines, and says what is new.
// The state holds in its notes how far each stream was read; they are written with the state, after
// the broker has acknowledged what was said. So a process that is killed at any moment says again
// what the state does not know yet, with the same ids and versions, and loses nothing.
// Thread safety: one thread, which starts others for the connections.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cli/connect/connect.h"
#include "cli/connect/stream_follower.h"

namespace bellwether::cli {

struct StreamOptions {
  std::vector<connect::companies_house::Stream> streams;  // to follow; may be empty
  std::vector<std::string> day_files;                     // read before
  StreamSource source;
  bool from_now = false;  // forget how far the streams were read
};

// The state is written at least so often.
inline constexpr int64_t kCommitMs = 1'000;
inline constexpr int64_t kCommitLines = 20'000;
// A heartbeat for the daemon, at most so often.
inline constexpr int64_t kHeartbeatMs = 60'000;

// Returns at the end of the day files if no stream is followed, otherwise when `stop` is set, or
// after an error that trying again does not help: those of judge_reply(), of the outlet and of the
// state; NotFound and DataLoss for a day file. What was read before is committed. `summary`: for
// people, several lines.
absl::Status load_streams(ConnectRun& run, const StreamOptions& options,
                          const std::atomic<bool>& stop, std::string& summary);

}  // namespace bellwether::cli
