#include "adapters/cgroup/limits.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <vector>

#include "core/base/text.h"

namespace bellwether::cgroup {
namespace {

constexpr std::string_view kRoot = "/sys/fs/cgroup";
// Version 1 has the largest multiple of the page size if there is no limit.
constexpr int64_t kNoMemoryLimit = int64_t{1} << 62;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

std::optional<int64_t> number(std::string_view text) {
  return base::parse_number<int64_t>(trimmed(text));
}

// The parts of a text; with the last of `most` comes the rest.
std::vector<std::string_view> split(std::string_view text, char at, size_t most = SIZE_MAX) {
  std::vector<std::string_view> out;
  while (out.size() + 1 < most) {
    size_t const end = text.find(at);
    if (end == std::string_view::npos) break;
    out.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  out.push_back(text);
  return out;
}

// The path of a group, and of each group around it up to the root, which is "".
std::vector<std::string> with_parents(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    if (path != "/") out.emplace_back(path);
    size_t const slash = path.rfind('/');
    path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  }
  out.emplace_back();
  return out;
}

template <class Value>
void take_smaller(Value& limit, Value other) {
  if (other > 0 && (limit <= 0 || other < limit)) limit = other;
}

// The groups of this process: in version 2 there is one for all controllers.
struct Groups {
  std::string unified;
  std::string cpu;
  std::string memory;
};

// Lines "ID:CONTROLLER,…:PATH"; version 2 has no controllers.
Groups groups(std::string_view proc_self_cgroup) {
  Groups out;
  for (std::string_view line : split(proc_self_cgroup, '\n')) {
    std::vector<std::string_view> const parts = split(line, ':', 3);
    if (parts.size() != 3) continue;
    if (parts[1].empty()) out.unified = parts[2];
    for (std::string_view controller : split(parts[1], ',')) {
      if (controller == "cpu") out.cpu = parts[2];
      if (controller == "memory") out.memory = parts[2];
    }
  }
  return out;
}

}  // namespace

double cpus_of_quota(std::string_view quota_us, std::string_view period_us) {
  auto const quota = number(quota_us);
  auto const period = number(period_us);
  if (!quota || !period || *quota <= 0 || *period <= 0) return 0;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

double cpus_of_max(std::string_view cpu_max) {
  std::vector<std::string_view> const parts = split(trimmed(cpu_max), ' ');
  return parts.size() == 2 ? cpus_of_quota(parts[0], parts[1]) : 0;
}

int64_t bytes_of(std::string_view limit) {
  auto const bytes = number(limit);
  return bytes && *bytes > 0 && *bytes < kNoMemoryLimit ? *bytes : 0;
}

Limits limits(const ReadFile& read) {
  Limits out;
  Groups const own = groups(read("/proc/self/cgroup").value_or(""));
  auto const file = [&](std::string_view folder, std::string_view group, std::string_view name) {
    return read(base::cat(kRoot, folder, group, "/", name)).value_or("");
  };
  for (const std::string& group : with_parents(own.unified)) {
    take_smaller(out.cpus, cpus_of_max(file("", group, "cpu.max")));
    take_smaller(out.memory_bytes, bytes_of(file("", group, "memory.max")));
  }
  for (const std::string& group : with_parents(own.cpu)) {
    take_smaller(out.cpus, cpus_of_quota(file("/cpu", group, "cpu.cfs_quota_us"),
                                         file("/cpu", group, "cpu.cfs_period_us")));
  }
  for (const std::string& group : with_parents(own.memory)) {
    take_smaller(out.memory_bytes, bytes_of(file("/memory", group, "memory.limit_in_bytes")));
  }
  return out;
}

Limits limits_of_this_process() {
  return limits([](const std::string& path) -> std::optional<std::string> {
    std::ifstream file(path);
    if (!file) return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
  });
}

int threads(const Limits& limits, unsigned cores) {
  double const most = std::max(1.0, static_cast<double>(cores));
  if (limits.cpus <= 0) return static_cast<int>(most);
  return static_cast<int>(std::clamp(std::ceil(limits.cpus), 1.0, most));
}

}  // namespace bellwether::cgroup
