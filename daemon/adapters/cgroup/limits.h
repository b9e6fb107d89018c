// Purpose: the limits of CPU and memory that the process's control group sets, as Kubernetes and
// container engines do. std::thread::hardware_concurrency() does not know them.
// Thread safety: pure, except for the files that are read.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace bellwether::cgroup {

struct Limits {
  double cpus = 0;           // 0: no limit
  int64_t memory_bytes = 0;  // 0: no limit
};

// The values of single files; 0 if they set no limit or cannot be understood.
double cpus_of_max(std::string_view cpu_max);  // version 2, cpu.max: "150000 100000"
// Version 1: cpu.cfs_quota_us, −1 if there is none, and cpu.cfs_period_us.
double cpus_of_quota(std::string_view quota_us, std::string_view period_us);
int64_t bytes_of(std::string_view limit);  // memory.max or memory.limit_in_bytes

// The content of a file; nullopt if it cannot be read.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

// The smallest limits of the control group of this process and those around it, of version 1 or 2.
// A container may see its own group as the root: then the path that /proc/self/cgroup gives does
// not exist below /sys/fs/cgroup, and the root has the limits.
Limits limits(const ReadFile& read);
Limits limits_of_this_process();

// Threads for work that needs a CPU all the time: as many as `cores`, but not more than the limit,
// rounded up. At least 1.
int threads(const Limits& limits, unsigned cores);

}  // namespace bellwether::cgroup
