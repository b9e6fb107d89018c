#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_format.h"
#include "core/base/display.h"

namespace bellwether::cli {
namespace {

constexpr auto kTellEvery = std::chrono::milliseconds(200);
constexpr auto kTellLogEvery = std::chrono::milliseconds(5000);
constexpr int kBarColumns = 30;

}  // namespace

bool Progress::is_terminal() {
  return isatty(STDERR_FILENO) == 1;
}

void Progress::tell(int64_t done, const std::string& where, bool last) {
  auto const now = std::chrono::steady_clock::now();
  if (!last && only_end_) return;
  if (!last && now - told_ < (terminal_ ? kTellEvery : kTellLogEvery)) return;
  told_ = now;
  double const seconds = std::max(1e-3, std::chrono::duration<double>(now - begin_).count());
  double const share = total_ > 0 ? static_cast<double>(done) / static_cast<double>(total_) : 1;
  double const rate = static_cast<double>(done) / seconds;
  std::string bar;
  for (int i = 0; i < kBarColumns; ++i) bar += i < share * kBarColumns ? "█" : "░";
  std::string const left =
      last ? absl::StrFormat("%.1f s", seconds)
           : absl::StrFormat("%.0f s left",
                             rate > 0 ? static_cast<double>(total_ - done) / rate : 0.0);
  std::fflush(stdout);
  std::fprintf(stderr, "%s%s %3.0f %%  %s  %s %s  %s/s  %s%s", terminal_ ? "\r" : "", bar.c_str(),
               100 * share, where.c_str(), base::grouped(done).c_str(), unit_.c_str(),
               base::grouped(static_cast<int64_t>(rate)).c_str(), left.c_str(),
               terminal_ && !last ? "   " : "\n");
  std::fflush(stderr);
}

}  // namespace bellwether::cli
