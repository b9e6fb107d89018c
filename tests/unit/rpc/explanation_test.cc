// What an alert rests on, in words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served.h"

namespace bellwether::rpc {
namespace {

namespace api = bellwether::alerts::v1;
using ::bellwether::alerts::AlertUpdate;
using ::bellwether::alerts::Evidence;
using ::testing::HasSubstr;
using ::testing::Not;

class ExplanationTest : public ::testing::Test {
 protected:
  // Raises R1 in North One's food products in 2022-05 and asks why.
  api::ExplainAlertResponse explain(const Evidence& evidence, const std::string& rule = "R1") {
    ::bellwether::alerts::TickEvaluated tick;
    tick.tick = Served::month("2022-05");
    tick.book_offset = base::JournalOffset(100);
    AlertUpdate u;
    u.key = {rule, "N1", "10"};
    u.raised = u.onset = tick.tick;
    u.severity = u.severity_max = ::bellwether::alerts::Severity::kAmber;
    u.transition = ::bellwether::alerts::TransitionKind::kRaised;
    u.evidence = evidence;
    u.evidence.period = tick.tick;
    tick.updates = {u};
    served_.tell(tick);
    grpc::ClientContext call;
    api::ExplainAlertRequest request;
    request.set_name(rule + ".N1.10.2022-05");
    api::ExplainAlertResponse response;
    EXPECT_TRUE(served_.alerts->ExplainAlert(&call, request, &response).ok());
    return response;
  }
  static std::string text_of(const api::ExplainAlertResponse& response) {
    std::string text;
    for (const std::string& paragraph : response.text()) text += paragraph + "\n";
    return text;
  }
  static Evidence fall() {
    Evidence e;
    e.observed = 50;
    e.expected = 100;
    e.ratio = 0.5;
    e.baseline_periods = 12;
    e.baseline_first = Served::month("2021-03");
    e.baseline_last = Served::month("2022-02");
    return e;
  }
  Served served_;
};

TEST_F(ExplanationTest, AYoungSeriesSaysThatItKnowsNoSeason) {
  Evidence e = fall();
  e.baseline_kind = detection::BaselineKind::kRecent;
  auto const first_year = explain(e);
  EXPECT_EQ(first_year.alert().raised_evidence().baseline_kind(), api::BASELINE_KIND_RECENT);
  EXPECT_THAT(text_of(first_year), HasSubstr("held against its latest 12 months, which know no season"));
  EXPECT_THAT(text_of(first_year), HasSubstr("a season of 20 % is allowed for"));
  EXPECT_THAT(text_of(first_year), HasSubstr("amber at most"));
}

TEST_F(ExplanationTest, ASeriesOfMoreThanAYearSaysWhatItWasComparedWith) {
  Evidence e = fall();
  e.baseline_kind = detection::BaselineKind::kRecentAgainstYearBefore;
  e.year_before = -1.25;
  auto const later = explain(e);
  EXPECT_EQ(later.alert().evidence().baseline_kind(), api::BASELINE_KIND_RECENT_AGAINST_YEAR_BEFORE);
  EXPECT_EQ(later.alert().evidence().year_before(), -1.25);
  EXPECT_THAT(text_of(later), HasSubstr("that of the same month a year before, which was -1.2 standard deviations"));
}

TEST_F(ExplanationTest, ABaselineBySeasonSaysNothingOfYouth) {
  auto const grown = explain(fall());
  EXPECT_EQ(grown.alert().evidence().baseline_kind(), api::BASELINE_KIND_SEASONAL);
  EXPECT_THAT(text_of(grown), Not(HasSubstr("How young")));
}

}  // namespace
}  // namespace bellwether::rpc
