#include "runtime/service/reloadable.h"

#include "runtime/setup/load.h"

namespace bellwether::runtime {

Reloadable::Current Reloadable::current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

absl::Status Reloadable::reload() {
  auto loaded = load_config(path_);
  if (!loaded.ok()) return loaded.status();
  if (absl::Status levels = check_levels(loaded->rules, reference_); !levels.ok()) return levels;
  std::vector<std::string> changed = config::changed_settings(at_start_, loaded->fixed_settings);
  std::lock_guard lock(mutex_);
  current_ = {std::move(loaded->rules), std::move(loaded->digest), current_.reloads + 1,
              std::move(changed)};
  return absl::OkStatus();
}

}  // namespace bellwether::runtime
