// Holds the tree to its table: who may include whom, how large a file may be, what the core may not
// name.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace bellwether {
namespace {

namespace fs = std::filesystem;

constexpr int kLinesMax = 700;

// Folder → folders that it may include, itself apart. "events.pb", "api.pb" and "journal.pb" stand
// for generated messages.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"base", {}},
    {"reference", {"base"}},
    {"events", {"base", "reference", "events.pb"}},
    {"indicators", {"base", "reference"}},
    {"ledger", {"base", "reference", "events", "indicators"}},
    {"detection", {"base"}},
    {"forecast", {"base"}},
    {"alerts", {"base", "indicators", "detection"}},
    {"engine",
     {"base", "reference", "events", "indicators", "ledger", "detection", "forecast", "alerts"}},
    // A manifest holds the cut as the alert book does; what is read back is checked against the
    // reference.
    {"snapshot", {"base", "reference", "events", "indicators", "ledger", "alerts", "engine"}},
    {"kafka", {"base"}},
    {"metrics", {"base"}},
    // The rules, and the measures that are forecast.
    {"config", {"base", "indicators", "alerts"}},
    // An explanation says how often chance alone reaches a threshold, hence detection.
    {"rpc",
     {"base", "reference", "indicators", "detection", "forecast", "alerts", "engine", "api.pb"}},
    {"runtime",
     {"base", "reference", "events", "indicators", "ledger", "detection", "forecast", "alerts",
      "engine", "snapshot", "kafka", "metrics", "config", "rpc", "journal.pb", "api.pb"}},
    // The command line makes topics and feeds registers itself, hence kafka; analysts run detectors
    // and forecasts on their own series without a server. `verify` folds the log as the daemon
    // does, hence runtime.
    {"cli",
     {"base", "reference", "events", "detection", "forecast", "kafka", "runtime", "events.pb",
      "api.pb"}},
};
const std::set<std::string> kCore = {"base",      "reference", "events", "indicators", "ledger",
                                     "detection", "forecast",  "alerts", "engine"};

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
       fs::recursive_directory_iterator(fs::path(BELLWETHER_SOURCE_DIR) / "daemon")) {
    if (entry.path().extension() != ".cc" && entry.path().extension() != ".h") continue;
    fs::path const relative =
        fs::relative(entry.path(), fs::path(BELLWETHER_SOURCE_DIR) / "daemon");
    std::string const folder = relative.has_parent_path() ? relative.begin()->string() : "";
    use(relative, folder, text_of(entry.path()));
    ++files;
  }
  EXPECT_GT(files, 100) << "the sources were not found";
}

std::string target_of(const std::string& include) {
  if (include.find(".pb.h") == std::string::npos) return include.substr(0, include.find('/'));
  if (include.find("/events/") != std::string::npos) return "events.pb";
  if (include.find("/journal/") != std::string::npos) return "journal.pb";
  return "api.pb";
}

TEST(ArchitectureTest, FoldersIncludeOnlyWhatTheTableAllows) {
  std::regex const pattern("#include \"([^\"]+)\"");
  each_source([&](const fs::path& path, const std::string& folder, const std::string& text) {
    if (folder.empty()) return;  // the two programs
    auto const allowed = kMayInclude.find(folder);
    ASSERT_NE(allowed, kMayInclude.end()) << folder << " is not in the table";
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
      std::string const include = (*it)[1];
      std::string const target = target_of(include);
      bool const ours = kMayInclude.contains(target) || target.ends_with(".pb");
      if (!ours || target == folder) continue;
      EXPECT_TRUE(allowed->second.contains(target)) << path << " includes " << include;
    }
  });
}

TEST(ArchitectureTest, TheCoreKnowsNoClockThreadsOrInputAndOutput) {
  std::regex const forbidden(
      "std::(thread|mutex|condition_variable|atomic|ifstream|ofstream|random_device|cout|cerr)\\b|"
      "absl::Now\\b|(system|steady|high_resolution)_clock|"
      "\\b(time|clock_gettime|gettimeofday|getenv|rand|fopen|socket)\\(|#include "
      "[<\"](grpcpp|librdkafka|prometheus|"
      "thread|mutex|fstream|iostream)");
  each_source([&](const fs::path& path, const std::string& folder, const std::string& text) {
    if (!kCore.contains(folder)) return;
    std::smatch found;
    EXPECT_FALSE(std::regex_search(text, found, forbidden)) << path << ": " << found.str();
  });
}

TEST(ArchitectureTest, HeadersSayTheirPurposeAndThreadSafety) {
  each_source([](const fs::path& path, const std::string&, const std::string& text) {
    if (path.extension() != ".h") return;
    EXPECT_TRUE(text.starts_with("// Purpose: ")) << path;
    EXPECT_NE(text.find("#pragma once"), std::string::npos) << path;
  });
}

TEST(ArchitectureTest, FilesStaySmallEnoughToRead) {
  each_source([](const fs::path& path, const std::string&, const std::string& text) {
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), kLinesMax) << path;
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
