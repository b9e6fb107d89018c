#include "runtime/journal/rule_codec.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bellwether/journal/v1/journal.pb.h"
#include "core/alerts/rule_record.h"
#include "core/alerts/rules.h"
#include "core/base/check.h"
#include "core/base/text.h"

namespace bellwether::runtime {
namespace {

namespace journal_pb = bellwether::journal::v1;
using alerts::RuleRecord;
using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;

const FieldDescriptor* field_of(std::string_view key) {
  const FieldDescriptor* const field =
      journal_pb::Rule::descriptor()->FindFieldByName(std::string(key));
  BELLWETHER_CHECK(field != nullptr);
  return field;
}

const auto& names_of(alerts::RuleKind) {
  return alerts::kRuleKindNames;
}
const auto& names_of(alerts::Severity) {
  return alerts::kSeverityNames;
}
const auto& names_of(base::Harm) {
  return base::kHarmNames;
}

// Writes the fields of a message by the names of a rule's keys.
class Out {
 public:
  explicit Out(journal_pb::Rule& to) : to_(to), reflection_(*to.GetReflection()) {}

  void put(std::string_view key, const std::string& v) {
    reflection_.SetString(&to_, field_of(key), v);
  }
  void put(std::string_view key, double v) { reflection_.SetDouble(&to_, field_of(key), v); }
  void put(std::string_view key, int32_t v) { reflection_.SetInt32(&to_, field_of(key), v); }
  void put(std::string_view key, bool v) { reflection_.SetBool(&to_, field_of(key), v); }
  void put(std::string_view key, const std::vector<std::string>& v) {
    for (const std::string& text : v) reflection_.AddString(&to_, field_of(key), text);
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void put(std::string_view key, Enum v) {
    put(key, std::string(names_of(v)[static_cast<size_t>(v)]));
  }

 private:
  journal_pb::Rule& to_;
  const Reflection& reflection_;
};

// Reads the fields of a message by the names of a rule's keys. unknown() is the first word that its
// enum does not have, with its key; empty if there is none.
class In {
 public:
  explicit In(const journal_pb::Rule& from) : from_(from), reflection_(*from.GetReflection()) {}

  void get(std::string_view key, std::string& v) {
    v = reflection_.GetString(from_, field_of(key));
  }
  void get(std::string_view key, double& v) { v = reflection_.GetDouble(from_, field_of(key)); }
  void get(std::string_view key, int32_t& v) { v = reflection_.GetInt32(from_, field_of(key)); }
  void get(std::string_view key, bool& v) { v = reflection_.GetBool(from_, field_of(key)); }
  void get(std::string_view key, std::vector<std::string>& v) {
    const FieldDescriptor* const field = field_of(key);
    v.clear();
    for (int i = 0; i < reflection_.FieldSize(from_, field); ++i) {
      v.push_back(reflection_.GetRepeatedString(from_, field, i));
    }
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void get(std::string_view key, Enum& v) {
    std::string const name = reflection_.GetString(from_, field_of(key));
    auto const& names = names_of(v);
    auto const found = std::ranges::find(names, name);
    if (found != names.end()) {
      v = static_cast<Enum>(found - names.begin());
    } else if (unknown_.empty()) {
      unknown_ = base::cat(key, ": '", name, "'");
    }
  }
  const std::string& unknown() const { return unknown_; }

 private:
  const journal_pb::Rule& from_;
  const Reflection& reflection_;
  std::string unknown_;
};

std::vector<base::Days> days_of(const google::protobuf::RepeatedField<int32_t>& from) {
  std::vector<base::Days> out;
  for (int32_t const day : from) out.emplace_back(day);
  return out;
}

}  // namespace

void put(const alerts::RuleSet& rules, journal_pb::RuleSet& out) {
  out.set_digest(alerts::digest(rules));
  out.set_false_discovery_rate(rules.false_discovery_rate);
  if (const base::BusinessCalendar& c = rules.business_calendar; !c.empty()) {
    journal_pb::SpecialDays& days = *out.mutable_special_days();
    for (base::Days const day : c.days().holidays) days.add_holidays(day.value);
    for (base::Days const day : c.days().closures) days.add_closures(day.value);
    for (base::Days const day : c.days().feasts) days.add_feasts(day.value);
  }
  out.set_false_alarms_a_year(rules.false_alarms_a_year.value_or(alerts::kFalseAlarmsNotStated));
  for (const alerts::Rule& rule : rules.rules) {
    RuleRecord const record = alerts::record(rule);
    Out io(*out.add_rules());
    alerts::each_rule_key([&](const auto& key) { io.put(key.name, record.*key.field); });
  }
}

absl::Status get(const journal_pb::RuleSet& from, alerts::RuleSet& out) {
  alerts::RuleSetRecord record;
  record.false_discovery_rate = from.false_discovery_rate();
  record.special_days = {days_of(from.special_days().holidays()),
                         days_of(from.special_days().closures()),
                         days_of(from.special_days().feasts())};
  record.false_alarms_a_year = from.false_alarms_a_year();
  for (const journal_pb::Rule& rule : from.rules()) {
    RuleRecord& to = record.rules.emplace_back();
    In io(rule);
    alerts::each_rule_key([&](const auto& key) { io.get(key.name, to.*key.field); });
    if (!io.unknown().empty()) {
      return absl::DataLossError(base::cat("rule set in the journal: rules.", to.id, ".",
                                           io.unknown(), " is not known; update this build"));
    }
  }
  auto rules = alerts::parse(record);
  if (!rules.ok()) {
    return absl::DataLossError(
        base::cat("rule set in the journal: ", base::from_absl(rules.status().message())));
  }
  out = *std::move(rules);
  return absl::OkStatus();
}

}  // namespace bellwether::runtime
