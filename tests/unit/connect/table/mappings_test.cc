// Runs every mapping of deploy/mappings on a small sample, and compares all that it says, refuses
// and leaves for review with tests/data/mappings/NAME.expected. To see what a change does, run the
// test and compare the file that it names.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "absl/strings/str_split.h"
#include "adapters/tzdata/tzdata.h"
#include "connect/table/mapping_reader.h"
#include "core/base/csv.h"
#include "support/data.h"
#include "support/tables.h"

namespace bellwether::connect::table {
namespace {

namespace fs = std::filesystem;

std::string shipped(const std::string& name) {
  std::ifstream file(testing::in_source("deploy/mappings/" + name + ".yaml"), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Sample {
  std::string name;
  std::string as_of;
  std::string list;  // a register for match
};
const Sample kSamples[] = {
    {"crm", "", "crm_register"},
    {"call_log", "", ""},
    {"sirene_unite_legale", "2024-11-01", ""},
    {"sirene_siege", "2024-11-01", ""},
    {"official_statistics", "", ""},
};

// 2026-01-01: no row of a sample is published later.
base::UnixMillis const kRun = base::start_of(base::days_from_civil(2026, 1, 1));

std::vector<std::vector<std::string>> list_of(const std::string& name) {
  std::vector<std::vector<std::string>> out;
  if (name.empty()) return out;
  std::string const text = testing::data_file("mappings/" + name + ".csv");
  base::CsvReader reader(text);
  base::CsvRow row;
  while (!reader.done() && reader.next(row)) out.push_back(row.fields);
  out.erase(out.begin());  // the header
  return out;
}

std::string outcome(const Sample& sample) {
  Mapping const mapping = testing::must(read_mapping(
      shipped(sample.name), "deploy/mappings/" + sample.name + ".yaml", tzdata::read_time_zone));
  std::string const text = testing::data_file("mappings/" + sample.name + ".csv");
  testing::TableRun const run = testing::run_table(
      mapping, {text, sample.name + ".csv", sample.as_of, kRun, list_of(sample.list)});
  std::string out;
  for (const Said& said : run.said) base::append(out, "said ", testing::said_text(said), "\n");
  for (const std::string& line : run.refused) base::append(out, "refused ", line, "\n");
  for (const std::string& line : run.reviewed) base::append(out, "review ", line, "\n");
  base::append(out, "rows ", run.counts.rows, ", left out ", run.counts.filtered, ", repeated ",
               run.counts.repeated, "\n");
  return out;
}

class MappingsTest : public ::testing::TestWithParam<Sample> {};

TEST_P(MappingsTest, TheSampleSaysWhatIsExpected) {
  std::string const found = outcome(GetParam());
  std::string const expected = testing::data_file("mappings/" + GetParam().name + ".expected");
  EXPECT_EQ(found, expected);
}

INSTANTIATE_TEST_SUITE_P(All, MappingsTest, ::testing::ValuesIn(kSamples),
                         [](const auto& each) { return each.param.name; });

TEST(ShippedMappingsTest, EveryShippedMappingHasASample) {
  std::set<std::string> names;
  for (const Sample& sample : kSamples) names.insert(sample.name + ".yaml");
  for (const auto& entry : fs::directory_iterator(testing::in_source("deploy/mappings"))) {
    std::string const name = entry.path().filename();
    EXPECT_TRUE(!name.ends_with(".yaml") || names.contains(name)) << name;
  }
}

}  // namespace
}  // namespace bellwether::connect::table
