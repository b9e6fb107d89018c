// Loading tables: what a run leaves for the next one.
#include "cli/connect/table_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "support/mappings.h"
#include "support/must.h"
#include "support/scratch_folder.h"

namespace bellwether::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::must;

constexpr char kDesk[] =
    "source: desk\n"
    "topic: support\n"
    "published: {column: updated, time: \"%Y-%m-%d %H:%M\"}\n"
    "incremental: {column: updated, time: \"%Y-%m-%d %H:%M\", overlap: 1h}\n"
    "match:\n"
    "  {jurisdiction: GB, register: companies-house, number: number, name: name, postcode: "
    "postcode,\n"
    "   list: {number: n, name: m, postcode: p, status: s, ceased: [Dissolved]}}\n"
    "lists: {topics: {values: {cash: cash_flow}, otherwise: other}}\n"
    "fields:\n"
    "  effective_date: {column: updated, date: \"%Y-%m-%d %H:%M\"}\n"
    "  case_id: {column: case}\n"
    "events:\n"
    "  - kind: interaction\n"
    "    id: \"{case}\"\n"
    "    fields: {interaction: {topics: {column: topic, list: topics}}}\n";

// Remembers the keys of what a run said, and its heartbeats.
class KeyRecorder : public Outlet {
 public:
  explicit KeyRecorder(std::vector<std::string>& lines) : lines_(lines) {}
  absl::Status say(const connect::Said& said) override {
    lines_.push_back(said.key);
    return absl::OkStatus();
  }
  absl::Status heartbeat(domain::Topic, std::string_view source, base::UnixMillis) override {
    lines_.push_back(base::cat(source, " is complete"));
    return absl::OkStatus();
  }
  absl::Status settle() override { return absl::OkStatus(); }

 private:
  std::vector<std::string>& lines_;
};

class TableLoadTest : public ::testing::Test {
 protected:
  absl::Status load(std::string_view rows) {
    lines_.clear();
    ConnectRun run(must(lmdb::Store::open(folder_.file("state"), "table test")),
                   std::make_unique<KeyRecorder>(lines_), false);
    TableOptions options;
    options.files = {
        folder_.write("t.csv", base::cat("case,updated,number,name,postcode,topic\n", rows))};
    options.register_list = folder_.write("register.csv", "n,m,p,s\n01234567,OLD MILL,B1 1AA,\n");
    options.review = folder_.file("review.csv");
    options.now = base::UnixMillis(4'000'000'000'000);
    return load_tables(run, mapping_, options).status();
  }
  std::string review() const {
    std::ifstream file(folder_.file("review.csv"));
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  testing::ScratchFolder folder_;
  connect::table::Mapping const mapping_ = testing::mapping_of(kDesk);
  std::vector<std::string> lines_;
};

// A cron job replaces nothing that nobody has read.
TEST_F(TableLoadTest, ALaterRunAddsToTheReviewFile) {
  EXPECT_TRUE(load("1,2026-06-01 09:00,,NOBODY LTD,B9 9ZZ,cash\n").ok());
  std::string const first = review();
  EXPECT_THAT(first, HasSubstr("file,line,case,way,confidence,number\n"));
  EXPECT_THAT(first, HasSubstr(",case:1,"));
  EXPECT_TRUE(load("1,2026-06-01 09:00,,NOBODY LTD,B9 9ZZ,cash\n"
                   "2,2026-06-03 09:00,,SOMEBODY LTD,B9 9ZZ,cash\n")
                  .ok());
  EXPECT_THAT(review(), ::testing::StartsWith(first));
  EXPECT_THAT(review(), HasSubstr(",case:2,"));
  std::string const second = review();
  EXPECT_TRUE(load("1,2026-06-01 09:00,,NOBODY LTD,B9 9ZZ,cash\n"
                   "2,2026-06-03 09:00,,SOMEBODY LTD,B9 9ZZ,cash\n")
                  .ok());
  EXPECT_EQ(review(), second) << "nothing twice";
}

TEST_F(TableLoadTest, AFileThatIsNoReviewFileIsKept) {
  folder_.write("review.csv", "my notes\n");
  absl::Status const status = load("1,2026-06-01 09:00,,NOBODY LTD,B9 9ZZ,cash\n");
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_EQ(review(), "my notes\n");
}

// The newest row comes first, and a quote hides the others: they are read when it is closed.
TEST_F(TableLoadTest, RowsThatAQuoteHidesAreNotOld) {
  absl::Status const status = load(
      "3,2026-06-09 09:00,,,,cash\n2,2026-06-05 09:00,,\"GREEN,,cash\n"
      "1,2026-06-01 09:00,,,,cash\n");
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("t.csv:3: a quote is opened and never closed"));
  EXPECT_THAT(lines_, ElementsAre("case:3")) << "and no heartbeat";
  EXPECT_TRUE(load("3,2026-06-09 09:00,,,,cash\n2,2026-06-05 09:00,,\"GREEN\",,cash\n"
                   "1,2026-06-01 09:00,,,,cash\n")
                  .ok());
  EXPECT_THAT(lines_, ElementsAre("case:2", "case:1", "desk is complete"));
}

}  // namespace
}  // namespace bellwether::cli
