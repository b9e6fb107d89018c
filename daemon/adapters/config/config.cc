#include "adapters/config/config.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "adapters/config/days.h"
#include "adapters/config/desk.h"
#include "adapters/config/document.h"
#include "adapters/config/reader.h"
#include "core/alerts/rule_record.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/indicators/catalogue.h"

namespace bellwether::config {
namespace {

using base::cat;

constexpr int64_t kSecond = 1'000;
constexpr int64_t kHour = 3'600 * kSecond;
constexpr int64_t kDay = 24 * kHour;
constexpr int32_t kHistoryYearsMax = 100;
constexpr size_t kPeersMax = 16;
constexpr double kTransferMbMin = 0.01;
constexpr double kTransferMbMax = 10'000;
// A CUSUM reads the last 2 years. Its baselines need 5 years before that. Half a year between the
// two is left out.
constexpr int32_t kHistoryYearsDefault = 8;

// Accepts host:port and [IPv6]:port.
bool is_address(std::string_view text) {
  size_t const colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  auto const port = base::parse_number<uint16_t>(text.substr(colon + 1));
  return port.has_value();
}

// Checks that every topic has a name, except optional inputs, and that no two names are equal.
void check_topics(Section& kafka, const KafkaConfig& config) {
  struct Named {
    std::string key;
    std::string name;
    bool required;
  };
  std::vector<Named> topics;
  for (const domain::TopicInfo& topic : domain::kTopics) {
    if (!is_consumable(topic)) continue;
    topics.push_back({std::string(topic.config_key), config.topics[topic.id],
                      topic.consumption == domain::Consumption::kRequired});
  }
  topics.push_back({"dead_letters_topic", config.dead_letters_topic, true});
  topics.push_back({"journal_topic", config.journal_topic, true});
  for (size_t i = 0; i < topics.size(); ++i) {
    const auto& [key, name, required] = topics[i];
    if (name.empty() && required) kafka.error(key, "must name a topic");
    for (size_t j = 0; j < i; ++j) {
      if (!name.empty() && name == topics[j].name) {
        kafka.error(key, cat("\"", name, "\" is ", topics[j].key, " already; use another topic"));
      }
    }
  }
}

// A property on which the program relies, so that nobody may choose another value. Other properties
// that the program sets itself are allowed, although its own values have precedence.
struct OwnProperty {
  std::string_view name;
  std::string_view key;  // of the section kafka; empty if nobody may choose it
};
constexpr auto kOwnProperties = std::to_array<OwnProperty>({
    {"bootstrap.servers", "bootstrap_servers"},
    {"metadata.broker.list", "bootstrap_servers"},  // another name of bootstrap.servers
    {"group.id", "group"},
    {"acks", ""},
    {"request.required.acks", ""},  // another name of acks
    {"auto.offset.reset", ""},
    {"enable.auto.commit", ""},
    {"enable.idempotence", ""},
});
constexpr std::array<std::string_view, 3> kSecretProperties = {"sasl.password", "ssl.key.password",
                                                               "sasl.oauthbearer.client.secret"};

// Reports a wrong property at its line in `section`.
void check_property(Section& section, const std::string& name,
                    const std::optional<std::string>& value, const PropertyError& error_of) {
  auto const own = std::ranges::find(kOwnProperties, name, &OwnProperty::name);
  if (own != kOwnProperties.end()) {
    section.error(name, own->key.empty() ? std::string("is set by Bellwether; remove it")
                                         : cat("is set by kafka.", own->key, "; use it"));
  } else if (value && std::ranges::find(kSecretProperties, name) != kSecretProperties.end()) {
    section.error(name, "is a secret; name a file that holds it under secret_files");
  } else if (error_of) {
    std::string const why = error_of(name, value);
    if (!why.empty()) section.error(name, cat("librdkafka refuses it: ", why));
  }
}

void check_properties(Section& kafka, const KafkaConfig& config, const PropertyError& error_of) {
  if (!config.properties.empty()) {
    Section section = kafka.section("properties");
    for (const auto& [name, value] : config.properties)
      check_property(section, name, value, error_of);
  }
  if (!config.secret_files.empty()) {
    Section section = kafka.section("secret_files");
    for (const auto& [name, file] : config.secret_files)
      check_property(section, name, std::nullopt, error_of);
  }
}

void read_kafka(Section kafka, const PropertyError& property_error, KafkaConfig& to) {
  kafka.text("bootstrap_servers", to.bootstrap_servers);
  kafka.text("client_id", to.client_id);
  kafka.pairs("properties", to.properties);
  kafka.pairs("secret_files", to.secret_files);
  for (const domain::TopicInfo& topic : domain::kTopics) {
    if (is_consumable(topic)) kafka.text(std::string(topic.config_key), to.topics[topic.id]);
  }
  kafka.text("dead_letters_topic", to.dead_letters_topic);
  kafka.text("journal_topic", to.journal_topic);
  kafka.text("group", to.group);
  kafka.integer("session_timeout_ms", to.session_timeout_ms, 6'000, 300'000);
  kafka.integer("queued_kbytes", to.queued_kbytes, 1'024, 2'000'000);
  check_properties(kafka, to, property_error);
  check_topics(kafka, to);
  kafka.finish();
}

void read_time(Section time, TimeConfig& to) {
  constexpr std::array kCalendars = {base::CalendarUnit::kWeek, base::CalendarUnit::kMonth};
  size_t calendar = 0;
  time.choice("calendar", calendar,
              {std::string(base::name(kCalendars[0])), std::string(base::name(kCalendars[1]))});
  to.calendar = kCalendars[calendar];
  int32_t years = kHistoryYearsDefault;
  time.integer("history_years", years, 1, kHistoryYearsMax);
  to.history_periods = years * base::Calendar(to.calendar).periods_per_year();
  time.duration("allowed_disorder", to.allowed_disorder_ms, 0, 365 * kDay);
  time.duration("future_tolerance", to.future_tolerance_ms, 0, 365 * kDay);
  size_t idle = 0;
  time.choice("idle", idle, {engine::kIdleNames.begin(), engine::kIdleNames.end()});
  to.idle = static_cast<engine::Idle>(idle);
  time.duration("idle_after", to.idle_after_ms, kSecond, 30 * kDay);
  time.duration("historical_after", to.historical_after_ms, kSecond, 365 * kDay);
  read_files(time, "holidays", to.holidays);
  read_days(time, "closures", to.closures);
  time.finish();
}

void read_forecasts(Section forecasts, ForecastsConfig& to) {
  forecasts.texts("measures", to.measures);
  forecasts.duration("budget", to.budget_ms, kSecond, kDay);
  for (const std::string& name : to.measures) {
    auto const measure = indicators::find_measure(name);
    if (!measure) {
      forecasts.error("measures",
                      cat("\"", name, "\" is not a measure; see: bellwether indicators list"));
    } else if (domain::privacy(*measure) == domain::Privacy::kPeople) {
      forecasts.error(
          "measures",
          cat(name, " counts people who asked for help, which is not forecast; remove it"));
    }
  }
  forecasts.finish();
}

void read_snapshots(Section snapshots, const Environment& environment, SnapshotsConfig& to) {
  snapshots.text("folder", to.folder);
  snapshots.duration("every", to.every_ms, kSecond, kDay);
  snapshots.texts("peers", to.peers);
  snapshots.duration("peers_wait", to.peers_wait_ms, 0, kHour);
  snapshots.number("transfer_mb_per_s", to.transfer_mb_per_s, kTransferMbMin, kTransferMbMax);
  for (const auto& [name, value] : environment) {
    if (name == "BELLWETHER_SNAPSHOTS_FOLDER") to.folder = value;
  }
  for (const std::string& peer : to.peers) {
    if (!is_address(peer))
      snapshots.error("peers", cat("\"", peer, "\" must be host:port, as replicas:7443"));
  }
  if (to.peers.size() > kPeersMax)
    snapshots.error("peers", cat("more than ", kPeersMax, "; a name may have many addresses"));
  if (!to.peers.empty() && to.folder.empty()) {
    snapshots.error("peers",
                    "needs snapshots.folder: snapshots from other replicas are stored there");
  }
  snapshots.finish();
}

// ---- rules: each key is parsed with the type of its field

template <size_t N>
std::vector<std::string> texts_of(const std::array<std::string_view, N>& words) {
  return {words.begin(), words.end()};
}

template <size_t N, class Enum>
void read_word(Section& s, const std::string& key, const std::array<std::string_view, N>& words,
               Enum& to) {
  auto index = static_cast<size_t>(to);
  s.choice(key, index, texts_of(words));
  to = static_cast<Enum>(index);
}

// The digest of a rule set joins fields with "|" and list entries with ",". If a text contained
// these separators, two different rule sets could have the same digest.
void check_text(Section& s, const std::string& key, std::string_view text,
                std::string_view separators) {
  if (text.find_first_of(separators) == std::string_view::npos) return;
  s.error(key, cat("must not hold ", separators.starts_with(",") ? "\",\", " : "",
                   "\"|\" or a line break; write it without"));
}

void read_value(Section& s, const alerts::RuleKey<std::string>& key, std::string& to) {
  s.text(std::string(key.name), to);
  check_text(s, std::string(key.name), to, "|\n\r");
}
void read_value(Section& s, const alerts::RuleKey<std::vector<std::string>>& key,
                std::vector<std::string>& to) {
  bool const parts = key.name == alerts::kParts.name;
  s.texts(std::string(key.name), to,
          parts ? "[\"births:low\", \"deaths:high:0.5\"]" : "[section, division]");
  for (const std::string& text : to) check_text(s, std::string(key.name), text, ",|\n\r");
}
void read_value(Section& s, const alerts::RuleKey<double>& key, double& to) {
  s.number(std::string(key.name), to, key.least, key.most);
}
void read_value(Section& s, const alerts::RuleKey<int32_t>& key, int32_t& to) {
  s.integer(std::string(key.name), to, static_cast<int32_t>(key.least),
            static_cast<int32_t>(key.most));
}
void read_value(Section& s, const alerts::RuleKey<bool>& key, bool& to) {
  s.boolean(std::string(key.name), to);
}
void read_value(Section& s, const alerts::RuleKey<alerts::RuleKind>& key, alerts::RuleKind& to) {
  read_word(s, std::string(key.name), alerts::kRuleKindNames, to);
}
void read_value(Section& s, const alerts::RuleKey<base::Harm>& key, base::Harm& to) {
  read_word(s, std::string(key.name), base::kHarmNames, to);
}
// A rule has a severity, so the first name (none) is not allowed.
void read_value(Section& s, const alerts::RuleKey<alerts::Severity>& key, alerts::Severity& to) {
  static_assert(static_cast<int>(alerts::Severity::kNone) == 0);
  size_t severity = 0;
  if (!s.has(std::string(key.name))) return;
  s.choice(std::string(key.name), severity,
           {alerts::kSeverityNames.begin() + 1, alerts::kSeverityNames.end()});
  to = static_cast<alerts::Severity>(severity + 1);
}

// A rule of an unknown kind has no other errors, because its keys depend on the kind.
void read_rule(Section& s, alerts::RuleRecord& to) {
  size_t const errors = s.errors();
  read_value(s, alerts::kKind, to.kind);
  if (s.errors() > errors) return;
  alerts::each_rule_key([&](const auto& key) {
    if (key.name == alerts::kId.name || key.name == alerts::kKind.name) return;
    if (alerts::has_effect(to.kind, key.name)) {
      read_value(s, key, to.*key.field);
    } else {
      s.refuse(std::string(key.name),
               cat("has no effect on a rule of the kind ",
                   alerts::kRuleKindNames[static_cast<size_t>(to.kind)], "; remove it"));
    }
  });
  s.finish();
}

using SectionsByRule = std::map<std::string, Section>;

// Reports the errors of the rules ("rules.R1.limit: problem"). An error gets the line of its key if
// the file has the key, otherwise that of its rule.
void report(const absl::Status& invalid, Section& rules, SectionsByRule& by_rule) {
  for (absl::string_view line : absl::StrSplit(invalid.message(), '\n')) {
    std::string_view text = base::from_absl(line);
    constexpr std::string_view kPrefix = "rules.";
    if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
    size_t const colon = std::min(text.find(": "), text.size());
    std::string_view const path = text.substr(0, colon);
    std::string_view const what = text.substr(std::min(colon + 2, text.size()));
    size_t const dot = std::min(path.find('.'), path.size());
    std::string const id(path.substr(0, dot));
    std::string const key(path.substr(std::min(dot + 1, path.size())));
    if (auto const found = by_rule.find(id); found != by_rule.end()) {
      found->second.error(key, what);
    } else {
      rules.error(id, what);
    }
  }
}

void read_rules(Section rules, alerts::RuleSet& to) {
  alerts::RuleSetRecord record = alerts::record(to);
  rules.number("false_alarms_a_year", record.false_alarms_a_year, alerts::kFalseAlarmsMin,
               alerts::kFalseAlarmsMax);
  rules.number("false_discovery_rate", record.false_discovery_rate, 0, 1);
  SectionsByRule by_rule;
  std::set<std::string> wrong;  // rules that already have an error
  rules.each([&](const std::string& id, Section section) {
    Section& s = by_rule.emplace(id, std::move(section)).first->second;
    size_t const errors = s.errors();
    auto found = std::ranges::find(record.rules, id, &alerts::RuleRecord::id);
    if (found == record.rules.end()) {
      if (record.rules.size() >= alerts::kRulesMax) {
        s.error("", cat("more than ", alerts::kRulesMax, " rules; remove some"));
        return;
      }
      if (!s.has("kind")) {
        s.error("kind",
                cat("is missing; a rule that is not one of the defaults needs a kind (",
                    absl::StrJoin(texts_of(alerts::kRuleKindNames), ", "), ") and a severity"));
        return;
      }
      found = record.rules.insert(record.rules.end(), alerts::RuleRecord{});
      found->id = id;
    }
    read_rule(s, *found);
    if (s.errors() > errors) wrong.insert(id);
  });
  rules.finish();
  std::erase_if(record.rules, [&](const alerts::RuleRecord& r) { return wrong.contains(r.id); });
  auto parsed = alerts::parse(record);
  if (parsed.ok()) {
    to = *std::move(parsed);
  } else {
    report(parsed.status(), rules, by_rule);
  }
}

// The lines of the example that name the input topics.
std::string example_topics() {
  std::string out;
  for (const domain::TopicInfo& topic : domain::kTopics) {
    if (!is_consumable(topic)) continue;
    std::string const line =
        cat("  # ", topic.config_key, ": ",
            topic.default_name.empty() ? std::string_view("\"\"") : topic.default_name);
    bool const optional = topic.consumption == domain::Consumption::kOptional;
    base::append(out, optional ? absl::StrFormat("%-48s# \"\" = not consumed", line) : line, "\n");
  }
  return out;
}

constexpr char kExampleHead[] =
    R"(# Configuration of bellwetherd. A key that is commented out shows its default.
# bellwetherd --check-config --config FILE reports its errors, up to 20 at once.

kafka:
  bootstrap_servers: localhost:9092   # or BELLWETHER_KAFKA_BOOTSTRAP_SERVERS
  # client_id: bellwetherd            # or BELLWETHER_CLIENT_ID
)";

constexpr char kExampleTail[] = R"(  # dead_letters_topic: bellwether.dead-letters
  # journal_topic: bellwether.journal           # one partition; the alert book is rebuilt from it
  # group: bellwether                           # the replicas of one group elect the leader
  # session_timeout_ms: 8000
  # queued_kbytes: 65536                        # memory for records fetched in advance
  # properties:                                 # passed to librdkafka unchanged
  #   security.protocol: SASL_SSL
  #   sasl.mechanism: SCRAM-SHA-512
  #   sasl.username: bellwether
  #   ssl.ca.location: /etc/ssl/certs/ca-certificates.crt
  # secret_files:                               # property: file that holds its value
  #   sasl.password: /run/secrets/kafka-password

time:
  # calendar: week            # week | month: the length of a period
  # history_years: 8          # kept in detail; older facts form the opening balance
  # allowed_disorder: 1h      # how far out of order a record may be within its partition
  # future_tolerance: 1h      # later timestamps are reduced to now plus this
  # idle: wall_clock          # when an input without records stops delaying ticks:
  #                           # wall_clock | heartbeat | never
  # idle_after: 60s
  # historical_after: 2d      # alerts on periods that end longer ago are marked historical. More
  #                           # than your sources take to complete a period
  holidays: reference/uk/holidays.csv   # CSV file, or a list of them, relative to this one: the
                              # days that are not like others (reference/README.md); none if left
                              # out. A week with a closure is neither judged nor learned from
  # closures: []              # days on which your register rests as well, for example
                              # [2026-06-12, 2026-12-21..2026-12-23]

desk:                         # of the support desk: response times count its working hours only
  # time_zone: UTC            # or a name of the time zone database, such as Europe/London
  # hours:                    # a weekday that is left out is closed; with a break:
  #                           # friday: [09:00-12:30, 13:30-17:00]
  #   monday: 09:00-17:00
  #   tuesday: 09:00-17:00
  #   wednesday: 09:00-17:00
  #   thursday: 09:00-17:00
  #   friday: 09:00-17:00
  # holidays: []              # CSV files as time.holidays, for example reference/uk/holidays.csv:
  #                           # the desk is closed on days with the effect holiday
  # closures: []              # more days on which the desk is closed, as time.closures
  # sources: {}               # desks with other hours, by the source of their events, for example
  #                           # {chat: {hours: {saturday: 10:00-14:00}}}
  # teams: []                 # the teams that figures are divided by, as events name them; at most
  #                           # 14, others count as other

reference:                    # CSV files, relative to this one
  areas: reference/uk/areas.csv
  area_sets: reference/uk/area_sets.csv
  sectors: reference/uk/sectors.csv
  postcodes: reference/uk/postcodes.csv
  # mass_addresses: ""        # postcodes of formation agents, which are shown apart; written by
  #                           # bellwether connect companies-house --mass-addresses
  # deprivation: ""           # the deciles of leaf areas, for example
  #                           # reference/west-midlands/deprivation.csv
  # deprivation_index: ""     # its name and year, which answers by decile state: "IMD 2025"

# serve:
#   grpc_address: 0.0.0.0:7443      # or BELLWETHER_GRPC_ADDRESS
#   metrics_address: 0.0.0.0:9464   # or BELLWETHER_METRICS_ADDRESS
#   watchers_max: 10000

# runtime:
#   workers: 0                # ingest threads; 0 = one per CPU, at most one per partition
#   ready_lag_events: 10000   # ready if no input has more unread records than this
#   drain_timeout: 10s        # for work in progress at a stop
#   drain_delay: 0s           # before that: not ready, but calls are still answered. Connections
#                             # last half as long, so that clients move to another replica in time
#   log_level: info           # debug | info | warn | error
#   log_format: text          # text | json

# forecasts:
#   measures: [births, deaths]  # computed for every node between ticks; [] = only on request
#   budget: 60s                 # time for the forecasts of one cut

# snapshots:                  # a cache of the log: a restart resumes from the newest snapshot
#   folder: ""                # or BELLWETHER_SNAPSHOTS_FOLDER; "" = none; room for three snapshots
#   every: 5m                 # skipped if nothing has changed
#   peers: []                 # host:port of the replicas, or a name for all of them; [] = none.
#                             # A replica without a usable snapshot takes one of theirs (room for
#                             # two more). Every client that reaches a replica's port can then read
#                             # the data of every single business.
#   peers_wait: 60s           # wait for a peer's answer if the log is truncated
#   transfer_mb_per_s: 50     # shared by all replicas that fetch snapshots

# rules:                      # changes to the default rules; a new id adds a rule
#                             # a key that the rule's kind does not use is an error
#   false_alarms_a_year: 0.05   # that count rules may raise, for each series; months: 0.1
#   false_discovery_rate: 0.05  # at most this share of a tick's hits is false
#   R1:
#     stock_min: 100
#   R2:
#     enabled: false
#   R8:                       # 50 jobs at risk in a quarter, which a whole country always has
#     area_levels: [district]
#   R13:                      # several counts of a node, combined into one score
#                             # (daemon/core/detection/README.md)
#     enabled: true
#     parts: ["births:low", "deaths:high:0.5"]   # measure:harmful side, and a weight
)";

void read_reference(Section& root, ReferenceConfig& out) {
  Section reference = root.section("reference");
  reference.text("areas", out.areas);
  reference.text("area_sets", out.area_sets);
  reference.text("sectors", out.sectors);
  reference.text("postcodes", out.postcodes);
  reference.text("mass_addresses", out.mass_addresses);
  reference.text("deprivation", out.deprivation);
  reference.text("deprivation_index", out.deprivation_index);
  reference.finish();
  if (out.deprivation_index.size() > kIndexNameBytesMax)
    root.error("reference", cat("deprivation_index has more than ", kIndexNameBytesMax, " bytes"));
  if (!out.mass_addresses.empty() && out.postcodes.empty())
    root.error("reference", "mass_addresses needs postcodes, which say where they are");
  if (out.areas.empty() || out.sectors.empty()) {
    root.error("reference", "areas and sectors are required; name the CSV files");
  }
}

void read_serve(Section serve, const Environment& environment, ServeConfig& out) {
  serve.text("grpc_address", out.grpc_address);
  serve.text("metrics_address", out.metrics_address);
  serve.integer("watchers_max", out.watchers_max, 1, 100'000);
  for (const auto& [name, value] : environment) {
    if (name == "BELLWETHER_GRPC_ADDRESS") out.grpc_address = value;
    if (name == "BELLWETHER_METRICS_ADDRESS") out.metrics_address = value;
  }
  for (const auto& [key, value] : {std::pair{"grpc_address", out.grpc_address},
                                   std::pair{"metrics_address", out.metrics_address}}) {
    if (!is_address(value))
      serve.error(key, cat("\"", value, "\" must be host:port, as 0.0.0.0:7443"));
  }
  serve.finish();
}

void read_runtime(Section runtime, RuntimeConfig& out) {
  runtime.integer("workers", out.workers, 0, 256);
  runtime.integer("ready_lag_events", out.ready_lag_events_max, int64_t{1}, int64_t{1'000'000'000});
  runtime.duration("drain_timeout", out.drain_timeout_ms, kSecond, 300 * kSecond);
  runtime.duration("drain_delay", out.drain_delay_ms, 0, 300 * kSecond);
  size_t level = 1;
  runtime.choice("log_level", level, {"debug", "info", "warn", "error"});
  out.log_level = std::vector<std::string>{"debug", "info", "warn", "error"}[level];
  size_t format = 0;
  runtime.choice("log_format", format, {"text", "json"});
  out.log_format = format == 0 ? "text" : "json";
  runtime.finish();
}

// Whether SIGHUP puts a change of this setting into force.
bool is_reloaded(std::string_view path) {
  return path == "rules" || path.starts_with("rules.") || path == "time.holidays" ||
         path == "time.closures";
}

}  // namespace

absl::StatusOr<Config> parse(std::string_view yaml, std::string_view file,
                             const Environment& environment, const PropertyError& property_error,
                             const TimeZones& time_zones) {
  base::LineErrors errors(file);
  std::optional<YAML::Node> const document = read_document(yaml, errors);
  if (!document) return errors.status();
  if (!document->IsDefined() || document->IsNull()) {
    errors.add(1, "the file is empty; bellwetherd --example-config prints an example");
    return errors.status();
  }
  Config config;
  config.digest = base::hex16(base::hash64(yaml));
  Section root(*document, "", errors);

  Section kafka = root.section("kafka");
  read_kafka(kafka, property_error, config.kafka);
  for (const auto& [name, value] : environment) {
    if (name == "BELLWETHER_KAFKA_BOOTSTRAP_SERVERS") config.kafka.bootstrap_servers = value;
    if (name == "BELLWETHER_CLIENT_ID") config.kafka.client_id = value;
  }
  if (config.kafka.bootstrap_servers.empty() && !kafka.has("bootstrap_servers")) {
    root.error("kafka",
               "bootstrap_servers is missing; say host:port of one or more brokers, or set "
               "BELLWETHER_KAFKA_BOOTSTRAP_SERVERS");
  }
  read_time(root.section("time"), config.time);
  read_desks(root.section("desk"), time_zones, config.desks);

  read_reference(root, config.reference);
  read_serve(root.section("serve"), environment, config.serve);
  read_forecasts(root.section("forecasts"), config.forecasts);

  read_snapshots(root.section("snapshots"), environment, config.snapshots);

  read_runtime(root.section("runtime"), config.runtime);

  config.rules = alerts::default_rules(base::Calendar(config.time.calendar));
  read_rules(root.section("rules"), config.rules);
  root.finish();

  BELLWETHER_RETURN_IF_ERROR(errors.status());
  config.fixed_settings = settings_of(*document);
  std::erase_if(config.fixed_settings, [](const auto& s) { return is_reloaded(s.first); });
  return config;
}

std::vector<std::string> changed_settings(const Settings& before, const Settings& after) {
  std::vector<std::string> out;
  Settings all = before;
  all.insert(after.begin(), after.end());
  auto const value = [](const Settings& settings, const std::string& path) {
    auto const found = settings.find(path);
    return found == settings.end() ? std::nullopt : std::optional(found->second);
  };
  for (const auto& [path, hash] : all) {
    if (value(before, path) != value(after, path)) out.push_back(path);
  }
  return out;
}

std::string example() {
  return cat(kExampleHead, example_topics(), kExampleTail);
}

}  // namespace bellwether::config
