#include "core/indicators/catalogue.h"

#include <array>

#include "core/base/check.h"
#include "core/base/response_hours.h"
#include "core/base/text.h"

namespace bellwether::indicators {
namespace {

constexpr std::array<IndicatorInfo, kIndicators> kCatalogue = {{
    {Indicator::kActiveStock, "active_stock", 1, "Active businesses",
     "births, restorations and moves in less deaths and moves out, since the beginning", "count",
     "active businesses", "", Window::kNow, Harm::kNone, 0, "", false},
    {Indicator::kBirthRate, "birth_rate_12m", 2, "Birth rate, 12 months",
     "100 × births of 12 months ÷ businesses active at any time in them", "percent", "births",
     "stock 12 months ago + births + restorations", Window::kYear, Harm::kLow, 100, "", false},
    {Indicator::kDeathRate, "death_rate_12m", 3, "Death rate, 12 months",
     "100 × (deaths − restorations) of 12 months ÷ businesses active at any time in them",
     "percent", "deaths − restorations", "stock 12 months ago + births + restorations",
     Window::kYear, Harm::kHigh, 100, "", false},
    {Indicator::kNetBirthRate, "net_birth_rate_12m", 4, "Net birth rate, 12 months",
     "birth rate − death rate", "percent", "births − deaths + restorations",
     "stock 12 months ago + births + restorations", Window::kYear, Harm::kLow, 100, "", false},
    {Indicator::kChurn, "churn_12m", 5, "Churn, 12 months", "birth rate + death rate", "percent",
     "births + deaths − restorations", "stock 12 months ago + births + restorations", Window::kYear,
     Harm::kNone, 100, "", false},
    {Indicator::kStockGrowth, "stock_growth_12m", 6, "Growth of the stock, 12 months",
     "100 × (stock ÷ stock 12 months ago − 1)", "percent", "stock − stock 12 months ago",
     "stock 12 months ago", Window::kYear, Harm::kLow, 100, "", false},
    {Indicator::kBirthMomentum, "birth_momentum_90d", 7, "Birth momentum, 90 days",
     "births of 90 days ÷ mean of the same window in the three years before", "ratio", "births",
     "mean births of the same window in the three years before", Window::kQuarter, Harm::kLow, 5,
     "count", false},
    {Indicator::kSurvival1, "survival_1y", 8, "One-year survival",
     "100 × (1 − deaths within 1 year ÷ births) of those born in the 12 months that ended 1 year "
     "ago",
     "percent", "survivors", "births of the cohort", Window::kYear, Harm::kLow, 20, "", false},
    {Indicator::kSurvival2, "survival_2y", 8, "Two-year survival", "as survival_1y with two years",
     "percent", "survivors", "births of the cohort", Window::kYear, Harm::kLow, 20, "", false},
    {Indicator::kSurvival3, "survival_3y", 8, "Three-year survival",
     "as survival_1y with three years", "percent", "survivors", "births of the cohort",
     Window::kYear, Harm::kLow, 20, "", false},
    {Indicator::kSurvival4, "survival_4y", 8, "Four-year survival",
     "as survival_1y with four years", "percent", "survivors", "births of the cohort",
     Window::kYear, Harm::kLow, 20, "", false},
    {Indicator::kSurvival5, "survival_5y", 8, "Five-year survival",
     "as survival_1y with five years", "percent", "survivors", "births of the cohort",
     Window::kYear, Harm::kLow, 20, "", false},
    {Indicator::kInsolvencyRate, "insolvency_rate_12m", 10, "Insolvency rate, 12 months",
     "10,000 × creditors' insolvencies of 12 months ÷ mean of the stock at both ends", "per_10000",
     "insolvencies", "mean stock", Window::kYear, Harm::kHigh, 100, "", false},
    {Indicator::kStrikeOffNotices, "strike_off_notices_90d", 11,
     "Compulsory strike-off notices, 90 days", "10,000 × compulsory notices of 90 days ÷ stock",
     "per_10000", "compulsory notices", "stock", Window::kQuarter, Harm::kHigh, 100, "count",
     false},
    {Indicator::kNewCharges, "new_charges_90d", 14, "New charges, 90 days",
     "10,000 × charges created in 90 days ÷ stock", "per_10000", "charges created", "stock",
     Window::kQuarter, Harm::kNone, 100, "", false},
    {Indicator::kNetDirectorExits, "net_director_exits_90d", 15, "Net director exits, 90 days",
     "10,000 × (directors resigned − appointed) in 90 days ÷ stock", "per_10000",
     "resigned − appointed", "stock", Window::kQuarter, Harm::kHigh, 100, "", false},
    {Indicator::kDistressShare, "distress_share_28d", 17, "Distress share of enquiries, 28 days",
     "100 × interactions about distress ÷ interactions, 28 days", "percent",
     "interactions about distress", "interactions", Window::kFourWeeks, Harm::kHigh, 10, "ratio",
     true},
    {Indicator::kResponseMedian, "first_response_median_28d", 18, "First response, median, 28 days",
     "median of working hours to the first response, interpolated within the bucket", "hours",
     "working hours", "interactions with a response", Window::kFourWeeks, Harm::kHigh, 10, "",
     true},
    {Indicator::kResponseP90, "first_response_p90_28d", 18,
     "First response, 90th percentile, 28 days",
     "90th percentile of working hours to the first response, interpolated within the bucket",
     "hours", "working hours", "interactions with a response", Window::kFourWeeks, Harm::kHigh, 10,
     "", true},
    {Indicator::kReach, "reach_12m", 19, "Reach of support, 12 months",
     "100 × businesses with support in the last 12 months ÷ stock", "percent",
     "businesses supported", "stock", Window::kYear, Harm::kLow, 100, "", true},
    {Indicator::kDiffusion, "diffusion_index", 24, "Diffusion index",
     "100 × (rising + ½ flat) ÷ divisions; rising: birth momentum above 1.05, flat: 0.95 to 1.05",
     "index", "rising + ½ flat", "divisions with a momentum", Window::kQuarter, Harm::kLow, 5, "",
     false},
}};

struct Span {
  PeriodIndex first;
  PeriodIndex last;
};

Span window_ending(const IndicatorInfo& info, const Panel& panel, PeriodIndex period) {
  return {PeriodIndex(period.value - periods_in(info.window, panel.calendar()) + 1), period};
}

Value unavailable(std::string why) {
  Value v;
  v.not_available = std::move(why);
  return v;
}

// `factor` × numerator ÷ denominator, where the base suffices.
Value ratio(double factor, double numerator, double denominator, const IndicatorInfo& info) {
  Value v;
  v.numerator = numerator;
  v.denominator = denominator;
  if (denominator < static_cast<double>(info.minimum_base) || denominator <= 0) {
    v.below_base = true;
    // How few people were helped is itself what must not be told.
    v.not_available = info.support ? base::cat(info.denominator, " below ", info.minimum_base)
                                   : base::cat(info.denominator, " is ", denominator, ", below ",
                                               info.minimum_base);
    return v;
  }
  v.value = factor * numerator / denominator;
  return v;
}

// Indicators 2 to 5.
Value demography(const IndicatorInfo& info, const Panel& panel, Node node, PeriodIndex period) {
  Span const w = window_ending(info, panel, period);
  auto const births = static_cast<double>(panel.sum(node, Measure::kBirths, w.first, w.last));
  auto const deaths = static_cast<double>(panel.sum(node, Measure::kDeaths, w.first, w.last));
  auto const restored =
      static_cast<double>(panel.sum(node, Measure::kRestorations, w.first, w.last));
  auto const before = static_cast<double>(panel.stock(node, PeriodIndex(w.first.value - 1)));
  double const active = before + births + restored;
  switch (info.id) {
    case Indicator::kBirthRate:
      return ratio(100, births, active, info);
    case Indicator::kDeathRate:
      return ratio(100, deaths - restored, active, info);
    case Indicator::kNetBirthRate:
      return ratio(100, births - deaths + restored, active, info);
    default:
      return ratio(100, births + deaths - restored, active, info);
  }
}

Value birth_momentum(const IndicatorInfo& info, const Panel& panel, Node node, PeriodIndex period) {
  constexpr int kYears = 3;
  Span const w = window_ending(info, panel, period);
  int const year = panel.calendar().periods_per_year();
  if (w.first.value - kYears * year < panel.first_period().value) {
    return unavailable("needs three earlier years");
  }
  double before = 0;
  for (int y = 1; y <= kYears; ++y) {
    before +=
        static_cast<double>(panel.sum(node, Measure::kBirths, PeriodIndex(w.first.value - y * year),
                                      PeriodIndex(w.last.value - y * year)));
  }
  return ratio(1, static_cast<double>(panel.sum(node, Measure::kBirths, w.first, w.last)),
               before / kYears, info);
}

Value survival(const IndicatorInfo& info, const Panel& panel, Node node, PeriodIndex period) {
  int const years = static_cast<int>(info.id) - static_cast<int>(Indicator::kSurvival1) + 1;
  int const year = panel.calendar().periods_per_year();
  PeriodIndex const last(period.value - years * year);
  PeriodIndex const first(last.value - year + 1);
  if (first < panel.first_period()) return unavailable("the cohort is older than what is kept");
  double dead = 0;
  for (int k = 0; k < years; ++k) {
    dead += static_cast<double>(
        panel.sum(node, measure_at(Measure::kDeathsAge0, static_cast<size_t>(k)), first, last));
  }
  auto const births = static_cast<double>(panel.sum(node, Measure::kBirths, first, last));
  return ratio(100, births - dead, births, info);
}

Value response_quantile(const IndicatorInfo& info, double quantile, const Panel& panel, Node node,
                        PeriodIndex period) {
  Span const w = window_ending(info, panel, period);
  std::array<int64_t, base::kResponseBuckets> counts{};
  int64_t total = 0;
  for (size_t b = 0; b < base::kResponseBuckets; ++b) {
    counts[b] = panel.sum(node, measure_at(Measure::kResponse1, b), w.first, w.last);
    total += counts[b];
  }
  Value v = ratio(1, 0, static_cast<double>(total), info);
  if (!v.ok()) return v;
  double const target = quantile * static_cast<double>(total);
  double below = 0;
  for (size_t b = 0; b < base::kResponseBuckets; ++b) {
    auto const n = static_cast<double>(counts[b]);
    if (below + n >= target) {
      double const lower = b == 0 ? 0 : base::kResponseHours[b - 1];
      // The last bucket is open and counts as its lower end.
      double const upper = b < base::kResponseHours.size() ? base::kResponseHours[b] : lower;
      v.value = lower + (upper - lower) * (n > 0 ? (target - below) / n : 0);
      v.numerator = v.value;
      return v;
    }
    below += n;
  }
  return v;
}

void momentum_of_leaves(const Panel& panel, Node node, PeriodIndex period, double& points,
                        int& divisions) {
  constexpr double kDeadBand = 0.05;
  std::span<const SectorId> children = panel.reference().sectors.children(node.sector);
  if (children.empty()) {
    Value const m = birth_momentum(info(Indicator::kBirthMomentum), panel, node, period);
    if (!m.ok()) return;
    ++divisions;
    points += m.value > 1 + kDeadBand ? 1 : m.value >= 1 - kDeadBand ? 0.5 : 0;
    return;
  }
  for (SectorId child : children) {
    if (child != reference::kUnclassified) {
      momentum_of_leaves(panel, {node.area, child}, period, points, divisions);
    }
  }
}

Value per_10000(const IndicatorInfo& info, double count, double base) {
  return ratio(10'000, count, base, info);
}

}  // namespace

int periods_in(Window window, base::Calendar calendar) {
  bool const weekly = calendar.unit() == base::CalendarUnit::kWeek;
  switch (window) {
    case Window::kNow:
      return 1;
    case Window::kFourWeeks:
      return weekly ? 4 : 1;
    case Window::kQuarter:
      return weekly ? 13 : 3;
    case Window::kYear:
      return calendar.periods_per_year();
  }
  return 1;
}

std::span<const IndicatorInfo> catalogue() {
  return kCatalogue;
}

const IndicatorInfo& info(Indicator indicator) {
  return kCatalogue[static_cast<size_t>(indicator)];
}

std::optional<Indicator> find_indicator(std::string_view name) {
  for (const IndicatorInfo& entry : kCatalogue) {
    if (entry.name == name) return entry.id;
  }
  return std::nullopt;
}

std::optional<Measure> find_measure(std::string_view name) {
  for (size_t m = 0; m < kMeasures; ++m) {
    if (kMeasureInfos[m].name == name) return static_cast<Measure>(m);
  }
  return std::nullopt;
}

Value compute(Indicator indicator, const Panel& panel, Node node, PeriodIndex period) {
  const IndicatorInfo& entry = info(indicator);
  Span const w = window_ending(entry, panel, period);
  if (w.first < panel.first_period()) return unavailable("the window begins before what is kept");
  auto sum = [&](Measure m) { return static_cast<double>(panel.sum(node, m, w.first, w.last)); };
  auto const stock = static_cast<double>(panel.stock(node, period));
  PeriodIndex const before(w.first.value - 1);
  switch (indicator) {
    case Indicator::kActiveStock: {
      Value v;
      v.value = v.numerator = stock;
      return v;
    }
    case Indicator::kBirthRate:
    case Indicator::kDeathRate:
    case Indicator::kNetBirthRate:
    case Indicator::kChurn:
      return demography(entry, panel, node, period);
    case Indicator::kStockGrowth: {
      auto const then = static_cast<double>(panel.stock(node, before));
      return ratio(100, stock - then, then, entry);
    }
    case Indicator::kBirthMomentum:
      return birth_momentum(entry, panel, node, period);
    case Indicator::kSurvival1:
    case Indicator::kSurvival2:
    case Indicator::kSurvival3:
    case Indicator::kSurvival4:
    case Indicator::kSurvival5:
      return survival(entry, panel, node, period);
    case Indicator::kInsolvencyRate:
      return per_10000(entry, sum(Measure::kInsolvencies),
                       (stock + static_cast<double>(panel.stock(node, before))) / 2);
    case Indicator::kStrikeOffNotices:
      return per_10000(entry, sum(Measure::kStrikeOffCompulsory), stock);
    case Indicator::kNewCharges:
      return per_10000(entry, sum(Measure::kChargesCreated), stock);
    case Indicator::kNetDirectorExits:
      return per_10000(entry, sum(Measure::kDirectorsResigned) - sum(Measure::kDirectorsAppointed),
                       stock);
    case Indicator::kDistressShare:
      return ratio(100, sum(Measure::kInteractionsDistress), sum(Measure::kInteractions), entry);
    case Indicator::kResponseMedian:
      return response_quantile(entry, 0.5, panel, node, period);
    case Indicator::kResponseP90:
      return response_quantile(entry, 0.9, panel, node, period);
    case Indicator::kReach:
      return ratio(100, static_cast<double>(panel.cumulative(node, Measure::kSupported, period)),
                   stock, entry);
    case Indicator::kDiffusion: {
      double points = 0;
      int divisions = 0;
      momentum_of_leaves(panel, node, period, points, divisions);
      return ratio(100, points, divisions, entry);
    }
  }
  return unavailable("unknown indicator");
}

Share share_in(Indicator indicator, const Panel& panel, Node node, PeriodIndex period) {
  BELLWETHER_CHECK(info(indicator).detector == "ratio");
  return {panel.at(node, Measure::kInteractionsDistress, period),
          panel.at(node, Measure::kInteractions, period)};
}

}  // namespace bellwether::indicators
