#include "runtime/service/reloadable.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

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
