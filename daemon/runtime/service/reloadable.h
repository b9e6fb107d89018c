// Purpose: the part of the configuration that a running process can reload: the rules.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "adapters/config/config.h"
#include "core/reference/reference.h"

namespace bellwether::runtime {

class Reloadable {
 public:
  // `path`: the file that `at_start` was read from. `reference` must outlive this object.
  Reloadable(const config::Config& at_start, std::string path,
             const reference::Reference& reference)
      : path_(std::move(path)),
        reference_(reference),
        at_start_(at_start.fixed_settings),
        current_{at_start.rules, at_start.digest, 0, {}} {}

  struct Current {
    alerts::RuleSet rules;
    std::string config_digest;         // of the file with these rules
    int reloads = 0;                   // number of successful reloads
    std::vector<std::string> changed;  // settings that differ from those at the start and that only
                                       // a start reads
  };
  Current current() const;
  // Reads the file again. On an error, which is one of load_config() or check_levels(), nothing
  // changes.
  absl::Status reload();

 private:
  std::string const path_;
  const reference::Reference& reference_;
  config::Settings const at_start_;
  mutable std::mutex mutex_;
  Current current_;
};

}  // namespace bellwether::runtime
