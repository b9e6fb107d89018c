#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "adapters/metrics/exposer.h"
#include "prometheus/client_metric.h"
#include "prometheus/metric_family.h"
#include "prometheus/metric_type.h"

namespace bellwether::metrics {
namespace {

prometheus::MetricFamily single(std::string name, std::string help, prometheus::MetricType type,
                                double value) {
  prometheus::MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  prometheus::ClientMetric metric;
  if (type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family.metric.push_back(std::move(metric));
  return family;
}

double open_descriptors() {
  DIR* const directory = opendir("/proc/self/fd");
  if (directory == nullptr) return 0;
  double count = -3;  // ".", ".." and the directory itself
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count;
}

// Fields 20 and 22 to 24 of /proc/self/stat: threads, start (clock ticks), virtual bytes, resident
// pages.
struct Stat {
  long threads = 0;
  unsigned long long start_ticks = 0;
  unsigned long virtual_bytes = 0;
  long resident_pages = 0;
};
Stat read_stat() {
  Stat stat;
  std::FILE* const file = std::fopen("/proc/self/stat", "r");
  if (file == nullptr) return stat;
  char text[1024] = {};
  size_t const n = std::fread(text, 1, sizeof text - 1, file);
  std::fclose(file);
  text[n] = '\0';
  const char* const after_name = std::strrchr(text, ')');
  if (after_name == nullptr) return stat;
  std::sscanf(
      after_name + 2,
      "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld %*d %llu %lu %ld",
      &stat.threads, &stat.start_ticks, &stat.virtual_bytes, &stat.resident_pages);
  return stat;
}

double boot_time() {
  std::FILE* const file = std::fopen("/proc/stat", "r");
  if (file == nullptr) return 0;
  char line[4096];
  double seconds = 0;
  while (std::fgets(line, sizeof line, file) != nullptr) {
    if (std::sscanf(line, "btime %lf", &seconds) == 1) break;
  }
  std::fclose(file);
  return seconds;
}

class ProcessCollector : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override {
    using prometheus::MetricType;
    Stat const stat = read_stat();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    double const cpu = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                       1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    return {
        single("process_cpu_seconds_total", "User and system time spent.", MetricType::Counter,
               cpu),
        single(
            "process_resident_memory_bytes", "Resident memory.", MetricType::Gauge,
            static_cast<double>(stat.resident_pages) * static_cast<double>(sysconf(_SC_PAGESIZE))),
        single("process_virtual_memory_bytes", "Virtual memory.", MetricType::Gauge,
               static_cast<double>(stat.virtual_bytes)),
        single("process_open_fds", "Open file descriptors.", MetricType::Gauge, open_descriptors()),
        single("process_max_fds", "File descriptors allowed.", MetricType::Gauge,
               static_cast<double>(files.rlim_cur)),
        single("process_threads", "Threads.", MetricType::Gauge, static_cast<double>(stat.threads)),
        single("process_start_time_seconds", "Start of the process since 1970, seconds.",
               MetricType::Gauge,
               boot_time() + static_cast<double>(stat.start_ticks) /
                                 static_cast<double>(sysconf(_SC_CLK_TCK))),
    };
  }
};

}  // namespace

std::shared_ptr<prometheus::Collectable> process_collector() {
  return std::make_shared<ProcessCollector>();
}

}  // namespace bellwether::metrics
