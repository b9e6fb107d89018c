#include "adapters/cgroup/limits.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace bellwether::cgroup {
namespace {

using Files = std::map<std::string, std::string>;

Limits limits_in(const Files& files) {
  return limits([&](const std::string& path) -> std::optional<std::string> {
    auto const at = files.find(path);
    return at == files.end() ? std::nullopt : std::optional(at->second);
  });
}

TEST(CgroupLimitsTest, ValuesOfFiles) {
  EXPECT_EQ(cpus_of_max("150000 100000\n"), 1.5);
  EXPECT_EQ(cpus_of_max("max 100000\n"), 0);
  EXPECT_EQ(cpus_of_quota("50000\n", "100000\n"), 0.5);
  EXPECT_EQ(cpus_of_quota("-1\n", "100000\n"), 0);
  EXPECT_EQ(bytes_of("1073741824\n"), 1 << 30);
  EXPECT_EQ(bytes_of("max\n"), 0);
  EXPECT_EQ(bytes_of("9223372036854771712\n"), 0) << "version 1 without a limit";
}

TEST(CgroupLimitsTest, WhatCannotBeUnderstoodIsNoLimit) {
  for (const char* text : {"", "\n", "max", "1", "x y", "100000 0", "-5 100000", "1 2 3",
                           "99999999999999999999 1", "100000  100000"}) {
    EXPECT_EQ(cpus_of_max(text), 0) << text;
  }
  EXPECT_EQ(cpus_of_quota("100000", "0"), 0);
  EXPECT_EQ(cpus_of_quota("100000", ""), 0);
  for (const char* text : {"", "-1", "0", "many", "1 GiB", "99999999999999999999"}) {
    EXPECT_EQ(bytes_of(text), 0) << text;
  }
}

TEST(CgroupLimitsTest, AContainerOfVersion2SeesItsGroupAsTheRoot) {
  Limits const found = limits_in({{"/proc/self/cgroup", "0::/\n"},
                                  {"/sys/fs/cgroup/cpu.max", "200000 100000\n"},
                                  {"/sys/fs/cgroup/memory.max", "536870912\n"}});
  EXPECT_EQ(found.cpus, 2);
  EXPECT_EQ(found.memory_bytes, 512 << 20);
}

TEST(CgroupLimitsTest, TheSmallestLimitOfTheGroupsAroundCounts) {
  Limits const found = limits_in({{"/proc/self/cgroup", "0::/a.slice/b.service\n"},
                                  {"/sys/fs/cgroup/a.slice/b.service/cpu.max", "400000 100000\n"},
                                  {"/sys/fs/cgroup/a.slice/cpu.max", "50000 100000\n"},
                                  {"/sys/fs/cgroup/a.slice/b.service/memory.max", "1000000\n"},
                                  {"/sys/fs/cgroup/a.slice/memory.max", "max\n"}});
  EXPECT_EQ(found.cpus, 0.5);
  EXPECT_EQ(found.memory_bytes, 1'000'000);
}

// The container's own groups are mounted at the root, but the paths are those of the host.
TEST(CgroupLimitsTest, AContainerOfVersion1) {
  Limits const found =
      limits_in({{"/proc/self/cgroup",
                  "12:memory:/kubepods/burstable/pod1/c\n4:cpu,cpuacct:/kubepods/burstable/pod1/c\n"
                  "1:name=systemd:/kubepods/burstable/pod1/c\n0::/\n"},
                 {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "150000\n"},
                 {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"},
                 {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "2147483648\n"}});
  EXPECT_EQ(found.cpus, 1.5);
  EXPECT_EQ(found.memory_bytes, int64_t{2} << 30);
}

TEST(CgroupLimitsTest, WithoutFilesThereIsNoLimit) {
  Limits const found = limits_in({});
  EXPECT_EQ(found.cpus, 0);
  EXPECT_EQ(found.memory_bytes, 0);
  EXPECT_EQ(limits_in({{"/proc/self/cgroup", "nonsense\n::\n0:"}}).cpus, 0);
}

TEST(CgroupLimitsTest, ThisProcessHasLimitsThatMakeSense) {
  Limits const found = limits_of_this_process();
  EXPECT_GE(found.cpus, 0);
  EXPECT_GE(found.memory_bytes, 0);
}

TEST(CgroupThreadsTest, TheLimitIsRoundedUpAndNeverMoreThanTheCores) {
  auto const with = [](double cpus, unsigned cores) { return threads({.cpus = cpus}, cores); };
  EXPECT_EQ(with(0, 8), 8);
  EXPECT_EQ(with(0, 0), 1) << "the number of cores is not known";
  EXPECT_EQ(with(0.1, 8), 1);
  EXPECT_EQ(with(1, 8), 1);
  EXPECT_EQ(with(1.5, 8), 2);
  EXPECT_EQ(with(16, 8), 8);
  EXPECT_EQ(with(1e300, 8), 8);
}

}  // namespace
}  // namespace bellwether::cgroup
