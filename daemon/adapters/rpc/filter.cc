#include "adapters/rpc/filter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "adapters/rpc/limits.h"
#include "adapters/rpc/periods.h"
#include "adapters/rpc/places.h"
#include "core/alerts/rule.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/domain/topics.h"

namespace bellwether::rpc {
namespace {

using base::cat;

enum class ValueKind : uint8_t { kBool, kText, kCode, kSeverity, kPeriod };
struct FieldInfo {
  std::string_view name;
  ValueKind kind;
};
// In the order of AlertFilter::Field.
constexpr std::array<FieldInfo, 12> kAlertFields = {{
    {"open", ValueKind::kBool},
    {"rule", ValueKind::kText},
    {"severity", ValueKind::kSeverity},
    {"area", ValueKind::kCode},
    {"sector", ValueKind::kCode},
    {"historical", ValueKind::kBool},
    {"acknowledged", ValueKind::kBool},
    {"raised_period", ValueKind::kPeriod},
    {"cleared_period", ValueKind::kPeriod},
    {"headline", ValueKind::kBool},
    {"happening", ValueKind::kText},
    {"begins_happening", ValueKind::kBool},
}};

constexpr std::string_view kHappeningPrefix = "happenings/";

bool ordered(ValueKind kind) {
  return kind == ValueKind::kSeverity || kind == ValueKind::kPeriod;
}

bool is_number(ValueKind kind) {
  return kind == ValueKind::kBool || ordered(kind);
}

std::optional<int64_t> severity_number(std::string text) {
  absl::AsciiStrToLower(&text);
  auto const found = std::ranges::find(alerts::kSeverityNames, text);
  if (found == alerts::kSeverityNames.end()) return std::nullopt;
  return found - alerts::kSeverityNames.begin();
}

std::string without_prefix(const std::string& happening) {
  bool const whole = happening.starts_with(kHappeningPrefix);
  return whole ? happening.substr(kHappeningPrefix.size()) : happening;
}

// `values` are ascending and not empty. Without a value only != holds.
bool compare(FilterOp op, std::optional<int64_t> value, const std::vector<int64_t>& values) {
  if (!value) return op == FilterOp::kNotEqual;
  switch (op) {
    case FilterOp::kEqual:
    case FilterOp::kIn:
      return std::ranges::binary_search(values, *value);
    case FilterOp::kNotEqual:
      return *value != values.front();
    case FilterOp::kLess:
      return *value < values.front();
    case FilterOp::kAtMost:
      return *value <= values.front();
    case FilterOp::kMore:
      return *value > values.front();
    case FilterOp::kAtLeast:
      return *value >= values.front();
  }
  return false;
}

}  // namespace

absl::StatusOr<int64_t> AlertFilter::read_number(Field field, std::string_view name,
                                                 const std::string& value,
                                                 base::Calendar calendar) {
  std::string const shown = base::excerpt(value);
  switch (kAlertFields[static_cast<size_t>(field)].kind) {
    case ValueKind::kBool:
      if (value == "true" || value == "false") return value == "true" ? 1 : 0;
      return absl::InvalidArgumentError(cat(name, " is true or false, not '", shown, "'"));
    case ValueKind::kSeverity: {
      auto const severity = severity_number(value);
      if (severity && *severity != 0) return *severity;
      return absl::InvalidArgumentError(cat("'", shown, "' is no severity; say OPS, AMBER or RED"));
    }
    case ValueKind::kPeriod: {
      BELLWETHER_ASSIGN_OR_RETURN(base::PeriodIndex const period, parse_period(calendar, value));
      return period.value;
    }
    case ValueKind::kText:
    case ValueKind::kCode:
      break;
  }
  return 0;
}

// Whether the values are names of areas, sectors, rules or happenings. Other fields have none.
absl::Status AlertFilter::check_known(const FilterComparison& c, Field field,
                                      const alerts::Book& book,
                                      const reference::Reference& reference) {
  auto const has_alert = [&](std::string alerts::AlertKey::*part, const std::string& value) {
    return std::ranges::any_of(
        book.alerts(), [&](const auto& entry) { return entry.second->state.key.*part == value; });
  };
  for (const std::string& value : c.values) {
    switch (field) {
      case Field::kArea:
        if (reference.areas.find(value).ok() || domain::find_topic(value) ||
            has_alert(&alerts::AlertKey::area, value)) {
          break;
        }
        return no_such_place(c, value);
      case Field::kSector:
        if (reference.sectors.find(value).ok() || has_alert(&alerts::AlertKey::sector, value))
          break;
        return no_such_place(c, value);
      case Field::kRule:
        // Before the first rule set, no rule is known.
        if (book.rule_set() == nullptr || alerts::find_rule(*book.rule_set(), value) != nullptr ||
            has_alert(&alerts::AlertKey::rule, value)) {
          break;
        }
        return absl::InvalidArgumentError(no_such_rule(book.rule_set().get(), value));
      case Field::kHappening:
        if (book.alerts().contains(value) || book.alerts().contains(without_prefix(value))) break;
        return absl::InvalidArgumentError(
            cat("no happening \"", base::excerpt(value),
                "\"; a happening has the name of the alert that was raised first"));
      default:
        return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<AlertFilter::Test> AlertFilter::read(const FilterComparison& c,
                                                    const alerts::Book& book,
                                                    const reference::Reference& reference,
                                                    FilterNames names) {
  auto const field = std::ranges::find(kAlertFields, c.field, &FieldInfo::name);
  if (field == kAlertFields.end()) {
    std::string fields;
    for (const FieldInfo& f : kAlertFields)
      base::append(fields, fields.empty() ? "" : ", ", f.name);
    return no_such_field(c, fields);
  }
  Test test;
  test.field = static_cast<Field>(field - kAlertFields.begin());
  test.op = c.op;
  if (!ordered(field->kind)) BELLWETHER_RETURN_IF_ERROR(check_equality(c));
  if (c.descendants) {
    test.descendants = true;
    BELLWETHER_ASSIGN_OR_RETURN(test.above, read_above(c, reference));
    return test;
  }
  if (names == FilterNames::kKnown)
    BELLWETHER_RETURN_IF_ERROR(check_known(c, test.field, book, reference));
  for (const std::string& value : c.values) {
    if (test.field == Field::kHappening) {
      test.texts.push_back(without_prefix(value));
    } else if (is_number(field->kind)) {
      BELLWETHER_ASSIGN_OR_RETURN(int64_t const number,
                                  read_number(test.field, field->name, value, book.calendar()));
      test.numbers.push_back(number);
    } else {
      test.texts.push_back(value);
    }
  }
  std::ranges::sort(test.numbers);
  std::ranges::sort(test.texts);
  return test;
}

absl::StatusOr<AlertFilter> AlertFilter::parse(
    std::string_view text, const alerts::Book& book,
    const std::shared_ptr<const reference::Reference>& reference, FilterNames names) {
  AlertFilter filter;
  BELLWETHER_ASSIGN_OR_RETURN(filter.expression_, FilterExpression::parse(text));
  for (const FilterComparison& c : filter.expression_.comparisons()) {
    BELLWETHER_ASSIGN_OR_RETURN(Test test, read(c, book, *reference, names));
    filter.tests_.push_back(std::move(test));
  }
  filter.reference_ = reference;
  return filter;
}

// An alert under one of its nodes. The ids of the node are looked up when they are needed.
struct AlertFilter::Subject {
  const alerts::Alert& alert;
  const engine::Happenings& happenings;
  const reference::Reference& reference;
  std::string_view area_code;
  std::string_view sector_code;
  std::optional<absl::StatusOr<base::AreaId>> area;
  std::optional<absl::StatusOr<base::SectorId>> sector;

  bool below_area(base::AreaId above) {
    if (!area) area = reference.areas.find(area_code);
    return area->ok() && is_at_or_below(reference.areas, **area, above);
  }
  bool below_sector(base::SectorId above) {
    if (!sector) sector = reference.sectors.find(sector_code);
    return sector->ok() && is_at_or_below(reference.sectors, **sector, above);
  }
};

bool AlertFilter::holds(const Test& test, Subject& subject) const {
  const alerts::Alert& alert = subject.alert;
  auto const text = [&](std::string_view value) {
    return std::ranges::binary_search(test.texts, value, std::less<>()) !=
           (test.op == FilterOp::kNotEqual);
  };
  auto const number = [&](std::optional<int64_t> value) {
    return compare(test.op, value, test.numbers);
  };
  switch (test.field) {
    case Field::kOpen:
      return number(alert.state.open);
    case Field::kRule:
      return text(alert.state.key.rule);
    case Field::kSeverity:
      return number(static_cast<int64_t>(alert.state.severity));
    case Field::kArea:
      return test.descendants ? subject.below_area(base::AreaId(test.above))
                              : text(subject.area_code);
    case Field::kSector:
      return test.descendants ? subject.below_sector(base::SectorId(test.above))
                              : text(subject.sector_code);
    case Field::kHistorical:
      return number(alert.state.historical);
    case Field::kAcknowledged:
      return number(alert.acknowledgement.has_value());
    case Field::kRaised:
      return number(alert.state.raised.value);
    case Field::kCleared:
      return number(alert.cleared ? std::optional<int64_t>(alert.cleared->value) : std::nullopt);
    case Field::kHeadline:
      return number(subject.happenings.is_headline(alert));
    case Field::kHappening:
      return text(subject.happenings.name_of(alert));
    case Field::kBeginsHappening:
      return number(subject.happenings.begins(alert));
  }
  return false;
}

bool AlertFilter::matches(const alerts::Alert& alert, const engine::Happenings& happenings) const {
  if (tests_.empty()) return true;
  auto const matches_under = [&](std::string_view area, std::string_view sector) {
    Subject subject{alert, happenings, *reference_, area, sector, std::nullopt, std::nullopt};
    return expression_.evaluate([&](size_t i) { return holds(tests_[i], subject); });
  };
  const alerts::AlertKey& key = alert.state.key;
  return matches_under(key.area, key.sector) ||
         std::ranges::any_of(happenings.equals(key), [&](indicators::Node node) {
           return matches_under(reference_->areas.at(node.area).code,
                                reference_->sectors.at(node.sector).code);
         });
}

}  // namespace bellwether::rpc
