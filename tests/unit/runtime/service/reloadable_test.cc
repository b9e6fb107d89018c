#include "runtime/service/reloadable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "runtime/service/wording.h"
#include "runtime/setup/load.h"
#include "support/must.h"
#include "support/world.h"

namespace bellwether::runtime {
namespace {

class ReloadableTest : public ::testing::Test {
 protected:
  ~ReloadableTest() override { std::filesystem::remove(path_); }
  void write(const std::string& rules) const {
    std::ofstream(path_) << "kafka:\n  bootstrap_servers: \"127.0.0.1:9092\"\n"
                            "reference:\n  areas: a.csv\n  sectors: s.csv\n"
                         << rules;
  }
  std::filesystem::path const path_ =
      std::filesystem::temp_directory_path() / ("reloadable." + std::to_string(getpid()) + ".yaml");
};

TEST_F(ReloadableTest, TheDigestBelongsToTheFileOfTheRules) {
  write("");
  config::Config const at_start = testing::must(load_config(path_));
  Reloadable reloadable(at_start, path_, testing::world());
  EXPECT_EQ(reloadable.current().config_digest, at_start.digest);
  EXPECT_EQ(reloadable.current().rules, at_start.rules);

  write("rules:\n  R1:\n    clear_ticks: 6\n");
  ASSERT_TRUE(reloadable.reload().ok());
  config::Config const again = testing::must(load_config(path_));
  EXPECT_NE(again.digest, at_start.digest);
  EXPECT_EQ(reloadable.current().config_digest, again.digest);
  EXPECT_EQ(reloadable.current().rules, again.rules);
  EXPECT_EQ(reloadable.current().reloads, 1);
}

TEST_F(ReloadableTest, SettingsThatOnlyAStartReadsAreNamed) {
  write("time:\n  calendar: month\n  idle_after: 60s\n");
  config::Config const at_start = testing::must(load_config(path_));
  Reloadable reloadable(at_start, path_, testing::world());
  write(
      "rules:\n  R1:\n    clear_ticks: 6\ntime:\n  calendar: month\n  closures: [2026-12-24]\n"
      "  idle_after: 90s  # longer\nserve:\n  watchers_max: 5\n");
  ASSERT_TRUE(reloadable.reload().ok());
  EXPECT_THAT(reloadable.current().changed,
              ::testing::ElementsAre("serve.watchers_max", "time.idle_after"));
  EXPECT_EQ(wording::rules_read(reloadable.current().changed),
            "rules and holidays read; these changes take effect at the next start: "
            "serve.watchers_max, time.idle_after");
  write("time:\n  idle_after: 60s\n  calendar: \"month\"\n");
  ASSERT_TRUE(reloadable.reload().ok());
  EXPECT_THAT(reloadable.current().changed, ::testing::IsEmpty()) << "as at the start";
  EXPECT_EQ(wording::rules_read({}), "rules and holidays read");
}

// As --check-config does: by the rules of librdkafka itself.
TEST_F(ReloadableTest, AKafkaPropertyThatLibrdkafkaDoesNotKnowIsRefused) {
  auto const error = [&](const std::string& property) {
    std::ofstream(path_) << "reference:\n  areas: a.csv\n  sectors: s.csv\nkafka:\n"
                            "  bootstrap_servers: \"127.0.0.1:9092\"\n  properties:\n    "
                         << property << "\n";
    return std::string(load_config(path_).status().message());
  };
  EXPECT_EQ(error("security.protocol: ssl"), "");
  EXPECT_THAT(error("security.protocl: ssl"),
              ::testing::HasSubstr(":7: kafka.properties.security.protocl: librdkafka refuses it: "
                                   "No such configuration property"));
  EXPECT_THAT(error("security.protocol: tls"), ::testing::HasSubstr("Invalid value"));
  std::filesystem::path const secret = path_.string() + ".secret";
  std::ofstream(secret) << "hunter2\n";
  std::ofstream(path_) << "reference:\n  areas: a.csv\n  sectors: s.csv\nkafka:\n"
                          "  bootstrap_servers: \"127.0.0.1:9092\"\n  secret_files:\n"
                          "    socket.timeout.ms: "
                       << secret.string() << "\n";
  std::string const told(load_config(path_).status().message());
  std::filesystem::remove(secret);
  EXPECT_THAT(told, ::testing::HasSubstr("refuses the value in " + secret.string()));
  EXPECT_THAT(told, ::testing::Not(::testing::HasSubstr("hunter2"))) << "a secret is not told";
}

TEST_F(ReloadableTest, AFileWithAnErrorChangesNothing) {
  write("");
  config::Config const at_start = testing::must(load_config(path_));
  Reloadable reloadable(at_start, path_, testing::world());
  write("rules:\n  R1:\n    clear_ticks: 0\n");
  EXPECT_TRUE(absl::IsInvalidArgument(reloadable.reload()));
  EXPECT_EQ(reloadable.current().config_digest, at_start.digest);
  EXPECT_EQ(reloadable.current().rules, at_start.rules);
  EXPECT_EQ(reloadable.current().reloads, 0);
}

// A misspelt level would disable the rule silently.
TEST_F(ReloadableTest, ALevelThatTheReferenceFilesDoNotHaveIsRefused) {
  write("");
  config::Config const at_start = testing::must(load_config(path_));
  Reloadable reloadable(at_start, path_, testing::world());
  write("rules:\n  R1:\n    area_levels: [planet]\n    sector_levels: [section, galaxy]\n");
  absl::Status const status = reloadable.reload();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  std::string const text(status.message());
  EXPECT_NE(text.find("rules.R1.area_levels: the reference files have no level \"planet\""),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("rules.R1.sector_levels: the reference files have no level \"galaxy\""),
            std::string::npos)
      << text;
  EXPECT_EQ(reloadable.current().reloads, 0);
}

}  // namespace
}  // namespace bellwether::runtime
