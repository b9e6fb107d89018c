// Purpose: the two threads of `bellwether notify`: one keeps Alertmanager informed, the other
// delivers to a webhook. They do what the pure parts of cli/notify decide.
// Thread safety: each function is called by one thread. It returns when asked to stop, or after an
// error that trying again does not help.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "adapters/http/message.h"
#include "cli/client/notify/alert_source.h"
#include "cli/client/notify/meters.h"
#include "cli/client/notify/state_folder.h"
#include "cli/client/notify/stop.h"
#include "cli/context.h"
#include "cli/notify/board.h"
#include "core/base/log.h"

namespace bellwether::cli {

inline constexpr size_t kSecretBytesMin = 16;
inline constexpr size_t kSecretBytesMax = 4096;
inline constexpr size_t kInstanceBytesMax = 64;
// The wait after a file of the state could not be written.
inline constexpr int64_t kStateRetryMs = 10'000;

struct NotifySettings {
  Choice choice;
  std::string alertmanager;  // URL without a path of its own; empty: none
  std::string webhook;       // URL; empty: none
  std::string secret_file;   // empty: no signature
  std::string ca_file;       // empty: the public authorities
  int64_t resend_ms = notify::kResendMsDefault;
};

// The first line of the file. Error: InvalidArgument; the message names the file.
absl::StatusOr<std::string> read_secret(const std::string& path);

// What both loops work with.
struct Surroundings {
  const Context& context;
  const NotifySettings& settings;
  StateFolder state;
  const http::Send& send;
  Stop& stop;
  const base::LogFn& log;
  TargetMeters& meters;
};

absl::Status keep_alertmanager(Surroundings around);
absl::Status deliver_to_webhook(Surroundings around);

}  // namespace bellwether::cli
