// Periods excluded from all baselines: declared, listed, explained, withdrawn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "core/alerts/state_machine.h"
#include "served.h"

namespace bellwether::rpc {
namespace {

using ::testing::HasSubstr;
namespace alerts_pb = bellwether::alerts::v1;

class RegimeBreakTest : public ::testing::Test {
 protected:
  RegimeBreakTest() { served_.publish("2022-05"); }

  static alerts_pb::DeclareRegimeBreakRequest pandemic() {
    alerts_pb::DeclareRegimeBreakRequest request;
    alerts_pb::RegimeBreak& b = *request.mutable_regime_break();
    b.set_first_period("2020-03");
    b.set_last_period("2020-08");
    b.set_reason("pandemic");
    b.set_actor("ann");
    return request;
  }
  grpc::Status declare(const alerts_pb::DeclareRegimeBreakRequest& request) {
    grpc::ClientContext call;
    declared_.Clear();
    return served_.regime_breaks->DeclareRegimeBreak(&call, request, &declared_);
  }
  grpc::Status withdraw(const std::string& name, const std::string& actor = "ann") {
    grpc::ClientContext call;
    alerts_pb::WithdrawRegimeBreakRequest request;
    request.set_name(name);
    request.set_actor(actor);
    alerts_pb::WithdrawRegimeBreakResponse response;
    return served_.regime_breaks->WithdrawRegimeBreak(&call, request, &response);
  }
  alerts_pb::ListRegimeBreaksResponse list() {
    grpc::ClientContext call;
    alerts_pb::ListRegimeBreaksResponse response;
    EXPECT_TRUE(served_.regime_breaks->ListRegimeBreaks(&call, {}, &response).ok());
    return response;
  }
  void expect_bad(alerts_pb::DeclareRegimeBreakRequest request, const std::string& field) {
    grpc::Status const status = declare(request);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(status.error_details(), HasSubstr(field));
    EXPECT_EQ(list().regime_breaks_size(), 0);
  }

  Served served_;
  alerts_pb::DeclareRegimeBreakResponse declared_;
};

TEST_F(RegimeBreakTest, IsDeclaredListedAndWithdrawn) {
  ASSERT_TRUE(declare(pandemic()).ok());
  std::string const name = declared_.regime_break().name();
  EXPECT_THAT(name, HasSubstr("regimeBreaks/"));
  ASSERT_EQ(list().regime_breaks_size(), 1);
  alerts_pb::RegimeBreak const listed = list().regime_breaks(0);
  EXPECT_EQ(listed.name(), name);
  EXPECT_EQ(listed.first_period(), "2020-03");
  EXPECT_EQ(listed.last_period(), "2020-08");
  EXPECT_EQ(listed.reason(), "pandemic");
  EXPECT_EQ(listed.actor(), "ann");
  EXPECT_EQ(listed.declared_at_ms(), served_.now.value);
  EXPECT_EQ(withdraw(name, "").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(withdraw(name).ok());
  EXPECT_EQ(list().regime_breaks_size(), 0);
  EXPECT_EQ(withdraw(name).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(withdraw("flood").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(RegimeBreakTest, F11_ARangeThatEndsBeforeItBeginsIsRefused) {
  alerts_pb::DeclareRegimeBreakRequest reversed = pandemic();
  reversed.mutable_regime_break()->set_first_period("2020-08");
  reversed.mutable_regime_break()->set_last_period("2020-03");
  grpc::Status const declared = declare(reversed);
  EXPECT_EQ(declared.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(declared.error_message() + declared.error_details(),
              HasSubstr("is before first_period; swap them"));
  EXPECT_EQ(list().regime_breaks_size(), 0);

  indicators::v1::QuerySeriesRequest request;
  request.add_names("births");
  request.set_from_period("2022-05");
  request.set_to_period("2022-04");
  grpc::ClientContext call;
  indicators::v1::QuerySeriesResponse response;
  grpc::Status const queried = served_.indicators->QuerySeries(&call, request, &response);
  EXPECT_EQ(queried.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(queried.error_message() + queried.error_details(),
              HasSubstr("is before from_period; swap them"));
}

TEST_F(RegimeBreakTest, BadDeclarationsAreRefusedByField) {
  auto const changed = [](auto change) {
    alerts_pb::DeclareRegimeBreakRequest request = pandemic();
    change(*request.mutable_regime_break());
    return request;
  };
  expect_bad(changed([](auto& b) { b.set_first_period("2020-13"); }), "regime_break.first_period");
  expect_bad(changed([](auto& b) { b.set_last_period(""); }), "regime_break.last_period");
  expect_bad(changed([](auto& b) { b.set_last_period("2020-02"); }), "regime_break.last_period");
  expect_bad(changed([](auto& b) { b.set_last_period("2025-03"); }), "regime_break.last_period");
  expect_bad(changed([](auto& b) { b.set_reason(""); }), "regime_break.reason");
  expect_bad(changed([](auto& b) { b.set_reason(std::string(kCommentBytesMax + 1, 'r')); }),
             "regime_break.reason");
  expect_bad(changed([](auto& b) { b.set_actor(""); }), "regime_break.actor");
  EXPECT_TRUE(declare(changed([](auto& b) { b.set_last_period("2025-02"); })).ok())
      << "five years are the maximum";
}

// The present is 2020-09.
TEST_F(RegimeBreakTest, F10_ARegimeBreakEndsWithinFiveYears) {
  alerts_pb::DeclareRegimeBreakRequest request = pandemic();
  for (auto const [first, last, advice] :
       {std::array{"0001-01", "0001-02", "from 1700-01 to 2099-12"},
        std::array{"9999-11", "9999-12", "from 1700-01 to 2099-12"},
        std::array{"2025-09", "2025-10", "must not lie after 2025-09, 5 years from now"}}) {
    request.mutable_regime_break()->set_first_period(first);
    request.mutable_regime_break()->set_last_period(last);
    grpc::Status const status = declare(request);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(status.error_message(), HasSubstr(advice));
  }
  request.mutable_regime_break()->set_last_period("2025-09");
  EXPECT_TRUE(declare(request).ok());
}

TEST_F(RegimeBreakTest, TooManyRegimeBreaksGetTheCorrection) {
  for (size_t i = 0; i < ::bellwether::alerts::kRegimeBreaksMax; ++i)
    ASSERT_TRUE(declare(pandemic()).ok());
  grpc::Status const status = declare(pandemic());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("withdraw one"));
}

// The explanation of an alert gives the periods that its baseline leaves out, and the reason.
TEST_F(RegimeBreakTest, AnExplanationNamesThePeriodsLeftOut) {
  ASSERT_TRUE(declare(pandemic()).ok());
  using ::bellwether::alerts::AlertUpdate;
  ::bellwether::alerts::TickEvaluated tick;
  tick.tick = Served::month("2022-05");
  tick.book_offset = base::JournalOffset(100);
  AlertUpdate u;
  u.key = {"R1", "N1", "10"};
  u.raised = tick.tick;
  u.severity = u.severity_max = ::bellwether::alerts::Severity::kRed;
  u.onset = Served::month("2022-03");
  u.transition = ::bellwether::alerts::TransitionKind::kRaised;
  u.evidence.period = tick.tick;
  u.evidence.observed = 50;
  u.evidence.expected = 100;
  u.evidence.baseline_first = Served::month("2017-05");
  u.evidence.baseline_last = Served::month("2021-11");
  u.frozen_ticks = 3;
  tick.updates = {u};
  served_.tell(tick);
  auto const explained = [&] {
    grpc::ClientContext call;
    alerts_pb::ExplainAlertRequest request;
    request.set_name("R1.N1.10.2022-05");
    alerts_pb::ExplainAlertResponse response;
    EXPECT_TRUE(served_.alerts->ExplainAlert(&call, request, &response).ok());
    std::string text;
    for (const std::string& paragraph : response.text()) text += paragraph + "\n";
    return text;
  };
  EXPECT_THAT(explained(), HasSubstr("leaves out 2020-03 to 2020-08 (pandemic)"));
  EXPECT_THAT(explained(), HasSubstr("no baseline uses the periods from 2022-03 on"));
  // A change that lasts longer than two years is no longer compared with the time before it.
  tick.tick = base::PeriodIndex(tick.tick.value + 1);
  tick.updates.front().transition = ::bellwether::alerts::TransitionKind::kNone;
  tick.updates.front().frozen_ticks = ::bellwether::alerts::frozen_ticks_max(kServedMonths) + 1;
  served_.tell(tick);
  EXPECT_THAT(explained(), HasSubstr("the new normal"));
  EXPECT_THAT(explained(), ::testing::Not(HasSubstr("no baseline uses")));
}

}  // namespace
}  // namespace bellwether::rpc
