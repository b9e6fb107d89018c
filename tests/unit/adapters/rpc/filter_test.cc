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
#include "support/world.h"

namespace bellwether::rpc {
namespace {

using ::testing::HasSubstr;

using testing::kMonths;

using testing::world;

std::shared_ptr<const reference::Reference> the_world() {
  return {std::shared_ptr<const void>(), &world()};
}
// A book with the default rules and an alert of R77 at "Z9.99", which neither the rules nor the
// world have any more.
const alerts::Book& the_book() {
  static const alerts::Book book = [] {
    alerts::Book made(kMonths);
    made.fold(base::JournalOffset(0),
              alerts::RuleSetActivated{alerts::default_rules(kMonths), "test", {}});
    alerts::TickEvaluated tick;
    tick.tick = base::PeriodIndex(300);
    tick.book_offset = made.offset();
    alerts::AlertUpdate u;
    u.key = {"R77", "Z9", "99"};
    u.raised = tick.tick;
    u.severity = alerts::Severity::kAmber;
    u.transition = alerts::TransitionKind::kRaised;
    tick.updates = {u};
    made.fold(base::JournalOffset(1), tick);
    return made;
  }();
  return book;
}
// An open amber alert on food products of North One.
alerts::Alert alert() {
  alerts::Alert a;
  a.state.key = {"R1", "N1", "10"};
  a.state.open = true;
  a.state.severity = alerts::Severity::kAmber;
  a.state.raised = testing::must(kMonths.parse("1998-01"));
  return a;
}
AlertFilter parsed(std::string_view filter) {
  return testing::must(AlertFilter::parse(filter, the_book(), the_world()));
}
bool matches(std::string_view filter) {
  return parsed(filter).matches(alert());
}
std::string complaint(std::string_view filter) {
  auto const parsed = AlertFilter::parse(filter, the_book(), the_world());
  EXPECT_FALSE(parsed.ok()) << filter;
  return std::string(base::from_absl(parsed.status().message()));
}

TEST(AlertFilterTest, ComparisonsAreJoinedByAnd) {
  for (const char* f :
       {"", "  ", "open = true", "rule = R1", "rule=\"R1\" AND sector = \"10\"",
        "severity >= AMBER", "severity <= red AND area = N1", "severity < red",
        "raised_period >= 1997-12 AND raised_period <= 1998-01",
        "raised_period > 1997-12 AND raised_period < 1998-02",
        "historical = false AND acknowledged = false", "rule != R2 and severity != OPS"}) {
    EXPECT_TRUE(matches(f)) << f;
  }
  for (const char* f : {"open = false", "rule = R2", "severity = RED", "severity >= red",
                        "severity > AMBER", "raised_period = 1998-02", "raised_period < 1998-01",
                        "open = true AND sector = G", "rule != R1", "open != true"}) {
    EXPECT_FALSE(matches(f)) << f;
  }
}

TEST(AlertFilterTest, OrNotAndParentheses) {
  for (const char* f : {"rule = R2 OR rule = R1", "rule = R2 or rule = R5 or rule = R1",
                        "NOT rule = R2", "NOT (rule = R1 AND open = false)", "NOT NOT rule = R1",
                        "((rule = R1))", "open = true AND (severity = RED OR area = N1)",
                        "(open = false AND rule = R2) OR (open = true AND rule = R1)"}) {
    EXPECT_TRUE(matches(f)) << f;
  }
  for (const char* f :
       {"rule = R2 OR rule = R5", "NOT rule = R1", "NOT (rule = R1 OR open = false)",
        "open = true AND (severity = RED OR area = S1)", "(rule = R1 OR open = true) AND area = S1",
        "NOT (rule = R2) AND area = S1"}) {
    EXPECT_FALSE(matches(f)) << f;
  }
}

TEST(AlertFilterTest, InLists) {
  for (const char* f :
       {"rule IN (R1)", "rule in (R2, \"R1\", R5)", "severity IN (RED, amber)",
        "open IN (true, false)", "raised_period IN (1998-02, 1998-01)", "NOT area IN (S1, S2)"}) {
    EXPECT_TRUE(matches(f)) << f;
  }
  for (const char* f : {"rule IN (R2, R5)", "severity IN (RED)", "raised_period IN (1997-12)",
                        "NOT rule IN (R1, R2)"}) {
    EXPECT_FALSE(matches(f)) << f;
  }
}

TEST(AlertFilterTest, DescendantsAreACodeAndEverythingBelow) {
  for (const char* f :
       {"area IN descendants(N1)", "area in descendants(N)", "area IN descendants(\"R\")",
        "area IN descendants(HUB)", "sector IN descendants(10)", "sector IN descendants(C)",
        "sector IN descendants(all)", "area IN descendants(N) AND sector IN descendants(C)"}) {
    EXPECT_TRUE(matches(f)) << f;
  }
  for (const char* f : {"area IN descendants(N2)", "area IN descendants(S)",
                        "sector IN descendants(11)", "sector IN descendants(G)"}) {
    EXPECT_FALSE(matches(f)) << f;
  }
  alerts::Alert a = alert();
  a.state.key = {"R1", "HUB", "all"};
  EXPECT_TRUE(parsed("area IN descendants(HUB)").matches(a));
  EXPECT_FALSE(parsed("area IN descendants(R)").matches(a)) << "a set is below no area";
  EXPECT_FALSE(parsed("sector IN descendants(C)").matches(a));
  a.state.key = alerts::AlertKey::of_source("R0", "registrations");
  EXPECT_FALSE(parsed("area IN descendants(R)").matches(a)) << "a topic is no area";
  EXPECT_TRUE(parsed("area = registrations").matches(a));
}

TEST(AlertFilterTest, AnAlertThatIsNotClearedHasNoClearedPeriod) {
  EXPECT_FALSE(matches("cleared_period = 1998-05"));
  EXPECT_FALSE(matches("cleared_period >= 1990-01 OR cleared_period < 1990-01"));
  EXPECT_FALSE(matches("cleared_period IN (1998-05)"));
  EXPECT_TRUE(matches("cleared_period != 1998-05"));
  alerts::Alert cleared = alert();
  cleared.state.open = false;
  cleared.cleared = testing::must(kMonths.parse("1998-05"));
  EXPECT_TRUE(parsed("cleared_period = 1998-05").matches(cleared));
  EXPECT_TRUE(parsed("cleared_period >= 1998-05 AND cleared_period <= 1998-05").matches(cleared));
  EXPECT_FALSE(parsed("cleared_period != 1998-05").matches(cleared));
  EXPECT_FALSE(parsed("cleared_period < 1998-05 OR cleared_period > 1998-05").matches(cleared));
}

TEST(AlertFilterTest, ItsLimits) {
  std::string terms = "rule IN (R1";
  for (int i = 1; i < kFilterTermsMax; ++i) terms += ", R2";
  EXPECT_TRUE(matches(terms + ")"));
  EXPECT_THAT(complaint(terms + ", R2)"), HasSubstr("more than 200 values"));
  EXPECT_THAT(complaint(terms + ") AND open = true"), HasSubstr("more than 200 values"));
  std::string const open(kFilterDepthMax, '(');
  std::string const close(kFilterDepthMax, ')');
  EXPECT_TRUE(matches(open + "rule = R1" + close));
  EXPECT_THAT(complaint(open + "(rule = R1)" + close), HasSubstr("more than 10 levels"));
  EXPECT_THAT(complaint(open + "NOT rule = R1" + close), HasSubstr("more than 10 levels"));
  EXPECT_THAT(complaint(std::string(kFilterBytesMax, '(')), HasSubstr("more than 10 levels"));
}

TEST(AlertFilterTest, AnInvalidFilterGetsTheCorrection) {
  EXPECT_THAT(complaint("colour = red"), HasSubstr("there are open, rule"));
  EXPECT_THAT(complaint("open"), HasSubstr("FIELD = VALUE"));
  EXPECT_THAT(complaint("open = maybe"), HasSubstr("true or false"));
  EXPECT_THAT(complaint("open >= true"), HasSubstr("use ="));
  EXPECT_THAT(complaint("severity = purple"), HasSubstr("OPS, AMBER or RED"));
  EXPECT_THAT(complaint("raised_period = 1998-13"), HasSubstr("1998"));
  EXPECT_THAT(complaint("open = true OR open = false AND rule = R1"),
              HasSubstr("say with parentheses"));
  EXPECT_THAT(complaint("open = true rule = R1"), HasSubstr("join comparisons by AND or OR"));
  EXPECT_THAT(complaint("open = true OR"), HasSubstr("ends with OR"));
  EXPECT_THAT(complaint("(open = true"), HasSubstr("is not closed"));
  EXPECT_THAT(complaint("open = true)"), HasSubstr("closes nothing"));
  EXPECT_THAT(complaint("()"), HasSubstr("is no field"));
  EXPECT_THAT(complaint("NOT"), HasSubstr("ends in the middle"));
  EXPECT_THAT(complaint("rule IN R1"), HasSubstr("after IN write a list"));
  EXPECT_THAT(complaint("rule IN ()"), HasSubstr("is no value"));
  EXPECT_THAT(complaint("rule IN (R1"), HasSubstr("not closed"));
  EXPECT_THAT(complaint("rule IN (R1,"), HasSubstr("ends in the middle"));
  EXPECT_THAT(complaint("rule IN descendants(R1)"), HasSubstr("only with area and sector"));
  EXPECT_THAT(complaint("area IN descendants(XX)"), HasSubstr("no area \"XX\"; ListAreas"));
  EXPECT_THAT(complaint("sector IN descendants(XX)"), HasSubstr("ListSectors"));
  EXPECT_THAT(complaint("area IN descendants(N, S)"), HasSubstr("takes one code"));
  EXPECT_THAT(complaint("area > N"), HasSubstr("use =, != or IN"));
  EXPECT_THAT(complaint("cleared_period = soon"), HasSubstr("soon"));
  EXPECT_THAT(complaint("open = true AND"), HasSubstr("add a comparison"));
  EXPECT_THAT(complaint("area = \"SG"), HasSubstr("not closed"));
  EXPECT_THAT(complaint("area \"=\" SG"), HasSubstr("cannot be used with area"));
  EXPECT_THAT(complaint("area = >="), HasSubstr("is no value"));
  EXPECT_THAT(complaint("open = true \"AND\" area = SG"), HasSubstr("join comparisons by AND"));
  EXPECT_THAT(complaint("area ! SG"), HasSubstr("is not allowed here"));
  EXPECT_THAT(complaint(std::string(kFilterBytesMax + 1, ' ')), HasSubstr("longer than"));
}

TEST(AlertFilterTest, ANameThatNothingHasIsAnError) {
  for (const char* f : {"area = TYPO", "area != TYPO", "area IN (N1, TYPO)",
                        "open = true AND NOT (rule = R1 OR area = TYPO)"}) {
    EXPECT_THAT(complaint(f), HasSubstr("no area \"TYPO\"; ListAreas names them all")) << f;
  }
  EXPECT_THAT(complaint("sector IN (10, N1)"),
              HasSubstr("no sector \"N1\"; ListSectors names them all"));
  EXPECT_THAT(complaint("rule != R01"), HasSubstr("no rule \"R01\"; there are R0, R1, "));
  EXPECT_THAT(complaint("happening = \"happenings/TYPO\""),
              HasSubstr("no happening \"happenings/TYPO\"; a happening has the name of the alert"));
}

// The journal outlives changes of the rules and of the reference files.
TEST(AlertFilterTest, ANameThatOnlyAnAlertHasIsKnown) {
  alerts::Alert const old = *the_book().find("R77.Z9.99.1995-01");
  EXPECT_TRUE(parsed("rule = R77 AND area IN (N1, Z9) AND sector = 99").matches(old));
  EXPECT_FALSE(matches("area = Z9"));
  EXPECT_TRUE(matches("area != support")) << "alerts on sources have topics as areas";
}

TEST(AlertFilterTest, WhileTheJournalIsNotReadEveryNameIsAccepted) {
  EXPECT_TRUE(AlertFilter::parse("area = Z8 AND sector = 98 AND rule = R78", the_book(),
                                 the_world(), FilterNames::kAny)
                  .ok());
  EXPECT_TRUE(AlertFilter::parse("rule = R78", alerts::Book(kMonths), the_world()).ok())
      << "there is no rule set yet";
}

TEST(AlertFilterTest, F6_ErrorsRepeatWholeCharacters) {
  EXPECT_THAT(complaint("area = \u201cE08000025\u201d"), HasSubstr("'\u201c' is not allowed here"));
  EXPECT_THAT(complaint("area = \u201cE08000025\u201d"), HasSubstr("straight quotation marks"));
  EXPECT_THAT(complaint("area = Zürich"), HasSubstr("'ü' is not allowed here"));
  EXPECT_THAT(complaint("area = \xff"), HasSubstr("is not allowed here"));
  std::string const place = "\"" + std::string(kFilterBytesMax - 40, 'x') + "ü\"";
  for (const std::string& filter :
       {place + " = 1", "open = " + place, "severity = " + place, "raised_period = " + place,
        "open " + place + " true", "open = true " + place + " open = true",
        std::string(kFilterBytesMax - 10, 'x') + " (",
        std::string(kFilterBytesMax - 10, 'x') + " IN 1", "area IN descendants(" + place + ")"}) {
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

// A book with an alert on food products of North One, and one on all sectors of the growth hub,
// which has no other businesses.
class HappeningFilterTest : public ::testing::Test {
 protected:
  HappeningFilterTest() {
    indicators::Delta const birth{{{testing::area("N1"), testing::sector("10"), base::SizeBand(0)},
                                   indicators::Measure::kBirths,
                                   base::PeriodIndex(500)},
                                  5};
    panel_.add(std::span(&birth, 1), [](uint32_t, indicators::Measure, base::PeriodIndex) {});
    alerts::TickEvaluated tick;
    tick.tick = base::PeriodIndex(500);
    for (auto [area, sector] : {std::pair("N1", "10"), std::pair("N1", "all")}) {
      alerts::AlertUpdate u;
      u.key = {"R1", area, sector};
      u.raised = tick.tick;
      u.severity = alerts::Severity::kAmber;
      u.transition = alerts::TransitionKind::kRaised;
      tick.updates.push_back(u);
    }
    book_.fold(base::JournalOffset(0), tick);
    happenings_ = engine::Happenings(book_, panel_);
  }
  AlertFilter parsed_here(std::string_view filter) const {
    return testing::must(AlertFilter::parse(filter, book_, the_world()));
  }
  bool food_matches(std::string_view filter) const {
    return parsed_here(filter).matches(*book_.find("R1.N1.10.2011-09"), happenings_);
  }
  bool all_matches(std::string_view filter) const {
    return parsed_here(filter).matches(*book_.find("R1.N1.all.2011-09"), happenings_);
  }
  indicators::Panel panel_{world(), kMonths, base::PeriodIndex(480)};
  alerts::Book book_{kMonths};
  engine::Happenings happenings_;
};

TEST_F(HappeningFilterTest, HeadlinesAndHappeningsAreFound) {
  EXPECT_TRUE(all_matches("headline = true"));
  EXPECT_TRUE(food_matches("headline = false"));
  EXPECT_FALSE(food_matches("headline = true"));
  for (const char* f :
       {"happening = R1.N1.all.2011-09", "happening = \"happenings/R1.N1.all.2011-09\"",
        "happening IN (R1.N1.10.2011-09, R1.N1.all.2011-09)", "happening != R1.N1.10.2011-09"}) {
    EXPECT_TRUE(food_matches(f)) << f;
    EXPECT_TRUE(all_matches(f)) << f;
  }
  EXPECT_TRUE(all_matches("begins_happening = true"));
  EXPECT_TRUE(food_matches("begins_happening = false"));
}

TEST_F(HappeningFilterTest, S4_AnAlertIsFoundUnderEachNameOfItsNode) {
  for (const char* f : {"area = HUB", "area = N AND sector = C", "area IN descendants(HUB)",
                        "NOT area = N1", "area = R OR area = S"}) {
    EXPECT_TRUE(food_matches(f)) << f;
  }
  for (const char* f : {"area = S1", "area = HUB AND sector = 11", "area = HUB AND open = false"})
    EXPECT_FALSE(food_matches(f)) << f;
}

}  // namespace
}  // namespace bellwether::rpc
