// Every field of the events has an effect: a log that uses all of them is folded again with one
// field left out of all its records, and something differs. Fields that nothing uses yet are listed
// with the capability that will. The topic of procurement is not read yet, so its fields are not
// here.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/base/text.h"
#include "core/engine/partition_engine.h"
#include "support/calendars.h"
#include "unit/core/events/fixture.h"

namespace bellwether::engine {
namespace {

using events::testing::must;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using FieldPath = std::vector<const FieldDescriptor*>;

// Fields without an effect, and what they wait for.
const std::map<std::string, std::string>& waiting() {
  static const std::map<std::string, std::string> fields = {
      {"RegistrationEvent.filing_recorded.description", "firms at risk: kinds of filings"},
      {"SupportEvent.interaction.case_id", "interventions: what a case led to"},
      {"SupportEvent.outcome.case_id", "interventions: what a case led to"},
      {"SupportEvent.outcome.currency", "interventions: cost per outcome"},
      {"SupportEvent.regulatory_contact.regime", "compliance"},
      {"SupportEvent.regulatory_contact.action", "compliance"},
      {"SupportEvent.regulatory_contact.resolved_at", "compliance"},
  };
  return fields;
}

struct Published {
  events::Topic topic;
  std::string key;
  events::UnixMillis published;
  std::unique_ptr<Message> message;
};

constexpr char kBusiness[] = "GB/companies-house/01234567";
constexpr char kOther[] = "GB/companies-house/SC123456";

struct Version {
  std::string id;        // empty: one of its own
  int64_t sequence = 0;  // 0: the instant of publication
};

class Log {
 public:
  // `text`: a message as text. It gets its id, source, version, business and effective date.
  void registration(const std::string& day, const std::string& text,
                    const std::string& key = kBusiness, const Version& version = {}) {
    add(events::Topic::kRegistrations, day, key, identity(day, key, version) + text,
        std::make_unique<events::v1::RegistrationEvent>());
  }
  void support(const std::string& day, const std::string& text, const std::string& key = kBusiness,
               const Version& version = {}) {
    add(events::Topic::kSupport, day, key, identity(day, key, version) + text,
        std::make_unique<events::v1::SupportEvent>());
  }
  void observation(const std::string& day, const std::string& text, const Version& version) {
    constexpr char kSeries[] = "jobs/E08000025";
    add(events::Topic::kObservations, day, kSeries,
        base::cat(identity(day, kSeries, version), "series_id: '", kSeries, "' ", text),
        std::make_unique<events::v1::Observation>());
  }
  void add(events::Topic topic, const std::string& day, const std::string& key,
           const std::string& text, std::unique_ptr<Message> message) {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, message.get())) << text;
    records_.push_back({topic, key, instant(day), std::move(message)});
  }
  const std::vector<Published>& records() const { return records_; }

 private:
  static events::UnixMillis instant(const std::string& day) {
    return events::UnixMillis(base::start_of(must(base::parse_date(day))).value +
                              int64_t{12} * 3'600'000);
  }
  std::string identity(const std::string& day, const std::string& key, const Version& version) {
    std::string out = base::cat(
        "event_id: '", version.id.empty() ? base::cat("fact ", records_.size()) : version.id,
        "' source: 'desk' source_sequence: ",
        version.sequence > 0 ? version.sequence : instant(day).value, " ");
    if (key.starts_with("GB/")) {
      base::append(out, "business { jurisdiction: 'GB' register: 'companies-house' id: '",
                   key.substr(key.rfind('/') + 1), "' } ");
    }
    base::CivilDate const date = base::civil_date(must(base::parse_date(day)));
    return base::cat(out, "effective_date { year: ", date.year, " month: ", date.month,
                     " day: ", date.day, " } ");
  }

  std::vector<Published> records_;
};

// What a reader of the figures can see.
std::vector<std::string> effect(const std::vector<Published>& records) {
  std::vector<std::string> out;
  PartitionOptions options;
  options.calendar = testing::kMonths;
  options.reference = &events::testing::west_midlands();
  constexpr std::array kTopics = {events::Topic::kRegistrations, events::Topic::kSupport,
                                  events::Topic::kObservations};
  set_inputs(options, kTopics);
  PartitionEngine engine(PartitionId(0), options);
  events::Decoder const decoder(events::testing::west_midlands());
  int64_t offset = 0;
  for (const Published& r : records) {
    std::string const value = r.message->SerializeAsString();
    auto const decoded = decoder.decode({r.topic, r.key, value, r.published});
    if (const auto* const event = std::get_if<events::Event>(&decoded)) {
      auto const input = std::ranges::find(kTopics, r.topic) - kTopics.begin();
      engine.fold(static_cast<size_t>(input), Offset(offset++), r.published, *event);
    } else {
      out.push_back(base::cat("refused: ", offset++, " for reason ",
                              static_cast<int>(std::get<events::Refusal>(decoded))));
    }
  }
  PartitionTick const tick =
      engine.close_at(PeriodIndex(700), std::vector<Offset>(kTopics.size(), Offset(offset)));
  for (const indicators::Delta& d : tick.deltas)
    out.push_back(base::cat("delta ", d.key.bits(), " ", d.amount));
  for (const indicators::Report& r : tick.reports)
    out.push_back(base::cat("report ", r.key.bits(), " ", r.amount));
  for (const indicators::FigureChange& f : tick.figures) {
    if (!f.figure) continue;  // it never held at a tick
    out.push_back(base::cat("figure ", domain::name(f.key.statistic), " ", f.key.area.value, " ",
                            f.key.sector.value, " ", indicators::name(f.key.period), " ",
                            f.figure->value, " ", f.figure->vintage.value, " ",
                            static_cast<int>(f.figure->status)));
  }
  for (const auto& [source, until] : tick.complete_to)
    out.push_back(base::cat("complete ", source, " ", until.value));
  for (const auto& by_reason : engine.counts().retracted) {
    for (size_t reason = 0; reason < by_reason.size(); ++reason)
      out.push_back(base::cat("retracted for ", reason, ": ", by_reason[reason]));
  }
  std::ranges::sort(out);
  return out;
}

void add_register(Log& log) {
  log.registration("2018-01-10", R"(registered { legal_form: LEGAL_FORM_PRIVATE_LIMITED_COMPANY
      activities { scheme: 'UKSIC' version: '2007' code: '62012' } postcode: 'B15 2TT'
      size_band: SIZE_BAND_5_TO_9 })");
  log.registration("2018-01-11", R"(registered { legal_form: LEGAL_FORM_COMMUNITY_INTEREST_COMPANY
      activities { scheme: 'UKSIC' version: '2007' code: '47110' } area_code: 'E08000029'
      size_band: SIZE_BAND_20_TO_49 })",
                   kOther);
  log.registration("2018-03-05", R"(changed { postcode: 'B91 3QJ' })");
  log.registration("2018-03-06", R"(changed { area_code: 'E08000025'
      activities { scheme: 'UKSIC' version: '2007' code: '62012' }
      legal_form: LEGAL_FORM_PRIVATE_LIMITED_COMPANY })",
                   kOther);
  log.registration("2018-04-11", R"(status_changed { status: REGISTER_STATUS_ACTIVE
      detail: STATUS_DETAIL_ACTIVE_PROPOSAL_TO_STRIKE_OFF })",
                   kOther);
  log.registration("2018-05-07", R"(changed { size_band: SIZE_BAND_20_TO_49 })");
  // The accounts of the year before do not satisfy the ones that are due, by their period or by
  // their own due date.
  log.registration("2018-04-02", R"(filing_due { category: FILING_CATEGORY_ACCOUNTS
      next_due { year: 2018 month: 6 day: 30 } period_end { year: 2017 month: 12 day: 31 } })");
  log.registration("2018-05-10", R"(filing_recorded { category: FILING_CATEGORY_ACCOUNTS
      description: 'accounts-with-accounts-type-full'
      period_end { year: 2016 month: 12 day: 31 } })");
  log.registration("2018-09-03", R"(filing_recorded { category: FILING_CATEGORY_ACCOUNTS
      period_end { year: 2017 month: 12 day: 31 }
      filed { year: 2018 month: 8 day: 28 } })");
  log.registration("2018-04-02", R"(filing_due { category: FILING_CATEGORY_ACCOUNTS
      next_due { year: 2018 month: 6 day: 30 } })",
                   kOther);
  log.registration("2018-05-10", R"(filing_recorded { category: FILING_CATEGORY_ACCOUNTS
      due { year: 2017 month: 6 day: 30 } })",
                   kOther);
  log.registration("2018-09-04", R"(insolvency_case {
      type: INSOLVENCY_TYPE_CREDITORS_VOLUNTARY_LIQUIDATION })");
  log.registration("2018-09-04", R"(insolvency_case {
      type: INSOLVENCY_TYPE_OTHER solvent: true })",
                   kOther);
  log.registration("2018-09-05", R"(strike_off_notice { kind: STRIKE_OFF_KIND_COMPULSORY
      action: STRIKE_OFF_ACTION_PROPOSED })");
  log.registration("2018-09-06", R"(officer_changed { role: OFFICER_ROLE_DIRECTOR
      action: OFFICER_ACTION_APPOINTED })",
                   kBusiness, {"the director", 2});
  log.registration("2018-09-08", R"(officer_changed { role: OFFICER_ROLE_SECRETARY
      action: OFFICER_ACTION_APPOINTED })",
                   kBusiness, {"the director", 1});
  log.registration("2018-09-06", R"(charge_changed { action: CHARGE_ACTION_CREATED })");
  log.registration("2018-09-07", R"(officer_changed { role: OFFICER_ROLE_DIRECTOR
      action: OFFICER_ACTION_RESIGNED })");
  log.registration("2018-11-01", R"(status_changed { status: REGISTER_STATUS_DISSOLVED
      detail: STATUS_DETAIL_TRANSFERRED_ABROAD })");
  log.registration("2018-11-03", R"(charge_changed { action: CHARGE_ACTION_SATISFIED })", kOther,
                   {"stated in error"});
  log.registration("2018-11-04", R"(retracted { event_id: 'stated in error'
      reason: RETRACTION_REASON_ERROR })",
                   kOther);
}

void add_desk(Log& log) {
  log.support("2018-06-11", R"(interaction { case_id: 'C-1' type: INTERACTION_TYPE_ADVICE
      channel: CHANNEL_PHONE topics: SUPPORT_TOPIC_CASH_FLOW topics: SUPPORT_TOPIC_LOAN
      intensity: INTENSITY_MEDIUM minutes: 40 received_at: 1528704000000
      first_response_at: 1528800000000 team: 'advice' consent: CONSENT_STATISTICS })");
  log.support("2018-06-12", R"(case_id: 'C-2' area_code: 'E08000025'
      activity { scheme: 'UKSIC' version: '2007' code: '47110' } interaction {
      topics: SUPPORT_TOPIC_START_UP })",
              "case:C-2");
  log.support("2018-06-13", R"(case_id: 'C-3' postcode: 'B91 3QJ' interaction {
      topics: SUPPORT_TOPIC_START_UP consent: CONSENT_REFUSED })",
              "case:C-3");
  log.support("2018-06-14", R"(referral { state: REFERRAL_STATE_OPENED to: 'the growth hub'
      case_id: 'C-1' })");
  log.support("2018-06-15", R"(referral { state: REFERRAL_STATE_OPENED to: 'the bank'
      case_id: 'C-1' })");
  log.support("2018-07-14", R"(referral { state: REFERRAL_STATE_COMPLETED to: 'the growth hub'
      case_id: 'C-1' })");
  log.support("2018-07-15", R"(outcome { kind: OUTCOME_KIND_JOBS_CREATED jobs_delta: 3
      case_id: 'C-1' })");
  log.support("2018-07-16", R"(outcome { kind: OUTCOME_KIND_GRANT_AWARDED amount_minor: 500000
      currency: 'GBP' case_id: 'C-1' })");
  log.support("2018-07-17", R"(regulatory_contact { regime: 'food' obligation: 'registration'
      action: REGULATORY_ACTION_INSPECTION resolved_at: 1531900000000 })");
  // The later version arrives first.
  log.support("2018-07-18", R"(redundancy_notice { jobs: 60 })", kOther, {"notice", 2});
  log.support("2018-07-18", R"(redundancy_notice { jobs: 70 })", kOther, {"notice", 1});
  log.support("2018-07-18", R"(redundancy_notice { jobs: 80 })", kOther, {"stated twice"});
  log.support("2018-07-19", R"(retracted { event_id: 'stated twice'
      reason: RETRACTION_REASON_DUPLICATE })",
              kOther);
}

// The first version has no day of its own; the later version arrives first.
void add_statistics(Log& log) {
  log.observation("2018-10-02", R"(figure { value: 900 unit: 'jobs' frequency: FREQUENCY_QUARTER
      vintage { year: 2018 month: 9 day: 28 } status: FIGURE_STATUS_REVISED
      area_code: 'E08000025' activity { scheme: 'UKSIC' version: '2007' code: '47' } })",
                  {"jobs 2018 Q1", 2});
  log.observation("2018-10-03", R"(figure { value: 910 unit: 'jobs' frequency: FREQUENCY_QUARTER
      area_code: 'E08000025' })",
                  {"jobs 2018 Q1", 1});
  log.observation("2018-10-04", R"(figure { value: 20 unit: 'persons' frequency: FREQUENCY_YEAR })",
                  {"stated in error"});
  log.observation("2018-10-05", R"(retracted { event_id: 'stated in error'
      reason: RETRACTION_REASON_ERROR })",
                  {});
}

// A log in which every field of every kind is set, so that leaving it out can be seen.
Log whole_log() {
  Log log;
  add_register(log);
  add_desk(log);
  add_statistics(log);
  log.add(events::Topic::kObservations, "2018-12-01", "",
          "heartbeat { source: 'ons' complete_to: 1543622400000 }",
          std::make_unique<events::v1::Observation>());
  log.add(events::Topic::kRegistrations, "2018-12-01", "",
          "heartbeat { source: 'companies-house' complete_to: 1543622400000 }",
          std::make_unique<events::v1::RegistrationEvent>());
  log.add(events::Topic::kSupport, "2018-12-01", "",
          "heartbeat { source: 'desk' complete_to: 1543622400000 }",
          std::make_unique<events::v1::SupportEvent>());
  return log;
}

// All paths of fields below a message. The kinds of events name no message twice in a path.
void collect(const Descriptor& type, FieldPath& path, std::vector<FieldPath>& out) {
  for (int i = 0; i < type.field_count(); ++i) {
    path.push_back(type.field(i));
    out.push_back(path);
    if (const Descriptor* const inner = type.field(i)->message_type()) collect(*inner, path, out);
    path.pop_back();
  }
}

std::vector<FieldPath> paths_of(const Descriptor& type) {
  FieldPath path;
  std::vector<FieldPath> out;
  collect(type, path, out);
  return out;
}

// Leaves the field at path[depth…] out of the message. True if it was there.
bool blank(Message& message, const FieldPath& path, size_t depth = 0) {
  const FieldDescriptor* const field = path[depth];
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  bool found = false;
  if (depth + 1 == path.size()) {
    found = field->is_repeated() ? reflection.FieldSize(message, field) > 0
                                 : reflection.HasField(message, field);
    reflection.ClearField(&message, field);
  } else if (field->is_repeated()) {
    for (int i = 0; i < reflection.FieldSize(message, field); ++i)
      found |= blank(*reflection.MutableRepeatedMessage(&message, field, i), path, depth + 1);
  } else if (reflection.HasField(message, field)) {
    found = blank(*reflection.MutableMessage(&message, field), path, depth + 1);
  }
  return found;
}

std::string name_of(const Descriptor& root, const FieldPath& path) {
  std::string out(root.name());
  for (const FieldDescriptor* const field : path) base::append(out, ".", field->name());
  return out;
}

std::vector<Published> copy(const std::vector<Published>& records) {
  std::vector<Published> out;
  for (const Published& r : records) {
    std::unique_ptr<Message> message(r.message->New());
    message->CopyFrom(*r.message);
    out.push_back({r.topic, r.key, r.published, std::move(message)});
  }
  return out;
}

TEST(FieldEffectsTest, EveryFieldOfTheEventsHasAnEffectOrWaitsForACapability) {
  Log const log = whole_log();
  std::vector<std::string> const whole = effect(log.records());
  EXPECT_THAT(whole, ::testing::Not(::testing::Contains(::testing::HasSubstr("refused"))));
  std::set<std::string> unused;
  for (const Descriptor* const root :
       {events::v1::RegistrationEvent::descriptor(), events::v1::SupportEvent::descriptor(),
        events::v1::Observation::descriptor()}) {
    for (const FieldPath& path : paths_of(*root)) {
      std::vector<Published> without = copy(log.records());
      bool found = false;
      for (Published& r : without) {
        if (r.message->GetDescriptor() == root) found |= blank(*r.message, path);
      }
      std::string const name = name_of(*root, path);
      EXPECT_TRUE(found) << name << " is not in the log of this test";
      if (found && effect(without) == whole) unused.insert(name);
    }
  }
  for (const std::string& name : unused)
    EXPECT_TRUE(waiting().contains(name)) << name << " has no effect";
  for (const auto& [name, capability] : waiting())
    EXPECT_TRUE(unused.contains(name)) << name << " has an effect: take it off the list";
}

}  // namespace
}  // namespace bellwether::engine
