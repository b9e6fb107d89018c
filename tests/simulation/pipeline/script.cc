#include "simulation/pipeline/script.h"

#include <array>
#include <string_view>
#include <type_traits>

#include "core/alerts/rule_record.h"
#include "core/base/text.h"

namespace bellwether::simulation {
namespace {

constexpr std::array<std::string_view, kActs> kActNames = {
    "publish",      "advance",      "read",      "fold",        "evaluate",  "dead letters",
    "deliver",      "deliver mute", "lose",      "lead",        "follow",    "crash",
    "broker down",  "broker up",    "reload",    "acknowledge", "silence",   "unsilence",
    "regime break", "connect",      "listen",    "hang up",     "capture",   "save",
    "foreign",      "power loss",   "power cut", "disk fails",  "disk full", "disk forgets",
    "disk heals",   "rot",          "truncate",  "recreate"};

std::string describe(const Record& record) {
  std::string out = record.published.value < 0 ? "no time" : base::format_instant(record.published);
  if (const auto* refusal = std::get_if<events::Refusal>(&record.content)) {
    base::append(out, " refused: ", events::name(*refusal));
    return out;
  }
  const auto& e = std::get<events::Event>(record.content);
  base::append(out, " ", domain::name(e.kind));
  if (e.kind == events::EventKind::kHeartbeat) {
    base::append(out, " complete to ", base::format_instant(e.complete_to));
  } else {
    base::append(out, " business ", e.business.value, " fact ", e.fact.value, " version ",
                 e.sequence.value, " effective ", base::format_date(e.effective));
  }
  return out;
}

// Every second week of the simulated years is closed.
base::BusinessCalendar many_closures() {
  base::SpecialDays days;
  int32_t const end = base::days_from_civil(2020, 1, 1).value;
  for (int32_t day = base::days_from_civil(2012, 1, 2).value; day < end; day += 14) {
    days.closures.emplace_back(day);
    days.holidays.emplace_back(day + 8);
    days.feasts.emplace_back(day + 3);
  }
  return *base::BusinessCalendar::make(std::move(days));
}

std::vector<alerts::RuleSet> make_rule_sets(base::Calendar calendar) {
  // The rules are loose so that a small world raises and clears often. Detectors run only where
  // they are cheap.
  alerts::RuleSet set = alerts::default_rules(calendar);
  set.false_alarms_a_year = alerts::kFalseAlarmsMax;
  for (alerts::Rule& rule : set.rules) {
    alerts::NodeScope* const nodes = alerts::node_scope(rule);
    if (nodes == nullptr) continue;
    nodes->stock_min = 0;
    rule.clear_ticks = 1;
    std::visit(
        [&](auto& kind) {
          if constexpr (requires { kind.expected_min; }) kind.expected_min = 0;
          if constexpr (requires { kind.cusum_threshold; }) kind.cusum_threshold = 1.5;
          if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(kind)>, alerts::LimitRule>) {
            nodes->area_levels = {"country"};
            nodes->sector_levels = {"all", "section"};
          }
        },
        rule.detail);
  }
  alerts::Rule stock = set.rules[2];
  stock.id = "S1";
  stock.title = "many businesses";
  auto& limit = std::get<alerts::LimitRule>(stock.detail);
  limit.indicator = indicators::Indicator::kActiveStock;
  limit.harm = base::Harm::kHigh;
  limit.limit = 12;
  limit.persistence = 1;
  limit.clear_fraction = 1;
  set.rules.push_back(stock);
  std::vector<alerts::RuleSet> sets(kRuleSets, set);
  std::get<alerts::LimitRule>(sets[1].rules.back().detail).limit = 25;
  sets[1].business_calendar = many_closures();
  std::get<alerts::LimitRule>(sets[2].rules.back().detail).harm = base::Harm::kLow;
  sets[2].rules[1].enabled = false;
  return sets;
}

}  // namespace

std::string describe(const Script& script) {
  std::string out = base::cat(
      "seed ", script.seed, ": ", script.setup.partitions, " partitions, ", script.setup.replicas,
      " replicas, ", script.setup.calendar.unit() == base::CalendarUnit::kWeek ? "weeks" : "months",
      script.setup.cuts_by_log ? ", cuts by the log alone\n" : "\n");
  for (const Step& step : script.steps) {
    base::append(out, "  ", kActNames[static_cast<size_t>(step.act)], " who=", int{step.who},
                 " input=", int{step.input}, " partition=", int{step.partition},
                 " amount=", step.amount);
    if (step.act == Act::kPublish) base::append(out, " ", describe(script.records[step.record]));
    out += '\n';
  }
  return out;
}

const alerts::RuleSet& rule_set(base::Calendar calendar, int which) {
  static const std::vector<alerts::RuleSet> weekly =
      make_rule_sets(base::Calendar(base::CalendarUnit::kWeek));
  static const std::vector<alerts::RuleSet> monthly =
      make_rule_sets(base::Calendar(base::CalendarUnit::kMonth));
  bool const weeks = calendar.unit() == base::CalendarUnit::kWeek;
  return (weeks ? weekly : monthly)[static_cast<size_t>(which) % kRuleSets];
}

}  // namespace bellwether::simulation
