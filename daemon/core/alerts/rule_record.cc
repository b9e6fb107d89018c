#include "core/alerts/rule_record.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/text.h"
#include "core/detection/composite.h"

namespace bellwether::alerts {
namespace {

using base::cat;

// Collects the errors of one rule.
class Complaints {
 public:
  Complaints(std::string_view rule, std::vector<std::string>& errors)
      : rule_(rule), errors_(errors) {}
  void add(std::string_view key, std::string_view what) {
    errors_.push_back(cat("rules.", rule_, ".", key, ": ", what));
    keys_.push_back(key);
  }
  bool about(std::string_view key) const { return std::ranges::find(keys_, key) != keys_.end(); }

 private:
  std::string_view rule_;
  std::vector<std::string>& errors_;
  std::vector<std::string_view> keys_;
};

// "deaths:high:0.5"; the weight is omitted if it is 1.
std::string text_of(const CompositePart& part) {
  std::string text = cat(indicators::info(part.measure).name, ":",
                         base::kHarmNames[static_cast<size_t>(part.harm)]);
  if (part.weight == 1) return text;
  std::array<char, 32> digits{};
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), part.weight).ptr;
  return cat(text, ":", std::string_view(digits.data(), static_cast<size_t>(end - digits.data())));
}

// An Io of keys(): reads the fields of a rule from its record.
class FromRecord {
 public:
  FromRecord(const RuleRecord& record, Complaints& complaints)
      : record_(record), complaints_(complaints) {}

  template <class Value>
  void operator()(RuleKey<Value> key, Value& to) {
    to = record_.*key.field;
  }
  void operator()(RuleKey<std::string> key, indicators::Measure& to) {
    const std::string& name = record_.*key.field;
    if (auto const measure = indicators::find_measure(name)) {
      to = *measure;
    } else {
      complaints_.add(key.name,
                      cat("'", name, "' is not a measure; see: bellwether indicators list"));
    }
  }
  void operator()(RuleKey<std::string> key, indicators::Indicator& to) {
    const std::string& name = record_.*key.field;
    if (auto const indicator = indicators::find_indicator(name)) {
      to = *indicator;
    } else {
      complaints_.add(key.name,
                      cat("'", name, "' is not an indicator; see: bellwether indicators list"));
    }
  }
  void operator()(RuleKey<std::string> key, RuleKey<double> limit,
                  std::optional<SecondCondition>& to) {
    to.reset();
    if ((record_.*key.field).empty()) return;
    SecondCondition second;
    (*this)(key, second.indicator);
    (*this)(limit, second.below);
    to = second;
  }
  void operator()(RuleKey<std::vector<std::string>> key, std::vector<CompositePart>& to) {
    to.clear();
    for (const std::string& text : record_.*key.field) {
      if (auto const part = parse_part(text)) {
        to.push_back(*part);
      } else {
        std::string_view const measure = std::string_view(text).substr(0, text.find(':'));
        bool const known = indicators::find_measure(measure).has_value();
        complaints_.add(
            key.name,
            known
                ? cat("'", text,
                      "' is not a part; write measure:low or measure:high, or with a weight above "
                      "0 and at most ",
                      kPartWeightMax, " as in deaths:high:0.5")
                : cat("'", text, "' is not a part: there is no measure '", measure,
                      "'; see: bellwether indicators list"));
      }
    }
  }

 private:
  const RuleRecord& record_;
  Complaints& complaints_;
};

// An Io of keys(): writes the fields of a rule into its record.
class IntoRecord {
 public:
  explicit IntoRecord(RuleRecord& record) : record_(record) {}

  template <class Value>
  void operator()(RuleKey<Value> key, const Value& from) {
    record_.*key.field = from;
  }
  void operator()(RuleKey<std::string> key, indicators::Measure from) {
    record_.*key.field = indicators::info(from).name;
  }
  void operator()(RuleKey<std::string> key, indicators::Indicator from) {
    record_.*key.field = indicators::info(from).name;
  }
  void operator()(RuleKey<std::string> key, RuleKey<double> limit,
                  const std::optional<SecondCondition>& from) {
    (record_.*key.field).clear();
    if (!from) return;
    (*this)(key, from->indicator);
    (*this)(limit, from->below);
  }
  void operator()(RuleKey<std::vector<std::string>> key, const std::vector<CompositePart>& from) {
    std::vector<std::string>& texts = record_.*key.field;
    auto const same = [](const std::string& text, const CompositePart& part) {
      return parse_part(text) == part;
    };
    if (std::ranges::equal(texts, from, same)) return;  // keeps the original spelling
    texts.clear();
    for (const CompositePart& part : from) texts.push_back(text_of(part));
  }

 private:
  RuleRecord& record_;
};

// An Io of keys(): checks whether it meets a key of that name.
class Finds {
 public:
  explicit Finds(std::string_view name) : name_(name) {}
  template <class Value, class Field>
  void operator()(RuleKey<Value> key, const Field&) {
    found_ = found_ || key.name == name_;
  }
  template <class Value, class Other, class Field>
  void operator()(RuleKey<Value> key, RuleKey<Other> second, const Field&) {
    found_ = found_ || key.name == name_ || second.name == name_;
  }
  bool found() const { return found_; }

 private:
  std::string_view name_;
  bool found_ = false;
};

template <size_t... kIndex>
RuleDetail detail_of(RuleKind kind, std::index_sequence<kIndex...>) {
  RuleDetail detail;
  ((static_cast<size_t>(kind) == kIndex ? void(detail.emplace<kIndex>()) : void()), ...);
  return detail;
}
RuleDetail detail_of(RuleKind kind) {
  return detail_of(kind, std::make_index_sequence<std::variant_size_v<RuleDetail>>());
}

// ---- the allowed values of each kind's fields

void check_threshold(double threshold, Complaints& complaints) {
  if (!(threshold > 0)) complaints.add(kCusumThreshold.name, "must be above 0");
}

void check_expected(double expected_min, Complaints& complaints) {
  if (!(expected_min >= 0)) complaints.add(kExpectedMin.name, "must be 0 or more");
}

void check(const SourceRule& r, Complaints& complaints) {
  if (!(r.limit > 0 && r.limit < 1)) complaints.add(kLimit.name, "must be between 0 and 1");
}

void check(const CountRule& r, Complaints& complaints) {
  check_expected(r.expected_min, complaints);
  if (!(r.ratio_red >= 0)) complaints.add(kRatioRed.name, "must be 0 or more");
}

void check(const ShareRule& r, Complaints& complaints) {
  if (!complaints.about(kSubject.name) && !indicators::share_of(r.indicator)) {
    complaints.add(kSubject.name, cat("'", indicators::info(r.indicator).name,
                                      "' is not a share that a ratio detector supports"));
  }
  check_threshold(r.cusum_threshold, complaints);
}

void check(const LimitRule& r, Complaints& complaints) {
  if (!std::isfinite(r.limit)) complaints.add(kLimit.name, "must be a number");
  if (r.persistence < 1 || r.persistence > 104) {
    complaints.add(kPersistence.name, "must be 1 to 104");
  }
  if (!(r.clear_fraction > 0 && r.clear_fraction <= 1)) {
    complaints.add(kClearFraction.name, "must be above 0 and at most 1");
  }
}

void check(const CompositeRule& r, Complaints& complaints) {
  bool const enough =
      r.parts.size() >= detection::kCompositePartsMin || complaints.about(kParts.name);
  if (!enough || r.parts.size() > detection::kCompositePartsMax) {
    complaints.add(kParts.name, cat("name ", detection::kCompositePartsMin, " to ",
                                    detection::kCompositePartsMax, " measures"));
  }
  for (auto part = r.parts.begin(); part != r.parts.end(); ++part) {
    if (std::find_if(r.parts.begin(), part, [&](const CompositePart& earlier) {
          return earlier.measure == part->measure;
        }) != part) {
      complaints.add(kParts.name,
                     cat("'", text_of(*part), "' names a measure twice; name it once"));
    }
  }
  check_threshold(r.cusum_threshold, complaints);
  check_expected(r.expected_min, complaints);
}

// Checks the fields that all kinds share.
void check(const Rule& r, Complaints& complaints) {
  bool id_ok = !r.id.empty() && r.id.size() <= kRuleIdBytesMax;
  for (char c : r.id) id_ok = id_ok && absl::ascii_isalnum(static_cast<unsigned char>(c));
  if (!id_ok) complaints.add(kId.name, "use 1 to 16 letters and digits");
  if (r.severity == Severity::kNone) complaints.add(kSeverity.name, "must be ops, amber or red");
  if (r.clear_ticks < 1 || r.clear_ticks > 104) {
    complaints.add(kClearTicks.name, "must be 1 to 104");
  }
  if (const NodeScope* const nodes = node_scope(r); nodes && !(nodes->stock_min >= 0)) {
    complaints.add(kStockMin.name, "must be 0 or more");
  }
  std::visit([&](const auto& kind) { check(kind, complaints); }, r.detail);
}

Rule read_rule(const RuleRecord& from, std::vector<std::string>& errors) {
  Complaints complaints(from.id, errors);
  Rule rule;
  rule.detail = detail_of(from.kind);
  FromRecord io(from, complaints);
  keys(io, rule);
  check(rule, complaints);
  if (from.kind != RuleKind::kComposite && !from.parts.empty()) {
    complaints.add(kParts.name, "only a composite has parts");
  }
  if (record(rule) != from) rule.read_from = std::make_shared<const RuleRecord>(from);
  return rule;
}

}  // namespace

bool has_effect(RuleKind kind, std::string_view key) {
  Rule rule;
  rule.detail = detail_of(kind);
  Finds io(key);
  keys(io, rule);
  return io.found();
}

std::optional<CompositePart> parse_part(std::string_view text) {
  std::vector<std::string> const fields =
      absl::StrSplit(absl::string_view(text.data(), text.size()), ':');
  if (fields.size() < 2 || fields.size() > 3) return std::nullopt;
  auto const measure = indicators::find_measure(fields[0]);
  auto const side = std::ranges::find(base::kHarmNames, fields[1]);
  if (!measure || side == base::kHarmNames.end()) return std::nullopt;
  CompositePart part{*measure, static_cast<Harm>(side - base::kHarmNames.begin())};
  if (fields.size() == 2) return part;
  if (!absl::SimpleAtod(fields[2], &part.weight)) return std::nullopt;
  if (!(part.weight > 0 && part.weight <= kPartWeightMax)) return std::nullopt;
  return part;
}

RuleRecord record(const Rule& rule) {
  RuleRecord out = rule.read_from ? *rule.read_from : RuleRecord{};
  out.kind = rule.kind();
  IntoRecord io(out);
  keys(io, rule);
  return out;
}

RuleSetRecord record(const RuleSet& rules) {
  RuleSetRecord out;
  out.false_discovery_rate = rules.false_discovery_rate;
  out.special_days = rules.business_calendar.days();
  out.false_alarms_a_year = rules.false_alarms_a_year.value_or(kFalseAlarmsNotStated);
  for (const Rule& rule : rules.rules) out.rules.push_back(record(rule));
  return out;
}

absl::StatusOr<RuleSet> parse(const RuleSetRecord& from) {
  std::vector<std::string> errors;
  if (from.rules.size() > kRulesMax) {
    errors.push_back(cat("rules: ", from.rules.size(), " rules; at most ", kRulesMax));
  }
  if (!(from.false_discovery_rate > 0 && from.false_discovery_rate < 1)) {
    errors.push_back("rules.false_discovery_rate: must be between 0 and 1");
  }
  bool const stated = from.false_alarms_a_year != kFalseAlarmsNotStated;
  if (stated && !(from.false_alarms_a_year >= kFalseAlarmsMin &&
                  from.false_alarms_a_year <= kFalseAlarmsMax)) {
    errors.push_back(
        cat("rules.false_alarms_a_year: must be ", kFalseAlarmsMin, " to ", kFalseAlarmsMax));
  }
  RuleSet out;
  out.false_discovery_rate = from.false_discovery_rate;
  if (auto calendar = base::BusinessCalendar::make(from.special_days); calendar.ok()) {
    out.business_calendar = *std::move(calendar);
  } else {
    errors.push_back(cat("special days: ", calendar.status().message()));
  }
  if (stated) out.false_alarms_a_year = from.false_alarms_a_year;
  for (const RuleRecord& r : from.rules) {
    if (find_rule(out, r.id) != nullptr) {
      errors.push_back(cat("rules.", r.id, ": is defined twice; keep one"));
    }
    out.rules.push_back(read_rule(r, errors));
  }
  if (errors.empty()) return out;
  return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
}

}  // namespace bellwether::alerts
