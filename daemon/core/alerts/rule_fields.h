// Purpose: describes rule sets for snapshots, using the table of a rule's keys. The order is the
// order in a snapshot: append only, and change the format version (adapters/snapshot/frames.h).
// Thread safety: pure.
#pragma once

#include <tuple>

#include "core/alerts/rule_record.h"
#include "core/base/business_calendar.h"
#include "core/base/fields.h"

namespace bellwether::base {

// The journal message of a rule has its own codec (runtime/journal/rule_codec.h).
template <class Value>
constexpr auto field_of(const alerts::RuleKey<Value>& key) {
  return make_field<FieldKind::kOwn>(
      key.name, [member = key.field](auto& record) -> auto& { return record.*member; }, nullptr,
      nullptr, nullptr);
}
template <>
struct Fields<alerts::RuleRecord> {
  static constexpr auto list() {
    return std::apply([](const auto&... key) { return std::tuple{field_of(key)...}; },
                      alerts::kRuleKeys);
  }
};
template <>
struct Fields<alerts::RuleSetRecord> {
  static constexpr auto list() {
    // The special days have their own frame.
    return std::tuple{BELLWETHER_FIELD(rules), BELLWETHER_FIELD(false_discovery_rate),
                      BELLWETHER_APART(special_days), BELLWETHER_FIELD(false_alarms_a_year)};
  }
};
template <>
struct Fields<SpecialDays> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(holidays), BELLWETHER_FIELD(closures),
                      BELLWETHER_FIELD(feasts)};
  }
};

}  // namespace bellwether::base
