// Every answer with response times says which hours they count.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "bellwether/status/v1/status.grpc.pb.h"
#include "served.h"
#include "support/time_zones.h"

namespace bellwether::rpc {
namespace {

namespace indicators_pb = ::bellwether::indicators::v1;

constexpr char kHours[] =
    "Monday to Friday 09:00–17:00, time zone Asia/Singapore; holidays count as working days";

class WorkingHoursTest : public ::testing::Test {
 protected:
  WorkingHoursTest() {
    reference::DeskHours hours;
    hours.zone = testing::singapore();
    reference_.desks = reference::Desks(hours);
    served_.reference = &reference_;
    served_.publish("2019-05");
  }
  // The basis of the answer to a request of `Method`.
  template <class Response, class Request, class Method>
  common::v1::Basis basis(const Request& request, Method method) {
    grpc::ClientContext call;
    Response response;
    grpc::Status const status = (served_.indicators.get()->*method)(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.basis();
  }
  std::string of_values(const std::string& name) {
    indicators_pb::GetIndicatorRequest request;
    request.set_name(name);
    return basis<indicators_pb::GetIndicatorResponse>(
               request, &indicators_pb::IndicatorService::Stub::GetIndicator)
        .working_hours();
  }
  std::string of_export(const std::vector<std::string>& names) {
    indicators_pb::ExportRequest request;
    for (const std::string& name : names) request.add_names(name);
    grpc::ClientContext call;
    auto const reader = served_.indicators->Export(&call, request);
    indicators_pb::ExportResponse first;
    EXPECT_TRUE(reader->Read(&first));
    indicators_pb::ExportResponse rest;
    while (reader->Read(&rest)) {
    }
    EXPECT_TRUE(reader->Finish().ok());
    return first.basis().working_hours();
  }
  reference::Reference reference_ = testing::world();
  Served served_;
};

TEST_F(WorkingHoursTest, F7_TheCatalogueNamesThemForResponseTimesOnly) {
  indicators_pb::ListIndicatorsRequest request;
  request.set_page_size(1000);
  grpc::ClientContext call;
  indicators_pb::ListIndicatorsResponse response;
  ASSERT_TRUE(served_.indicators->ListIndicators(&call, request, &response).ok());
  int stated = 0;
  for (const indicators_pb::Indicator& i : response.indicators()) {
    bool const response_time = i.name().find("response") != std::string::npos;
    EXPECT_EQ(i.working_hours(), response_time ? kHours : "") << i.name();
    stated += response_time ? 1 : 0;
  }
  EXPECT_EQ(stated, 2 + static_cast<int>(base::kResponseBuckets));
}

TEST_F(WorkingHoursTest, F7_AnswersWithResponseTimesStateThem) {
  for (const char* const name : {"first_response_median_28d", "first_response_p90_28d",
                                 "response_to_30min", "response_over_80h"}) {
    EXPECT_EQ(of_values(name), kHours) << name;
  }
  for (const char* const name : {"births", "interactions", "distress_share_28d"}) {
    EXPECT_EQ(of_values(name), "") << name;
  }
  indicators_pb::QuerySeriesRequest series;
  series.add_names("births");
  auto const query = &indicators_pb::IndicatorService::Stub::QuerySeries;
  EXPECT_EQ(basis<indicators_pb::QuerySeriesResponse>(series, query).working_hours(), "");
  series.add_names("first_response_p90_28d");
  EXPECT_EQ(basis<indicators_pb::QuerySeriesResponse>(series, query).working_hours(), kHours);
  EXPECT_EQ(of_export({"births", "deaths"}), "");
  EXPECT_EQ(of_export({"births", "first_response_median_28d"}), kHours);
}

TEST_F(WorkingHoursTest, F7_TheStatusStatesThem) {
  auto const stub = status::v1::StatusService::NewStub(served_.channel());
  grpc::ClientContext call;
  status::v1::GetStatusResponse response;
  ASSERT_TRUE(stub->GetStatus(&call, {}, &response).ok());
  EXPECT_EQ(response.working_hours(), kHours);
}

}  // namespace
}  // namespace bellwether::rpc
