// Compares the formulas of the table with the same formulas in plain code. On random panels, the
// results must have equal bits.
#include <gtest/gtest.h>

#include <bit>

#include "core/base/response_hours.h"
#include "core/indicators/catalogue.h"
#include "support/random.h"
#include "support/world.h"

namespace bellwether::indicators {
namespace {

using testing::area;
using testing::Random;
using testing::sector;
using testing::world;

// All indicators of one node at the end of one period, in plain code.
class Plain {
 public:
  Plain(const Panel& panel, Node node, PeriodIndex period)
      : panel_(panel), node_(node), t_(period.value) {}

  Value value(Indicator i) const {
    using enum Indicator;
    int const n = periods_in(info(i).window, panel_.calendar());
    if (t_ - n + 1 < panel_.first_period().value) return none();
    double const active =
        stock(t_ - year()) + sum(Measure::kBirths, year()) + sum(Measure::kRestorations, year());
    switch (i) {
      case kActiveStock: {
        Value v;
        v.value = v.numerator = stock(t_);
        return v;
      }
      case kBirthRate:
        return ratio(i, 100, sum(Measure::kBirths, n), active);
      case kDeathRate:
        return ratio(i, 100, sum(Measure::kDeaths, n) - sum(Measure::kRestorations, n), active);
      case kNetBirthRate:
        return ratio(
            i, 100,
            sum(Measure::kBirths, n) - sum(Measure::kDeaths, n) + sum(Measure::kRestorations, n),
            active);
      case kChurn:
        return ratio(
            i, 100,
            sum(Measure::kBirths, n) + sum(Measure::kDeaths, n) - sum(Measure::kRestorations, n),
            active);
      case kStockGrowth:
        return ratio(i, 100, stock(t_) - stock(t_ - n), stock(t_ - n));
      case kBirthMomentum:
        return momentum(node_);
      case kSurvival1:
      case kSurvival2:
      case kSurvival3:
      case kSurvival4:
      case kSurvival5:
        return survived(i, static_cast<int>(i) - static_cast<int>(kSurvival1) + 1);
      case kInsolvencyRate:
        return ratio(i, 10'000, sum(Measure::kInsolvencies, n), (stock(t_) + stock(t_ - n)) / 2);
      case kStrikeOffNotices:
        return ratio(i, 10'000, sum(Measure::kStrikeOffCompulsory, n), stock(t_));
      case kNewCharges:
        return ratio(i, 10'000, sum(Measure::kChargesCreated, n), stock(t_));
      case kNetDirectorExits:
        return ratio(i, 10'000,
                     sum(Measure::kDirectorsResigned, n) - sum(Measure::kDirectorsAppointed, n),
                     stock(t_));
      case kDistressShare:
        return distress_share();
      case kResponseMedian:
        return response(i, 0.5, n);
      case kResponseP90:
        return response(i, 0.9, n);
      case kReach:
        return ratio(
            i, 100,
            static_cast<double>(panel_.cumulative(node_, Measure::kSupported, PeriodIndex(t_))),
            stock(t_));
      case kDiffusion: {
        int const quarter = periods_in(Window::kQuarter, panel_.calendar());
        if (t_ - quarter + 1 - 3 * year() < panel_.first_period().value) return none();
        double points = 0;
        int divisions = 0;
        diffusion(node_.sector, points, divisions);
        return ratio(i, 100, points, divisions);
      }
      default:
        return other_value(i, n);
    }
  }

 private:
  Value other_value(Indicator i, int n) const {
    using enum Indicator;
    switch (i) {
      case kInsolvencyRise:
        return insolvency_rise(i, n);
      case kInsolvencyAboveRatio:
        return against_above(i, n);
      case kAccountsOverdueShare:
        return overdue(i, Measure::kAccountsOverdue, t_);
      case kAccountsOverdueRise: {
        if (t_ - n < panel_.first_period().value) return none();
        Value v = overdue(i, Measure::kAccountsOverdue, t_);
        Value const before = overdue(i, Measure::kAccountsOverdue, t_ - n);
        if (!v.ok()) return v;
        if (!before.ok()) {
          v = none();
          v.below_base = before.below_base;
          v.numerator = level(Measure::kAccountsOverdue, t_);
          v.denominator = stock(t_);
          return v;
        }
        v.value -= before.value;
        return v;
      }
      case kConfirmationOverdueShare:
        return overdue(i, Measure::kConfirmationOverdue, t_);
      case kHighGrowth:
        return ratio(i, 100, level(Measure::kTenOrMoreGrown, t_), level(Measure::kTenOrMore, t_));
      case kReferralCompletion: {
        if (t_ - 2 * n + 1 < panel_.first_period().value) return none();
        return ratio(i, 100, sum(node_, Measure::kReferralsCompletedByOpening, t_ - n, n),
                     sum(node_, Measure::kReferralsOpened, t_ - n, n));
      }
      case kJobsAtRiskQuarter: {
        Value v;
        v.value = v.numerator = sum(Measure::kJobsAtRisk, n);
        return v;
      }
      default:
        return none();
    }
  }
  static Value none() {
    Value v;
    v.not_available = "none";
    return v;
  }
  static Value ratio(Indicator i, double factor, double numerator, double denominator) {
    Value v;
    v.numerator = numerator;
    v.denominator = denominator;
    if (denominator < static_cast<double>(info(i).minimum_base) || denominator <= 0) {
      v.not_available = "small";
      v.below_base = true;
      return v;
    }
    v.value = factor * numerator / denominator;
    return v;
  }
  int year() const { return panel_.calendar().periods_per_year(); }
  double stock(int32_t t) const { return static_cast<double>(panel_.stock(node_, PeriodIndex(t))); }
  double sum(Node node, Measure m, int32_t last, int n) const {
    return static_cast<double>(panel_.sum(node, m, PeriodIndex(last - n + 1), PeriodIndex(last)));
  }
  double sum(Measure m, int n) const { return sum(node_, m, t_, n); }

  double level(Measure m, int32_t t) const {
    return static_cast<double>(panel_.cumulative(node_, m, PeriodIndex(t)));
  }
  Value overdue(Indicator i, Measure m, int32_t t) const {
    return ratio(i, 100, level(m, t), stock(t));
  }
  Value insolvency_rise(Indicator i, int n) const {
    if (t_ - n + 1 - 3 * year() < panel_.first_period().value) return none();
    double rates = 0;
    for (int y = 1; y <= 3; ++y) {
      int32_t const t = t_ - y * year();
      double const mean_stock = stock(t) + stock(t - n);
      if (mean_stock <= 0) return none();
      rates += sum(node_, Measure::kInsolvencies, t, n) / mean_stock;
    }
    return ratio(i, 1, sum(Measure::kInsolvencies, n), rates / 3 * (stock(t_) + stock(t_ - n)));
  }
  Value against_above(Indicator i, int n) const {
    double const own = sum(Measure::kInsolvencies, n);
    if (node_ == Node{}) return ratio(i, 1, 0, own);
    Node above = node_;
    if (node_.area != reference::kRootArea) {
      above.area = world().areas.at(node_.area).parent;
    } else {
      above.sector = world().sectors.at(node_.sector).parent;
    }
    Plain const there(panel_, above, PeriodIndex(t_));
    double const mean_stock = there.stock(t_) + there.stock(t_ - n);
    if (mean_stock <= 0) return none();
    double const rate = there.sum(Measure::kInsolvencies, n) / mean_stock;
    return ratio(i, 1, rate * (stock(t_) + stock(t_ - n)), own);
  }

  Value distress_share() const {
    bool const weekly = panel_.calendar().unit() == base::CalendarUnit::kWeek;
    Value v;
    for (int n : weekly ? std::vector{4, 8, 13, 26, 52} : std::vector{1, 2, 3, 6, 12}) {
      if (t_ - n + 1 < panel_.first_period().value) break;
      double const distress = sum(Measure::kEnquiriesDistress, n);
      double const all = sum(Measure::kEnquiries, n);
      v = ratio(Indicator::kDistressShare, 100, distress, all);
      if (distress >= 10 && all >= 100) break;
    }
    return v;
  }
  Value momentum(Node node) const {
    int const n = periods_in(Window::kQuarter, panel_.calendar());
    if (t_ - n + 1 - 3 * year() < panel_.first_period().value) return none();
    double before = 0;
    for (int y = 1; y <= 3; ++y) before += sum(node, Measure::kBirths, t_ - y * year(), n);
    return ratio(Indicator::kBirthMomentum, 1, sum(node, Measure::kBirths, t_, n), before / 3);
  }
  Value survived(Indicator i, int years) const {
    int32_t const last = t_ - years * year();
    if (last - year() + 1 < panel_.first_period().value) return none();
    double dead = 0;
    for (int k = 0; k < years; ++k) {
      dead += sum(node_, measure_at(Measure::kDeathsAge0, static_cast<size_t>(k)), last, year());
    }
    double const births = sum(node_, Measure::kBirths, last, year());
    return ratio(i, 100, births - dead, births);
  }
  Value response(Indicator i, double q, int n) const {
    double total = 0;
    for (size_t b = 0; b < 15; ++b) total += sum(measure_at(Measure::kResponse1, b), n);
    Value v = ratio(i, 1, 0, total);
    if (!v.ok()) return v;
    double below = 0;
    for (size_t b = 0; b < 15; ++b) {
      double const in_bucket = sum(measure_at(Measure::kResponse1, b), n);
      if (below + in_bucket >= q * total) {
        double const lower = b == 0 ? 0 : base::kResponseHours[b - 1];
        double const upper = b < 14 ? base::kResponseHours[b] : lower;
        v.value = v.numerator =
            lower + (upper - lower) * (in_bucket > 0 ? (q * total - below) / in_bucket : 0);
        return v;
      }
      below += in_bucket;
    }
    return v;
  }
  void diffusion(SectorId s, double& points, int& divisions) const {
    auto const children = world().sectors.children(s);
    for (SectorId child : children) {
      if (child != reference::kUnclassified) diffusion(child, points, divisions);
    }
    if (!children.empty()) return;
    Value const m = momentum({node_.area, s});
    if (!m.ok()) return;
    ++divisions;
    points += m.value > 1 + 0.05 ? 1 : m.value >= 1 - 0.05 ? 0.5 : 0;
  }

  const Panel& panel_;
  Node node_;
  int32_t t_;
};

void expect_same_bits(double a, double b, std::string_view what) {
  EXPECT_EQ(std::bit_cast<uint64_t>(a), std::bit_cast<uint64_t>(b)) << what << " " << a << " " << b;
}

void fill(Panel& panel, Random& random, int32_t first, int periods) {
  std::vector<Delta> deltas;
  for (std::string_view s : {"10", "11", "46", "47", "unclassified"}) {
    for (const domain::MeasureInfo& m : domain::kMeasures) {
      for (int32_t t = first - 3; t < first + periods; ++t) {
        if (random.chance(0.4)) continue;
        int const most = m.id == Measure::kBirths ? 400 : random.chance(0.1) ? 1'000'000 : 60;
        deltas.push_back(
            {DeltaKey({area(random.chance(0.5) ? "N1" : "S2"), sector(s), base::SizeBand(0)}, m.id,
                      PeriodIndex(t)),
             random.between(domain::is_dated(m.id) ? 0 : -20, most)});
      }
    }
  }
  panel.add(deltas, [](uint32_t, Measure, PeriodIndex) {});
}

TEST(FormulasPropertyTest, TheTableAndThePlainFormulasGiveEqualBits) {
  int values = 0;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    bool const weekly = seed % 2 == 0;
    base::Calendar const calendar(weekly ? base::CalendarUnit::kWeek : base::CalendarUnit::kMonth);
    int32_t const first = 480;
    int const periods = 7 * calendar.periods_per_year();
    Panel panel(world(), calendar, PeriodIndex(first));
    fill(panel, random, first, periods);
    for (int32_t t = first; t < first + periods; t += random.between(1, 9)) {
      for (Node node : {Node{}, Node{reference::kRootArea, sector("C")},
                        Node{area("N"), sector("10")}, Node{area("S2"), sector("47")}}) {
        Plain const plain(panel, node, PeriodIndex(t));
        for (const IndicatorInfo& i : domain::kIndicators) {
          Value const is = compute(i.id, panel, node, PeriodIndex(t));
          Value const should = plain.value(i.id);
          ASSERT_EQ(is.ok(), should.ok()) << i.name << " " << is.not_available;
          EXPECT_EQ(is.below_base, should.below_base) << i.name;
          expect_same_bits(is.value, should.value, i.name);
          expect_same_bits(is.numerator, should.numerator, i.name);
          expect_same_bits(is.denominator, should.denominator, i.name);
          values += is.ok() ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(values, 5'000);
}

TEST(FormulasTest, AShareInOnePeriodHasTheMeasuresOfItsRow) {
  Panel panel(world(), base::Calendar(base::CalendarUnit::kMonth), PeriodIndex(480));
  Random random(7);
  fill(panel, random, 480, 24);
  for (const IndicatorInfo& i : domain::kIndicators) {
    if (i.detector != "ratio") continue;
    Share const share = share_in(*share_of(i.id), panel, {}, PeriodIndex(490));
    EXPECT_EQ(share.numerator, panel.at({}, domain::numerator(i.id), PeriodIndex(490)));
    EXPECT_EQ(share.denominator, panel.at({}, domain::denominator(i.id), PeriodIndex(490)));
  }
}

}  // namespace
}  // namespace bellwether::indicators
