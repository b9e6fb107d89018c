// Purpose: the same work done by a published package, beside our figures. The package is no part of
// the build: where it is not installed the bench says so and goes on.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "support/paths.h"

namespace bellwether::testing {

// Runs tests/bench/<script> by `interpreter` and its `flags` with a file of the series, one a line,
// values parted by commas. It prints `name value unit` lines, or ends with kNotInstalled, as this
// does where there is no interpreter.
template <class Value>
void print_yardstick(const std::string& interpreter, const std::string& flags,
                     const std::string& script, const std::string& package,
                     const std::vector<std::vector<Value>>& series, size_t series_max) {
  constexpr int kNotInstalled = 3;
  char path[] = "/tmp/bellwether-bench.XXXXXX";
  int const fd = mkstemp(path);
  BELLWETHER_CHECK(fd >= 0);
  FILE* file = fdopen(fd, "w");
  for (size_t s = 0; s < series.size() && s < series_max; ++s) {
    const char* before = "";
    for (Value value : series[s]) {
      std::fprintf(file, "%s%.17g", before, static_cast<double>(value));
      before = ",";
    }
    std::fputc('\n', file);
  }
  std::fclose(file);
  std::fflush(stdout);
  std::string const command = "command -v " + interpreter + " >/dev/null || exit 3; exec " +
                              interpreter + flags + " '" + testing::in_source("tests/bench/") +
                              script + "' '" + path + "'";
  int const status = std::system(command.c_str());
  unlink(path);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  bool const absent = WIFEXITED(status) && WEXITSTATUS(status) == kNotInstalled;
  std::printf(
      "# %s: %s\n", script.c_str(),
      absent ? (package + " is not installed (third_party/install yardsticks)").c_str() : "failed");
  std::fflush(stdout);
}

template <class Value>
void print_r_yardstick(const std::string& script, const std::vector<std::vector<Value>>& series,
                       size_t series_max) {
  print_yardstick("Rscript", " --vanilla", script, "the R package", series, series_max);
}

// By the Python of build/yardsticks.
template <class Value>
void print_python_yardstick(const std::string& script, const std::string& package,
                            const std::vector<std::vector<Value>>& series, size_t series_max) {
  print_yardstick(testing::in_source("build/yardsticks/bin/python"), "", script, package, series,
                  series_max);
}

}  // namespace bellwether::testing
