// Reference data and example records for the tests of the decoder.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "bellwether/events/v1/observation.pb.h"
#include "bellwether/events/v1/procurement.pb.h"
#include "bellwether/events/v1/registration.pb.h"
#include "bellwether/events/v1/support.pb.h"
#include "core/base/calendar.h"
#include "core/base/check.h"
#include "core/events/decoder.h"

namespace bellwether::events::testing {

inline constexpr std::string_view kAreasCsv =
    "code,name,level,parent\n"
    "E12000005,West Midlands,region,\n"
    "E08000025,Birmingham,district,E12000005\n"
    "E08000029,Solihull,district,E12000005\n";
inline constexpr std::string_view kSetsCsv =
    "set,name,member\n"
    "E37000012,Greater Birmingham and Solihull,E08000025\n"
    "E37000012,Greater Birmingham and Solihull,E08000029\n";
inline constexpr std::string_view kPostcodesCsv =
    "postcode,area\n"
    "B15,E08000025\n"
    "B91,E08000029\n"
    "B15 9ZZ,E08000029\n";
inline constexpr std::string_view kSectorsCsv =
    "scheme,version,code,parent,level,name\n"
    "UKSIC,2007,all,,all,All sectors\n"
    "UKSIC,2007,unclassified,all,section,Unclassified\n"
    "UKSIC,2007,G,all,section,Trade\n"
    "UKSIC,2007,47,G,division,Retail\n"
    "UKSIC,2007,J,all,section,Information and communication\n"
    "UKSIC,2007,62,J,division,Computer programming\n"
    "UKSIC,2007,M,all,section,Professional\n"
    "UKSIC,2007,74,M,division,Other professional\n"
    "UKSIC,2007,74990,,none,Non-trading\n"
    "UKSIC,2007,99999,,none,Dormant\n";

template <class T>
T must(absl::StatusOr<T> parsed) {
  if (!parsed.ok()) std::fprintf(stderr, "%s\n", parsed.status().ToString().c_str());
  BELLWETHER_CHECK(parsed.ok());
  return *std::move(parsed);
}

inline const reference::Reference& west_midlands() {
  static const reference::Reference* const world = [] {
    auto areas = must(reference::Areas::parse(kAreasCsv, "areas.csv", kSetsCsv, "sets.csv"));
    auto postcodes = must(reference::Postcodes::parse(kPostcodesCsv, "postcodes.csv", areas));
    return new reference::Reference{std::move(areas),
                                    must(reference::Sectors::parse(kSectorsCsv, "sectors.csv")),
                                    std::move(postcodes)};
  }();
  return *world;
}

inline AreaId area(std::string_view code) {
  return must(west_midlands().areas.find(code));
}
inline SectorId sector(std::string_view code) {
  return must(west_midlands().sectors.find(code));
}

inline UnixMillis at(int year, int month, int day, int hour = 0, int minute = 0) {
  return UnixMillis(base::start_of(base::days_from_civil(year, month, day)).value +
                    (hour * 60 + minute) * int64_t{60'000});
}
inline v1::Date date(int year, int month, int day) {
  v1::Date result;
  result.set_year(year);
  result.set_month(month);
  result.set_day(day);
  return result;
}
inline v1::Activity activity(std::string_view code, std::string_view version = "2007",
                             std::string_view scheme = "UKSIC") {
  v1::Activity result;
  result.set_scheme(std::string(scheme));
  result.set_version(std::string(version));
  result.set_code(std::string(code));
  return result;
}

// A record that owns its bytes. By default published on Friday 2019-05-03 at noon UTC.
struct Record {
  Topic topic = Topic::kRegistrations;
  std::string key;
  std::string value;
  UnixMillis published = at(2019, 5, 3, 12);
  bool schema_id_in_header = false;
  UnixMillis latest{INT64_MAX};

  RawRecord raw() const { return {topic, key, value, published, schema_id_in_header, latest}; }
};

inline constexpr std::string_view kKey = "GB/companies-house/01234567";

// An event about the business kKey, effective on Wednesday 2019-05-01.
template <class Message>
Message about_business() {
  Message event;
  event.set_event_id("fact-1");
  event.set_source("companies-house");
  event.set_source_sequence(7);
  event.mutable_business()->set_jurisdiction("GB");
  event.mutable_business()->set_register_("companies-house");
  event.mutable_business()->set_id("01234567");
  *event.mutable_effective_date() = date(2019, 5, 1);
  return event;
}
inline v1::RegistrationEvent registration() {
  return about_business<v1::RegistrationEvent>();
}
inline v1::SupportEvent support() {
  return about_business<v1::SupportEvent>();
}
inline v1::ProcurementEvent procurement() {
  return about_business<v1::ProcurementEvent>();
}
inline v1::Observation observation() {
  v1::Observation event;
  event.set_event_id("births/2019-05");
  event.set_source("ons");
  event.set_series_id("ons/births");
  *event.mutable_effective_date() = date(2019, 5, 1);
  return event;
}

inline v1::RegistrationEvent registered() {
  v1::RegistrationEvent event = registration();
  event.mutable_registered()->set_area_code("E08000025");
  *event.mutable_registered()->add_activities() = activity("62012");
  event.mutable_registered()->set_size_band(v1::SIZE_BAND_5_TO_9);
  return event;
}
inline v1::RegistrationEvent status_changed(v1::RegisterStatus status) {
  v1::RegistrationEvent event = registration();
  event.mutable_status_changed()->set_status(status);
  return event;
}
inline v1::SupportEvent interaction() {
  v1::SupportEvent event = support();
  event.mutable_interaction()->add_topics(v1::SUPPORT_TOPIC_CASH_FLOW);
  return event;
}
// An enquirer who is on no register, under the key "case:C-17".
inline v1::SupportEvent enquiry() {
  v1::SupportEvent event = interaction();
  event.clear_business();
  event.set_case_id("C-17");
  event.set_area_code("E08000029");
  *event.mutable_activity() = activity("47110");
  return event;
}
inline v1::ProcurementEvent awarded() {
  v1::ProcurementEvent event = procurement();
  event.mutable_award()->set_ocid("ocds-b5fd17-1");
  event.mutable_award()->set_value_minor(1'000'00);
  event.mutable_award()->set_match_confidence(0.9);
  return event;
}
inline v1::Observation figure() {
  v1::Observation event = observation();
  event.mutable_figure()->set_value(1234);
  event.mutable_figure()->set_frequency(v1::FREQUENCY_MONTH);
  return event;
}

inline Record record(const v1::RegistrationEvent& event, std::string_view key = kKey) {
  return {Topic::kRegistrations, std::string(key), event.SerializeAsString()};
}
inline Record record(const v1::SupportEvent& event, std::string_view key = kKey) {
  return {Topic::kSupport, std::string(key), event.SerializeAsString()};
}
inline Record record(const v1::ProcurementEvent& event, std::string_view key = kKey) {
  return {Topic::kProcurement, std::string(key), event.SerializeAsString()};
}
inline Record record(const v1::Observation& event, std::string_view key = "ons/births") {
  return {Topic::kObservations, std::string(key), event.SerializeAsString()};
}

inline std::variant<Event, Refusal> decode(const Record& record) {
  return Decoder(west_midlands()).decode(record.raw());
}

}  // namespace bellwether::events::testing
