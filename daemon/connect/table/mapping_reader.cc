#include "connect/table/mapping_reader.h"

#include <algorithm>
#include <array>
#include <span>

#include "absl/strings/str_join.h"
#include "adapters/config/document.h"
#include "connect/table/value_reader.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/events/decoder.h"

namespace bellwether::connect::table {
namespace {

namespace pb = google::protobuf;
using base::cat;
using domain::EventKind;
using domain::Topic;

// Fields without which the daemon refuses an event of the kind. insolvency_case needs a type or
// `solvent`, and changed needs any field; the events themselves are checked for that.
struct Needed {
  EventKind kind;
  std::string_view path;
};
constexpr auto kNeeded = std::to_array<Needed>({
    {EventKind::kStatusChanged, "status_changed.status"},
    {EventKind::kFilingRecorded, "filing_recorded.category"},
    {EventKind::kFilingDue, "filing_due.category"},
    {EventKind::kStrikeOffNotice, "strike_off_notice.action"},
    {EventKind::kChargeChanged, "charge_changed.action"},
    {EventKind::kOfficerChanged, "officer_changed.role"},
    {EventKind::kOfficerChanged, "officer_changed.action"},
    {EventKind::kReferral, "referral.state"},
    {EventKind::kOutcome, "outcome.kind"},
    {EventKind::kRegulatoryContact, "regulatory_contact.obligation"},
    {EventKind::kRedundancyNotice, "redundancy_notice.jobs"},
    {EventKind::kObservation, "figure.value"},
    {EventKind::kObservation, "figure.frequency"},
    {EventKind::kRetracted, "retracted.event_id"},
});

constexpr auto kKeys = std::to_array<const char*>({"source", "topic", "input", "clock", "published",
                                                   "sequence", "created", "where", "incremental",
                                                   "match", "lists", "fields", "events"});

bool needs_date(EventKind kind) {
  return kind != EventKind::kRetracted && kind != EventKind::kFilingDue;
}

class MappingReader {
 public:
  MappingReader(std::string_view file, const config::TimeZones& time_zones)
      : errors_(file), time_zones_(time_zones), values_(errors_, out_.columns) {
    out_.file = file;
  }

  absl::StatusOr<Mapping> read(std::string_view yaml);

 private:
  void read_head(config::Section& root);
  void read_input(config::Section input);
  void read_clock(config::Section clock);
  void read_published(config::Section& root);
  void read_published_column(const YAML::Node& node, config::Section section);
  void read_increment(config::Section& root);
  void read_match(config::Section& root);
  void read_match_list(config::Section list, MatchRule& to);
  void read_events(config::Section& root);
  void read_id(config::Section& section, IdRule& to);
  EventRule read_event(config::Section section, const std::vector<FieldRule>& shared);
  std::vector<FieldRule> read_fields(const YAML::Node& node, const pb::Descriptor& message,
                                     const std::string& path);
  std::optional<FieldRule> read_field(const YAML::Node& node, const pb::FieldDescriptor& field,
                                      const std::string& path);
  void check_complete(const EventRule& rule);
  std::optional<size_t> optional_column(config::Section& section, const std::string& key);

  base::LineErrors errors_;
  const config::TimeZones& time_zones_;
  Mapping out_;
  ValueReader values_;
};

std::vector<std::string> words_of(std::span<const std::string_view> words) {
  return {words.begin(), words.end()};
}

int node_line(const YAML::Node& node) {
  return std::max(1, node.Mark().line + 1);  // an absent node has no line
}

absl::StatusOr<Mapping> MappingReader::read(std::string_view yaml) {
  auto const document = config::read_document(yaml, errors_);
  if (!document) return errors_.status();
  if (document->IsNull()) {
    errors_.add(1, "the file is empty; deploy/mappings has examples");
    return errors_.status();
  }
  config::Section root(*document, "", errors_);
  for (const char* key : kKeys) root.value(key);  // so that the error for another key lists them
  read_head(root);
  BELLWETHER_RETURN_IF_ERROR(errors_.status());  // the fields depend on the topic
  read_input(root.section("input"));
  read_clock(root.section("clock"));
  if (root.has("lists")) values_.read_lists(root.section("lists"));
  read_published(root);
  if (root.has("sequence")) {
    out_.sequence =
        values_.read(root.value("sequence"), {FieldType::kInteger, nullptr, "sequence"});
  }
  if (root.has("created")) {
    YAML::Node const node = root.value("created");
    out_.created_is_day = node.IsMap() && node["date"].IsDefined();
    FieldType const type = out_.created_is_day ? FieldType::kDay : FieldType::kInstant;
    out_.created = values_.read(node, {type, nullptr, "created"});
  }
  out_.where = values_.read_conditions(root, "where");
  read_increment(root);
  read_match(root);
  read_events(root);
  values_.finish();
  root.finish();
  BELLWETHER_RETURN_IF_ERROR(errors_.status());
  return std::move(out_);
}

void MappingReader::read_head(config::Section& root) {
  root.text("source", out_.source);
  if (out_.source.empty() || out_.source.size() > events::kSourceBytesMax) {
    root.error("source", cat("name the source of the events in 1 to ", events::kSourceBytesMax,
                             " bytes, such as growth-hub-crm"));
  }
  std::vector<std::string> names;
  for (Topic const topic : kTableTopics) names.emplace_back(domain::name(topic));
  size_t choice = names.size();
  root.choice("topic", choice, names);
  if (choice < names.size()) {
    out_.topic = kTableTopics[choice];
  } else if (!root.has("topic")) {
    root.error("topic", cat("is missing; write ", absl::StrJoin(names, " or ")));
  }
}

void MappingReader::read_input(config::Section input) {
  size_t format = 0;
  size_t encoding = 0;
  input.choice("format", format, words_of(kFormatWords));
  input.choice("encoding", encoding, words_of(kEncodingWords));
  out_.input.format = static_cast<Format>(format);
  out_.input.encoding = static_cast<Encoding>(encoding);
  std::string delimiter(1, out_.input.dialect.delimiter);
  std::string quote(1, out_.input.dialect.quote);
  input.text("delimiter", delimiter);
  input.text("quote", quote);
  if (delimiter.size() != 1 || delimiter == "\n" || delimiter == "\r") {
    input.error("delimiter", "must be one ASCII character, such as \";\" or \"\\t\"");
  }
  if (quote.size() > 1 || quote == delimiter) {
    input.error("quote", "must be one ASCII character other than the delimiter, or \"\" for none");
  }
  out_.input.dialect = {delimiter.empty() ? ',' : delimiter[0], quote.empty() ? '\0' : quote[0]};
  if (out_.input.format == Format::kJsonLines) {
    for (const char* key : {"delimiter", "quote", "encoding"}) {
      input.refuse(key, "is for csv only; JSON is UTF-8; remove it");
    }
  }
  input.finish();
}

void MappingReader::read_clock(config::Section clock) {
  std::string zone = "UTC";
  clock.text("time_zone", zone);
  if (zone != "UTC") {
    auto found =
        time_zones_ ? time_zones_(zone) : absl::InvalidArgumentError("only UTC is known here");
    if (found.ok()) {
      out_.clock.zone = *std::move(found);
    } else {
      clock.error("time_zone", base::from_absl(found.status().message()));
    }
  }
  size_t repeated = 0;
  clock.choice("repeated", repeated, words_of(kRepeatedTimeWords));
  out_.clock.repeated = static_cast<RepeatedTime>(repeated);
  out_.earliest = base::days_from_civil(events::kEarliestYear, 1, 1);
  std::string earliest;
  clock.text("earliest", earliest);
  if (clock.has("earliest")) {
    auto const day = base::parse_date(earliest);
    if (day.ok()) out_.earliest = *day;
    if (!day.ok()) clock.error("earliest", base::from_absl(day.status().message()));
  }
  clock.finish();
}

void MappingReader::read_published(config::Section& root) {
  YAML::Node const node = root.value("published");
  if (node.IsScalar() && node.Scalar() == "as_of") return;
  if (!node.IsDefined() || !node.IsMap()) {
    root.error("published",
               "when did the source make a row known? write as_of (--as-of states it), a column "
               "with its time: or date:, or {file_name: \"export-%Y-%m-%d.csv\"}");
    return;
  }
  config::Section section(node, "published.", errors_);
  if (!section.has("file_name")) {
    read_published_column(node, std::move(section));
    return;
  }
  out_.publication = Publication::kFileName;
  section.text("file_name", out_.file_name);
  absl::Status const sound = check_date_pattern(out_.file_name);
  if (!sound.ok()) section.error("file_name", base::from_absl(sound.message()));
  out_.published_is_day = !check_time_pattern(out_.file_name).ok();
  section.finish();
}

void MappingReader::read_published_column(const YAML::Node& node, config::Section section) {
  out_.publication = Publication::kColumn;
  out_.published_is_day = section.has("date");
  FieldType const type = out_.published_is_day ? FieldType::kDay : FieldType::kInstant;
  if (auto value = values_.read(node, {type, nullptr, "published"})) {
    out_.published = *std::move(value);
  }
}

void MappingReader::read_increment(config::Section& root) {
  if (!root.has("incremental")) return;
  config::Section section = root.section("incremental");
  Increment to;
  std::string name;
  section.text("column", name);
  if (name.empty()) {
    section.error("column", "name the column whose values grow, such as updated_at");
  }
  to.column = values_.column(name, section.line());
  section.text("time", to.time);
  if (section.has("time")) {
    absl::Status const sound =
        check_time_pattern(to.time).ok() ? absl::OkStatus() : check_date_pattern(to.time);
    if (!sound.ok()) section.error("time", base::from_absl(sound.message()));
    constexpr int64_t kOverlapMsMax = 366 * base::kMillisPerDay;
    section.duration("overlap", to.overlap, 0, kOverlapMsMax);
  } else {
    constexpr int64_t kOverlapCountMax = 1'000'000'000;
    section.integer("overlap", to.overlap, int64_t{0}, kOverlapCountMax);
  }
  section.finish();
  out_.increment = std::move(to);
}

std::optional<size_t> MappingReader::optional_column(config::Section& section,
                                                     const std::string& key) {
  std::string name;
  section.text(key, name);
  if (!section.has(key)) return std::nullopt;
  return values_.column(name, section.line());
}

void MappingReader::read_match(config::Section& root) {
  if (!root.has("match")) return;
  config::Section section = root.section("match");
  MatchRule to;
  section.text("jurisdiction", to.jurisdiction);
  section.text("register", to.register_name);
  if (to.jurisdiction.empty() || to.register_name.empty()) {
    section.error("register",
                  "write the jurisdiction and the register of the list, such as GB and "
                  "companies-house");
  }
  to.number = optional_column(section, "number");
  to.name = optional_column(section, "name");
  to.postcode = optional_column(section, "postcode");
  if (!to.number && !to.name) {
    section.error("name", "name the column of the enquirer's name, or the one of its number");
  }
  section.number("threshold", to.threshold, 0, 1);
  read_match_list(section.section("list"), to);
  section.finish();
  if (out_.topic != Topic::kSupport) {
    root.error("match", "only enquirers of the topic support are matched; remove it");
  }
  out_.match = std::move(to);
}

void MappingReader::read_match_list(config::Section list, MatchRule& to) {
  list.text("number", to.list_number);
  list.text("name", to.list_name);
  list.text("postcode", to.list_postcode);
  list.text("status", to.list_status);
  std::vector<std::string> ceased;
  list.texts("ceased", ceased, "[Dissolved]");
  to.list_ceased.insert(ceased.begin(), ceased.end());
  if (to.name && (to.list_number.empty() || to.list_name.empty() || to.list_postcode.empty())) {
    list.error("number", "write the list's columns: number, name and postcode");
  }
  list.finish();
}

void MappingReader::read_id(config::Section& section, IdRule& to) {
  YAML::Node const node = section.value("id");
  if (node.IsScalar()) {
    if (auto text = values_.read_template(node.Scalar(), node_line(node), "id")) {
      to.text = *std::move(text);
    }
    return;
  }
  if (!node.IsMap()) {
    section.error("id",
                  "write a text with columns, such as \"{case}-{step}\", or {hash: [COLUMN, …]}");
    return;
  }
  config::Section hash(node, "id.", errors_);
  std::vector<std::string> names;
  hash.texts("hash", names, "[received_at, topic]");
  if (names.empty()) hash.error("hash", "must list at least one column");
  for (const std::string& name : names) to.hashed.push_back(values_.column(name, hash.line()));
  hash.boolean("numbered", to.numbered);
  hash.finish();
}

std::optional<FieldRule> MappingReader::read_field(const YAML::Node& node,
                                                   const pb::FieldDescriptor& field,
                                                   const std::string& path) {
  FieldRule rule{&field, path, {}, {}};
  bool const is_list = field.is_repeated() && node.IsSequence();
  size_t const before = errors_.count();
  auto const one = [&](const YAML::Node& each) {
    if (type_of(field) == FieldType::kMessage) {
      rule.messages.push_back(read_fields(each, *field.message_type(), path));
    } else if (auto value = values_.read(each, target_of(field, path))) {
      rule.values.push_back(*std::move(value));
    }
  };
  if (is_list) {
    for (const auto& each : node) one(each);
  } else {
    one(node);
  }
  if (errors_.count() != before) return std::nullopt;
  return rule;
}

std::vector<FieldRule> MappingReader::read_fields(const YAML::Node& node,
                                                  const pb::Descriptor& message,
                                                  const std::string& path) {
  std::vector<FieldRule> out;
  if (node.IsNull()) return out;  // a kind without fields
  if (!node.IsMap()) {
    errors_.add(node_line(node),
                cat(path.empty() ? "fields" : path, ": write its fields below it"));
    return out;
  }
  for (const auto& entry : node) {
    std::string const name = entry.first.IsScalar() ? entry.first.Scalar() : "";
    std::string const full = path.empty() ? name : cat(path, ".", name);
    auto const field = find_field(message, name);
    if (!field.ok()) {
      errors_.add(node_line(entry.first),
                  cat(base::excerpt(full), ": ", base::from_absl(field.status().message())));
      continue;
    }
    bool const twice =
        std::ranges::any_of(out, [&](const FieldRule& rule) { return rule.field == *field; });
    if (twice) errors_.add(node_line(entry.first), cat(full, ": is given twice; keep one"));
    if (auto rule = read_field(entry.second, **field, full)) out.push_back(*std::move(rule));
  }
  return out;
}

EventRule MappingReader::read_event(config::Section section, const std::vector<FieldRule>& shared) {
  EventRule rule{.line = section.line()};
  values_.read_kinds(section, out_.topic, rule);
  read_id(section, rule.id);
  rule.conditions = values_.read_conditions(section, "when");
  if (YAML::Node const node = section.value("fields"); node.IsDefined()) {
    rule.fields = read_fields(node, descriptor_of(out_.topic), "");
  }
  section.finish();
  for (const FieldRule& common : shared) {
    bool const own = std::ranges::any_of(
        rule.fields, [&](const FieldRule& field) { return field.field == common.field; });
    if (!own) rule.fields.push_back(common);
  }
  auto const of_other_kind = [&](const FieldRule& field) {
    if (field.field->containing_oneof() == nullptr) return false;
    auto const kind = domain::kind_of_field(static_cast<uint32_t>(field.field->number()));
    if (rule.kind) return rule.kind != kind;
    return std::ranges::none_of(rule.kinds, [&](const auto& each) { return each.second == kind; });
  };
  std::erase_if(rule.fields, of_other_kind);
  return rule;
}

// The rule of a path such as "business.id"; nullptr if it is not mapped.
const FieldRule* find_rule(const std::vector<FieldRule>& rules, std::string_view path) {
  for (const FieldRule& rule : rules) {
    if (rule.path == path) return &rule;
    if (!path.starts_with(cat(rule.path, ".")) || rule.messages.empty()) continue;
    if (const FieldRule* found = find_rule(rule.messages.front(), path)) return found;
  }
  return nullptr;
}

void MappingReader::check_complete(const EventRule& rule) {
  auto const need = [&](std::string_view path, std::string_view why) {
    if (find_rule(rule.fields, path) != nullptr) return;
    errors_.add(rule.line, cat("events: ", path, " is not mapped; ", why));
  };
  std::vector<EventKind> kinds;
  if (rule.kind) kinds.push_back(*rule.kind);
  for (const auto& [word, kind] : rule.kinds) kinds.push_back(kind);
  std::ranges::sort(kinds);
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  for (EventKind const kind : kinds) {
    for (const Needed& needed : kNeeded) {
      if (needed.kind == kind) need(needed.path, "the contract requires it for this kind");
    }
  }
  if (std::ranges::any_of(kinds, needs_date)) {
    need("effective_date", "state the day on which it happened");
  }
  bool const business = find_rule(rule.fields, "business") != nullptr;
  if (out_.topic == Topic::kObservations) need("series_id", "the contract requires it");
  if (out_.match) {
    need("case_id", "an enquirer who is not found in the register is stated under it");
    if (business) {
      errors_.add(rule.line, "events: match finds the business; remove business from the fields");
    }
  } else if (out_.topic == Topic::kSupport && !business) {
    need("case_id", "state the business or the case");
  }
  if (business || out_.topic == Topic::kRegistrations) {
    for (const char* part : {"business.jurisdiction", "business.register", "business.id"}) {
      need(part, "a business needs all three parts");
    }
  }
}

void MappingReader::read_events(config::Section& root) {
  std::vector<FieldRule> shared;
  if (YAML::Node const node = root.value("fields"); node.IsDefined()) {
    shared = read_fields(node, descriptor_of(out_.topic), "");
  }
  YAML::Node const list = root.value("events");
  if (!list.IsDefined() || !list.IsSequence() || list.size() == 0 || list.size() > kEventRulesMax) {
    root.error("events", cat("must be a list of 1 to ", kEventRulesMax,
                             " events, such as [{kind: interaction, id: \"{case}-{step}\"}]"));
    return;
  }
  for (const auto& node : list) {
    size_t const before = errors_.count();
    EventRule rule = read_event(config::Section(node, "events.", errors_), shared);
    if (errors_.count() == before) check_complete(rule);
    out_.events.push_back(std::move(rule));
  }
}

}  // namespace

absl::StatusOr<Mapping> read_mapping(std::string_view yaml, std::string_view file,
                                     const config::TimeZones& time_zones) {
  return MappingReader(file, time_zones).read(yaml);
}

}  // namespace bellwether::connect::table
