// Forecasts over gRPC, from events on a real broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bellwether/forecasts/v1/forecasts.grpc.pb.h"
#include "support/calendars.h"
#include "support/cluster.h"

namespace bellwether::testing {
namespace {

using ::testing::HasSubstr;
namespace forecasts_pb = forecasts::v1;

// Five years of births each month: nine in N1, but six in December, and four in S1.
class ForecastTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Topics const topics = make_topics(broker());
    Source source(broker(), topics);
    int number = 10'000'000;
    for (int month = 0; month < 60; ++month) {
      int const in_n1 = month % 12 == 11 ? 6 : 9;
      for (int i = 0; i < in_n1; ++i) {
        source.registered(std::to_string(number++), "N1", i % 3 == 0 ? "46900" : "10110",
                          day(2014, 1 + month, 2 + i));
      }
      for (int i = 0; i < 4; ++i)
        source.registered(std::to_string(number++), "S1", "10110", day(2014, 1 + month, 5));
    }
    source.heartbeat(midnight(day(2019, 1, 1)));
    daemon_ = std::make_unique<Daemon>(DaemonOptions{.broker = broker(), .topics = topics});
    ASSERT_TRUE(daemon_->serves());
    ASSERT_TRUE(daemon_->through("2018-12"));
  }
  static void TearDownTestSuite() { daemon_.reset(); }

  static grpc::Status get(const forecasts_pb::GetForecastRequest& request,
                          forecasts_pb::GetForecastResponse* response) {
    grpc::ClientContext context;
    return forecasts_pb::ForecastService::NewStub(daemon_->channel())
        ->GetForecast(&context, request, response);
  }
  static forecasts_pb::GetForecastRequest births(const std::string& area,
                                                 const std::string& sector) {
    forecasts_pb::GetForecastRequest q;
    q.set_name("births");
    q.mutable_node()->set_area(area);
    q.mutable_node()->set_sector(sector);
    return q;
  }
  static std::unique_ptr<Daemon> daemon_;
};
std::unique_ptr<Daemon> ForecastTest::daemon_;

TEST_F(ForecastTest, ForecastsMadeBetweenTicksAddUp) {
  forecasts_pb::GetForecastResponse whole;
  ASSERT_TRUE(eventually(
      [&] {
        whole.Clear();
        return get(births("R", "all"), &whole).ok() && whole.coherent();
      },
      20));
  ASSERT_EQ(whole.points_size(), 12);
  EXPECT_EQ(whole.points(0).period(), "2019-01");
  EXPECT_EQ(whole.basis().data_through(), "2018-12");
  EXPECT_GT(whole.accuracy().origins(), 0);
  forecasts_pb::GetForecastResponse north;
  forecasts_pb::GetForecastResponse south;
  ASSERT_TRUE(get(births("N", "all"), &north).ok());
  ASSERT_TRUE(get(births("S", "all"), &south).ok());
  for (int h = 0; h < 12; ++h) {
    EXPECT_NEAR(whole.points(h).mean(), north.points(h).mean() + south.points(h).mean(), 1e-6);
    EXPECT_NEAR(whole.points(h).mean(), h == 11 ? 10 : 13, 1.5);
    ASSERT_EQ(whole.points(h).intervals_size(), 2);
    EXPECT_LE(whole.points(h).intervals(1).lower(), whole.points(h).mean());
    EXPECT_GE(whole.points(h).intervals(1).upper(), whole.points(h).mean());
  }
}

TEST_F(ForecastTest, AnotherMethodAndOtherLevelsAreComputedOnRequest) {
  forecasts_pb::GetForecastRequest q = births("N", "C");
  q.set_method("seasonal-naive");
  q.set_horizon(24);
  q.add_levels(50);
  q.add_levels(99.9);  // the largest that is allowed
  forecasts_pb::GetForecastResponse r;
  ASSERT_TRUE(get(q, &r).ok());
  EXPECT_FALSE(r.coherent());
  EXPECT_EQ(r.method(), "seasonal-naive");
  ASSERT_EQ(r.points_size(), 24);
  EXPECT_EQ(r.points(0).mean(), 6);
  EXPECT_EQ(r.points(0).intervals_size(), 2);
}

TEST_F(ForecastTest, ASeriesThatCannotBeForecastHasAReason) {
  forecasts_pb::GetForecastRequest deaths = births("R", "all");
  deaths.set_name("deaths");
  forecasts_pb::GetForecastResponse r;
  ASSERT_TRUE(get(deaths, &r).ok());
  EXPECT_EQ(r.points_size(), 0);
  EXPECT_FALSE(r.not_available().empty()) << "no business has died";
}

TEST_F(ForecastTest, EveryWrongFieldIsNamed) {
  forecasts_pb::GetForecastRequest q = births("Z", "Q");
  q.set_name("birth_rate_12m");
  q.set_horizon(1000);
  q.set_method("tea leaves");
  q.add_levels(95);
  q.add_levels(80);
  forecasts_pb::GetForecastResponse r;
  grpc::Status const status = get(q, &r);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  for (const char* field : {"name", "node.area", "node.sector", "horizon", "method", "levels[1]"}) {
    EXPECT_THAT(status.error_details(), HasSubstr(field));
  }
  q = births("R", "all");
  q.set_name("interactions");
  EXPECT_EQ(get(q, &r).error_code(), grpc::StatusCode::INVALID_ARGUMENT)
      << "counts of helped people are not forecast";
  q = births("R", "all");
  for (int i = 0; i < 6; ++i) q.add_levels(50 + i);
  EXPECT_EQ(get(q, &r).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace bellwether::testing
