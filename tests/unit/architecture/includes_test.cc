// Checks which folders include which, and that the core does not use forbidden names.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "support/paths.h"

namespace bellwether {
namespace {

namespace fs = std::filesystem;

// Folder → the other folders that it may include. A name stands for the folder and all folders
// below it. "events.pb", "api.pb" and "journal.pb" stand for generated messages.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"core/base", {}},
    {"core/domain", {"core/base"}},
    {"core/reference", {"core/base"}},
    {"core/events", {"core/base", "core/domain", "core/reference", "events.pb"}},
    // Intervals of rates.
    {"core/indicators", {"core/base", "core/domain", "core/reference", "core/stats"}},
    {"core/ledger",
     {"core/base", "core/domain", "core/reference", "core/events", "core/indicators"}},
    // Distributions and quadrature, shared by detectors and forecasts.
    {"core/stats", {"core/base"}},
    {"core/detection", {"core/base", "core/stats"}},
    {"core/forecast", {"core/base", "core/stats"}},
    {"core/alerts", {"core/base", "core/domain", "core/indicators", "core/detection"}},
    {"core/engine",
     {"core/base", "core/domain", "core/reference", "core/events", "core/indicators", "core/ledger",
      "core/stats", "core/detection", "core/forecast", "core/alerts"}},
    {"adapters/cgroup", {"core/base"}},
    {"adapters/log", {"core/base"}},
    {"adapters/kafka", {"core/base"}},
    {"adapters/metrics", {"core/base"}},
    {"adapters/http", {"core/base"}},
    {"adapters/tzdata", {"core/base"}},
    {"adapters/lmdb", {"core/base"}},
    {"adapters/zip", {"core/base"}},
    // The topics, the rules, the forecast measures, the desks, and when a quiet input is idle.
    {"adapters/config",
     {"core/base", "core/domain", "core/reference", "core/indicators", "core/alerts",
      "core/engine"}},
    // A manifest holds the cut in the alert book's form. Data that is read is checked against
    // the reference.
    {"adapters/snapshot",
     {"core/base", "core/domain", "core/reference", "core/events", "core/indicators", "core/ledger",
      "core/alerts", "core/engine"}},
    {"adapters/rpc",
     {"core/base", "core/domain", "core/reference", "core/indicators", "core/forecast",
      "core/alerts", "core/engine", "api.pb"}},
    {"runtime/setup", {"core", "adapters/config", "adapters/kafka", "adapters/tzdata"}},
    {"runtime/journal", {"core", "adapters/kafka", "adapters/snapshot", "journal.pb"}},
    {"runtime/ingest", {"core", "adapters/kafka", "adapters/snapshot"}},
    {"runtime/replica",
     {"core", "adapters/kafka", "adapters/snapshot", "adapters/rpc", "runtime/journal",
      "runtime/ingest"}},
    {"runtime/evaluation",
     {"core", "adapters/kafka", "adapters/snapshot", "runtime/journal", "runtime/replica"}},
    // It reads the records of the inputs in the same way as ingest.
    {"runtime/verify",
     {"core", "adapters/config", "adapters/kafka", "runtime/setup", "runtime/journal",
      "runtime/ingest"}},
    // The status of the process is built directly as the message that is sent.
    {"runtime/service", {"core", "adapters", "runtime", "api.pb"}},
    // Analysts run detectors, alerts and forecasts on their own series, without Kafka or a server.
    {"analysis", {"core/base", "core/stats", "core/detection", "core/forecast", "core/alerts"}},
    // What the rows of a register or a desk say: from rows and state to records, without network,
    // files and clock.
    {"connect", {"core/base", "core/domain", "core/events", "events.pb"}},
    // What a postcode is, and how many births make a mass address.
    {"connect/companies_house",
     {"connect", "core/base", "core/domain", "core/reference", "core/events", "events.pb"}},
    // A mapping is YAML; the contract's own checks need a reference, if only an empty one.
    {"connect/table",
     {"connect", "core/base", "core/domain", "core/reference", "core/events", "adapters/config",
      "events.pb"}},
    // What notify tells whom, and when, decided without network, files and clock.
    {"cli/notify", {"core/base", "adapters/http"}},
    // `notify` sends over HTTP, writes a log, and keeps its state by the disk of snapshots.
    {"cli/client",
     {"cli", "core/base", "analysis", "cli/notify", "adapters/http", "adapters/log",
      "adapters/metrics", "adapters/snapshot", "api.pb"}},
    {"cli/series", {"cli", "core/base", "analysis"}},
    // `verify` folds the log as the daemon does.
    {"cli/broker",
     {"cli", "connect", "core/base", "core/domain", "core/reference", "core/events",
      "adapters/kafka", "runtime/setup", "runtime/verify", "events.pb"}},
    {"cli/reference",
     {"cli", "core/alerts", "core/base", "core/domain", "core/reference", "runtime/setup"}},
    // The connectors publish as the other commands do, and remember what they have said. Streams
    // come over HTTP, and wait after failures as notify does.
    {"cli/connect",
     {"cli", "cli/broker", "cli/notify", "connect", "core/base", "core/domain", "core/reference",
      "core/events", "adapters/http", "adapters/kafka", "adapters/lmdb", "adapters/log",
      "adapters/metrics", "adapters/tzdata", "adapters/zip", "events.pb"}},
    {"cli", {"core/base"}},
};

// The longest folder of the table that contains `path`, which is relative to daemon/; or "".
std::string folder_of(const std::string& path) {
  std::string found;
  for (const auto& [folder, allowed] : kMayInclude) {
    if (path.starts_with(folder + "/") && folder.size() > found.size()) found = folder;
  }
  return found;
}

bool allowed(const std::set<std::string>& targets, const std::string& target) {
  return std::any_of(targets.begin(), targets.end(), [&](const std::string& each) {
    return target == each || (target.starts_with(each + "/") && each != "cli");
  });
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <class Use>
void each_source(Use use) {
  int files = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(testing::in_source("daemon")))) {
    if (entry.path().extension() != ".cc" && entry.path().extension() != ".h") continue;
    fs::path const relative = fs::relative(entry.path(), fs::path(testing::in_source("daemon")));
    use(relative, folder_of(relative.string()), text_of(entry.path()));
    ++files;
  }
  EXPECT_GT(files, 100) << "the sources were not found";
}

std::string target_of(const std::string& include) {
  if (include.find(".pb.h") == std::string::npos) return folder_of(include);
  if (include.find("/events/") != std::string::npos) return "events.pb";
  if (include.find("/journal/") != std::string::npos) return "journal.pb";
  return "api.pb";
}

TEST(ArchitectureTest, FoldersIncludeOnlyWhatTheTableAllows) {
  std::regex const pattern("#include \"([^\"]+)\"");
  each_source([&](const fs::path& path, const std::string& folder, const std::string& text) {
    if (!path.has_parent_path()) return;  // the two programs
    ASSERT_FALSE(folder.empty()) << path << " is in no folder of the table";
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
      std::string const include = (*it)[1];
      std::string const target = target_of(include);
      if (target.empty() || target == folder) continue;  // a library or the same folder
      EXPECT_TRUE(allowed(kMayInclude.at(folder), target)) << path << " includes " << include;
    }
  });
}

TEST(ArchitectureTest, TheCoreUsesNoClockThreadsOrInputAndOutput) {
  std::regex const forbidden(
      "std::(thread|mutex|condition_variable|atomic|ifstream|ofstream|random_device|cout|cerr)\\b|"
      "absl::Now\\b|(system|steady|high_resolution)_clock|"
      "\\b(time|clock_gettime|gettimeofday|getenv|rand|fopen|socket)\\(|#include "
      "[<\"](grpcpp|librdkafka|prometheus|"
      "thread|mutex|fstream|iostream)");
  each_source([&](const fs::path& path, const std::string& folder, const std::string& text) {
    bool const pure =
        folder.starts_with("core/") || folder == "cli/notify" || folder.starts_with("connect");
    if (!pure) return;
    std::smatch found;
    EXPECT_FALSE(std::regex_search(text, found, forbidden)) << path << ": " << found.str();
  });
}

TEST(ArchitectureTest, HeadersSayTheirPurposeAndThreadSafety) {
  std::regex const line_break("\\s*\n//\\s*");
  each_source([&](const fs::path& path, const std::string&, const std::string& text) {
    if (path.extension() != ".h") return;
    size_t const end = text.find("#pragma once");
    ASSERT_NE(end, std::string::npos) << path;
    std::string const head = std::regex_replace(text.substr(0, end), line_break, " ");
    EXPECT_TRUE(head.starts_with("// Purpose: ")) << path;
    EXPECT_NE(head.find("Thread safety: "), std::string::npos) << path;
  });
}

TEST(ArchitectureTest, NothingNamesAMachineOrLeavesAStub) {
  std::regex const forbidden("/home/|/root/|TODO|FIXME|XXX|not implemented");
  each_source([&](const fs::path& path, const std::string&, const std::string& text) {
    std::smatch found;
    EXPECT_FALSE(std::regex_search(text, found, forbidden)) << path << ": " << found.str();
  });
}

}  // namespace
}  // namespace bellwether
