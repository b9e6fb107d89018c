// What the service tells of happenings and of nodes that hold the same facts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "adapters/rpc/limits.h"
#include "served.h"

namespace bellwether::rpc {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
using ::bellwether::alerts::AlertUpdate;
using ::bellwether::alerts::TransitionKind;
using Measure = ::bellwether::indicators::Measure;

class HappeningTest : public ::testing::Test {
 protected:
  // Raises R1 at a node in a month, or clears it.
  AlertUpdate update(const char* area, const char* sector, std::string_view month, bool open) {
    AlertUpdate u;
    u.key = {"R1", area, sector};
    u.raised = u.onset = u.evidence.period = Served::month(month);
    u.severity = u.severity_max = ::bellwether::alerts::Severity::kAmber;
    u.transition = open ? TransitionKind::kRaised : TransitionKind::kCleared;
    u.open = open;
    return u;
  }
  void tick(base::PeriodIndex period, std::vector<AlertUpdate> updates) {
    ::bellwether::alerts::TickEvaluated tick;
    tick.tick = period;
    tick.tick_at = kServedMonths.end_of(period);
    tick.book_offset = base::JournalOffset(100'000);
    tick.updates = std::move(updates);
    served_.tell(tick);
  }
  alerts_pb::GetAlertResponse get(const std::string& name) {
    grpc::ClientContext call;
    alerts_pb::GetAlertRequest request;
    request.set_name(name);
    alerts_pb::GetAlertResponse response;
    EXPECT_TRUE(served_.alerts->GetAlert(&call, request, &response).ok()) << name;
    return response;
  }
  alerts_pb::ListAlertsResponse list(const std::string& filter) {
    grpc::ClientContext call;
    alerts_pb::ListAlertsRequest request;
    request.set_filter(filter);
    alerts_pb::ListAlertsResponse response;
    EXPECT_TRUE(served_.alerts->ListAlerts(&call, request, &response).ok()) << filter;
    return response;
  }
  Served served_;
};

TEST_F(HappeningTest, S4_AnAlertNamesItsHappeningItsHeadlineAndItsParts) {
  tick(Served::month("2022-05"), {update("N1", "10", "2022-05", true)});
  tick(Served::month("2022-06"), {update("N1", "all", "2022-06", true)});
  served_.publish("2022-06");
  auto const food = get("R1.N1.10.2022-05");
  EXPECT_EQ(food.alert().happening(), "happenings/R1.N1.10.2022-05");
  EXPECT_FALSE(food.alert().headline());
  EXPECT_EQ(food.alert().other_parts(), 1);
  EXPECT_TRUE(food.alert().begins_happening());
  EXPECT_EQ(food.alert().happening_severity(), alerts_pb::SEVERITY_AMBER);
  EXPECT_EQ(food.alert().happening_onset_period(), "2022-05");
  ASSERT_EQ(food.happening().parts_size(), 2);
  EXPECT_EQ(food.happening().total_size(), 2);
  const alerts_pb::HappeningPart& headline = food.happening().parts(0);
  EXPECT_EQ(headline.alert(), "alerts/R1.N1.all.2022-06");
  EXPECT_EQ(headline.role(), alerts_pb::PART_ROLE_HEADLINE);
  EXPECT_EQ(headline.node().display_name(), "All sectors, North One");
  EXPECT_EQ(headline.node().node().area(), "N1");
  EXPECT_EQ(food.happening().parts(1).role(), alerts_pb::PART_ROLE_LEADS);
  EXPECT_EQ(food.happening().parts(1).onset_period(), "2022-05");
  auto const headlines = list("headline = true");
  ASSERT_EQ(headlines.alerts_size(), 1);
  EXPECT_EQ(headlines.alerts(0).name(), "alerts/R1.N1.all.2022-06");
  EXPECT_EQ(list("happening = \"happenings/R1.N1.10.2022-05\"").alerts_size(), 2);
  auto const beginnings = list("begins_happening = true");
  ASSERT_EQ(beginnings.alerts_size(), 1);
  EXPECT_EQ(beginnings.alerts(0).name(), "alerts/R1.N1.10.2022-05");
}

TEST_F(HappeningTest, S4_AnAlertIsFoundAndSilencedUnderEachNameOfItsNode) {
  served_.count(Measure::kBirths, "2022-05", 9);  // all that there is
  tick(Served::month("2022-05"), {update("N1", "10", "2022-05", true)});
  served_.publish("2022-05");
  auto const before = get("R1.N1.10.2022-05");
  EXPECT_GT(before.alert().equal_nodes_size(), 3);
  EXPECT_EQ(before.alert().silenced_by(), "");
  EXPECT_EQ(list("area = HUB AND sector = all").alerts_size(), 1);
  EXPECT_EQ(list("area = S1").alerts_size(), 0);
  served_.tell(::bellwether::alerts::SilenceCreated{
      "R1", "HUB", "", base::UnixMillis(served_.now.value + 1000), "ann", "", served_.now});
  served_.publish("2022-05");
  EXPECT_NE(get("R1.N1.10.2022-05").alert().silenced_by(), "");
}

TEST_F(HappeningTest, AtMostKHappeningPartsMaxPartsAreTold) {
  // The alerts of a place and of its food products take turns: each is raised as the last one ends.
  int32_t t = Served::month("1980-01").value;
  std::string last = "1980-01";
  tick(base::PeriodIndex(t), {update("N1", "all", last, true)});
  for (size_t i = 1; i <= kHappeningPartsMax; ++i) {
    std::string const before = std::exchange(last, kServedMonths.name(base::PeriodIndex(++t)));
    const char* const sectors[] = {"all", "10"};
    tick(base::PeriodIndex(t), {update("N1", sectors[i % 2], last, true),
                                update("N1", sectors[(i + 1) % 2], before, false)});
  }
  served_.publish("2022-05");
  auto const got = get("R1.N1.all." + last);
  EXPECT_EQ(got.happening().total_size(), static_cast<int32_t>(kHappeningPartsMax) + 1);
  EXPECT_EQ(got.happening().parts_size(), static_cast<int32_t>(kHappeningPartsMax));
  EXPECT_EQ(got.happening().parts(0).alert(), "alerts/R1.N1.all." + last);
  EXPECT_EQ(got.alert().other_parts(), static_cast<int32_t>(kHappeningPartsMax));
}

}  // namespace
}  // namespace bellwether::rpc
