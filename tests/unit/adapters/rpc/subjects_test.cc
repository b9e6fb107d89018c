#include "adapters/rpc/subjects.h"

#include <gtest/gtest.h>

#include "served.h"

namespace bellwether::rpc {
namespace {

using Measure = ::bellwether::indicators::Measure;
namespace indicators_pb = ::bellwether::indicators::v1;

class SubjectsTest : public ::testing::Test {
 protected:
  indicators_pb::Value get(const std::string& name) {
    grpc::ClientContext call;
    indicators_pb::GetIndicatorRequest request;
    request.set_name(name);
    indicators_pb::GetIndicatorResponse response;
    EXPECT_TRUE(served_.indicators->GetIndicator(&call, request, &response).ok());
    return response.value();
  }
  Served served_;
};

// The first load of a register tells of the businesses that exist, and of no end.
TEST_F(SubjectsTest, NoDeathIsNotNoneIfTheRegisterHasNotToldOfAny) {
  for (int month = 0; month < 96; ++month) {
    base::PeriodIndex const t(Served::month("2010-01").value + month);
    served_.count(Measure::kBirths, kServedMonths.name(t), 20);
  }
  served_.publish("2017-12");
  std::string const not_told(::bellwether::indicators::kNotToldOfEnds);
  for (const char* name : {"deaths", "insolvencies", "strike_off_compulsory", "death_rate_12m",
                           "churn_12m", "net_birth_rate_12m", "survival_1y"}) {
    EXPECT_EQ(get(name).not_available(), not_told) << name;
  }
  EXPECT_EQ(get("births").value(), 20);
  EXPECT_EQ(get("interactions").value(), 0);
  EXPECT_NE(get("interactions").not_available(), not_told) << "of another source";
  served_.count(Measure::kDeaths, "2017-12", 1);
  served_.publish("2017-12");
  EXPECT_EQ(get("deaths").value(), 1);
  EXPECT_NE(get("death_rate_12m").not_available(), not_told);
}

}  // namespace
}  // namespace bellwether::rpc
