// How many discoveries of a tick are false. Regions of 500 series in which nothing happens, and
// regions in which one series in twenty falls (or rises) at each tick, for that week.
// Benjamini–Hochberg over the p by each series' own scale, and over the p recalibrated on all
// series' scores. The rates of both are printed with the seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "core/base/csv.h"
#include "core/detection/detector.h"
#include "core/detection/multiplicity.h"
#include "core/detection/recalibration.h"
#include "core/stats/counts.h"
#include "core/stats/normal.h"
#include "support/data.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::detection {
namespace {

constexpr uint64_t kSeed = 19950289;
constexpr int kSeries = 500;
constexpr int kWeeks = 624;
constexpr int kTicks = 25;  // the last weeks are judged
constexpr double kRate = 0.05;
constexpr double kDownturns = 0.05;
constexpr double kFallen = 0.6;
constexpr double kRisen = 1.6;
constexpr double kExpectedMin = 5;  // in four weeks, as in the rules
constexpr std::array<double, 3> kAlphas = {0.05, 0.01, 0.001};

double uniform(testing::Random& random) {
  return std::clamp(random.uniform(), 1e-12, 1 - 1e-12);
}

// The distributions of a series, week by week.
using Truth = std::vector<stats::CountDistribution>;
using World = std::function<Truth(testing::Random&, int series)>;

// The scenarios of Noufaily et al. (2013) in turn. The model is true for them.
World noufaily() {
  std::string const name = "farrington/noufaily28_scenarios.csv";
  std::vector<std::array<double, 6>> scenarios;
  for (const base::CsvRow& r :
       testing::must(base::parse_csv(testing::data_file(name), name,
                                     {"theta", "beta", "m", "phi", "gamma1", "gamma2", "trend"}))) {
    scenarios.push_back({std::stod(r[0]), std::stod(r[1]), std::stod(r[2]), std::stod(r[3]),
                         std::stod(r[4]), std::stod(r[5])});
  }
  return [scenarios](testing::Random&, int series) {
    const auto& [theta, beta, harmonics, phi, gamma1, gamma2] =
        scenarios[static_cast<size_t>(series) % scenarios.size()];
    Truth out;
    for (int t = 1; t <= kWeeks; ++t) {
      double log_mean = theta + beta * t;
      for (int j = 1; j <= static_cast<int>(harmonics); ++j) {
        double const angle = 2 * std::numbers::pi * j * t / 52;
        log_mean += gamma1 * std::cos(angle) + gamma2 * std::sin(angle);
      }
      out.push_back({std::exp(log_mean), phi});
    }
    return out;
  };
}

// Levels that drift around their season for months, in some series more than in others. The model
// knows no drift.
Truth wandering(testing::Random& random, int) {
  constexpr double kPersistence = 0.9;
  double const sd = 0.3 * random.uniform();
  double const mean = 5 + 200 * random.uniform() * random.uniform();
  double const phi = 1 + 2 * random.uniform();
  double level = 0;
  Truth out;
  for (int t = 0; t < kWeeks; ++t) {
    level = kPersistence * level + std::sqrt(1 - kPersistence * kPersistence) * sd *
                                       stats::normal_quantile(uniform(random));
    out.push_back({mean * std::exp(level + 0.3 * std::sin(2 * std::numbers::pi * t / 52)), phi});
  }
  return out;
}

struct Rates {
  int64_t tested = 0;
  std::array<int64_t, kAlphas.size()> below{};
  int ticks = 0;
  int null_ticks_with_discovery = 0;
  double false_shares = 0;  // sum over ticks of the false share of the discoveries
  int64_t downturns = 0;
  int64_t found = 0;

  void add(std::span<const double> p_null, std::span<const double> p,
           const std::vector<bool>& fallen) {
    std::vector<double> adjusted(p.size());
    auto const discovered = [&](size_t i) { return adjusted[i] <= kRate; };
    ++ticks;
    benjamini_hochberg(p_null, adjusted);
    bool any = false;
    for (size_t i = 0; i < p.size(); ++i) {
      ++tested;
      any = any || discovered(i);
      for (size_t a = 0; a < kAlphas.size(); ++a) below[a] += p_null[i] < kAlphas[a];
    }
    null_ticks_with_discovery += any;
    benjamini_hochberg(p, adjusted);
    int64_t discoveries = 0;
    int64_t right = 0;
    for (size_t i = 0; i < p.size(); ++i) {
      downturns += fallen[i];
      discoveries += discovered(i);
      right += discovered(i) && fallen[i];
    }
    found += right;
    if (discoveries > 0)
      false_shares += static_cast<double>(discoveries - right) / static_cast<double>(discoveries);
  }
  double share(size_t alpha) const {
    return static_cast<double>(below[alpha]) / static_cast<double>(tested);
  }
  double null_share() const { return static_cast<double>(null_ticks_with_discovery) / ticks; }
  double false_discovery_rate() const { return false_shares / ticks; }
  double power() const { return static_cast<double>(found) / static_cast<double>(downturns); }
  void print(const std::string& what) const {
    std::printf("seed %llu, %s: p", static_cast<unsigned long long>(kSeed), what.c_str());
    for (size_t a = 0; a < kAlphas.size(); ++a) std::printf("  %g -> %.5f", kAlphas[a], share(a));
    std::printf(
        "; null ticks with a discovery %.3f; false discoveries %.4f, downturns found %.4f\n",
        null_share(), false_discovery_rate(), power());
  }
};
struct Both {
  Rates own;
  Rates recalibrated;
};

std::vector<double> p_of(const Recalibration* recalibration, const std::vector<Assessment>& all) {
  std::vector<double> p;
  for (size_t i = 0; i < all.size(); ++i)
    p.push_back(recalibration ? recalibration->p(i, all[i]) : all[i].p);
  return p;
}

struct BothTails {
  Both low;
  Both high;
};

// All series of a tick in one tail, judged together as in the daemon.
class Tick {
 public:
  explicit Tick(Harm harm) : harm_(harm) {}
  // `a` is for the lower tail; `settled` is its path of scores.
  void add(Assessment a, std::vector<double> settled, stats::CountDistribution truth,
           testing::Random& random) {
    if (harm_ == Harm::kHigh) {
      a.z = -a.z;
      std::swap(a.p, a.p_other);
      for (double& z : settled) z = -z;
    }
    null_.push_back(a);
    settled_.push_back(std::move(settled));
    fallen_.push_back(random.chance(kDownturns));
    if (fallen_.back()) {
      truth.mean *= harm_ == Harm::kLow ? kFallen : kRisen;
      a.z = score(a.baseline, stats::quantile(truth, uniform(random)), harm_).z / a.scale;
      a.p = stats::normal_cdf(-a.z);
    }
    some_fallen_.push_back(a);
  }
  void judge(Recalibration& recalibration, Both& out) const {
    recalibration.clear();
    for (const Assessment& a : null_) recalibration.add(a);
    recalibration.pool_widths();
    for (size_t i = 0; i < settled_.size(); ++i) recalibration.add_tail(i, settled_[i]);
    recalibration.pool_tails();
    out.own.add(p_of(nullptr, null_), p_of(nullptr, some_fallen_), fallen_);
    out.recalibrated.add(p_of(&recalibration, null_), p_of(&recalibration, some_fallen_), fallen_);
  }

 private:
  Harm harm_;
  std::vector<Assessment> null_;
  std::vector<Assessment> some_fallen_;
  std::vector<bool> fallen_;
  std::vector<std::vector<double>> settled_;
};

BothTails simulate(const World& world, int regions, const std::string& what) {
  DetectorOptions options;
  options.farrington.dated = false;
  options.farrington.year_periods = 52;
  Workspace workspace;
  Recalibration recalibration;
  testing::Random random(kSeed);
  BothTails out;
  for (int region = 0; region < regions; ++region) {
    std::vector<Truth> truth;
    std::vector<std::vector<int32_t>> counts;
    for (int s = 0; s < kSeries; ++s) {
      truth.push_back(world(random, s));
      std::vector<int32_t>& own = counts.emplace_back();
      for (const stats::CountDistribution& d : truth.back())
        own.push_back(static_cast<int32_t>(stats::quantile(d, uniform(random))));
    }
    std::vector<ScoredSeries> scored(kSeries);
    for (int t = kWeeks - kTicks; t < kWeeks; ++t) {
      Tick low(Harm::kLow);
      Tick high(Harm::kHigh);
      for (size_t s = 0; s < kSeries; ++s) {
        CountSeries const series{base::Calendar(base::CalendarUnit::kWeek), base::PeriodIndex(0),
                                 counts[s]};
        Assessment const a =
            scored[s].assess(series, base::PeriodIndex(t), Harm::kLow, options, workspace);
        if (a.why != NotAssessed::kNone || 4 * a.expected < kExpectedMin) continue;
        std::vector<double> settled;
        for (int then = t - options.path_periods_max + 1;
             then < t - options.farrington.exclude_recent; ++then) {
          if (auto const z = scored[s].path_score(then)) settled.push_back(*z);
        }
        low.add(a, settled, truth[s][static_cast<size_t>(t)], random);
        high.add(a, settled, truth[s][static_cast<size_t>(t)], random);
      }
      low.judge(recalibration, out.low);
      high.judge(recalibration, out.high);
    }
  }
  out.low.own.print(what + ", low, own scale");
  out.low.recalibrated.print(what + ", low, recalibrated");
  out.high.own.print(what + ", high, own scale");
  out.high.recalibrated.print(what + ", high, recalibrated");
  return out;
}

// If the model is true: single p are nearer to their stated rates than by each series' own scale,
// more downturns are found, and about as few discoveries are false as stated.
TEST(FalseDiscoveryRateTest, FalseDiscoveriesAreAsStatedIfTheModelIsTrue) {
  BothTails const r = simulate(noufaily(), 6, "Noufaily");
  EXPECT_LT(r.low.recalibrated.false_discovery_rate(), kRate);
  EXPECT_LT(r.low.recalibrated.null_share(), kRate);
  EXPECT_GT(r.low.recalibrated.power(), r.low.own.power());
  EXPECT_NEAR(r.low.recalibrated.share(0), 0.0403, 0.003);
  EXPECT_LT(r.high.recalibrated.false_discovery_rate(), kRate + 0.015);
  EXPECT_LE(r.high.recalibrated.null_share(), r.high.own.null_share());
  EXPECT_GT(r.high.recalibrated.power(), r.high.own.power());
  EXPECT_NEAR(r.high.recalibrated.share(0), 0.0459, 0.003);
}

// If the model is not true, about twice as many discoveries are false as stated, recalibrated or
// not.
TEST(FalseDiscoveryRateTest, FalseDiscoveriesAreTwiceTheStatedRateIfLevelsWander) {
  BothTails const r = simulate(wandering, 3, "wandering");
  for (const Both& tail : {r.low, r.high}) {
    EXPECT_LT(tail.recalibrated.false_discovery_rate(), tail.own.false_discovery_rate() + 0.01);
    EXPECT_LT(tail.recalibrated.false_discovery_rate(), 0.15);
  }
}

}  // namespace
}  // namespace bellwether::detection
