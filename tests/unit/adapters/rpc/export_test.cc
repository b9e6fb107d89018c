// Export: the series of many nodes, all of one revision.
#include "adapters/rpc/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "adapters/rpc/node_filter.h"
#include "adapters/rpc/subjects.h"
#include "core/base/text.h"
#include "served.h"

namespace bellwether::rpc {
namespace {

namespace indicators_pb = bellwether::indicators::v1;
using ::testing::HasSubstr;
using Measure = ::bellwether::indicators::Measure;

constexpr absl::Duration kShort = absl::Milliseconds(500);

class ExportTest : public ::testing::Test {
 protected:
  ExportTest() {
    for (int month = 0; month < 48; ++month) {
      base::PeriodIndex const t(Served::month("2015-01").value + month);
      served_.count(Measure::kBirths, kServedMonths.name(t), 30 + month % 7);
      served_.count(Measure::kDeaths, kServedMonths.name(t), 11, "S1", "47");
      served_.count(Measure::kInteractions, kServedMonths.name(t), 3 + month % 20);
    }
    served_.publish("2018-12");
  }
  struct Read {
    std::vector<indicators_pb::ExportedSeries> series;
    indicators_pb::ExportResponse first;
    indicators_pb::ExportResponse last;
    int messages = 0;
    size_t message_bytes_max = 0;
    grpc::Status status;
  };
  static void take(const indicators_pb::ExportResponse& message, Read& out) {
    if (out.messages++ == 0) out.first = message;
    out.message_bytes_max = std::max(out.message_bytes_max, message.ByteSizeLong());
    for (const auto& s : message.series()) out.series.push_back(s);
    out.last = message;
  }
  Read read(const indicators_pb::ExportRequest& request) {
    grpc::ClientContext call;
    auto const stream = served_.indicators->Export(&call, request);
    Read out;
    for (indicators_pb::ExportResponse message; stream->Read(&message);) take(message, out);
    out.status = stream->Finish();
    return out;
  }
  indicators_pb::Value get(const indicators_pb::ExportedSeries& series, const std::string& period) {
    grpc::ClientContext call;
    indicators_pb::GetIndicatorRequest request;
    request.set_name(series.name());
    *request.mutable_node() = series.node();
    request.set_period(period);
    indicators_pb::GetIndicatorResponse response;
    EXPECT_TRUE(served_.indicators->GetIndicator(&call, request, &response).ok());
    return response.value();
  }

  Served served_{{.address = "127.0.0.1:0", .export_stall_max = kShort}};
};

// The births of survivors are facts; that there were no others in their month is not known.
TEST_F(ExportTest, BeforeTheCountsBeginAFactIsShownAndAZeroIsNot) {
  served_.count(Measure::kBirths, "2011-05", 2);
  served_.publish("2018-12");
  auto const value = [&](const char* name, const char* period) {
    grpc::ClientContext call;
    indicators_pb::GetIndicatorRequest request;
    request.set_name(name);
    request.set_period(period);
    indicators_pb::GetIndicatorResponse response;
    EXPECT_TRUE(served_.indicators->GetIndicator(&call, request, &response).ok());
    return response.value();
  };
  EXPECT_EQ(value("births", "2011-05").value(), 2);
  EXPECT_EQ(value("births", "2011-05").not_available(), "");
  EXPECT_EQ(value("births", "2011-06").not_available(),
            "the period begins before 2015-01, and earlier counts are not known");
  EXPECT_EQ(value("stock_growth_12m", "2015-11").not_available(),
            "the window begins before 2015-01, and earlier counts are not known");
  EXPECT_EQ(value("births", "2015-01").value(), 30);
}

TEST_F(ExportTest, EveryFigureIsThatOfGetIndicator) {
  indicators_pb::ExportRequest request;
  request.set_filter("area IN (N1, R) AND sector IN (10, all, 47)");
  request.set_from_period("2014-11");
  Read const all = read(request);
  ASSERT_TRUE(all.status.ok()) << all.status.error_message();
  ASSERT_EQ(all.series.size(), 6 * kSubjects);
  EXPECT_EQ(all.first.series_total(), static_cast<int64_t>(6 * kSubjects));
  EXPECT_EQ(all.first.basis().data_through(), "2018-12");
  EXPECT_TRUE(all.last.suppressed());
  EXPECT_TRUE(all.last.rounded());
  int gaps = 0;
  for (size_t s = 0; s < all.series.size(); s += 5) {
    const auto& series = all.series[s];
    ASSERT_EQ(series.values_size(), 50);
    EXPECT_EQ(series.first_period(), "2014-11");
    std::map<int, std::string> missing;
    for (const auto& gap : series.gaps()) {
      for (int i = 0; i < gap.periods(); ++i) missing[gap.first() + i] = gap.not_available();
    }
    gaps += series.gaps_size();
    for (int i = 0; i < 50; i += 7) {
      base::PeriodIndex const t(Served::month("2014-11").value + i);
      indicators_pb::Value const v = get(series, kServedMonths.name(t));
      std::string const what = series.name() + " " + v.period();
      EXPECT_EQ(missing.contains(i) ? missing[i] : "", v.not_available()) << what;
      EXPECT_EQ(std::isnan(series.values(i)) ? 0 : series.values(i), v.value()) << what;
      EXPECT_EQ(series.numerators(i), v.numerator()) << what;
      EXPECT_EQ(series.window_periods(i), v.window_periods()) << what;
      EXPECT_EQ(i < series.reported_size() ? series.reported(i) : 1, v.reported()) << what;
      EXPECT_EQ(i < series.denominators_size() ? series.denominators(i) : 0, v.denominator())
          << what;
    }
  }
  EXPECT_GT(gaps, 10);
}

TEST_F(ExportTest, NamesNodesPeriodsAndEmptySeriesAreChosen) {
  indicators_pb::ExportRequest request;
  request.add_names("indicators/births");
  request.add_names("deaths");
  request.set_filter("sector_level = division AND NOT area IN descendants(S)");
  request.set_from_period("2016-01");
  request.set_to_period("2016-03");
  Read const some = read(request);
  ASSERT_TRUE(some.status.ok()) << some.status.error_message();
  EXPECT_EQ(some.series.size(), 5u * 4u * 2u) << "R, N, N1, N2 and HUB; four divisions";
  EXPECT_EQ(some.series[0].name(), "indicators/births");
  EXPECT_EQ(some.series[1].name(), "indicators/deaths");
  EXPECT_EQ(some.series[0].values_size(), 3);
  request.set_skip_empty(true);
  Read const full = read(request);
  EXPECT_EQ(full.series.size(), 6u) << "births at R, N, N1, HUB; deaths at R and HUB";
  EXPECT_EQ(full.first.series_total(), 40);
}

TEST_F(ExportTest, WrongRequestsAreTold) {
  indicators_pb::ExportRequest request;
  request.add_names("brths");
  request.set_filter("colour = red");
  request.set_from_period("2016-13");
  Read const wrong = read(request);
  EXPECT_EQ(wrong.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  for (const char* field :
       {"names[0]: no indicator", "filter: 'colour' is no field", "from_period: "}) {
    EXPECT_THAT(wrong.status.error_message(), HasSubstr(field));
  }
  request.Clear();
  request.set_from_period("2016-02");
  request.set_to_period("2016-01");
  EXPECT_THAT(read(request).status.error_message(), HasSubstr("to_period: is before"));
  request.Clear();
  for (int i = 0; i <= kExportNamesMax; ++i) request.add_names("births");
  EXPECT_THAT(read(request).status.error_message(), HasSubstr("names: name at most 100"));
  Served empty;
  grpc::ClientContext call;
  auto const stream = empty.indicators->Export(&call, {});
  indicators_pb::ExportResponse message;
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.series_total(), 0) << "no period is complete yet";
  EXPECT_FALSE(stream->Read(&message));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ExportTest, AStreamStaysAtItsRevisionAndItsMessagesAreBounded) {
  indicators_pb::ExportRequest const everything;
  Read const before = read(everything);
  ASSERT_TRUE(before.status.ok());
  EXPECT_GT(before.messages, 20);
  EXPECT_LT(before.message_bytes_max, 2 * kExportMessageBytes);
  grpc::ClientContext call;
  auto const stream = served_.indicators->Export(&call, everything);
  indicators_pb::ExportResponse message;
  Read during;
  ASSERT_TRUE(stream->Read(&message));
  take(message, during);
  for (int i = 0; i < 48; ++i) {
    base::PeriodIndex const t(Served::month("2015-01").value + i);
    served_.count(Measure::kBirths, kServedMonths.name(t), 1000, "S2", "46");
  }
  served_.publish("2019-01");
  while (stream->Read(&message)) take(message, during);
  ASSERT_TRUE(stream->Finish().ok());
  ASSERT_EQ(during.series.size(), before.series.size());
  for (size_t i = 0; i < during.series.size(); ++i) {
    ASSERT_EQ(during.series[i].SerializeAsString(), before.series[i].SerializeAsString()) << i;
  }
  Read const after = read(everything);
  EXPECT_EQ(after.first.basis().data_through(), "2019-01");
}

TEST_F(ExportTest, AClientThatStopsReadingIsTold) {
  grpc::ClientContext call;
  auto const stream = served_.indicators->Export(&call, {});
  indicators_pb::ExportResponse message;
  ASSERT_TRUE(stream->Read(&message));
  absl::SleepFor(3 * kShort);
  while (stream->Read(&message)) {
  }
  grpc::Status const told = stream->Finish();
  EXPECT_EQ(told.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(told.error_message(), HasSubstr("read faster"));
}

TEST_F(ExportTest, TheNumberOfExportsIsBounded) {
  struct Open {
    grpc::ClientContext call;
    std::unique_ptr<grpc::ClientReader<indicators_pb::ExportResponse>> stream;
  };
  std::vector<std::unique_ptr<Open>> open;
  indicators_pb::ExportResponse message;
  for (int i = 0; i < kExportsMax; ++i) {
    open.push_back(std::make_unique<Open>());
    open.back()->stream = served_.indicators->Export(&open.back()->call, {});
    ASSERT_TRUE(open.back()->stream->Read(&message));
  }
  indicators_pb::ExportRequest small;
  small.add_names("births");
  small.set_filter("area = N1 AND sector = 10");
  grpc::Status const refused = read(small).status;
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("maximum of 4 exports"));
  for (auto& one : open) one->call.TryCancel();
  for (auto& one : open) (void)one->stream->Finish();
  grpc::Status last;
  for (int i = 0; i < 200; ++i) {
    last = read(small).status;
    if (last.ok()) break;
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_TRUE(last.ok()) << "there is room again: " << last.error_message();
}

TEST(NodeFilterTest, AnInvalidFilterGetsTheCorrection) {
  std::shared_ptr<const reference::Reference> const world(std::shared_ptr<const void>(),
                                                          &testing::world());
  auto const complaint = [&](std::string_view filter) {
    auto const parsed = NodeFilter::parse(filter, world);
    EXPECT_FALSE(parsed.ok()) << filter;
    return std::string(base::from_absl(parsed.status().message()));
  };
  EXPECT_THAT(complaint("open = true"), HasSubstr("there are area, sector, area_level"));
  EXPECT_THAT(complaint("area = X"), HasSubstr("no area \"X\""));
  EXPECT_THAT(complaint("sector IN (10, X)"), HasSubstr("no sector \"X\"; ListSectors names"));
  EXPECT_THAT(complaint("area_level = town"), HasSubstr("no area_level \"town\"; ListAreas names"));
  EXPECT_THAT(complaint("area < N"), HasSubstr("use =, != or IN"));
  EXPECT_THAT(complaint("area IN descendants(X)"), HasSubstr("no area \"X\""));
  EXPECT_THAT(complaint("area_level IN descendants(N)"), HasSubstr("only with area and sector"));
  auto const filter =
      testing::must(NodeFilter::parse("area IN descendants(HUB) OR sector != all", world));
  EXPECT_TRUE(filter.matches({testing::area("N1"), testing::sector("all")}));
  EXPECT_TRUE(filter.matches({testing::area("N2"), testing::sector("10")}));
  EXPECT_FALSE(filter.matches({testing::area("N2"), testing::sector("all")}));
}

}  // namespace
}  // namespace bellwether::rpc
