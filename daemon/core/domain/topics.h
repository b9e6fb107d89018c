// Purpose: the table of input topics, one row per topic. Configuration, topic checks, command line
// options, the inputs of the fold and the rules on silent sources are loops over this table. Every
// topic has its own message type.
// Thread safety: the table is constant; TopicSet and TopicNames are values.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/domain/fields.h"
#include "core/domain/table.h"

namespace bellwether::domain {

enum class Topic : uint8_t { kRegistrations, kSupport, kProcurement, kObservations };

enum class Consumption : uint8_t {
  kRequired,  // the daemon does not start without it
  kOptional,  // an empty name in the configuration leaves it out
  kNone,      // its records can be decoded, but it cannot be configured yet
};

enum class Pace : uint8_t {
  kSteady,  // records come all the time: ticks wait for them, and silence is judged
  kSparse,  // records come a few times a year: silence says nothing, and no tick waits for them
};

struct TopicInfo {
  Topic id;
  std::string_view name;  // in metrics, alerts and the journal
  Consumption consumption;
  std::string_view config_key;    // below "kafka:"; empty for kNone
  std::string_view default_name;  // of the Kafka topic; empty: not consumed unless configured
  Pace pace;
  uint8_t kind_field_min;  // range of field numbers of the topic's kinds, inclusive
  uint8_t kind_field_max;
  std::span<const FieldInfo> fields;  // of its message, without kCommonFields and the kinds
};

// Fields that the messages of all topics have.
inline constexpr std::array kCommonFields = {
    field::text(1, kEventId),
    field::text(2, kSource),
    field::uint64(3, kSequence),
    field::date(5, kEffectiveDate),
};
inline constexpr FieldInfo kBusinessField = field::business(4, kHasBusiness, kJurisdiction);
inline constexpr std::array kRegistrationFields = {kBusinessField};
inline constexpr std::array kSupportFields = {
    kBusinessField,
    field::text(6, kCaseId),
    field::text(7, kAreaCode),
    field::text(8, kPostcode),
    field::activity(9, kHasActivity, kActivityScheme),
};
inline constexpr std::array kProcurementFields = {kBusinessField};
inline constexpr std::array kObservationFields = {field::text(12, kSeriesId)};

inline constexpr auto kTopics = std::to_array<TopicInfo>({
    {Topic::kRegistrations, "registrations", Consumption::kRequired, "registrations_topic",
     "bellwether.registrations", Pace::kSteady, 16, 39, kRegistrationFields},
    {Topic::kSupport, "support", Consumption::kOptional, "support_topic", "bellwether.support",
     Pace::kSteady, 40, 59, kSupportFields},
    {Topic::kProcurement, "procurement", Consumption::kNone, "", "", Pace::kSteady, 60, 69,
     kProcurementFields},
    {Topic::kObservations, "observations", Consumption::kOptional, "observations_topic", "",
     Pace::kSparse, 70, 79, kObservationFields},
});
inline constexpr size_t kTopicCount = kTopics.size();
static_assert(is_complete<kTopics>());
static_assert(all_differ(kTopics, &TopicInfo::name));

constexpr const TopicInfo& info(Topic topic) {
  return kTopics[static_cast<size_t>(topic)];
}
constexpr std::string_view name(Topic topic) {
  return info(topic).name;
}
constexpr bool is_consumable(const TopicInfo& topic) {
  return topic.consumption != Consumption::kNone;
}
constexpr std::optional<Topic> find_topic(std::string_view name) {
  for (const TopicInfo& t : kTopics) {
    if (t.name == name) return t.id;
  }
  return std::nullopt;
}

// The range of the field numbers of a topic's own kinds, inclusive. The kinds that every topic has
// are below kKindFieldMin.
inline constexpr uint32_t kKindFieldMin = kTopics.front().kind_field_min;
inline constexpr uint32_t kKindFieldMax = kTopics.back().kind_field_max;

// The topic whose range of kinds contains `field`. REQUIRES: kKindFieldMin ≤ field ≤ kKindFieldMax.
constexpr Topic topic_of_kind_field(uint32_t field) {
  size_t i = 0;
  while (i + 1 < kTopicCount && field > kTopics[i].kind_field_max) ++i;
  return kTopics[i].id;
}

// True if the message of `topic` has a field that takes the text slot `slot`.
constexpr bool has_text(Topic topic, TextSlot slot) {
  for (const FieldInfo& f : info(topic).fields) {
    if (f.text_slot <= slot && slot < f.text_slot + texts_in(f.type)) return true;
  }
  return false;
}

// True if a row is consistent. It has a configuration key exactly if it can be consumed. Its range
// of kinds begins after the range of the row before. Its fields and the common fields share no
// number and no slot.
constexpr bool is_sound(const TopicInfo& t) {
  bool const named = is_consumable(t) ? !t.config_key.empty() && !t.name.empty()
                                      : t.config_key.empty() && t.default_name.empty();
  if (!named || (t.consumption == Consumption::kRequired && t.default_name.empty())) return false;
  auto const i = static_cast<size_t>(t.id);
  if (t.kind_field_min > t.kind_field_max) return false;
  if (i > 0 && t.kind_field_min != kTopics[i - 1].kind_field_max + 1) return false;
  std::array<FieldInfo, 16> all{};
  size_t n = 0;
  for (const FieldInfo& f : kCommonFields) all[n++] = f;
  for (const FieldInfo& f : t.fields) all[n++] = f;
  return are_apart(std::span(all).first(n)) && text_slots(t.fields) <= kKindText &&
         number_slots(t.fields) <= kKindNumber;
}
static_assert(std::ranges::all_of(kTopics, is_sound));

// A set of topics.
class TopicSet {
 public:
  constexpr TopicSet() = default;
  constexpr TopicSet(Topic topic) : bits_(1u << static_cast<unsigned>(topic)) {}
  constexpr bool contains(Topic topic) const { return (bits_ & TopicSet(topic).bits_) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr TopicSet operator|(TopicSet a, TopicSet b) {
    TopicSet both;
    both.bits_ = a.bits_ | b.bits_;
    return both;
  }
  constexpr TopicSet& operator|=(TopicSet other) { return *this = *this | other; }
  friend constexpr bool operator==(TopicSet, TopicSet) = default;

 private:
  uint32_t bits_ = 0;
};
static_assert(kTopicCount <= 32);
constexpr TopicSet operator|(Topic a, Topic b) {
  return TopicSet(a) | TopicSet(b);
}

// The Kafka name of each topic; empty for a topic that is not consumed. Initially the default
// names.
class TopicNames {
 public:
  TopicNames() {
    for (const TopicInfo& t : kTopics) (*this)[t.id] = t.default_name;
  }
  std::string& operator[](Topic topic) { return names_[static_cast<size_t>(topic)]; }
  const std::string& operator[](Topic topic) const { return names_[static_cast<size_t>(topic)]; }

 private:
  std::array<std::string, kTopicCount> names_;
};

}  // namespace bellwether::domain
