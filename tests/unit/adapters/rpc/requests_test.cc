// Requests that are refused, and the data that every answer contains.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "adapters/rpc/limits.h"
#include "adapters/rpc/requests.h"
#include "core/base/request_times.h"
#include "served.h"

namespace bellwether::rpc {
namespace {

using ::testing::HasSubstr;
namespace indicators_pb = bellwether::indicators::v1;
namespace alerts_pb = bellwether::alerts::v1;

class RequestsTest : public ::testing::Test {
 protected:
  RequestsTest() { served_.publish("2019-05"); }

  template <class Request, class Response>
  grpc::Status indicators(grpc::Status (indicators_pb::IndicatorService::Stub::*method)(
                              grpc::ClientContext*, const Request&, Response*),
                          const Request& request, Response& response) {
    grpc::ClientContext call;
    return (served_.indicators.get()->*method)(&call, request, &response);
  }
  template <class Request, class Response>
  grpc::Status alerts(grpc::Status (alerts_pb::AlertService::Stub::*method)(grpc::ClientContext*,
                                                                            const Request&,
                                                                            Response*),
                      const Request& request, Response& response) {
    grpc::ClientContext call;
    return (served_.alerts.get()->*method)(&call, request, &response);
  }
  static void expect_bad(const grpc::Status& status, const std::string& field,
                         const std::string& advice = "") {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_THAT(status.error_details(), HasSubstr(field));
    EXPECT_THAT(status.error_message(), HasSubstr(advice));
  }
  alerts_pb::CreateSilenceRequest silence() const {
    alerts_pb::CreateSilenceRequest request;
    request.mutable_silence()->set_rule("R1");
    request.mutable_silence()->set_actor("ann");
    request.mutable_silence()->set_until_ms(served_.now.value + 1000);
    return request;
  }
  Served served_;
};

TEST_F(RequestsTest, AnUnknownLevelIsRefused) {
  indicators_pb::RankNodesRequest rank;
  indicators_pb::RankNodesResponse ranked;
  rank.set_name("births");
  rank.set_area_level("province");
  expect_bad(indicators(&indicators_pb::IndicatorService::Stub::RankNodes, rank, ranked),
             "area_level", "district");
  rank.clear_area_level();
  rank.set_sector_level("province");
  expect_bad(indicators(&indicators_pb::IndicatorService::Stub::RankNodes, rank, ranked),
             "sector_level", "division");
  indicators_pb::ListAreasRequest areas;
  indicators_pb::ListAreasResponse listed;
  areas.set_level("province");
  expect_bad(indicators(&indicators_pb::IndicatorService::Stub::ListAreas, areas, listed), "level",
             "region");
  indicators_pb::ListSectorsRequest sectors;
  indicators_pb::ListSectorsResponse found;
  sectors.set_level("province");
  expect_bad(indicators(&indicators_pb::IndicatorService::Stub::ListSectors, sectors, found),
             "level", "section");
}

TEST_F(RequestsTest, ChildrenAreListedWithoutSets) {
  indicators_pb::ListAreasRequest areas;
  indicators_pb::ListAreasResponse listed;
  areas.set_parent("R");
  ASSERT_TRUE(indicators(&indicators_pb::IndicatorService::Stub::ListAreas, areas, listed).ok());
  ASSERT_EQ(listed.areas_size(), 2);
  EXPECT_EQ(listed.areas(0).code(), "N");
  EXPECT_EQ(listed.areas(1).code(), "S");
  areas.clear_parent();
  areas.set_level("set");
  ASSERT_TRUE(indicators(&indicators_pb::IndicatorService::Stub::ListAreas, areas, listed).ok());
  ASSERT_EQ(listed.areas_size(), 1);
  EXPECT_EQ(listed.areas(0).members_size(), 2);
  EXPECT_EQ(listed.areas(0).valid_until(), "2024-04-01");
  indicators_pb::ListSectorsRequest sectors;
  indicators_pb::ListSectorsResponse found;
  sectors.set_parent("C");
  ASSERT_TRUE(indicators(&indicators_pb::IndicatorService::Stub::ListSectors, sectors, found).ok());
  EXPECT_EQ(found.sectors_size(), 2);
  sectors.set_parent("Z");
  expect_bad(indicators(&indicators_pb::IndicatorService::Stub::ListSectors, sectors, found),
             "parent");
}

TEST_F(RequestsTest, ASilenceMustNameAKnownRuleAreaAndSector) {
  alerts_pb::CreateSilenceResponse response;
  alerts_pb::CreateSilenceRequest request = silence();
  request.mutable_silence()->set_rule("Z9");
  request.mutable_silence()->set_area("Z9");
  request.mutable_silence()->set_sector("Z9");
  grpc::Status const status =
      alerts(&alerts_pb::AlertService::Stub::CreateSilence, request, response);
  for (const char* field : {"silence.rule", "silence.area", "silence.sector"})
    expect_bad(status, field, "\"Z9\"");
  EXPECT_TRUE(alerts(&alerts_pb::AlertService::Stub::CreateSilence, silence(), response).ok());
}

TEST_F(RequestsTest, TextsThatChangeAScreenAreRefused) {
  alerts_pb::CreateSilenceResponse response;
  for (const char* text : {"a\nb", "\x1b[31m", "\xe2\x80\xae"}) {
    alerts_pb::CreateSilenceRequest request = silence();
    request.mutable_silence()->set_actor(text);
    expect_bad(alerts(&alerts_pb::AlertService::Stub::CreateSilence, request, response),
               "silence.actor", "control characters");
    request = silence();
    request.mutable_silence()->set_comment(text);
    expect_bad(alerts(&alerts_pb::AlertService::Stub::CreateSilence, request, response),
               "silence.comment", "control characters");
  }
}

TEST_F(RequestsTest, AnAlertOnASourceCanBeSilenced) {
  alerts_pb::CreateSilenceResponse response;
  alerts_pb::CreateSilenceRequest request = silence();
  request.mutable_silence()->set_area("support");
  EXPECT_TRUE(alerts(&alerts_pb::AlertService::Stub::CreateSilence, request, response).ok());
  EXPECT_EQ(response.silence().area(), "support");
}

TEST_F(RequestsTest, ActorsAndCommentsAreBounded) {
  alerts_pb::CreateSilenceRequest request = silence();
  alerts_pb::CreateSilenceResponse response;
  request.mutable_silence()->set_actor(std::string(kActorBytesMax, 'a'));
  request.mutable_silence()->set_comment(std::string(kCommentBytesMax, 'c'));
  EXPECT_TRUE(alerts(&alerts_pb::AlertService::Stub::CreateSilence, request, response).ok());
  request.mutable_silence()->set_actor(std::string(kActorBytesMax + 1, 'a'));
  expect_bad(alerts(&alerts_pb::AlertService::Stub::CreateSilence, request, response),
             "silence.actor");
  request.mutable_silence()->set_actor("ann");
  request.mutable_silence()->set_comment(std::string(kCommentBytesMax + 1, 'c'));
  expect_bad(alerts(&alerts_pb::AlertService::Stub::CreateSilence, request, response),
             "silence.comment");
  alerts_pb::AcknowledgeAlertRequest acknowledge;
  alerts_pb::AcknowledgeAlertResponse acknowledged;
  acknowledge.set_name("alerts/x");
  acknowledge.set_actor(std::string(kActorBytesMax + 1, 'a'));
  acknowledge.set_comment(std::string(kCommentBytesMax + 1, 'c'));
  grpc::Status const status =
      alerts(&alerts_pb::AlertService::Stub::AcknowledgeAlert, acknowledge, acknowledged);
  expect_bad(status, "actor");
  expect_bad(status, "comment");
}

TEST_F(RequestsTest, F10_ASilenceEndsWithinFiveYears) {
  int64_t const most = base::kSilenceDaysMax * base::kMillisPerDay;
  alerts_pb::CreateSilenceResponse response;
  auto const until = [&](int64_t ms) {
    alerts_pb::CreateSilenceRequest request = silence();
    request.mutable_silence()->set_until_ms(ms);
    return alerts(&alerts_pb::AlertService::Stub::CreateSilence, request, response);
  };
  EXPECT_TRUE(until(served_.now.value + 1).ok());
  EXPECT_TRUE(until(served_.now.value + most).ok());
  for (int64_t const ms : {INT64_MIN, int64_t{-1}, int64_t{0}, served_.now.value,
                           served_.now.value + most + 1, INT64_MAX}) {
    grpc::Status const status = until(ms);
    expect_bad(status, "silence.until_ms", "after 2020-09-13T12:26:40Z");
    expect_bad(status, "silence.until_ms", "(2025-09-17T12:26:40Z)");
    expect_bad(status, "silence.until_ms", "1830 days");
  }
}

TEST_F(RequestsTest, F10_PeriodsOfRequestsHaveARange) {
  indicators_pb::GetIndicatorRequest request;
  indicators_pb::GetIndicatorResponse response;
  request.set_name("births");
  for (const char* period : {"0000-01", "1699-12", "2100-01", "9999-12"}) {
    request.set_period(period);
    expect_bad(indicators(&indicators_pb::IndicatorService::Stub::GetIndicator, request, response),
               "period", "must lie from 1700-01 to 2099-12");
  }
  base::Calendar const weeks(base::CalendarUnit::kWeek);
  EXPECT_TRUE(parse_period(weeks, "1700-W01").ok());
  EXPECT_TRUE(parse_period(weeks, "2099-W53").ok());
  EXPECT_FALSE(parse_period(weeks, "1699-W53").ok());
  EXPECT_FALSE(parse_period(weeks, "2100-W01").ok());
  alerts_pb::ListAlertsRequest list;
  alerts_pb::ListAlertsResponse listed;
  list.set_filter("raised_period >= 9999-12");
  expect_bad(alerts(&alerts_pb::AlertService::Stub::ListAlerts, list, listed), "filter",
             "from 1700-01 to 2099-12");
}

TEST_F(RequestsTest, OnlyAPeriodThatWasNamedIsWrong) {
  indicators_pb::QuerySeriesResponse response;
  auto const query = [&](Served& served, const char* from, const char* to) {
    indicators_pb::QuerySeriesRequest request;
    request.add_names("births");
    request.set_from_period(from);
    request.set_to_period(to);
    response.Clear();
    grpc::ClientContext call;
    return served.indicators->QuerySeries(&call, request, &response);
  };
  Served empty;
  for (auto [from, to] : {std::pair("2022-05", ""), {"", "2009-01"}, {"", ""}}) {
    EXPECT_TRUE(query(empty, from, to).ok()) << from << " to " << to;
    ASSERT_EQ(response.series_size(), 1) << from << " to " << to;
    ASSERT_EQ(response.series(0).values_size(), 1) << from << " to " << to;
    EXPECT_EQ(response.series(0).values(0).not_available(), "no period is complete yet");
  }
  expect_bad(query(empty, "2022-05", "2022-04"), "to_period", "is before from_period; swap them");
  expect_bad(query(served_, "2019-06", ""), "from_period",
             "from_period: there is data from 2010-01 to 2019-05");
  expect_bad(query(served_, "", "2009-12"), "to_period",
             "to_period: there is data from 2010-01 to 2019-05");
  expect_bad(query(served_, "2019-05", "2019-04"), "to_period",
             "to_period: is before from_period; swap them");
}

TEST_F(RequestsTest, AFilterNamesWhatThereIsOnceTheJournalIsRead) {
  alerts_pb::ListAlertsRequest list;
  alerts_pb::ListAlertsResponse listed;
  list.set_filter("area = TYPO");
  expect_bad(alerts(&alerts_pb::AlertService::Stub::ListAlerts, list, listed), "filter",
             "no area \"TYPO\"; ListAreas names them all");
  list.set_filter("rule = R01");
  expect_bad(alerts(&alerts_pb::AlertService::Stub::ListAlerts, list, listed), "filter",
             "no rule \"R01\"; there are R0, R1");
  served_.journal_read = false;
  EXPECT_TRUE(alerts(&alerts_pb::AlertService::Stub::ListAlerts, list, listed).ok())
      << "the journal may have alerts of this rule";
}

TEST_F(RequestsTest, TooManySilencesGetTheCorrection) {
  alerts_pb::CreateSilenceResponse response;
  for (size_t i = 0; i < ::bellwether::alerts::kSilencesMax; ++i) {
    served_.tell(::bellwether::alerts::SilenceCreated{
        "R1", "", "", base::UnixMillis(served_.now.value + 1000), "ann", "", served_.now});
  }
  grpc::Status const status =
      alerts(&alerts_pb::AlertService::Stub::CreateSilence, silence(), response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("expire one"));
}

TEST_F(RequestsTest, AtMostAHundredNodesAreCompared) {
  indicators_pb::CompareNodesRequest request;
  indicators_pb::CompareNodesResponse response;
  request.set_name("births");
  for (int i = 0; i < kCompareNodesMax; ++i) request.add_nodes()->set_area("N1");
  ASSERT_TRUE(
      indicators(&indicators_pb::IndicatorService::Stub::CompareNodes, request, response).ok());
  EXPECT_EQ(response.values_size(), kCompareNodesMax);
  request.add_nodes()->set_area("N1");
  expect_bad(indicators(&indicators_pb::IndicatorService::Stub::CompareNodes, request, response),
             "nodes", "1 to 100");
}

// The texts are cut where a limit falls into the middle of a character.
TEST_F(RequestsTest, F6_ErrorsRepeatTextsAsValidUtf8) {
  auto const is_text = [](const std::string& text) {  // protobuf refuses what is not UTF-8
    common::v1::Node node;
    node.set_area(text);
    return common::v1::Node().ParseFromString(node.SerializeAsString());
  };
  indicators_pb::CompareNodesRequest compare;
  indicators_pb::CompareNodesResponse compared;
  alerts_pb::GetAlertRequest get;
  alerts_pb::GetAlertResponse got;
  alerts_pb::CreateSilenceRequest wanted = silence();
  alerts_pb::CreateSilenceResponse created;
  for (size_t n = 0; n < 140; ++n) {
    std::string const text = std::string(n, 'x') + "\u20ac\u20ac\u20ac";
    compare.set_name(text);
    compare.clear_nodes();
    compare.add_nodes()->set_area(text);
    compare.add_nodes()->set_sector(text);
    compare.set_period(text);
    get.set_name(text);
    wanted.mutable_silence()->set_rule(text);
    for (const grpc::Status& status :
         {indicators(&indicators_pb::IndicatorService::Stub::CompareNodes, compare, compared),
          alerts(&alerts_pb::AlertService::Stub::GetAlert, get, got),
          alerts(&alerts_pb::AlertService::Stub::CreateSilence, wanted, created)}) {
      EXPECT_FALSE(status.ok());
      EXPECT_TRUE(is_text(status.error_message())) << status.error_message();
    }
  }
}

TEST_F(RequestsTest, F6_ManyWrongNodesAreStillAnInvalidArgument) {
  indicators_pb::CompareNodesRequest request;
  indicators_pb::CompareNodesResponse response;
  request.set_name("births");
  for (int i = 0; i < kCompareNodesMax; ++i) {
    request.add_nodes()->set_area(std::string(200, 'x'));
    request.mutable_nodes(i)->set_sector("\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac");
  }
  expect_bad(indicators(&indicators_pb::IndicatorService::Stub::CompareNodes, request, response),
             "nodes[0].area", " more");
}

TEST_F(RequestsTest, EveryAnswerContainsItsBasis) {
  auto const rests = [](const auto& response) {
    EXPECT_EQ(response.basis().data_through(), "2019-05");
    EXPECT_FALSE(response.basis().rule_set().empty());
  };
  indicators_pb::ListIndicatorsResponse catalogue;
  ASSERT_TRUE(
      indicators(&indicators_pb::IndicatorService::Stub::ListIndicators, {}, catalogue).ok());
  rests(catalogue);
  indicators_pb::ListAreasResponse areas;
  ASSERT_TRUE(indicators(&indicators_pb::IndicatorService::Stub::ListAreas, {}, areas).ok());
  rests(areas);
  indicators_pb::ListSectorsResponse sectors;
  ASSERT_TRUE(indicators(&indicators_pb::IndicatorService::Stub::ListSectors, {}, sectors).ok());
  rests(sectors);
  alerts_pb::CreateSilenceResponse created;
  ASSERT_TRUE(alerts(&alerts_pb::AlertService::Stub::CreateSilence, silence(), created).ok());
  rests(created);
  alerts_pb::ListSilencesResponse silences;
  ASSERT_TRUE(alerts(&alerts_pb::AlertService::Stub::ListSilences, {}, silences).ok());
  rests(silences);
  ASSERT_EQ(silences.silences_size(), 1);
  alerts_pb::ExpireSilenceRequest expire;
  expire.set_name(created.silence().name());
  expire.set_actor("ann");
  alerts_pb::ExpireSilenceResponse expired;
  ASSERT_TRUE(alerts(&alerts_pb::AlertService::Stub::ExpireSilence, expire, expired).ok());
  rests(expired);
  EXPECT_TRUE(expired.silence().expired());
}

}  // namespace
}  // namespace bellwether::rpc
