// `bellwether export`: the request that it sends, and the CSV that it writes.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zstd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "cli/context.h"
#include "core/base/text.h"
#include "support/local_server.h"

namespace bellwether::cli {
namespace {

namespace fs = std::filesystem;
namespace indicators_pb = bellwether::indicators::v1;
using ::testing::HasSubstr;

class ExportRecorder final : public indicators_pb::IndicatorService::Service {
 public:
  grpc::Status Export(grpc::ServerContext*, const indicators_pb::ExportRequest* request,
                      grpc::ServerWriter<indicators_pb::ExportResponse>* writer) override {
    asked = *request;
    for (const auto& message : messages) writer->Write(message);
    return end;
  }
  indicators_pb::ExportRequest asked;
  std::vector<indicators_pb::ExportResponse> messages;
  grpc::Status end;
};

std::string file_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

constexpr std::string_view kLines =
    "area,sector,indicator,unit,period,window_periods,value,numerator,denominator,reported,"
    "not_available\n"
    "UKC,62,birth_rate_12m,per_10000,2018-12,12,0.1,3,1000,1,\n"
    "UKC,62,birth_rate_12m,per_10000,2019-01,,,0,7,,\"base is 7, \"\"small\"\"\"\n"
    "UKC,62,birth_rate_12m,per_10000,2019-02,12,1e+300,4,1000,0.75,\n"
    "UKC,62,births,count,2018-W52,1,41,41,,1,\n"
    "UKC,62,births,count,2019-W01,1,-1,-1,,1,\n";

class ExportCommandTest : public ::testing::Test {
 protected:
  ExportCommandTest() {
    context_.server = server_.address();
    fs::create_directories(folder_);
    auto& first = recorder_.messages.emplace_back();
    first.mutable_basis()->set_data_through("2019-02");
    first.mutable_basis()->set_revision(17);
    indicators_pb::ExportedSeries& rate = *first.add_series();
    rate.mutable_node()->set_area("UKC");
    rate.mutable_node()->set_sector("62");
    rate.set_name("indicators/birth_rate_12m");
    rate.set_unit("per_10000");
    rate.set_first_period("2018-12");
    for (double x : {0.1, std::numeric_limits<double>::quiet_NaN(), 1e300}) rate.add_values(x);
    for (double x : {3, 0, 4}) rate.add_numerators(x);
    for (double x : {1000, 7, 1000}) rate.add_denominators(x);
    for (int periods : {12, 0, 12}) rate.add_window_periods(periods);
    for (double share : {1.0, 1.0, 0.75}) rate.add_reported(share);
    auto& gap = *rate.add_gaps();
    gap.set_first(1);
    gap.set_periods(1);
    gap.set_not_available("base is 7, \"small\"");
    indicators_pb::ExportedSeries& births = *recorder_.messages.emplace_back().add_series();
    *births.mutable_node() = rate.node();
    births.set_name("indicators/births");
    births.set_unit("count");
    births.set_first_period("2018-W52");
    for (double x : {41, -1}) {
      births.add_values(x);
      births.add_numerators(x);
      births.add_window_periods(1);
    }
  }
  ~ExportCommandTest() override { fs::remove_all(folder_); }

  // Returns what the command prints.
  std::string run(std::vector<std::string> words) {
    words.insert(words.begin(), "export");
    std::ranges::reverse(words);  // CLI11 takes them in reverse order
    context_.exit_code = 0;
    CLI::App app("", "bellwether");
    add_export(app, context_);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    app.parse(words);
    told_ = ::testing::internal::GetCapturedStderr();
    return ::testing::internal::GetCapturedStdout();
  }

  ExportRecorder recorder_;
  testing::LocalServer server_{recorder_};
  Context context_;
  std::string told_;
  fs::path const folder_ = fs::path(::testing::TempDir()) / base::cat("export-", ::getpid());
};

TEST_F(ExportCommandTest, LinesGoToStandardOutput) {
  EXPECT_EQ(run({"births", "birth_rate_12m", "--filter", "area = UKC", "--from", "2018-12", "--to",
                 "2019-02", "--skip-empty"}),
            kLines);
  EXPECT_EQ(context_.exit_code, 0);
  EXPECT_EQ(recorder_.asked.names_size(), 2);
  EXPECT_EQ(recorder_.asked.filter(), "area = UKC");
  EXPECT_EQ(recorder_.asked.from_period(), "2018-12");
  EXPECT_EQ(recorder_.asked.to_period(), "2019-02");
  EXPECT_TRUE(recorder_.asked.skip_empty());
  EXPECT_THAT(told_, HasSubstr("5 lines of 2 series; data through 2019-02, revision 17"));
}

TEST_F(ExportCommandTest, AFileAppearsWhenItIsComplete) {
  fs::path const path = folder_ / "panel.csv";
  EXPECT_EQ(run({"--file", path.string()}), "");
  EXPECT_EQ(context_.exit_code, 0) << told_;
  EXPECT_EQ(file_text(path), kLines);
  fs::remove(path);
  recorder_.end = grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "read faster");
  run({"--file", path.string()});
  EXPECT_EQ(context_.exit_code, 1);
  EXPECT_THAT(told_, HasSubstr("read faster"));
  EXPECT_TRUE(fs::is_empty(folder_)) << "an incomplete file is removed";
  run({"--file", (folder_ / "none" / "panel.csv").string()});
  EXPECT_EQ(context_.exit_code, 2);
  EXPECT_THAT(told_, HasSubstr("cannot be created"));
}

TEST_F(ExportCommandTest, APackedFileHasTheSameLines) {
  fs::path const path = folder_ / "panel.csv.zst";
  run({"--zstd", "--file", path.string()});
  EXPECT_EQ(context_.exit_code, 0) << told_;
  std::string const packed = file_text(path);
  std::string lines(2 * kLines.size(), '\0');
  size_t const size = ZSTD_decompress(lines.data(), lines.size(), packed.data(), packed.size());
  ASSERT_FALSE(ZSTD_isError(size)) << ZSTD_getErrorName(size);
  lines.resize(size);
  EXPECT_EQ(lines, kLines);
}

TEST_F(ExportCommandTest, JsonIsRefused) {
  context_.output = "json";
  run({});
  EXPECT_EQ(context_.exit_code, 2);
  EXPECT_THAT(told_, HasSubstr("export writes CSV"));
}

}  // namespace
}  // namespace bellwether::cli
