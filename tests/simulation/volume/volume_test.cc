// How many alerts a region gets in which nothing happens: ten districts and a growth hub, 155
// sectors each, 1,705 nodes, judged by the default rules month by month. Counts the headlines of
// happenings, because these are what people are told. Prints each figure with its seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "core/engine/evaluator.h"
#include "core/engine/happenings.h"
#include "core/stats/counts.h"
#include "core/stats/normal.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::engine {
namespace {

using base::PeriodIndex;
using indicators::Delta;
using indicators::DeltaKey;
using indicators::Measure;
using testing::kMonths;
using testing::Random;

constexpr uint64_t kSeed = 20261129;
constexpr int kWarmUpYears = 6;
constexpr int kYears = 4;
constexpr double kHeadlinesAMonthMax = 6;

std::shared_ptr<const reference::Reference> region() {
  std::string areas = "code,name,level,parent\nR,Region,region,\n";
  for (int d = 0; d < 10; ++d) areas += "D" + std::to_string(d) + ",District,district,R\n";
  std::string sectors =
      "scheme,version,code,parent,level,name,prefixes\nUKSIC,2007,all,,all,All,\n"
      "UKSIC,2007,unclassified,all,section,Not classified,\n";
  for (int s = 0; s < 14; ++s) {
    std::string const section(1, static_cast<char>('A' + s));
    sectors += "UKSIC,2007," + section + ",all,section,Section,\n";
    for (int d = 0; d < 10; ++d) {
      sectors += "UKSIC,2007," + std::to_string(100 + 10 * s + d) + "," + section +
                 ",division,Division,\n";
    }
  }
  return std::make_shared<const reference::Reference>(reference::Reference{
      testing::must(reference::Areas::parse(
          areas, "areas.csv", "set,name,member,from,until\nHUB,Growth hub,D3,,\n", "sets.csv")),
      testing::must(reference::Sectors::parse(sectors, "sectors.csv")), reference::Postcodes()});
}

int32_t draw(Random& random, double mean) {
  auto const p = std::clamp(random.uniform(), 1e-12, 1 - 1e-12);
  return static_cast<int32_t>(stats::quantile({mean, 1.2}, p));
}

// Births, deaths, notices and enquiries of each division of each district. The means are spread as
// in registers: half of the divisions of a district have less than two births a month.
class Months {
 public:
  Months(const reference::Reference& reference, uint64_t seed) : random_(seed) {
    for (int d = 0; d < 10; ++d) {
      for (int s = 100; s < 240; ++s) {
        leaves_.push_back(
            {{testing::must(reference.areas.find("D" + std::to_string(d))),
              testing::must(reference.sectors.find(std::to_string(s))), base::SizeBand(0)},
             std::exp(0.7 + 1.2 * stats::normal_quantile(
                                      std::clamp(random_.uniform(), 1e-9, 1 - 1e-9)))});
      }
    }
  }
  // `factor`: of the births in section A.
  std::vector<Delta> next(PeriodIndex month, double factor) {
    std::vector<Delta> out;
    double const season = 1 + 0.15 * std::sin(2 * std::numbers::pi * (month.value % 12) / 12);
    for (size_t i = 0; i < leaves_.size(); ++i) {
      auto const& [cell, mean] = leaves_[i];
      auto const add = [&](Measure m, int64_t n, int32_t period) {
        if (n != 0) out.push_back({DeltaKey(cell, m, PeriodIndex(period)), n});
      };
      if (first_) add(Measure::kBirths, std::llround(150 * mean), month.value - 600);
      bool const falls = i % 140 < 10;
      add(Measure::kBirths, draw(random_, mean * season * (falls ? factor : 1)), month.value);
      add(Measure::kDeaths, draw(random_, 0.85 * mean), month.value);
      add(Measure::kStrikeOffCompulsory, draw(random_, 0.3 * mean), month.value);
      int32_t const enquiries = draw(random_, 0.8 * mean);
      add(Measure::kEnquiries, enquiries, month.value);
      int32_t distress = 0;
      for (int32_t e = 0; e < enquiries; ++e) distress += random_.chance(0.2);
      add(Measure::kEnquiriesDistress, distress, month.value);
    }
    first_ = false;
    return out;
  }

 private:
  struct Leaf {
    indicators::Cell cell;
    double mean;
  };
  Random random_;
  std::vector<Leaf> leaves_;
  bool first_ = true;
};

class VolumeTest : public ::testing::Test {
 protected:
  VolumeTest() {
    options_.calendar = kMonths;
    options_.topics = {domain::Topic::kRegistrations, domain::Topic::kSupport};
  }
  // Judges kYears years after the warm-up. From the third year on, births of section A have
  // `factor` of their mean.
  void live(uint64_t seed, double factor) {
    evaluator_ = std::make_unique<Evaluator>(reference_, options_);
    book_ = alerts::Book(kMonths);
    book_.fold(base::JournalOffset(0),
               alerts::RuleSetActivated{alerts::default_rules(kMonths), "test", {}});
    Months months(*reference_, seed);
    first_ = 480 + 12 * kWarmUpYears;
    fall_ = first_ + 24;
    for (int32_t t = 480; t < first_ + 12 * kYears; ++t) {
      PartitionTick part;
      part.tick = PeriodIndex(t);
      part.deltas = months.next(part.tick, t < fall_ ? 1 : factor);
      evaluator_->apply(part.tick, std::span(&part, 1));
      if (t < first_) continue;
      auto const verdict = evaluator_->evaluate(part.tick, book_, {{"registrations", 0, t}}, false);
      ASSERT_EQ(book_.fold(base::JournalOffset(t), verdict), alerts::FoldOutcome::kApplied);
      series_ = std::max(series_, verdict.series_assessed);
    }
    happenings_ = Happenings(book_, evaluator_->panel());
  }

  std::shared_ptr<const reference::Reference> reference_ = region();
  EvaluatorOptions options_;
  std::unique_ptr<Evaluator> evaluator_;
  alerts::Book book_{kMonths};
  Happenings happenings_;
  int32_t first_ = 0;
  int32_t fall_ = 0;
  int32_t series_ = 0;
};

TEST_F(VolumeTest, S4_AQuietRegionHasAFewHeadlinesAMonth) {
  live(kSeed, 1);
  std::map<std::string, int> by_rule;
  for (const auto& [name, alert] : book_.alerts()) {
    ++by_rule[alert->state.key.rule];
    EXPECT_NE(alert->state.key.area, "HUB") << name << ": the hub is its one district";
  }
  double const headlines = static_cast<double>(happenings_.all().size()) / (12 * kYears);
  double const alerts = static_cast<double>(book_.alerts().size()) / (12 * kYears);
  std::printf("seed %llu: %.2f headlines a month, %.2f alerts; %d series judged in a month;",
              static_cast<unsigned long long>(kSeed), headlines, alerts, series_);
  for (const auto& [rule, n] : by_rule) std::printf(" %s %d", rule.c_str(), n);
  std::puts("");
  EXPECT_LE(headlines, kHeadlinesAMonthMax);
  EXPECT_GT(alerts, 0) << "rules that never find anything pass every other test";
}

// A third fewer births in one section: one headline tells it, not each district and division.
TEST_F(VolumeTest, S4_AFallOfASectionIsOneHeadline) {
  live(kSeed, 0.67);
  int headlines = 0;
  int parts = 0;
  for (const Happening& h : happenings_.all()) {
    const alerts::AlertUpdate& head = h.headline().state;
    auto const of_fall = [&](const alerts::AlertPtr& part) {
      auto const sector = reference_->sectors.find(part->state.key.sector);
      bool const below =
          sector.ok() && std::ranges::count(reference_->sectors.ancestors(*sector),
                                            testing::must(reference_->sectors.find("A"))) > 0;
      return part->state.key.rule == "R1" && below && part->state.raised.value >= fall_ &&
             part->state.raised.value < fall_ + 12;
    };
    auto const found = static_cast<int>(std::ranges::count_if(h.parts, of_fall));
    if (found == 0) continue;
    ++headlines;
    parts += found;
    EXPECT_TRUE(found <= 5 || head.key.area == "R") << h.name;
  }
  std::printf("a fall by a third in one section: %d alerts of its parts in a year, %d headlines\n",
              parts, headlines);
  EXPECT_GE(parts, 10);
  EXPECT_LE(headlines, 2);
}

}  // namespace
}  // namespace bellwether::engine
