#include "core/engine/happenings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "core/engine/explain.h"
#include "region.h"

namespace bellwether::engine {
namespace {

using alerts::AlertKey;
using alerts::AlertUpdate;
using alerts::TransitionKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A book whose alerts are raised and cleared by hand.
class HappeningsTest : public ::testing::Test {
 protected:
  HappeningsTest() {
    book_.fold(base::JournalOffset(next_++),
               alerts::RuleSetActivated{alerts::default_rules(kMonths), "test", {}});
  }
  // Raises at the next tick; `onset`: months before it.
  void raise(const char* area, const char* sector, int onset = 0, const char* rule = "R1",
             alerts::Severity severity = alerts::Severity::kAmber, alerts::Evidence evidence = {}) {
    AlertUpdate u;
    u.key = {rule, area, sector};
    u.raised = PeriodIndex(tick_.value + 1);
    u.onset = PeriodIndex(u.raised.value - onset);
    u.severity = u.severity_max = severity;
    u.transition = TransitionKind::kRaised;
    u.evidence = std::move(evidence);
    updates_.push_back(u);
  }
  void clear(const char* area, const char* sector, const char* rule = "R1") {
    AlertUpdate u = book_.open().find(AlertKey{rule, area, sector})->second->state;
    u.open = false;
    u.transition = TransitionKind::kCleared;
    updates_.push_back(u);
  }
  void tick(int n = 1) {
    for (int i = 0; i < n; ++i) {
      alerts::TickEvaluated t;
      t.tick = tick_ = PeriodIndex(tick_.value + 1);
      t.tick_at = kMonths.end_of(t.tick);
      t.book_offset = book_.offset();
      t.updates = std::exchange(updates_, {});
      ASSERT_EQ(book_.fold(base::JournalOffset(next_++), t), alerts::FoldOutcome::kApplied);
    }
  }
  Happenings happenings() const { return {book_, panel_}; }
  // "N1.10 N1.all": the nodes of the happening of an alert, the headline first.
  static std::vector<std::string> parts(const Happening* happening) {
    std::vector<std::string> out;
    if (happening == nullptr) return out;
    for (const auto& part : happening->parts)
      out.push_back(part->state.key.area + "." + part->state.key.sector);
    return out;
  }
  bool begins(const char* alert) const { return happenings().begins(*book_.find(alert)); }
  std::vector<std::string> parts_of(const char* area, const char* sector) const {
    std::string name;
    for (const auto& [n, alert] : book_.alerts()) {
      if (alert->state.key.area == area && alert->state.key.sector == sector) name = n;
    }
    return parts(happenings().of(name));
  }

  alerts::Book book_{kMonths};
  indicators::Panel panel_{testing::world(), kMonths, kBegin};
  PeriodIndex tick_ = kBegin;
  std::vector<AlertUpdate> updates_;  // of the next tick

 private:
  int64_t next_ = 0;
};

TEST_F(HappeningsTest, S4_ParentChildAndSiblingAreOneHappeningWithOneHeadline) {
  raise("N1", "10");
  tick();
  raise("N1", "all");
  raise("N1", "47");
  tick();
  raise("S2", "11");
  tick();
  EXPECT_THAT(parts_of("N1", "10"), ElementsAre("N1.all", "N1.10", "N1.47"));
  EXPECT_THAT(parts_of("N1", "47"), ElementsAre("N1.all", "N1.10", "N1.47"));
  EXPECT_THAT(parts_of("S2", "11"), ElementsAre("S2.11"));
  EXPECT_EQ(happenings().of("R1.N1.47.2010-03")->name, "R1.N1.10.2010-02");
}

TEST_F(HappeningsTest, RolesTellWhoLeadsAndWhoFollows) {
  raise("N1", "10", 3);
  raise("N1", "all", 1);
  raise("N1", "46", 1);
  tick();
  raise("N1", "47", 0);
  tick();
  Happenings const all = happenings();
  const Happening* const h = all.of("R1.N1.all.2010-02");
  ASSERT_THAT(parts(h), ElementsAre("N1.all", "N1.10", "N1.46", "N1.47"));
  std::vector<PartRole> roles;
  for (const auto& part : h->parts) roles.push_back(h->role(*part));
  EXPECT_THAT(roles, ElementsAre(PartRole::kHeadline, PartRole::kLeads, PartRole::kTogether,
                                 PartRole::kFollows));
}

TEST_F(HappeningsTest, AWiderAlertJoinsTwoHappenings) {
  raise("N1", "10");
  raise("S1", "47");
  tick();
  EXPECT_THAT(parts_of("N1", "10"), ElementsAre("N1.10"));
  raise("R", "all");
  tick();
  EXPECT_THAT(parts_of("N1", "10"), ElementsAre("R.all", "N1.10", "S1.47"));
}

TEST_F(HappeningsTest, ABeginningNeverChangesWhileTheHeadlineMay) {
  raise("N1", "10", 4, "R1", alerts::Severity::kRed);
  tick();
  EXPECT_TRUE(begins("R1.N1.10.2010-02"));
  raise("R", "all");
  raise("N1", "47");
  raise("S2", "46");
  tick();
  Happenings const all = happenings();
  EXPECT_TRUE(all.begins(*book_.find("R1.N1.10.2010-02")));
  EXPECT_FALSE(all.begins(*book_.find("R1.R.all.2010-03")));
  EXPECT_FALSE(all.begins(*book_.find("R1.N1.47.2010-03")));
  const Happening& h = *all.of("R1.N1.47.2010-03");
  EXPECT_EQ(h.headline().name, "R1.R.all.2010-03");
  EXPECT_EQ(h.severity(), alerts::Severity::kRed) << "that of a part";
  EXPECT_EQ(h.onset(), PeriodIndex(kBegin.value + 1 - 4));
  clear("N1", "10");
  tick();
  EXPECT_EQ(happenings().of("R1.R.all.2010-03")->severity(), alerts::Severity::kAmber)
      << "of the open parts";
}

TEST_F(HappeningsTest, OfSeveralInOnePeriodTheWidestIsTheBeginning) {
  raise("N1", "10");
  raise("N", "C");
  tick();
  EXPECT_TRUE(begins("R1.N.C.2010-02"));
  EXPECT_FALSE(begins("R1.N1.10.2010-02"));
}

TEST_F(HappeningsTest, OtherRulesAndClearedAlertsAreOtherHappenings) {
  raise("N1", "all");
  raise("N1", "10", 0, "R5");
  tick();
  EXPECT_THAT(parts_of("N1", "all"), ElementsAre("N1.all"));
  clear("N1", "all");
  tick();
  raise("N1", "47");
  tick();
  EXPECT_THAT(parts_of("N1", "47"), ElementsAre("N1.47"));
}

TEST_F(HappeningsTest, SiblingsBelongTogetherIfTheyAreRaisedWithinAQuarter) {
  raise("N1", "10");
  raise("N2", "46");
  tick(3);
  raise("N2", "10");  // three months after its sibling in North One
  raise("N2", "47");  // wholesale and retail have one parent; food and retail have not
  tick(1);
  EXPECT_THAT(parts_of("N2", "10"), ElementsAre("N1.10", "N2.10"));
  EXPECT_THAT(parts_of("N2", "47"), ElementsAre("N2.46", "N2.47"));
  tick(4);
  raise("N1", "11");
  tick(1);
  EXPECT_THAT(parts_of("N1", "11"), ElementsAre("N1.11"));
}

// In a register, the alert of a region stayed open from the fall of 1995 to that of 1998, and both
// became one happening.
TEST_F(HappeningsTest, WhatFallsUnderAnAlertOfLongAgoIsAHappeningOfItsOwn) {
  raise("R", "all");
  tick(6);
  raise("N1", "10");
  tick();
  EXPECT_THAT(parts_of("N1", "10"), ElementsAre("R.all", "N1.10")) << "half a year after it";
  raise("S2", "10");
  tick();
  raise("S", "all");
  tick();
  EXPECT_THAT(parts_of("S2", "10"), ElementsAre("S.all", "S2.10"));
  EXPECT_TRUE(begins("R1.S2.10.2010-09"));
  EXPECT_FALSE(begins("R1.S.all.2010-10"));
  EXPECT_THAT(parts_of("R", "all"), ElementsAre("R.all", "N1.10"));
}

TEST_F(HappeningsTest, APartThatShowsTheFallLateIsAPart) {
  raise("R", "all");
  tick(12);
  raise("N1", "10", 6);  // a year after the alert on the realm; its change began within half of it
  raise("S1", "10", 5);
  tick();
  EXPECT_THAT(parts_of("N1", "10"), ElementsAre("R.all", "N1.10"));
  EXPECT_THAT(parts_of("S1", "10"), ElementsAre("S1.10"));
  AlertUpdate earlier = book_.find("R1.S1.10.2011-02")->state;
  earlier.onset = PeriodIndex(earlier.raised.value - 6);
  earlier.transition = TransitionKind::kNone;
  updates_.push_back(earlier);
  tick();
  EXPECT_THAT(parts_of("S1", "10"), ElementsAre("S1.10")) << "an onset that moves decides nothing";
}

TEST_F(HappeningsTest, AWiderAlertJoinsOnlyWhatWasRaisedAShortTimeBefore) {
  raise("N1", "10");
  tick(6);
  raise("N2", "47");
  tick();
  raise("N", "all");
  tick();
  EXPECT_THAT(parts_of("N", "all"), ElementsAre("N.all", "N2.47"));
  EXPECT_THAT(parts_of("N1", "10"), ElementsAre("N1.10"));
}

TEST_F(HappeningsTest, TheHeadlineIsOpenWhileAPartIsOpen) {
  raise("N1", "all");
  raise("N1", "10");
  tick();
  EXPECT_EQ(parts_of("N1", "10").front(), "N1.all");
  clear("N1", "all");
  tick();
  EXPECT_EQ(parts_of("N1", "10").front(), "N1.10");
  clear("N1", "10");
  tick();
  EXPECT_EQ(parts_of("N1", "10").front(), "N1.all");
}

TEST_F(HappeningsTest, OfEqualsTheMostSevereIsTheHeadline) {
  raise("N1", "10");
  raise("N2", "10", 0, "R1", alerts::Severity::kRed);
  tick();
  EXPECT_EQ(parts_of("N1", "10").front(), "N2.10");
}

TEST_F(HappeningsTest, AnAlertOfASourceIsAHappeningByItself) {
  raise("registrations", "all", 0, "R0");
  raise("R", "all", 0, "R0");
  tick();
  EXPECT_THAT(parts_of("registrations", "all"), ElementsAre("registrations.all"));
}

TEST_F(HappeningsTest, EveryAlertIsInOneHappeningAndHasOneHeadline) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    static constexpr const char* kPlaces[] = {"R", "N", "N1", "N2", "S", "S1", "HUB"};
    static constexpr const char* kKinds[] = {"all", "C", "10", "11", "G", "46"};
    std::map<std::string, bool> told;  // by alert: whether a happening begins with it
    for (int i = 0; i < 30; ++i) {
      const char* const area = kPlaces[random.below(7)];
      const char* const sector = kKinds[random.below(6)];
      if (!book_.open().contains({"R1", area, sector})) {
        raise(area, sector, random.between(0, 4));
      } else if (random.chance(0.5)) {
        clear(area, sector);
      }
      tick();
      Happenings const now = happenings();
      for (const auto& [name, alert] : book_.alerts()) {
        EXPECT_EQ(told.try_emplace(name, now.begins(*alert)).first->second, now.begins(*alert))
            << name << ", seed " << seed;
      }
    }
    Happenings const all = happenings();
    size_t parts = 0;
    std::set<std::string> names;
    for (const Happening& h : all.all()) {
      parts += h.parts.size();
      names.insert(h.name);
      bool any_open = false;
      for (const auto& part : h.parts) {
        any_open |= part->state.open;
        EXPECT_EQ(all.of(part->name), &h);
      }
      EXPECT_EQ(h.headline().state.open, any_open);
      EXPECT_TRUE(all.begins(*book_.find(h.name)));
    }
    EXPECT_EQ(parts, book_.alerts().size());
    EXPECT_EQ(names.size(), all.all().size());
  }
}

TEST_F(HappeningsTest, AnExplanationNamesThePartsAndTheHeadline) {
  alerts::Evidence whole;
  whole.period = PeriodIndex(kBegin.value + 1);
  whole.expected = 100;
  whole.observed = 60;
  whole.lower = 80;
  whole.upper = 120;
  alerts::Evidence part = whole;
  part.expected = 50;
  part.observed = 20;
  raise("N1", "all", 1, "R1", alerts::Severity::kAmber, whole);
  raise("N1", "10", 2, "R1", alerts::Severity::kAmber, part);
  tick();
  raise("N1", "47");
  tick();
  View view;
  view.reference = shared_world();
  view.calendar = kMonths;
  view.book = std::make_shared<alerts::Book>(book_);
  view.panel = indicators::Panel(testing::world(), kMonths, kBegin).publish();
  view.happenings = std::make_shared<Happenings>(*view.book, *view.panel);
  auto const told = [&](const char* name) {
    std::string text;
    for (const std::string& p : explain(view, *view.book->find(name))) text += p + "\n";
    return text;
  };
  EXPECT_THAT(told("R1.N1.all.2010-02"),
              HasSubstr("It is the headline of 3 alerts that belong together. Before the headline "
                        "began: Food products, North One (2009-12). After it: Retail, North One "
                        "(2010-03)."));
  EXPECT_THAT(
      told("R1.N1.47.2010-03"),
      HasSubstr("It is one of 3 alerts that belong together; their headline is All sectors, "
                "North One (R1.N1.all.2010-02)."));
  const Happening& h = *view.happenings->of("R1.N1.10.2010-02");
  EXPECT_EQ(share_of_headline(view, h, *view.book->find("R1.N1.10.2010-02")), 0.75);
  EXPECT_EQ(share_of_headline(view, h, *view.book->find("R1.N1.47.2010-03")), 0)
      << "of another period";
}

}  // namespace
}  // namespace bellwether::engine
