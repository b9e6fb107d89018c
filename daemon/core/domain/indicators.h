// Purpose: the table of indicators, one row per indicator. A formula is data: terms over measures,
// a window and a factor, or a method with its parameter. The topics that an indicator depends on
// and its privacy are derived from its terms. Numbers and definitions follow the statistics
// offices.
// Thread safety: the table is constant.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/calendar.h"
#include "core/base/harm.h"
#include "core/domain/measures.h"
#include "core/domain/statistics.h"
#include "core/domain/table.h"
#include "core/domain/topics.h"

namespace bellwether::domain {

enum class Indicator : uint8_t {
  kActiveStock,
  kBirthRate,
  kDeathRate,
  kNetBirthRate,
  kChurn,
  kStockGrowth,
  kBirthMomentum,
  kSurvival1,
  kSurvival2,
  kSurvival3,
  kSurvival4,
  kSurvival5,
  kDensity,
  kInsolvencyRate,
  kInsolvencyRise,
  kInsolvencyAboveRatio,
  kStrikeOffNotices,
  kAccountsOverdueShare,
  kAccountsOverdueRise,
  kConfirmationOverdueShare,
  kNewCharges,
  kNetDirectorExits,
  kHighGrowth,
  kDistressShare,
  kResponseMedian,
  kResponseP90,
  kReach,
  kReferralCompletion,
  kJobsAtRiskQuarter,
  kJobsAtRiskShare,
  kDiffusion,
  kInclusionGap,
  kReachRatio,
  kReachConcentration,
  kBirthSlope,
  kDeathSlope,
  kSurvivalGap,
  kSurvivalGapChange,
  kBirthShareGap,
  kProductivity,
};

// kGrowing: the shortest window of a ladder that has enough cases, otherwise the longest one.
enum class Window : uint8_t { kNow, kFourWeeks, kQuarter, kYear, kGrowing };

// The possible lengths of a window in periods, ascending; all but kGrowing have one.
inline std::span<const int> window_lengths(Window window, base::Calendar calendar) {
  static constexpr std::array kWeeks = {1, 4, 8, 13, 26, 52};
  static constexpr std::array kMonths = {1, 1, 2, 3, 6, 12};
  bool const weekly = calendar.unit() == base::CalendarUnit::kWeek;
  std::span<const int> const all = weekly ? kWeeks : kMonths;
  switch (window) {
    case Window::kNow:
      return all.first(1);
    case Window::kFourWeeks:
      return all.subspan(1, 1);
    case Window::kQuarter:
      return all.subspan(3, 1);
    case Window::kYear:
      return all.subspan(5, 1);
    case Window::kGrowing:
      return all.subspan(1);
  }
  return all.first(1);
}
// A window of kGrowing has enough cases if its denominator and its numerator are at least these.
// The standard error of a share of 100 cases is at most 5 percentage points, and figures about
// fewer than ten people are not shown.
inline constexpr double kGrowingDenominatorMin = 100;
inline constexpr double kGrowingNumeratorMin = 10;

// --- formulas ------------------------------------------------------------------------------------

enum class Quantity : uint8_t {
  kSum,          // sum of a measure over the window
  kTotal,        // sum of a measure from the beginning of the data to the end of the window
  kStock,        // businesses active at the end of the window
  kStockBefore,  // businesses active at the end of the period before the window
  kResidents,    // of the areas, by the reference files
  kFigure,       // the latest official figure by the end of the window; residents are those of all
                 // sectors, and without a figure those of the reference files
};

struct Term {
  int coefficient = 0;  // 0 ends the list of terms
  Quantity quantity{};
  Measure measure{};      // for kSum and kTotal only
  Statistic statistic{};  // for kFigure only
};
// A sum of terms. They are added in this order.
using Terms = std::array<Term, 6>;

constexpr Term sum(Measure measure) {
  return {1, Quantity::kSum, measure};
}
constexpr Term total(Measure measure) {
  return {1, Quantity::kTotal, measure};
}
constexpr Term official(Statistic statistic) {
  return {1, Quantity::kFigure, {}, statistic};
}
inline constexpr Term kStockTerm{1, Quantity::kStock};
inline constexpr Term kStockBeforeTerm{1, Quantity::kStockBefore};
inline constexpr Term kResidentsTerm{1, Quantity::kResidents};
constexpr Term operator-(Term t) {
  t.coefficient = -t.coefficient;
  return t;
}

enum class Method : uint8_t {
  kRatio,       // factor × numerator ÷ denominator; only the numerator if there is no denominator
  kCohort,      // kRatio over the window that ended `parameter` years ago
  kBefore,      // kRatio over the window that ended where this one begins
  kChange,      // kRatio at the end of the window less kRatio before the window; of levels
  kMomentum,    // numerator ÷ mean denominator of the same window in the three years before
  kRateChange,  // numerator ÷ that expected by the mean kRatio of the three years before
  kAbove,       // numerator expected by the kRatio of the node above ÷ numerator; 0 if no node is
  kQuantile,   // the `parameter` quantile of the histogram that begins at the denominator's measure
  kOneYear,    // the official figures of numerator and denominator of the latest year with both
  kDiffusion,  // share of the leaf sectors whose birth momentum rises; a momentum within
               // `parameter` of 1 is flat and counts half
  // By decile of deprivation (indicators/by_decile.h), the numerator in the classes of the
  // denominator:
  kShareGap,       // share of the numerator in deciles 1–3 less that of the denominator
  kEndsRatio,      // rate of deciles 1–3 ÷ rate of deciles 8–10
  kConcentration,  // concentration index of the numerator
  kSlope,          // slope index of the rates
  kRateGap,    // rate of deciles 1–3 less that of 8–10, over the window `parameter` years ago
  kGapChange,  // the smaller fall of the kRateGap: the greater of its last two yearly changes
};
constexpr bool is_by_decile(Method method) {
  return method >= Method::kShareGap;
}
// True if the formula compares a node with others, or parts of a node.
constexpr bool compares_nodes(Method method) {
  return method == Method::kAbove || method == Method::kDiffusion || is_by_decile(method);
}
// A gap is judged against parity, 0.
constexpr bool is_gap(Method method) {
  return method == Method::kShareGap || method == Method::kRateGap;
}

struct Formula {
  Method method = Method::kRatio;
  double factor = 1;
  Terms numerator{};
  Terms denominator{};
  int divisor = 1;  // the denominator is divided by it
  double parameter = 0;
  bool is_part = false;  // each case of the numerator is a case of the denominator
};

// Of the businesses born in a year, the percentage that is alive `years` years later.
constexpr Formula survival(int years) {
  Formula f{Method::kCohort,         100, {sum(Measure::kBirths)},
            {sum(Measure::kBirths)}, 1,   static_cast<double>(years)};
  for (size_t k = 0; k < static_cast<size_t>(years); ++k) {
    f.numerator[k + 1] = -sum(measure_at(Measure::kDeathsAge0, k));
  }
  return f;
}
constexpr Formula response_quantile(double quantile) {
  return {Method::kQuantile, 1, {}, {sum(Measure::kResponse1)}, 1, quantile};
}
constexpr Formula momentum(Measure measure) {
  return {Method::kMomentum, 1, {sum(measure)}, {sum(measure)}};
}
constexpr Formula diffusion(double flat) {
  return {Method::kDiffusion, 100, {sum(Measure::kBirths)}, {sum(Measure::kBirths)}, 1, flat};
}
constexpr Formula plain(Terms terms) {
  return {Method::kRatio, 1, terms};
}
constexpr Formula percent(Terms numerator, Terms denominator) {
  return {Method::kRatio, 100, numerator, denominator};
}
constexpr Formula share(Terms numerator, Terms denominator) {
  return {Method::kRatio, 100, numerator, denominator, 1, 0, true};
}
constexpr Formula by(Method method, Formula f) {
  f.method = method;
  return f;
}
constexpr Formula per_10000(Terms numerator, Terms denominator, int divisor = 1) {
  return {Method::kRatio, 10'000, numerator, denominator, divisor};
}

// --- the table -----------------------------------------------------------------------------------

struct IndicatorInfo {
  Indicator id;
  std::string_view name;  // in the API
  int number;             // in the catalogue
  std::string_view title;
  std::string_view formula;  // in words
  std::string_view unit;     // count, percent, points, per_10000, ratio, hours, index, GBP
  std::string_view numerator;
  std::string_view denominator;  // empty if the formula has no denominator
  Window window;
  std::optional<base::Harm> harm;  // nullopt: neither direction is harmful
  int64_t minimum_base;            // if the denominator is below it, there is no value
  std::string_view detector;       // "" (none), "count", "ratio"
  Formula compute;
};

inline constexpr auto kIndicators = [] {
  using enum Indicator;
  using enum Measure;
  using base::Harm;
  constexpr Terms kActiveInWindow = {kStockBeforeTerm, sum(kBirths), sum(kRestorations)};
  constexpr Terms kStockOnly = {kStockTerm};
  constexpr Terms kSupportedNow = {total(kSupported)};
  constexpr Formula kInsolvencies12m =
      per_10000({sum(kInsolvencies)}, {kStockTerm, kStockBeforeTerm}, 2);
  constexpr Formula kAccountsLate = share({total(kAccountsOverdue)}, kStockOnly);
  return std::to_array<IndicatorInfo>({
      {kActiveStock, "active_stock", 1, "Active businesses",
       "births, restorations, moves and changes of sector in less deaths, moves and changes of "
       "sector out, since the beginning",
       "count", "active businesses", "", Window::kNow, std::nullopt, 0, "", plain(kStockOnly)},
      {kBirthRate, "birth_rate_12m", 2, "Birth rate, 12 months",
       "100 × births of 12 months ÷ businesses active at any time in them", "percent", "births",
       "stock 12 months ago + births + restorations", Window::kYear, Harm::kLow, 100, "",
       percent({sum(kBirths)}, kActiveInWindow)},
      {kDeathRate, "death_rate_12m", 3, "Death rate, 12 months",
       "100 × (deaths − restorations) of 12 months ÷ businesses active at any time in them",
       "percent", "deaths − restorations", "stock 12 months ago + births + restorations",
       Window::kYear, Harm::kHigh, 100, "",
       percent({sum(kDeaths), -sum(kRestorations)}, kActiveInWindow)},
      {kNetBirthRate, "net_birth_rate_12m", 4, "Net birth rate, 12 months",
       "birth rate − death rate", "percent", "births − deaths + restorations",
       "stock 12 months ago + births + restorations", Window::kYear, Harm::kLow, 100, "",
       percent({sum(kBirths), -sum(kDeaths), sum(kRestorations)}, kActiveInWindow)},
      {kChurn, "churn_12m", 5, "Churn, 12 months", "birth rate + death rate", "percent",
       "births + deaths − restorations", "stock 12 months ago + births + restorations",
       Window::kYear, std::nullopt, 100, "",
       percent({sum(kBirths), sum(kDeaths), -sum(kRestorations)}, kActiveInWindow)},
      {kStockGrowth, "stock_growth_12m", 6, "Growth of the stock, 12 months",
       "100 × (stock ÷ stock 12 months ago − 1)", "percent", "stock − stock 12 months ago",
       "stock 12 months ago", Window::kYear, Harm::kLow, 100, "",
       percent({kStockTerm, -kStockBeforeTerm}, {kStockBeforeTerm})},
      {kBirthMomentum, "birth_momentum_90d", 7, "Birth momentum, 90 days",
       "births of 90 days ÷ mean of the same window in the three years before", "ratio", "births",
       "mean births of the same window in the three years before", Window::kQuarter, Harm::kLow, 5,
       "count", momentum(kBirths)},
      {kSurvival1, "survival_1y", 8, "One-year survival",
       "100 × (1 − deaths within 1 year ÷ births) of those born in the 12 months that ended 1 year "
       "ago; a death before a restoration does not count",
       "percent", "survivors", "births of the cohort", Window::kYear, Harm::kLow, 20, "",
       survival(1)},
      {kSurvival2, "survival_2y", 8, "Two-year survival", "as survival_1y with two years",
       "percent", "survivors", "births of the cohort", Window::kYear, Harm::kLow, 20, "",
       survival(2)},
      {kSurvival3, "survival_3y", 8, "Three-year survival", "as survival_1y with three years",
       "percent", "survivors", "births of the cohort", Window::kYear, Harm::kLow, 20, "",
       survival(3)},
      {kSurvival4, "survival_4y", 8, "Four-year survival", "as survival_1y with four years",
       "percent", "survivors", "births of the cohort", Window::kYear, Harm::kLow, 20, "",
       survival(4)},
      {kSurvival5, "survival_5y", 8, "Five-year survival", "as survival_1y with five years",
       "percent", "survivors", "births of the cohort", Window::kYear, Harm::kLow, 20, "",
       survival(5)},
      {kDensity, "density", 9, "Businesses per 10,000 residents",
       "10,000 × active businesses ÷ residents of the area, by the latest official figure, else by "
       "the deprivation file",
       "per_10000", "active businesses", "residents", Window::kNow, std::nullopt, 1'000, "",
       per_10000(kStockOnly, {official(Statistic::kResidents)})},
      {kInsolvencyRate, "insolvency_rate_12m", 10, "Insolvency rate, 12 months",
       "10,000 × creditors' insolvencies of 12 months ÷ mean of the stock at both ends",
       "per_10000", "insolvencies", "mean stock", Window::kYear, Harm::kHigh, 100, "",
       kInsolvencies12m},
      {kInsolvencyRise, "insolvency_rise_12m", 10, "Insolvencies against three years before",
       "insolvencies of 12 months ÷ those expected by the mean insolvency rate of the three years "
       "before",
       "ratio", "insolvencies", "insolvencies expected by earlier years", Window::kYear,
       Harm::kHigh, 5, "", by(Method::kRateChange, kInsolvencies12m)},
      {kInsolvencyAboveRatio, "insolvency_above_ratio_12m", 10,
       "Insolvency rate of the area above against that of the area",
       "insolvencies expected by the insolvency rate of the area above, in the same sector, ÷ "
       "insolvencies; of the whole area by the rate of the sector above, and of all sectors there "
       "0",
       "ratio", "insolvencies expected by the rate above", "insolvencies", Window::kYear,
       std::nullopt, 5, "", by(Method::kAbove, kInsolvencies12m)},
      {kStrikeOffNotices, "strike_off_notices_90d", 11, "Compulsory strike-off notices, 90 days",
       "10,000 × compulsory notices of 90 days ÷ stock", "per_10000", "compulsory notices", "stock",
       Window::kQuarter, Harm::kHigh, 100, "count",
       per_10000({sum(kStrikeOffCompulsory)}, kStockOnly)},
      {kAccountsOverdueShare, "accounts_overdue_share", 12, "Accounts overdue",
       "100 × businesses with accounts overdue for up to 18 months ÷ stock", "percent",
       "businesses with overdue accounts", "stock", Window::kNow, Harm::kHigh, 100, "",
       kAccountsLate},
      {kAccountsOverdueRise, "accounts_overdue_rise_12m", 12, "Rise of accounts overdue, 12 months",
       "accounts_overdue_share less that of 12 months ago, each of a stock of at least 100",
       "points", "businesses with overdue accounts", "stock", Window::kYear, Harm::kHigh, 100, "",
       by(Method::kChange, kAccountsLate)},
      {kConfirmationOverdueShare, "confirmation_overdue_share", 13,
       "Confirmation statements overdue",
       "100 × businesses with an overdue confirmation statement ÷ stock", "percent",
       "businesses with an overdue confirmation statement", "stock", Window::kNow, Harm::kHigh, 100,
       "", share({total(kConfirmationOverdue)}, kStockOnly)},
      {kNewCharges, "new_charges_90d", 14, "New charges, 90 days",
       "10,000 × charges created in 90 days ÷ stock", "per_10000", "charges created", "stock",
       Window::kQuarter, std::nullopt, 100, "", per_10000({sum(kChargesCreated)}, kStockOnly)},
      {kNetDirectorExits, "net_director_exits_90d", 15, "Net director exits, 90 days",
       "10,000 × (directors resigned − appointed) in 90 days ÷ stock", "per_10000",
       "resigned − appointed", "stock", Window::kQuarter, Harm::kHigh, 100, "",
       per_10000({sum(kDirectorsResigned), -sum(kDirectorsAppointed)}, kStockOnly)},
      {kHighGrowth, "high_growth_share_3y", 16, "High growth",
       "100 × businesses with 10 or more employees that went up a size band within three years "
       "(1,095 days), while on the register, and not down since ÷ businesses with 10 or more "
       "employees",
       "percent", "businesses that grew", "businesses with 10 or more employees", Window::kNow,
       Harm::kLow, 20, "", share({total(kTenOrMoreGrown)}, {total(kTenOrMore)})},
      {kDistressShare, "distress_share_28d", 17, "Distress share of enquiries",
       "100 × enquiries about distress ÷ enquiries, in the shortest window of 4, 8, 13, 26 or 52 "
       "weeks (1, 2, 3, 6 or 12 months) with at least 100 enquiries, 10 of them about distress; "
       "otherwise in the longest",
       "percent", "enquiries about distress", "enquiries", Window::kGrowing, Harm::kHigh, 10,
       "ratio", share({sum(kEnquiriesDistress)}, {sum(kEnquiries)})},
      {kResponseMedian, "first_response_median_28d", 18, "First response, median, 28 days",
       "median of working hours to the first response, interpolated within the bucket", "hours",
       "working hours", "interactions with a response", Window::kFourWeeks, Harm::kHigh, 10, "",
       response_quantile(0.5)},
      {kResponseP90, "first_response_p90_28d", 18, "First response, 90th percentile, 28 days",
       "90th percentile of working hours to the first response, interpolated within the bucket",
       "hours", "working hours", "interactions with a response", Window::kFourWeeks, Harm::kHigh,
       10, "", response_quantile(0.9)},
      {kReach, "reach_12m", 19, "Reach of support, 12 months",
       "100 × businesses of the stock that had an interaction in the last 365 days, while they "
       "were in the stock, ÷ stock",
       "percent", "businesses of the stock supported", "stock", Window::kYear, Harm::kLow, 100, "",
       share({total(kSupported)}, kStockOnly)},
      {kReferralCompletion, "referral_completion_90d", 20, "Completion of referrals",
       "100 × completed referrals ÷ referrals, of those opened in the 90 days that ended 90 days "
       "ago",
       "percent", "referrals completed by now", "referrals opened", Window::kQuarter, Harm::kLow,
       10, "",
       by(Method::kBefore, share({sum(kReferralsCompletedByOpening)}, {sum(kReferralsOpened)}))},
      {kJobsAtRiskQuarter, "jobs_at_risk_90d", 23, "Jobs at risk, 90 days",
       "jobs at risk by the redundancy notices of 90 days", "count", "jobs at risk", "",
       Window::kQuarter, Harm::kHigh, 0, "", plain({sum(kJobsAtRisk)})},
      {kJobsAtRiskShare, "jobs_at_risk_share_90d", 23, "Jobs at risk, share of employment, 90 days",
       "100 × jobs at risk by the redundancy notices of 90 days ÷ jobs, by the latest official "
       "figure",
       "percent", "jobs at risk", "employment", Window::kQuarter, Harm::kHigh, 100, "",
       percent({sum(kJobsAtRisk)}, {official(Statistic::kEmployment)})},
      {kDiffusion, "diffusion_index", 24, "Diffusion index",
       "100 × (rising + ½ flat) ÷ divisions; rising: birth momentum above 1.05, flat: 0.95 to 1.05",
       "index", "rising + ½ flat", "divisions with a momentum", Window::kQuarter, Harm::kLow, 5, "",
       diffusion(0.05)},
      {kInclusionGap,
       "inclusion_gap",
       21,
       "Inclusion gap of support, 12 months",
       "100 × (share of the supported businesses that are in deciles 1–3 of deprivation − share of "
       "the stock there)",
       "points",
       "businesses supported in deciles 1–3",
       "businesses supported",
       Window::kYear,
       Harm::kLow,
       200,
       "",
       {Method::kShareGap, 100, kSupportedNow, kStockOnly}},
      {kReachRatio,
       "reach_ratio",
       34,
       "Reach in deprived against other places, 12 months",
       "(supported ÷ stock in deciles 1–3) ÷ (supported ÷ stock in deciles 8–10), of at least 200 "
       "supported in all deciles",
       "ratio",
       "businesses supported in deciles 1–3",
       "businesses supported in deciles 1–3 at the reach of deciles 8–10",
       Window::kYear,
       Harm::kLow,
       200,
       "",
       {Method::kEndsRatio, 1, kSupportedNow, kStockOnly}},
      {kReachConcentration,
       "reach_concentration",
       35,
       "Concentration of reach, 12 months",
       "2 × mean rank of the supported businesses − 1, where the ranks of the stock by decile run "
       "from 0 (most deprived) to 1; 0 if support is proportional, below 0 if it is concentrated "
       "in deprived places",
       "index",
       "sum of the ranks of the businesses supported",
       "businesses supported",
       Window::kYear,
       Harm::kHigh,
       200,
       "",
       {Method::kConcentration, 1, kSupportedNow, kStockOnly}},
      {kBirthSlope,
       "birth_slope_12m",
       36,
       "Slope of births over deprivation, 12 months",
       "slope of the births per 10,000 residents of each decile over the rank of its residents: "
       "the "
       "rate in the least deprived places less that in the most deprived",
       "per_10000",
       "births in known deciles",
       "residents in known deciles",
       Window::kYear,
       Harm::kHigh,
       10'000,
       "",
       {Method::kSlope, 10'000, {sum(kBirths)}, {kResidentsTerm}}},
      {kDeathSlope,
       "death_slope_12m",
       36,
       "Slope of deaths over deprivation, 12 months",
       "slope of the death rate of each decile over the rank of its businesses: the rate in the "
       "least deprived places less that in the most deprived; a decile with more restorations than "
       "deaths counts as without deaths",
       "points",
       "deaths − restorations in known deciles",
       "stock 12 months ago + births + restorations in known deciles",
       Window::kYear,
       Harm::kLow,
       1'000,
       "",
       {Method::kSlope, 100, {sum(kDeaths), -sum(kRestorations)}, kActiveInWindow}},
      {kSurvivalGap, "survival_gap_3y", 36, "Gap of three-year survival",
       "survival_3y in deciles 1–3 of deprivation less that in deciles 8–10, each of at least 100 "
       "births",
       "points", "survivors in deciles 1–3", "births of the cohort in deciles 1–3", Window::kYear,
       Harm::kLow, 100, "", by(Method::kRateGap, survival(3))},
      {kSurvivalGapChange, "survival_gap_3y_change", 36, "Change of the gap of three-year survival",
       "the greater of the last two yearly changes of survival_gap_3y; below 0 if the gap has "
       "grown "
       "in both years",
       "points", "survivors in deciles 1–3", "births of the cohort in deciles 1–3", Window::kYear,
       Harm::kLow, 100, "", by(Method::kGapChange, survival(3))},
      {kBirthShareGap,
       "birth_share_gap_12m",
       38,
       "Gap of births against residents, 12 months",
       "100 × (share of the births that are in deciles 1–3 of deprivation − share of the residents "
       "there)",
       "points",
       "births in deciles 1–3",
       "births",
       Window::kYear,
       Harm::kLow,
       200,
       "",
       {Method::kShareGap, 100, {sum(kBirths)}, {kResidentsTerm}}},
      {kProductivity,
       "productivity",
       39,
       "Output per job",
       "output of the latest year of which output and jobs are known ÷ the latest figure of jobs "
       "in "
       "that year, both official figures",
       "GBP",
       "output in pounds",
       "employment",
       Window::kNow,
       Harm::kLow,
       100,
       "",
       {Method::kOneYear, 1, {official(Statistic::kOutput)}, {official(Statistic::kEmployment)}}},
  });
}();
inline constexpr size_t kIndicatorCount = kIndicators.size();
static_assert(is_complete<kIndicators>());
static_assert(all_differ(kIndicators, &IndicatorInfo::name));

constexpr const IndicatorInfo& info(Indicator indicator) {
  return kIndicators[static_cast<size_t>(indicator)];
}
constexpr std::optional<Indicator> find_indicator(std::string_view name) {
  for (const IndicatorInfo& i : kIndicators) {
    if (i.name == name) return i.id;
  }
  return std::nullopt;
}

// --- derived from the terms ----------------------------------------------------------------------

// The topics and the privacy of a figure, derived from the measures in it.
struct Basis {
  TopicSet topics;
  Privacy privacy = Privacy::kPublic;

  constexpr void add(Measure m) {
    topics |= info(m).topics;
    privacy = std::max(privacy, info(m).privacy);
  }
  constexpr void add(const Terms& terms) {
    for (const Term& t : terms) {
      if (t.coefficient == 0) return;
      if (t.quantity == Quantity::kSum || t.quantity == Quantity::kTotal) {
        add(t.measure);
      } else if (t.quantity == Quantity::kFigure) {
        topics |= Topic::kObservations;
      } else if (t.quantity != Quantity::kResidents) {
        for (const StockFlow& flow : kStockFlows) add(flow.measure);
      }
    }
  }
};
inline constexpr auto kIndicatorBases = [] {
  std::array<Basis, kIndicatorCount> bases;
  for (size_t i = 0; i < kIndicatorCount; ++i) {
    bases[i].add(kIndicators[i].compute.numerator);
    bases[i].add(kIndicators[i].compute.denominator);
  }
  return bases;
}();

// Calls use(measure) for every measure whose latest periods the formula reads; some more than once.
template <class Use>
constexpr void each_recent_measure(Indicator indicator, Use use) {
  const Formula& f = info(indicator).compute;
  for (const Terms* terms : {&f.numerator, &f.denominator}) {
    for (const Term& t : *terms) {
      if (t.coefficient == 0) break;
      if (t.quantity == Quantity::kSum || t.quantity == Quantity::kTotal) use(t.measure);
      if (t.quantity != Quantity::kStock) continue;
      for (const StockFlow& flow : kStockFlows) use(flow.measure);
    }
  }
}

// The topics that a figure depends on. If the source of one is silent, the figure is not assessed.
constexpr TopicSet topics(Measure measure) {
  return info(measure).topics;
}
constexpr TopicSet topics(Indicator indicator) {
  return kIndicatorBases[static_cast<size_t>(indicator)].topics;
}
// True if the figure compares the deciles of deprivation.
constexpr bool is_by_decile(Indicator indicator) {
  return is_by_decile(info(indicator).compute.method);
}
// True if the figure is a time in working hours of the support desks.
constexpr bool is_in_working_hours(Indicator indicator) {
  const Formula& f = info(indicator).compute;
  return f.method == Method::kQuantile && is_in_working_hours(f.denominator[0].measure);
}
constexpr Privacy privacy(Measure measure) {
  return info(measure).privacy;
}
constexpr Privacy privacy(Indicator indicator) {
  return kIndicatorBases[static_cast<size_t>(indicator)].privacy;
}

// True if the figure counts cases of people against an official figure. Everybody knows that
// figure, so the value tells the cases.
constexpr bool has_public_base(Indicator indicator) {
  return info(indicator).compute.denominator[0].quantity == Quantity::kFigure &&
         privacy(indicator) == Privacy::kPeople;
}

// True if the indicator is the share of one measure in another. A ratio detector can test a share.
constexpr bool is_share(const IndicatorInfo& i) {
  auto const is_sum = [](const Terms& terms) {
    return terms[0].coefficient == 1 && terms[0].quantity == Quantity::kSum &&
           terms[1].coefficient == 0;
  };
  return i.compute.method == Method::kRatio && is_sum(i.compute.numerator) &&
         is_sum(i.compute.denominator) && i.compute.divisor == 1;
}
// REQUIRES: is_share(info(indicator)). It is true for every indicator with the detector "ratio".
constexpr Measure numerator(Indicator indicator) {
  return info(indicator).compute.numerator[0].measure;
}
constexpr Measure denominator(Indicator indicator) {
  return info(indicator).compute.denominator[0].measure;
}

static_assert(
    [] {
      for (const IndicatorInfo& i : kIndicators) {
        const Formula& f = i.compute;
        bool const divides = f.denominator[0].coefficient != 0;
        if (i.detector == "ratio" && !is_share(i)) return false;
        if (divides == i.denominator.empty()) return false;
        if (topics(i.id).empty() || f.divisor < 1) return false;
      }
      return true;
    }(),
    "the texts of a row agree with its formula");

}  // namespace bellwether::domain
