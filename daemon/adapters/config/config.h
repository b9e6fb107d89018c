// Purpose: parses one YAML file into typed options. All errors, including unknown keys, are
// reported at once, as "file:line: key: what is wrong; what to do".
// Thread safety: pure; the caller reads the files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/alerts/rules.h"
#include "core/base/calendar.h"
#include "core/base/time_zone.h"
#include "core/domain/topics.h"
#include "core/engine/idle.h"
#include "core/reference/working_hours.h"

namespace bellwether::config {

struct KafkaConfig {
  std::string bootstrap_servers;  // kafka.bootstrap_servers, required
  std::string client_id = "bellwetherd";
  // Passed to librdkafka unchanged (security.protocol, sasl.mechanism, ssl.ca.location …).
  std::vector<std::pair<std::string, std::string>> properties;
  // Property → file that holds its value (sasl.password). Never the secret itself.
  std::vector<std::pair<std::string, std::string>> secret_files;
  domain::TopicNames topics;  // input topics: kafka.registrations_topic and so on
  std::string dead_letters_topic = "bellwether.dead-letters";
  std::string journal_topic = "bellwether.journal";
  std::string group = "bellwether";  // consumer group that elects the leader of the journal
  int32_t session_timeout_ms = 8'000;
  int32_t queued_kbytes = 65'536;  // librdkafka's queued.max.messages.kbytes
};

struct TimeConfig {
  base::CalendarUnit calendar = base::CalendarUnit::kWeek;  // time.calendar: week | month
  int32_t history_periods = 0;                              // time.history_years, as periods
  int64_t allowed_disorder_ms = 3'600'000;                  // time.allowed_disorder: "1h"
  int64_t future_tolerance_ms = 3'600'000;
  engine::Idle idle = engine::Idle::kWallClock;  // time.idle: wall_clock | heartbeat | never
  int64_t idle_after_ms = 60'000;
  int64_t historical_after_ms = 172'800'000;  // ticks evaluated later than this are historical
  // time.holidays: tables of special days (base::parse_special_days), relative to the configuration
  // file. Its caller reads them.
  std::vector<std::string> holidays;
  std::vector<base::Days> closures;  // time.closures: days of the deployment's own, ascending
};

struct DeskConfig {
  // desk.time_zone, desk.hours and desk.closures. The caller adds the holidays of the files to the
  // closed days.
  reference::DeskHours hours;
  std::vector<std::string> holidays;       // desk.holidays: as time.holidays
  std::optional<base::Days> last_holiday;  // of these files, set by the caller
};
struct DesksConfig {
  DeskConfig common;
  std::map<std::string, DeskConfig> by_source;  // desk.sources
  std::vector<std::string> teams;               // desk.teams: as events name them
};

// Longer names of an index are refused.
inline constexpr size_t kIndexNameBytesMax = 64;

struct ReferenceConfig {  // files, relative to the configuration file
  std::string areas;      // required
  std::string area_sets;
  std::string sectors;  // required
  std::string postcodes;
  std::string mass_addresses;
  std::string deprivation;
  std::string deprivation_index;  // its name and year
};

struct ServeConfig {
  std::string grpc_address = "0.0.0.0:7443";
  std::string metrics_address = "0.0.0.0:9464";
  int32_t watchers_max = 10'000;
};

struct RuntimeConfig {
  int32_t workers = 0;  // 0 = one per CPU (its limit counts), but at most one per partition
  int64_t ready_lag_events_max = 10'000;
  int64_t drain_timeout_ms = 10'000;
  int64_t drain_delay_ms = 0;       // calls are answered for so long between a stop and the drain;
                                    // connections last half as long
  std::string log_level = "info";   // debug | info | warn | error
  std::string log_format = "text";  // text | json
};

struct ForecastsConfig {
  std::vector<std::string> measures = {"births",
                                       "deaths"};  // forecast for every node between ticks
  int64_t budget_ms = 60'000;  // time for the forecasts of one cut; the rest is computed on request
};

struct SnapshotsConfig {
  std::string folder;              // empty = no snapshots are taken; or BELLWETHER_SNAPSHOTS_FOLDER
  int64_t every_ms = 300'000;      // snapshots.every; skipped if nothing has changed
  std::vector<std::string> peers;  // host:port of replicas; empty = no exchange of snapshots
  int64_t peers_wait_ms = 60'000;  // how long to wait for a peer to answer if the log is truncated
  double transfer_mb_per_s = 50;   // shared by all replicas that fetch snapshots
};

// Hashes of the values that a file states, by path.
using Settings = std::map<std::string, uint64_t>;

struct Config {
  KafkaConfig kafka;
  TimeConfig time;
  DesksConfig desks;
  ReferenceConfig reference;
  ServeConfig serve;
  RuntimeConfig runtime;
  ForecastsConfig forecasts;
  SnapshotsConfig snapshots;
  // The default rules of the calendar, changed by `rules:`. Their business calendar is empty until
  // the caller has read time.holidays.
  alerts::RuleSet rules;
  std::string digest;  // of the configuration file's text
  // Except for those that SIGHUP reloads.
  Settings fixed_settings;
};

// The paths of the settings that two files state differently, in order.
std::vector<std::string> changed_settings(const Settings& before, const Settings& after);

// Environment variables: name and value.
using Environment = std::vector<std::pair<std::string, std::string>>;

// What the Kafka library says against one of its properties; empty if it takes the value. Without a
// value only the name is checked, because a secret is not read yet.
using PropertyError =
    std::function<std::string(const std::string& name, const std::optional<std::string>& value)>;

// The time zone of a name. The message of an error says what to do.
using TimeZones = std::function<absl::StatusOr<base::TimeZone>(const std::string& name)>;

// These variables in `environment` override the file: BELLWETHER_KAFKA_BOOTSTRAP_SERVERS,
// BELLWETHER_GRPC_ADDRESS, BELLWETHER_METRICS_ADDRESS, BELLWETHER_CLIENT_ID,
// BELLWETHER_SNAPSHOTS_FOLDER. `property_error` checks kafka.properties and kafka.secret_files; if
// it is empty, they are not checked against the library. `time_zones` finds desk.time_zone; if it
// is empty, only UTC is known. Error: InvalidArgument, with one line per error.
absl::StatusOr<Config> parse(std::string_view yaml, std::string_view file,
                             const Environment& environment,
                             const PropertyError& property_error = {},
                             const TimeZones& time_zones = {});

// An example file with every key, its default and a comment.
std::string example();

}  // namespace bellwether::config
