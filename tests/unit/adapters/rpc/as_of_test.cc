// Questions about the past: every method with figures or alerts answers from the view of the asked
// revision.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <functional>

#include "served.h"
#include "support/journals.h"

namespace bellwether::rpc {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
namespace forecasts_pb = bellwether::forecasts::v1;
namespace indicators_pb = bellwether::indicators::v1;
using ::testing::HasSubstr;

// A tick that was judged by the rules in force.
constexpr base::JournalOffset kNewest{1'000'000};

class AsOfTest : public ::testing::Test {
 protected:
  // Two states of a replica: the view of the first is kept, the second is the present one.
  AsOfTest() {
    go_on("2019-11", 40);
    served_.keep_view();
    revision_ = indicator({}).basis().revision();
  }
  void go_on(std::string_view through, int births) {
    for (int i = 0; i < 30; ++i) {
      served_.count(Served::Measure::kBirths,
                    kServedMonths.name(base::PeriodIndex(Served::month(through).value - i)),
                    births + i);
    }
    ::bellwether::alerts::TickEvaluated tick;
    tick.tick = Served::month(through);
    tick.book_offset = kNewest;
    tick.tick_at = kServedMonths.end_of(tick.tick);
    ::bellwether::alerts::AlertUpdate u;
    u.key = {"R1", "N1", births == 40 ? "10" : "47"};
    u.raised = u.onset = tick.tick;
    u.severity = u.severity_max = ::bellwether::alerts::Severity::kRed;
    u.transition = ::bellwether::alerts::TransitionKind::kRaised;
    tick.updates.push_back(u);
    served_.tell(tick);
    served_.tell(::bellwether::alerts::SilenceCreated{
        "R1", "", "", base::UnixMillis(served_.now.value + 1000), "ann", "", served_.now});
    served_.tell(::bellwether::alerts::RegimeBreakDeclared{
        {tick.tick, tick.tick}, "a law", "ann", served_.now});
    served_.publish(through);
  }
  indicators_pb::GetIndicatorResponse indicator(const common::v1::AsOf& as_of) {
    indicators_pb::GetIndicatorRequest request;
    request.set_name("births");
    *request.mutable_as_of() = as_of;
    indicators_pb::GetIndicatorResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(served_.indicators->GetIndicator(&context, request, &response).ok());
    return response;
  }
  common::v1::AsOf then() const {
    common::v1::AsOf out;
    out.set_revision(revision_);
    out.set_silences_at_ms(kThen.value);
    return out;
  }

  static constexpr base::UnixMillis kThen{1'600'000'000'000};  // Served::now at the start
  Served served_;
  int64_t revision_ = 0;
};

// Calls a method now, and again as of now when time has gone on. Both answers must be equal.
template <class Request, class Response, class Call>
std::string asked_again(Served& served, const std::function<void()>& go_on, Request request,
                        Call call) {
  auto const ask = [&](const common::v1::AsOf& as_of, Response& response) {
    *request.mutable_as_of() = as_of;
    grpc::ClientContext context;
    return call(&context, request, &response);
  };
  Response first;
  EXPECT_TRUE(ask({}, first).ok());
  served.keep_view();
  go_on();
  Response later;
  EXPECT_TRUE(ask({}, later).ok());
  EXPECT_NE(first.SerializeAsString(), later.SerializeAsString()) << "nothing changed";
  common::v1::AsOf as_of;
  as_of.set_revision(first.basis().revision());
  as_of.set_silences_at_ms(first.basis().silences_at_ms());
  Response again;
  EXPECT_TRUE(ask(as_of, again).ok());
  google::protobuf::util::MessageDifferencer differencer;
  std::string difference;
  differencer.ReportDifferencesToString(&difference);
  differencer.Compare(first, again);
  return difference;
}

TEST_F(AsOfTest, EveryMethodGivesItsEarlierAnswerAgain) {
  auto forecasts = forecasts_pb::ForecastService::NewStub(served_.channel());
  int month = 0;
  std::function<void()> const on = [&] {
    served_.now = base::UnixMillis(served_.now.value + 2000);  // the silences have ended
    go_on(kServedMonths.name(base::PeriodIndex(Served::month("2019-12").value + month++)), 70);
  };
  auto const indicators = served_.indicators.get();
  auto const alerts = served_.alerts.get();
  auto const breaks = served_.regime_breaks.get();
  indicators_pb::GetIndicatorRequest get;
  get.set_name("births");
  EXPECT_EQ((asked_again<indicators_pb::GetIndicatorRequest, indicators_pb::GetIndicatorResponse>(
                served_, on, get,
                [&](auto* c, auto& q, auto* r) { return indicators->GetIndicator(c, q, r); })),
            "");
  indicators_pb::QuerySeriesRequest query;
  query.add_names("births");
  query.set_page_size(1000);  // a page token belongs to its question, so it would differ
  EXPECT_EQ((asked_again<indicators_pb::QuerySeriesRequest, indicators_pb::QuerySeriesResponse>(
                served_, on, query,
                [&](auto* c, auto& q, auto* r) { return indicators->QuerySeries(c, q, r); })),
            "");
  indicators_pb::CompareNodesRequest compare;
  compare.set_name("births");
  compare.add_nodes()->set_area("N1");
  EXPECT_EQ((asked_again<indicators_pb::CompareNodesRequest, indicators_pb::CompareNodesResponse>(
                served_, on, compare,
                [&](auto* c, auto& q, auto* r) { return indicators->CompareNodes(c, q, r); })),
            "");
  indicators_pb::RankNodesRequest rank;
  rank.set_name("births");
  rank.set_sector_level("section");
  EXPECT_EQ((asked_again<indicators_pb::RankNodesRequest, indicators_pb::RankNodesResponse>(
                served_, on, rank,
                [&](auto* c, auto& q, auto* r) { return indicators->RankNodes(c, q, r); })),
            "");
  forecasts_pb::GetForecastRequest forecast;
  forecast.set_name("births");
  EXPECT_EQ((asked_again<forecasts_pb::GetForecastRequest, forecasts_pb::GetForecastResponse>(
                served_, on, forecast,
                [&](auto* c, auto& q, auto* r) { return forecasts->GetForecast(c, q, r); })),
            "");
  EXPECT_EQ(served_.forecast_asked, Served::Measure::kBirths);
  EXPECT_EQ(
      (asked_again<alerts_pb::ListAlertsRequest, alerts_pb::ListAlertsResponse>(
          served_, on, {}, [&](auto* c, auto& q, auto* r) { return alerts->ListAlerts(c, q, r); })),
      "");
  alerts_pb::GetAlertRequest alert;
  alert.set_name("R1.N1.10.2019-11");
  EXPECT_EQ((asked_again<alerts_pb::GetAlertRequest, alerts_pb::GetAlertResponse>(
                served_, on, alert,
                [&](auto* c, auto& q, auto* r) { return alerts->GetAlert(c, q, r); })),
            "");
  alerts_pb::ExplainAlertRequest explain;
  explain.set_name("R1.N1.10.2019-11");
  EXPECT_EQ((asked_again<alerts_pb::ExplainAlertRequest, alerts_pb::ExplainAlertResponse>(
                served_, on, explain,
                [&](auto* c, auto& q, auto* r) { return alerts->ExplainAlert(c, q, r); })),
            "");
  alerts_pb::ListSilencesRequest silences;
  EXPECT_EQ((asked_again<alerts_pb::ListSilencesRequest, alerts_pb::ListSilencesResponse>(
                served_, on, silences,
                [&](auto* c, auto& q, auto* r) { return alerts->ListSilences(c, q, r); })),
            "");
  EXPECT_EQ((asked_again<alerts_pb::ListRegimeBreaksRequest, alerts_pb::ListRegimeBreaksResponse>(
                served_, on, {},
                [&](auto* c, auto& q, auto* r) { return breaks->ListRegimeBreaks(c, q, r); })),
            "");
}

TEST_F(AsOfTest, AnExportIsOfTheAskedRevision) {
  auto const exported = [&](const common::v1::AsOf& as_of) {
    indicators_pb::ExportRequest request;
    request.add_names("births");
    request.set_filter("area = N1 AND sector = \"10\"");
    *request.mutable_as_of() = as_of;
    grpc::ClientContext context;
    auto reader = served_.indicators->Export(&context, request);
    std::string all;
    for (indicators_pb::ExportResponse message; reader->Read(&message);)
      all += message.SerializeAsString();
    EXPECT_TRUE(reader->Finish().ok());
    return all;
  };
  std::string const first = exported({});
  go_on("2019-12", 70);
  EXPECT_NE(exported({}), first);
  EXPECT_EQ(exported(then()), first);
}

TEST_F(AsOfTest, APeriodStandsForTheRevisionAtWhichItWasJudged) {
  auto const first = indicator({});
  go_on("2019-12", 70);
  common::v1::AsOf as_of;
  as_of.set_period("2019-11");
  as_of.set_silences_at_ms(kThen.value);
  EXPECT_EQ(indicator(as_of).SerializeAsString(), first.SerializeAsString());
}

TEST_F(AsOfTest, AQuestionThatCannotBeAskedSaysWhy) {
  auto const refused = [&](const std::function<void(common::v1::AsOf&)>& change) {
    alerts_pb::ListAlertsRequest request;
    change(*request.mutable_as_of());
    alerts_pb::ListAlertsResponse response;
    grpc::ClientContext context;
    return served_.alerts->ListAlerts(&context, request, &response);
  };
  grpc::Status status = refused([](auto& a) { a.set_revision(-1); });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("as_of.revision"));
  status = refused([](auto& a) { a.set_silences_at_ms(-1); });
  EXPECT_THAT(status.error_message(), HasSubstr("as_of.silences_at_ms"));
  status = refused([](auto& a) { a.set_period("May"); });
  EXPECT_THAT(status.error_message(), HasSubstr("as_of.period"));
  status = refused([](auto& a) {
    a.set_period("2019-11");
    a.set_revision(3);
  });
  EXPECT_THAT(status.error_message(), HasSubstr("not both"));
  status = refused([](auto& a) { a.set_revision(999); });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
}

TEST_F(AsOfTest, APageOfOneRevisionIsNoPageOfAnother) {
  alerts_pb::ListAlertsRequest request;
  request.set_page_size(1);
  go_on("2019-12", 70);
  alerts_pb::ListAlertsResponse response;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(served_.alerts->ListAlerts(&context, request, &response).ok());
  }
  ASSERT_FALSE(response.next_page_token().empty());
  request.set_page_token(response.next_page_token());
  *request.mutable_as_of() = then();
  grpc::ClientContext context;
  EXPECT_EQ(served_.alerts->ListAlerts(&context, request, &response).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(AsOfTest, FiguresOfAnotherTickThanTheVerdictsAreMarked) {
  EXPECT_FALSE(indicator({}).basis().catching_up());
  ::bellwether::alerts::TickEvaluated tick;
  tick.tick = Served::month("2019-12");
  tick.book_offset = kNewest;
  served_.tell(tick);
  EXPECT_TRUE(indicator({}).basis().catching_up());
}

}  // namespace
}  // namespace bellwether::rpc
