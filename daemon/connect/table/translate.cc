#include "connect/table/translate.h"

#include <algorithm>

#include "bellwether/events/v1/common.pb.h"
#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/events/identity.h"

namespace bellwether::connect::table {
namespace {

namespace pb = google::protobuf;
using base::cat;
using base::UnixMillis;
using domain::EventKind;
using domain::Topic;

// The contract's checks need a reference. Which areas and sectors exist is for the daemon, so this
// one has none.
reference::Reference empty_reference() {
  auto areas =
      reference::Areas::parse("code,name,level,parent\nany,any,all,\n", "areas", "", "sets");
  auto sectors = reference::Sectors::parse(
      "scheme,version,code,parent,level,name\n"
      "any,any,all,,all,all\n"
      "any,any,unclassified,all,section,unclassified\n"
      "any,any,none,all,section,none\n",
      "sectors");
  BELLWETHER_CHECK(areas.ok());
  BELLWETHER_CHECK(sectors.ok());
  return {*std::move(areas), *std::move(sectors), reference::Postcodes()};
}

bool meets(const std::vector<Condition>& conditions, const Row& row) {
  return std::ranges::all_of(conditions, [&](const Condition& each) {
    return each.words.contains(row.fields[each.column]) == each.listed;
  });
}

// The end of the day on the clock: its last millisecond.
UnixMillis end_of_day(const Clock& clock, base::Days day) {
  constexpr int64_t kHourMs = 3'600'000;
  int64_t const midnight = base::start_of(base::Days(day.value + 1)).value;
  // Where the clock is put forward at midnight, the next day begins an hour later.
  for (int64_t const begin : {midnight, midnight + kHourMs}) {
    if (auto const instant = instant_of(clock, begin); instant.ok()) {
      return UnixMillis(instant->value - 1);
    }
  }
  return UnixMillis(midnight - 1);
}

const pb::FieldDescriptor& own_field(const pb::Message& message, const char* name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  BELLWETHER_CHECK(field != nullptr);
  return *field;
}

bool has(const pb::Message& message, const char* name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && message.GetReflection()->HasField(message, field);
}

std::string text_in(const pb::Message& message, const char* name) {
  return message.GetReflection()->GetString(message, &own_field(message, name));
}

// A day as the instant at which it begins in UTC.
UnixMillis instant_in(const Scalar& value) {
  const auto* day = std::get_if<base::Days>(&value);
  return day != nullptr ? base::start_of(*day) : UnixMillis(std::get<int64_t>(value));
}

bool has_text(const pb::Message& message, const char* name) {
  return !text_in(message, name).empty();
}

base::Days day_in(const pb::Message& message, const char* name) {
  const auto& date = dynamic_cast<const events::v1::Date&>(
      message.GetReflection()->GetMessage(message, &own_field(message, name)));
  return base::days_from_civil(date.year(), date.month(), date.day());
}

void clear(pb::Message& message, const char* name) {
  message.GetReflection()->ClearField(&message, &own_field(message, name));
}

constexpr std::string_view kIsoTime = "%Y-%m-%dT%H:%M:%E*S%Ez";

}  // namespace

std::string with_sequence(domain::Topic topic, std::string_view message, int64_t sequence) {
  std::unique_ptr<pb::Message> const parsed = new_message(topic);
  BELLWETHER_CHECK(parsed->ParseFromArray(message.data(), static_cast<int>(message.size())));
  set_field(*parsed, own_field(*parsed, "source_sequence"), sequence);
  return parsed->SerializeAsString();
}

// An event while it is made.
struct Translator::Draft {
  std::unique_ptr<pb::Message> message;
  TableEvent event;
};

absl::StatusOr<FileTime> file_time(const Mapping& mapping, std::string_view file_name,
                                   std::string_view as_of, UnixMillis latest) {
  FileTime out{std::nullopt, latest};
  if (mapping.publication == Publication::kColumn) {
    if (as_of.empty()) return out;
    return absl::InvalidArgumentError(
        cat(mapping.file, ": published names a column; leave out --as-of"));
  }
  std::string text(as_of);
  std::string pattern = base::has_date_form(as_of) ? "%Y-%m-%d" : std::string(kIsoTime);
  bool is_day = base::has_date_form(as_of);
  if (as_of.empty() && mapping.publication == Publication::kFileName) {
    text = file_name;
    pattern = mapping.file_name;
    is_day = mapping.published_is_day;
  } else if (as_of.empty()) {
    return absl::InvalidArgumentError(
        cat(file_name, ": when was it published? state --as-of, such as 2026-11-30"));
  }
  UnixMillis begin;
  if (is_day) {
    BELLWETHER_ASSIGN_OR_RETURN(base::Days const day, read_date(pattern, mapping.clock, text));
    begin = base::start_of(day);
    out.published = end_of_day(mapping.clock, day);
  } else {
    BELLWETHER_ASSIGN_OR_RETURN(begin, read_time(pattern, mapping.clock, text));
    out.published = begin;
  }
  if (begin <= latest) return out;
  return absl::InvalidArgumentError(cat(file_name, ": was published in the future (", text,
                                        "); correct --as-of, the file's name or this clock"));
}

Translator::Translator(const Mapping& mapping, FileTime file, const RegisterMatch* matches)
    : mapping_(mapping),
      file_(file),
      matches_(matches),
      reference_(empty_reference()),
      decoder_(reference_) {}

Enquirer Translator::enquirer(const Row& row) const {
  const MatchRule& rule = *mapping_.match;
  auto const field = [&](std::optional<size_t> column) {
    return column ? std::string_view(row.fields[*column]) : std::string_view();
  };
  return {field(rule.number), field(rule.name), field(rule.postcode)};
}

Translator::Result Translator::translate(const Row& row) {
  Result out;
  out.filtered = !meets(mapping_.where, row);
  if (out.filtered) return out;
  bool any = false;
  for (const EventRule& rule : mapping_.events) {
    if (!meets(rule.conditions, row)) continue;
    any = true;
    std::optional<EventKind> kind = rule.kind;
    if (!kind) {
      const std::string& word = row.fields[rule.kind_column];
      auto const found = rule.kinds.find(word);
      if (found == rule.kinds.end()) {
        out.faults.push_back({Reason::kCode, cat("kind: \"", base::excerpt(word), "\" in column \"",
                                                 mapping_.columns[rule.kind_column].name,
                                                 "\" is no kind; add it to the list")});
        continue;
      }
      kind = found->second;
    }
    Outcome<TableEvent> stated = state(rule, *kind, row);
    if (auto* fault = std::get_if<Fault>(&stated)) {
      out.faults.push_back(std::move(*fault));
    } else {
      out.events.push_back(std::get<TableEvent>(std::move(stated)));
    }
  }
  out.filtered = !any;
  return out;
}

Outcome<TableEvent> Translator::state(const EventRule& rule, EventKind kind, const Row& row) {
  Draft draft{new_message(mapping_.topic), {}};
  draft.event.kind = kind;
  pb::Message& message = *draft.message;
  // The kind itself, for one whose fields are all empty.
  const pb::FieldDescriptor& kind_field = field_of(mapping_.topic, kind);
  message.GetReflection()->MutableMessage(&message, &kind_field);
  if (auto fault = identify(rule, row, draft)) return *std::move(fault);
  if (auto fault = date(row, draft)) return *std::move(fault);
  for (const FieldRule& field : rule.fields) {
    bool const other_kind =
        field.field->containing_oneof() != nullptr && field.field->number() != kind_field.number();
    bool complete = true;
    if (other_kind) continue;
    if (auto fault = set_field_of(field, row, message, complete)) return *std::move(fault);
  }
  if (auto fault = place(row, draft)) return *std::move(fault);
  draft.message->SerializeToString(&draft.event.value);
  clear(*draft.message, "source_sequence");
  draft.event.content = base::hash64(draft.message->SerializeAsString());
  if (auto fault = check(draft)) return *std::move(fault);
  return std::move(draft.event);
}

// The hash of the row's columns; the second equal row has the id "HASH-2".
std::string Translator::hashed_id(const IdRule& rule, const Row& row) {
  std::string hash = hash_of(rule.hashed, row);
  if (!rule.numbered || hash.empty()) return hash;
  int const number = ++numbered_[hash];
  return number == 1 ? hash : cat(hash, "-", number);
}

std::optional<Fault> Translator::identify(const EventRule& rule, const Row& row, Draft& draft) {
  std::string id = rule.id.hashed.empty() ? text_of(rule.id.text, row) : hashed_id(rule.id, row);
  if (id.empty()) {
    return Fault{Reason::kMissing, "id: a column of it is empty, so the fact has no id of its own"};
  }
  size_t const most = text_bytes_max("event_id");
  if (id.size() > most) {
    return Fault{Reason::kText, cat("id: \"", base::excerpt(id), "\" has ", id.size(),
                                    " bytes; at most ", most, " are allowed")};
  }
  set_field(*draft.message, own_field(*draft.message, "source"), mapping_.source);
  // A retraction names the fact that it retracts, and needs no id of its own.
  if (draft.event.kind != EventKind::kRetracted) {
    set_field(*draft.message, own_field(*draft.message, "event_id"), id);
  }
  draft.event.event_id = std::move(id);
  return std::nullopt;
}

// Sets the time of publication and the sequence, and the time of creation.
std::optional<Fault> Translator::date(const Row& row, Draft& draft) const {
  auto const read = [&](const Value& value, FieldType type,
                        std::string_view path) -> Outcome<std::optional<Scalar>> {
    auto values = convert(value, {mapping_, type, nullptr, path}, row);
    if (auto* fault = std::get_if<Fault>(&values)) return std::move(*fault);
    auto& list = std::get<std::vector<Scalar>>(values);
    return list.empty() ? std::nullopt : std::optional(std::move(list.front()));
  };
  UnixMillis begin = file_.published.value_or(UnixMillis());
  draft.event.published = begin;
  if (!file_.published) {
    FieldType const type = mapping_.published_is_day ? FieldType::kDay : FieldType::kInstant;
    auto stated = read(mapping_.published, type, "published");
    if (auto* fault = std::get_if<Fault>(&stated)) return std::move(*fault);
    auto const& value = std::get<std::optional<Scalar>>(stated);
    if (!value) return Fault{Reason::kMissing, "published: the column is empty"};
    begin = instant_in(*value);
    const auto* day = std::get_if<base::Days>(&*value);
    draft.event.published = day != nullptr ? end_of_day(mapping_.clock, *day) : begin;
    if (begin > file_.latest) {
      return Fault{Reason::kClockSkew, cat("published: ", base::format_instant(begin),
                                           " is in the future; is the clock of the source right?")};
    }
  }
  if (begin.value < 0) {
    return Fault{Reason::kDate, cat("published: ", base::format_instant(begin),
                                    " is before 1970; correct it in the source")};
  }
  int64_t sequence = draft.event.published.value;
  if (mapping_.sequence) {
    auto stated = read(*mapping_.sequence, FieldType::kInteger, "sequence");
    if (auto* fault = std::get_if<Fault>(&stated)) return std::move(*fault);
    auto const& value = std::get<std::optional<Scalar>>(stated);
    if (!value) return Fault{Reason::kMissing, "sequence: the column is empty"};
    sequence = std::get<int64_t>(*value);
  }
  if (sequence <= 0 || sequence > static_cast<int64_t>(base::kSourceSequenceMax)) {
    return Fault{Reason::kValue, cat("sequence: ", sequence, " must be above 0 and below 2^48")};
  }
  set_field(*draft.message, own_field(*draft.message, "source_sequence"), sequence);
  draft.event.sequence = sequence;
  if (!mapping_.created) return std::nullopt;
  FieldType const type = mapping_.created_is_day ? FieldType::kDay : FieldType::kInstant;
  auto created = read(*mapping_.created, type, "created");
  if (auto* fault = std::get_if<Fault>(&created)) return std::move(*fault);
  auto const& value = std::get<std::optional<Scalar>>(created);
  if (value) draft.event.created = instant_in(*value);
  return std::nullopt;
}

std::optional<Fault> Translator::set_fields(const std::vector<FieldRule>& rules, const Row& row,
                                            pb::Message& to, bool& complete) const {
  for (const FieldRule& rule : rules) {
    if (auto fault = set_field_of(rule, row, to, complete)) return fault;
  }
  return std::nullopt;
}

// Sets the field from the row. `complete` becomes false if the field stays unset.
std::optional<Fault> Translator::set_field_of(const FieldRule& rule, const Row& row,
                                              pb::Message& to, bool& complete) const {
  const pb::Reflection& reflection = *to.GetReflection();
  for (const std::vector<FieldRule>& fields : rule.messages) {
    bool const is_kind = rule.field->containing_oneof() != nullptr;
    std::unique_ptr<pb::Message> part(
        reflection.GetMessageFactory()->GetPrototype(rule.field->message_type())->New());
    bool whole = true;
    if (auto fault = set_fields(fields, row, *part, whole)) return fault;
    // Only a kind may have empty fields: an activity without a code, or a business without its
    // number, is none.
    if (!whole && !is_kind) {
      complete = false;
    } else if (rule.field->is_repeated()) {
      reflection.AddMessage(&to, rule.field)->CopyFrom(*part);
    } else {
      reflection.MutableMessage(&to, rule.field)->CopyFrom(*part);
    }
  }
  bool any = rule.values.empty();
  for (const Value& value : rule.values) {
    auto values = convert(value, {mapping_, type_of(*rule.field), rule.field, rule.path}, row);
    if (auto* fault = std::get_if<Fault>(&values)) return std::move(*fault);
    for (const Scalar& each : std::get<std::vector<Scalar>>(values)) {
      const auto* instant = std::get_if<int64_t>(&each);
      bool const is_instant = type_of(*rule.field) == FieldType::kInstant;
      if (is_instant && *instant < 0) {
        return Fault{Reason::kDate, cat(rule.path, ": is before 1970; correct it in the source")};
      }
      set_field(to, *rule.field, each);
      any = true;
    }
  }
  complete = complete && any;
  return std::nullopt;
}

// Decides under which key the event stands, and leaves out what the contract ignores there.
std::optional<Fault> Translator::place(const Row& row, Draft& draft) const {
  pb::Message& message = *draft.message;
  if (mapping_.topic == Topic::kObservations) {
    draft.event.key = text_in(message, "series_id");
    return std::nullopt;
  }
  if (mapping_.match) {
    Match match = matches_ != nullptr ? matches_->find(enquirer(row)) : Match();
    if (!match.number.empty() && match.confidence >= mapping_.match->threshold) {
      const pb::FieldDescriptor& field = own_field(message, "business");
      pb::Message& business = *message.GetReflection()->MutableMessage(&message, &field);
      set_field(business, own_field(business, "jurisdiction"), mapping_.match->jurisdiction);
      set_field(business, own_field(business, "register"), mapping_.match->register_name);
      set_field(business, own_field(business, "id"), match.number);
    }
    draft.event.match = std::move(match);
  }
  bool const is_case = mapping_.topic == Topic::kSupport && has_text(message, "case_id");
  if (is_case) draft.event.case_key = cat(events::kCaseKeyPrefix, text_in(message, "case_id"));
  if (has(message, "business")) {
    const pb::Message& business =
        message.GetReflection()->GetMessage(message, &own_field(message, "business"));
    draft.event.key = events::canonical_business_id(
        text_in(business, "jurisdiction"), text_in(business, "register"), text_in(business, "id"));
    // The register states where a business is; the enquirer's own words are not published.
    if (mapping_.topic == Topic::kSupport) {
      for (const char* name : {"case_id", "area_code", "postcode", "activity"})
        clear(message, name);
    }
    return std::nullopt;
  }
  if (is_case) {
    draft.event.key = draft.event.case_key;
    return std::nullopt;
  }
  return Fault{Reason::kMissing,
               "the columns of the business (or of case_id) are empty, so nobody did this"};
}

// A date before the mapping's first day, such as 1900-01-01 for an empty cell.
std::optional<Fault> Translator::too_early(const pb::Message& message) const {
  if (!has(message, "effective_date")) return std::nullopt;
  base::Days const day = day_in(message, "effective_date");
  if (day >= mapping_.earliest) return std::nullopt;
  return Fault{Reason::kDate, cat("effective_date: ", base::format_date(day), " is before ",
                                  base::format_date(mapping_.earliest),
                                  " (clock.earliest); correct it in the source")};
}

// The daemon's own checks, and those that only the source can state.
std::optional<Fault> Translator::check(const Draft& draft) const {
  const pb::Message& message = *draft.message;
  int64_t const published = draft.event.published.value;
  const pb::FieldDescriptor& kind = field_of(mapping_.topic, draft.event.kind);
  const pb::Message& detail = message.GetReflection()->GetMessage(message, &kind);
  for (int i = 0; i < detail.GetDescriptor()->field_count(); ++i) {
    const pb::FieldDescriptor& field = *detail.GetDescriptor()->field(i);
    if (type_of(field) != FieldType::kInstant) continue;
    int64_t const instant = detail.GetReflection()->GetInt64(detail, &field);
    if (instant > published + kClockSkewMsMax) {
      return Fault{
          Reason::kClockSkew,
          cat(kind.name(), ".", field.name(), ": ", base::format_instant(UnixMillis(instant)),
              " is after the publication at ", base::format_instant(draft.event.published))};
    }
  }
  auto const decoded =
      decoder_.decode({mapping_.topic, draft.event.key, draft.event.value, draft.event.published});
  if (const auto* refusal = std::get_if<events::Refusal>(&decoded)) {
    // Whether a classification is the deployment's is for the daemon.
    if (*refusal == events::Refusal::kWrongScheme) return too_early(message);
    return Fault{Reason::kContract, cat(kind.name(), ": ", events::name(*refusal), ": ",
                                        events::kRefusalTexts[static_cast<size_t>(*refusal)].what)};
  }
  return too_early(message);
}

}  // namespace bellwether::connect::table
