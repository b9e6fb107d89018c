// Purpose: the part of the configuration that a running process takes on again: the rules.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "adapters/config/config.h"

namespace bellwether::runtime {

class Reloadable {
 public:
  // `path`: the file that `at_start` was read from.
  Reloadable(const config::Config& at_start, std::string path)
      : path_(std::move(path)), current_{at_start.rules, at_start.digest, 0} {}

  struct Current {
    alerts::RuleSet rules;
    std::string config_digest;  // of the file that the rules are from
    int reloads = 0;            // that have succeeded
  };
  Current current() const;
  // Reads the file again. On an error, as load_config() has them, everything stays as it is.
  absl::Status reload();

 private:
  std::string const path_;
  mutable std::mutex mutex_;
  Current current_;
};

}  // namespace bellwether::runtime
