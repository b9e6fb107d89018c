// Purpose: a rule in the form of configuration, journal and snapshot: one flat record of keys. Each
// kind of rule uses some of the keys. kRuleKeys describes every key once, and journal, snapshot,
// digest and configuration are loops over it. keys() below maps the keys of a kind to the fields of
// its type.
// Thread safety: values and pure functions.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"
#include "core/alerts/rule.h"

namespace bellwether::alerts {

// The fields have the same meaning as those of the typed rules (rule.h).
struct RuleRecord {
  std::string id;
  std::string title;
  RuleKind kind{};
  std::string subject;  // name of a measure or of an indicator
  Harm harm{};
  Severity severity{};
  std::string action;
  double stock_min = 100;
  double expected_min = 5;
  double cusum_threshold = 0;
  double ratio_red = 0.10;
  double limit = 0;
  int32_t persistence = 1;
  double clear_fraction = 0.8;
  int32_t clear_ticks = 4;
  std::vector<std::string> sector_levels;
  std::vector<std::string> area_levels;
  std::string second_subject;  // name of an indicator; empty = no second condition
  double second_limit = 0;
  std::vector<std::string> parts;  // "births:low" or, with a weight, "deaths:high:0.5"
  bool enabled = true;
  friend bool operator==(const RuleRecord&, const RuleRecord&) = default;
};

// Rule sets of older journals do not state a number of false alarms.
inline constexpr double kFalseAlarmsNotStated = 0;
inline constexpr double kFalseAlarmsMin = 0.001;  // a series-year
inline constexpr double kFalseAlarmsMax = 1;

struct RuleSetRecord {
  std::vector<RuleRecord> rules;
  double false_discovery_rate = 0.05;
  base::SpecialDays special_days;
  double false_alarms_a_year = kFalseAlarmsNotStated;
};

template <class Value>
struct RuleKey {
  std::string_view name;  // in the configuration, in error messages and in the journal's proto
  Value RuleRecord::*field;
  double least = 0;  // allowed range of a number in a configuration
  double most = 0;
};
template <class Value>
RuleKey(std::string_view, Value RuleRecord::*) -> RuleKey<Value>;
template <class Value>
RuleKey(std::string_view, Value RuleRecord::*, double, double) -> RuleKey<Value>;

inline constexpr RuleKey kId{"id", &RuleRecord::id};
inline constexpr RuleKey kTitle{"title", &RuleRecord::title};
inline constexpr RuleKey kKind{"kind", &RuleRecord::kind};
inline constexpr RuleKey kSubject{"subject", &RuleRecord::subject};
inline constexpr RuleKey kHarm{"harm", &RuleRecord::harm};
inline constexpr RuleKey kSeverity{"severity", &RuleRecord::severity};
inline constexpr RuleKey kAction{"action", &RuleRecord::action};
inline constexpr RuleKey kStockMin{"stock_min", &RuleRecord::stock_min, 0, 1e12};
inline constexpr RuleKey kExpectedMin{"expected_min", &RuleRecord::expected_min, 0, 1e12};
inline constexpr RuleKey kCusumThreshold{"cusum_threshold", &RuleRecord::cusum_threshold, 0, 1000};
inline constexpr RuleKey kRatioRed{"ratio_red", &RuleRecord::ratio_red, 0, 1000};
inline constexpr RuleKey kLimit{"limit", &RuleRecord::limit, -1e12, 1e12};
inline constexpr RuleKey kPersistence{"persistence", &RuleRecord::persistence, 1, 104};
inline constexpr RuleKey kClearFraction{"clear_fraction", &RuleRecord::clear_fraction, 0, 1};
inline constexpr RuleKey kClearTicks{"clear_ticks", &RuleRecord::clear_ticks, 1, 104};
inline constexpr RuleKey kSectorLevels{"sector_levels", &RuleRecord::sector_levels};
inline constexpr RuleKey kAreaLevels{"area_levels", &RuleRecord::area_levels};
inline constexpr RuleKey kSecondSubject{"second_subject", &RuleRecord::second_subject};
inline constexpr RuleKey kSecondLimit{"second_limit", &RuleRecord::second_limit, -1e12, 1e12};
inline constexpr RuleKey kParts{"parts", &RuleRecord::parts};
inline constexpr RuleKey kEnabled{"enabled", &RuleRecord::enabled};

// In the order of the bytes of a snapshot.
inline constexpr std::tuple kRuleKeys{
    kId,          kTitle,         kKind,        kSubject,        kHarm,       kSeverity,
    kAction,      kStockMin,      kExpectedMin, kCusumThreshold, kRatioRed,   kLimit,
    kPersistence, kClearFraction, kClearTicks,  kSectorLevels,   kAreaLevels, kSecondSubject,
    kSecondLimit, kParts,         kEnabled};

// A field without a key causes a compile error.
inline void every_field_has_a_key(const RuleRecord& record) {
  [[maybe_unused]] const auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15,
                                f16, f17, f18, f19, f20, f21] = record;
  static_assert(std::tuple_size_v<decltype(kRuleKeys)> == 21);
}

// Calls use(key) for every key, in that order.
template <class Use>
void each_rule_key(Use use) {
  std::apply([&](const auto&... key) { (use(key), ...); }, kRuleKeys);
}

// ---- the keys of a kind: keys(io, value) calls io(key, field) for each; value may be const

template <class T, class Value>
concept Same = std::same_as<std::remove_const_t<T>, Value>;

template <class Io, Same<NodeScope> T>
void keys(Io& io, T& v) {
  auto& [stock_min, sector_levels, area_levels] = v;
  io(kStockMin, stock_min);
  io(kSectorLevels, sector_levels);
  io(kAreaLevels, area_levels);
}
template <class Io, Same<SourceRule> T>
void keys(Io& io, T& v) {
  auto& [limit] = v;
  io(kLimit, limit);
}
template <class Io, Same<CountRule> T>
void keys(Io& io, T& v) {
  auto& [measure, harm, expected_min, ratio_red, second, nodes] = v;
  io(kSubject, measure);
  io(kHarm, harm);
  io(kExpectedMin, expected_min);
  io(kRatioRed, ratio_red);
  io(kSecondSubject, kSecondLimit, second);
  keys(io, nodes);
}
template <class Io, Same<ShareRule> T>
void keys(Io& io, T& v) {
  auto& [indicator, harm, cusum_threshold, nodes] = v;
  io(kSubject, indicator);
  io(kHarm, harm);
  io(kCusumThreshold, cusum_threshold);
  keys(io, nodes);
}
template <class Io, Same<LimitRule> T>
void keys(Io& io, T& v) {
  auto& [indicator, harm, limit, persistence, clear_fraction, second, nodes] = v;
  io(kSubject, indicator);
  io(kHarm, harm);
  io(kLimit, limit);
  io(kPersistence, persistence);
  io(kClearFraction, clear_fraction);
  io(kSecondSubject, kSecondLimit, second);
  keys(io, nodes);
}
template <class Io, Same<CompositeRule> T>
void keys(Io& io, T& v) {
  auto& [parts, cusum_threshold, expected_min, second, nodes] = v;
  io(kParts, parts);
  io(kCusumThreshold, cusum_threshold);
  io(kExpectedMin, expected_min);
  io(kSecondSubject, kSecondLimit, second);
  keys(io, nodes);
}
// The keys that all rules share, and those of the rule's kind.
template <class Io, Same<Rule> T>
void keys(Io& io, T& v) {
  auto& [id, title, severity, action, clear_ticks, enabled, detail, read_from] = v;
  io(kId, id);
  io(kTitle, title);
  io(kSeverity, severity);
  io(kAction, action);
  io(kClearTicks, clear_ticks);
  io(kEnabled, enabled);
  std::visit([&](auto& kind) { keys(io, kind); }, detail);
}

// True if a rule of the kind uses the key.
bool has_effect(RuleKind kind, std::string_view key);

// Parses "births:low" or "deaths:high:0.5". nullopt if the measure or the side is unknown, or the
// weight is not above 0 and at most kPartWeightMax.
std::optional<CompositePart> parse_part(std::string_view text);

RuleRecord record(const Rule& rule);
RuleSetRecord record(const RuleSet& rules);
// Converts records to typed rules. record() of the result gives the same record, including the keys
// without effect, because journaled rule sets contain such keys. Error: InvalidArgument with one
// line for each wrong field: "rules.R1.limit: problem; what to do", or "special days: problem".
absl::StatusOr<RuleSet> parse(const RuleSetRecord& record);

}  // namespace bellwether::alerts
