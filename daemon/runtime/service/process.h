// Purpose: the daemon as a whole. It answers requests from the start, boots at the same time, and
// shuts down in order.
// Thread safety: run() belongs to the main thread; reload() and request_stop() may be called from
// any.
#pragma once

#include <memory>
#include <string>

#include "adapters/config/config.h"
#include "core/reference/reference.h"
#include "runtime/service/stop.h"

namespace bellwether::runtime {

class Process {
 public:
  Process(config::Config config, std::string config_path, reference::Reference reference);
  ~Process();

  // Serves until request_stop() or a failure; then drains.
  Exit run();
  void request_stop();
  // Reads the configuration again and passes its rules to the journal.
  void reload();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bellwether::runtime
