// Runs a command of the client in this process.
#pragma once

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "cli/context.h"

namespace bellwether::testing {

// Returns the exit code. `add`: add_indicators or another of cli/context.h. `printed`: what it
// printed.
inline int run_command(void (*add)(CLI::App&, cli::Context&), std::vector<std::string> words,
                       cli::Context context, std::string& printed) {
  std::ranges::reverse(words);  // CLI11 takes them in reverse order
  CLI::App app("", "bellwether");
  add(app, context);
  ::testing::internal::CaptureStdout();
  try {
    app.parse(words);
  } catch (const CLI::ParseError&) {
    context.exit_code = static_cast<int>(cli::Exit::kUsage);
  }
  printed = ::testing::internal::GetCapturedStdout();
  return context.exit_code;
}

}  // namespace bellwether::testing
