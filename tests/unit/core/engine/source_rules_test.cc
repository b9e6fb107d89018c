// R0: a source falls silent.
#include <gtest/gtest.h>

#include "core/engine/rules/source.h"
#include "region.h"

namespace bellwether::engine {
namespace {

using alerts::AlertKey;

constexpr int32_t kSilent = kBegin.value + 90;

EvaluatorOptions with_topics(std::vector<domain::Topic> topics) {
  EvaluatorOptions o = options();
  o.topics = std::move(topics);
  return o;
}

// The register falls silent at the returned tick.
alerts::TickEvaluated silence(Region& region) {
  Town town(3);
  town.silent_from = kSilent;
  for (int32_t t = kBegin.value; t < kSilent; ++t) region.add(t, town.month(t));
  return region.tick(kSilent, town.month(kSilent));
}

TEST(SourceRulesTest, ATopicWithoutMeasuresIsNotCalledSilentByThoseOfAnother) {
  Region region(alerts::default_rules(kMonths),
                with_topics({domain::Topic::kRegistrations, domain::Topic::kSupport,
                             domain::Topic::kProcurement}));
  alerts::TickEvaluated const verdict = silence(region);
  EXPECT_EQ(verdict.silent_topics, std::vector<std::string>{"registrations"});
  EXPECT_NE(open_alert(region.book, "R0", "registrations", "all"), nullptr);
  EXPECT_EQ(open_alert(region.book, "R0", "procurement", "all"), nullptr);
}

// The journal has always stored the topic in the place of an area.
TEST(SourceRulesTest, AnAlertOnASourceHasItsTopicAsKey) {
  AlertKey const key = AlertKey::of_source("R0", "support");
  EXPECT_EQ(key, (AlertKey{"R0", "support", "all"}));
  EXPECT_EQ(key.source(), "support");
}

TEST(SourceRulesTest, AnAlertOnATopicThatIsNotConsumedIsClosed) {
  Region region;
  silence(region);
  ASSERT_NE(open_alert(region.book, "R0", "registrations", "all"), nullptr);
  Evaluator other(shared_world(), with_topics({domain::Topic::kSupport}));
  other.apply(PeriodIndex(kSilent + 1), {});
  auto const verdict = other.evaluate(PeriodIndex(kSilent + 1), region.book, {}, false);
  const alerts::AlertUpdate* const u = update_of(verdict, "R0", "registrations", "all");
  ASSERT_NE(u, nullptr);
  EXPECT_FALSE(u->open);
  EXPECT_EQ(u->clear_reason, alerts::ClearReason::kOutOfScope);
}

}  // namespace
}  // namespace bellwether::engine
