// The reference files that a configuration names, read together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/base/text.h"
#include "runtime/setup/load.h"
#include "support/must.h"
#include "support/scratch_folder.h"

namespace bellwether::runtime {
namespace {

using ::testing::HasSubstr;

class LoadReferenceTest : public ::testing::Test {
 protected:
  LoadReferenceTest() {
    folder_.write(
        "areas.csv",
        "code,name,level,parent\nR,Region,region,\nA,Aston,district,R\nB,Bordesley,district,"
        "R\n");
    folder_.write("sectors.csv",
                  "scheme,version,code,parent,level,name\nX,1,all,,all,All\nX,1,unclassified,all,"
                  "section,None\nX,1,S,all,section,Some\n");
    folder_.write("postcodes.csv", "postcode,area\nB1,A\nB2,B\n");
    folder_.write("imd.csv", "code,decile,population\nA,1,500\nB,9,600\n");
  }
  absl::StatusOr<reference::Reference> load(const std::string& mass) {
    folder_.write("mass.csv", mass);
    config::Config config;
    config.reference = {.areas = "areas.csv",
                        .area_sets = "",
                        .sectors = "sectors.csv",
                        .postcodes = "postcodes.csv",
                        .mass_addresses = "mass.csv",
                        .deprivation = "imd.csv",
                        .deprivation_index = "IMD 2025"};
    return load_reference(config, folder_.file("b.yaml"));
  }
  testing::ScratchFolder folder_;
};

TEST_F(LoadReferenceTest, AreasWithMassAddressesAreDivided) {
  auto const r = testing::must(load("postcode\nB1 1AA\n"));
  base::AreaId const a = testing::must(r.areas.find("A"));
  EXPECT_TRUE(r.areas.at(a).is_divided);
  EXPECT_EQ(r.deprivation.decile(r.areas.own_part(a)), 1);
  EXPECT_EQ(r.deprivation_index, "IMD 2025");
  EXPECT_TRUE(r.areas.find("R.own").ok());
}

TEST_F(LoadReferenceTest, WithoutMassAddressesNothingIsDivided) {
  auto const r = testing::must(load("postcode\nZ1 1AA\n"));
  EXPECT_EQ(r.areas.size(), 3u);
  EXPECT_EQ(r.mass.digest(), 0u);
}

TEST_F(LoadReferenceTest, TheFaultsOfAllFilesAreToldTogether) {
  folder_.write("imd.csv", "code,decile,population\nA,11,500\n");
  std::string const text(base::from_absl(load("postcode\nB1\n").status().message()));
  EXPECT_THAT(text, HasSubstr("mass.csv:2: \"B1\" is not a full postcode"));
  EXPECT_THAT(text, HasSubstr("imd.csv:2: \"11\" is not a decile"));
}

}  // namespace
}  // namespace bellwether::runtime
