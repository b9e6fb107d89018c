// Checks that everything the runbook refers to exists: metrics, status fields and log texts.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "support/paths.h"

namespace bellwether {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

fs::path const kSource = testing::in_source("");

std::set<std::string> found(const std::string& text, const char* pattern) {
  std::set<std::string> out;
  std::regex const wanted(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), wanted), end; at != end; ++at)
    out.insert((*at)[1]);
  return out;
}

TEST(RunbookTest, ItsMetricsExist) {
  std::string const metrics = read(kSource / "daemon/runtime/service/instruments.cc") +
                              read(kSource / "daemon/cli/client/notify/meters.cc") +
                              read(kSource / "daemon/adapters/metrics/process.cc");
  std::string const runbook = read(kSource / "deploy/runbook.md");
  std::set<std::string> const ours = found(runbook, "\\bbellwether_([a-z_]+)");
  EXPECT_GE(ours.size(), 15u);
  for (const std::string& name : ours) {
    // Of a histogram the runbook may name a series.
    std::string const family = std::regex_replace(name, std::regex("_(bucket|sum|count)$"), "");
    EXPECT_TRUE(metrics.find('"' + family + '"') != std::string::npos ||
                metrics.find("\"bellwether_" + family + '"') != std::string::npos)
        << "bellwether_" << name;
  }
  for (const std::string& name : found(runbook, "\\b(process_[a-z_]+)")) {
    EXPECT_NE(metrics.find('"' + name + '"'), std::string::npos) << name;
  }
}

TEST(RunbookTest, ItsStatusFieldsExist) {
  std::string const status = read(kSource / "proto/bellwether/status/v1/status.proto") +
                             read(kSource / "proto/bellwether/common/v1/common.proto");
  std::string const runbook = read(kSource / "deploy/runbook.md");
  std::set<std::string> const fields = found(
      runbook,
      "`(broker_reachable|not_ready|role|silent_inputs|config_digest|data_through|rule_set)\\b");
  std::set<std::string> const parts = found(runbook, "`[a-z]+\\[\\]\\.([a-z_]+)`");
  EXPECT_GE(fields.size() + parts.size(), 8u);
  for (const auto& names : {fields, parts}) {
    for (const std::string& name : names) {
      EXPECT_NE(status.find(' ' + name + " = "), std::string::npos) << name;
    }
  }
}

// Searches for the constant part of each log line.
TEST(RunbookTest, ItsLogLinesAreWritten) {
  std::string source;
  for (const auto& entry : fs::recursive_directory_iterator(kSource / "daemon")) {
    if (entry.path().extension() == ".cc" || entry.path().extension() == ".h")
      source += read(entry.path());
  }
  // Adjacent string literals are joined, and line breaks become spaces.
  source = std::regex_replace(source, std::regex("\"\\s*\"|\\s+"), " ");
  std::string const runbook =
      std::regex_replace(read(kSource / "deploy/runbook.md"), std::regex("\\s+"), " ");
  for (const char* words : {"waiting for the broker: ",
                            "not journaled, trying again: ",
                            "the journal did not take the record: ",
                            "the broker is out of reach: figures may be out of date",
                            "this replica leads",
                            "this replica follows",
                            "this replica cannot take part in the group: ",
                            "the log begins at offset ",
                            "figures lack the earlier records",
                            "the topic is gone. Serving the records read so far",
                            "restart to fold the new log",
                            "; a restart needs the whole log: set ",
                            "nothing read yet and no heartbeat; ticks wait for it",
                            "ticks wait until the dead letters are written",
                            "dead letters are written again",
                            "not taken: ",
                            "taken again",
                            "resuming from ",
                            " is refused: ",
                            "snapshots.folder: ",
                            "are read: records in the others are not counted",
                            "taking the snapshot of ",
                            "took it in ",
                            "the transfer broke off after ",
                            "asking again: ",
                            ", the journal's newest tick is ",
                            "no replica gave a snapshot: ",
                            "has no snapshot",
                            "gives no snapshots",
                            "made with the ",
                            "dead letters are not taken and ticks wait for them: ",
                            "are about days more than a year earlier",
                            "no figures yet: the first timestamps are in ",
                            "and figures come when every input has passed its end, ",
                            "rules and holidays read; these changes take effect at the next start",
                            "time.holidays: the last is ",
                            "; later periods are judged without holidays: add the coming years",
                            "births of the last year are at places that the reference files do not "
                            "know: ",
                            "this replica agrees with the journal again",
                            "this replica has diverged from the journal: ",
                            "the journal was truncated or recreated while it was being read",
                            "; goes on telling the ",
                            "the daemon cannot resume after the saved token ",
                            "delivers nothing more until this is written",
                            "tells nothing new until this is written",
                            "another notify uses this folder",
                            "given up after ",
                            " skipped: "}) {
    std::string const spaced = std::regex_replace(std::string(words), std::regex("\\s+"), " ");
    std::string const end = spaced.back() == ' ' ? spaced.substr(0, spaced.size() - 1) : spaced;
    EXPECT_NE(runbook.find(end), std::string::npos) << "not in the runbook: " << words;
    EXPECT_NE(source.find(end), std::string::npos) << "not in the source: " << words;
  }
}

}  // namespace
}  // namespace bellwether
