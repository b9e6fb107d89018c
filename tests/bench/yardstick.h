// Purpose: the same work done by a published package, beside our figures. The package is no part of the
// build: where it is not installed the bench says so and goes on.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/check.h"

namespace bellwether::testing {

// Runs tests/bench/<script> in R with a file of the series, one a line, values parted by commas. It prints
// `name value unit` lines, or ends with kNotInstalled.
template <class Value>
void print_r_yardstick(const std::string& script, const std::vector<std::vector<Value>>& series,
                       size_t series_max) {
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
  std::string const command = "command -v Rscript >/dev/null || exit 3; exec Rscript --vanilla '" +
                              std::string(BELLWETHER_SOURCE_DIR) + "/tests/bench/" + script + "' '" +
                              path + "'";
  int const status = std::system(command.c_str());
  unlink(path);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  bool const absent = WIFEXITED(status) && WEXITSTATUS(status) == kNotInstalled;
  std::printf("# %s: %s\n", script.c_str(),
              absent ? "the R package is not installed (third_party/install yardsticks)" : "failed");
  std::fflush(stdout);
}

}  // namespace bellwether::testing
