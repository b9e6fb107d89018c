// Purpose: the daemon as a whole: starts everything, in the order that lets it answer early, keeps
// it together, and takes it down in order. Thread safety: run() belongs to the main thread;
// reload() and request_stop() may be called from any.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/config/config.h"
#include "core/reference/reference.h"

namespace bellwether::runtime {

inline constexpr char kVersion[] = "0.1.0";

// Exit codes of bellwetherd, as its --help documents them.
enum class Exit : int { kOk = 0, kFailure = 1, kConfig = 2, kAddress = 3, kTopics = 4 };

class Process {
 public:
  Process(config::Config config, std::string config_path, reference::Reference reference);
  ~Process();

  // Serves until request_stop() or a failure; then drains.
  Exit run();
  void request_stop();
  // Reads the configuration again and hands its rules to the journal.
  void reload();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bellwether::runtime
