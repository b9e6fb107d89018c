// Purpose: runs the same work with a published package for comparison. The package is not part of
// the build: if it is not installed, the bench prints that and continues.
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

// Runs tests/bench/<script> with `interpreter` and its `flags`. The argument is a file with one
// series per line, values separated by commas. The script prints `name value unit` lines, or exits
// with kNotInstalled, which is also the status if the interpreter is missing.
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

// With the Python of build/yardsticks.
template <class Value>
void print_python_yardstick(const std::string& script, const std::string& package,
                            const std::vector<std::vector<Value>>& series, size_t series_max) {
  print_yardstick(testing::in_source("build/yardsticks/bin/python"), "", script, package, series,
                  series_max);
}

}  // namespace bellwether::testing
