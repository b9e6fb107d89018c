#include "adapters/rpc/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/rpc/errors.h"
#include "adapters/rpc/limits.h"
#include "adapters/rpc/page.h"
#include "adapters/rpc/server.h"
#include "core/base/text.h"
#include "support/calendars.h"
#include "support/must.h"

namespace bellwether::rpc {
namespace {

using ::testing::HasSubstr;

using testing::kMonths;

alerts::Alert alert() {
  alerts::Alert a;
  a.state.key = {"R1", "SG", "C"};
  a.state.open = true;
  a.state.severity = alerts::Severity::kAmber;
  a.state.raised = testing::must(kMonths.parse("1998-01"));
  return a;
}
bool matches(std::string_view filter) {
  return testing::must(AlertFilter::parse(filter, kMonths)).matches(alert());
}
std::string complaint(std::string_view filter) {
  auto const parsed = AlertFilter::parse(filter, kMonths);
  EXPECT_FALSE(parsed.ok()) << filter;
  return std::string(base::from_absl(parsed.status().message()));
}

TEST(AlertFilterTest, ComparisonsAreJoinedByAnd) {
  for (const char* f :
       {"", "open = true", "rule = R1", "rule=\"R1\" AND sector = \"C\"", "severity >= AMBER",
        "severity <= red AND area = SG", "raised_period >= 1997-12 AND raised_period <= 1998-01",
        "historical = false AND acknowledged = false"}) {
    EXPECT_TRUE(matches(f)) << f;
  }
  for (const char* f : {"open = false", "rule = R2", "severity = RED", "severity >= red",
                        "raised_period = 1998-02", "open = true AND sector = F"}) {
    EXPECT_FALSE(matches(f)) << f;
  }
}

TEST(AlertFilterTest, AnInvalidFilterGetsTheCorrection) {
  EXPECT_THAT(complaint("colour = red"), HasSubstr("there are open, rule"));
  EXPECT_THAT(complaint("open"), HasSubstr("FIELD = VALUE"));
  EXPECT_THAT(complaint("open = maybe"), HasSubstr("true or false"));
  EXPECT_THAT(complaint("open >= true"), HasSubstr("use ="));
  EXPECT_THAT(complaint("severity = purple"), HasSubstr("OPS, AMBER or RED"));
  EXPECT_THAT(complaint("raised_period = 1998-13"), HasSubstr("1998"));
  EXPECT_THAT(complaint("open = true OR open = false"), HasSubstr("AND"));
  EXPECT_THAT(complaint("open = true AND"), HasSubstr("add a comparison"));
  EXPECT_THAT(complaint("area = \"SG"), HasSubstr("not closed"));
  EXPECT_THAT(complaint("area \"=\" SG"), HasSubstr("cannot be used with area"));
  EXPECT_THAT(complaint("area = >="), HasSubstr("is no value"));
  EXPECT_THAT(complaint("open = true \"AND\" area = SG"), HasSubstr("join comparisons by AND"));
  EXPECT_THAT(complaint("area ! SG"), HasSubstr("is not allowed here"));
  EXPECT_THAT(complaint(std::string(kFilterBytesMax + 1, ' ')), HasSubstr("longer than"));
}

TEST(AlertFilterTest, F6_ErrorsRepeatWholeCharacters) {
  EXPECT_THAT(complaint("area = \u201cE08000025\u201d"), HasSubstr("'\u201c' is not allowed here"));
  EXPECT_THAT(complaint("area = \u201cE08000025\u201d"), HasSubstr("straight quotation marks"));
  EXPECT_THAT(complaint("area = Zürich"), HasSubstr("'ü' is not allowed here"));
  std::string const place = "\"" + std::string(kFilterBytesMax - 40, 'x') + "ü\"";
  for (const std::string& filter :
       {place + " = 1", "open = " + place, "severity = " + place, "raised_period = " + place,
        "open " + place + " true", "open = true " + place + " open = true"}) {
    EXPECT_LT(complaint(filter).size(), 300u) << "a long text is shortened: " << filter;
  }
}

TEST(PageTest, ATokenContinuesItsRequestAndNoOther) {
  BadRequest bad;
  std::string const token = page_token("list|a", "R1.SG.C");
  EXPECT_EQ(read_page(0, token, "list|a", bad).after, "R1.SG.C");
  EXPECT_EQ(read_page(0, "", "list|a", bad).size, kPageSizeDefault);
  EXPECT_EQ(read_page(100'000, "", "list|a", bad).size, kPageSizeMax);
  EXPECT_TRUE(bad.empty());
  for (const std::string& made_up :
       {std::string("x"), std::string("0000000000000000R1"), token + "x", token.substr(1),
        std::string(5000, 'a'), std::string("\0\xff", 2)}) {
    BadRequest refused;
    read_page(0, made_up, "list|a", refused);
    EXPECT_FALSE(refused.empty()) << made_up;
  }
  BadRequest other;
  read_page(0, token, "list|b", other);
  EXPECT_FALSE(other.empty());
  BadRequest negative;
  read_page(-1, "", "list|a", negative);
  EXPECT_FALSE(negative.empty());
}

TEST(PageTest, RangesCoverEverythingOnce) {
  BadRequest bad;
  std::string token;
  size_t seen = 0;
  do {
    PageRange const r = read_range(7, token, "q", 40, bad);
    EXPECT_EQ(r.begin, seen);
    seen = r.end;
    token = r.next_page_token;
  } while (!token.empty());
  EXPECT_EQ(seen, 40u);
  EXPECT_TRUE(bad.empty());
}

TEST(BadRequestTest, AllViolationsAreInTheMessageAndTheDetails) {
  BadRequest bad;
  EXPECT_TRUE(bad.status().ok());
  bad.add("node.area", "no area \"X\"; ListAreas names them");
  bad.add("page_size", "must not be negative");
  grpc::Status const status = bad.status();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("node.area"));
  EXPECT_THAT(status.error_message(), HasSubstr("page_size"));
  // A google.rpc.Status with a google.rpc.BadRequest inside.
  EXPECT_THAT(status.error_details(), HasSubstr("type.googleapis.com/google.rpc.BadRequest"));
  EXPECT_THAT(status.error_details(), HasSubstr("node.area"));
}

// gRPC clients drop an answer whose trailing metadata are too long.
TEST(BadRequestTest, F6_LongErrorsAreShortenedAndCounted) {
  BadRequest one;
  one.add("name", std::string(100'000, 'x'));
  EXPECT_LE(one.status().error_message().size(), kErrorBytesMax + 10);
  EXPECT_THAT(one.status().error_message(), HasSubstr("x\u2026"));
  BadRequest many;
  for (int i = 0; i < 200; ++i) many.add(base::cat("nodes[", i, "].area"), "no area \"Zürich\"");
  grpc::Status const status = many.status();
  EXPECT_THAT(status.error_message(), HasSubstr("nodes[0].area: no area \"Zürich\"; nodes[1]"));
  EXPECT_THAT(status.error_message(), ::testing::ContainsRegex("; and 1[0-9][0-9] more$"));
  EXPECT_LT(3 * status.error_message().size() + 4 * status.error_details().size() / 3, 8u << 10);
}

TEST(BadRequestTest, F6_ErrorsAreValidUtf8) {
  BadRequest bad;
  bad.add("filter", "'\xe2' is not allowed here");
  EXPECT_THAT(bad.status().error_message(), HasSubstr("'\ufffd' is not allowed here"));
  EXPECT_THAT(bad.status().error_details(), HasSubstr("'\ufffd' is not allowed here"));
  EXPECT_EQ(to_grpc(absl::NotFoundError("no \xff")).error_message(), "no \ufffd");
  EXPECT_EQ(to_grpc(absl::NotFoundError(std::string(9'000, 'x'))).error_message().size(),
            kErrorBytesMax);
}

}  // namespace
}  // namespace bellwether::rpc
