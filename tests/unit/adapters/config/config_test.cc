#include "adapters/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "adapters/config/reader.h"
#include "core/base/text.h"
#include "support/must.h"
#include "support/paths.h"

namespace bellwether::config {
namespace {

using ::testing::HasSubstr;
using testing::must;

constexpr std::string_view kLeast =
    "kafka:\n  bootstrap_servers: localhost:9092\n"
    "reference:\n  areas: a.csv\n  sectors: s.csv\n";

std::string complaint(std::string_view yaml) {
  auto const parsed = parse(yaml, "b.yaml", {});
  EXPECT_FALSE(parsed.ok());
  return std::string(base::from_absl(parsed.status().message()));
}
std::string with(std::string_view more) {
  return base::cat(kLeast, more);
}

TEST(ConfigTest, MissingKeysTakeTheDefaults) {
  Config const c = must(parse(kLeast, "b.yaml", {}));
  EXPECT_EQ(c.kafka.topics[domain::Topic::kRegistrations], "bellwether.registrations");
  EXPECT_EQ(c.time.calendar, base::CalendarUnit::kWeek);
  EXPECT_EQ(c.time.history_periods, 8 * 52);
  EXPECT_EQ(c.serve.grpc_address, "0.0.0.0:7443");
  EXPECT_EQ(c.runtime.drain_timeout_ms, 10'000);
  EXPECT_EQ(c.runtime.drain_delay_ms, 0);
  EXPECT_EQ(alerts::digest(c.rules),
            alerts::digest(alerts::default_rules(base::Calendar(base::CalendarUnit::kWeek))));
}

TEST(ConfigTest, TheExampleIsValid) {
  Config const c = must(parse(example(), "example.yaml", {}));
  EXPECT_EQ(c.reference.area_sets, "reference/uk/area_sets.csv");
}

TEST(ConfigTest, MassAddressesNeedPostcodesAndAnIndexHasAShortName) {
  auto const text = [](std::string_view more) {
    return std::string(
        parse(base::cat("kafka:\n  bootstrap_servers: a:1\nreference:\n  areas: a\n  sectors: s\n",
                        more),
              "f", {})
            .status()
            .message());
  };
  EXPECT_THAT(text("  mass_addresses: m.csv\n"), HasSubstr("mass_addresses needs postcodes"));
  EXPECT_EQ(text("  mass_addresses: m.csv\n  postcodes: p.csv\n  deprivation_index: IMD 2025\n"),
            "");
  EXPECT_THAT(
      text(base::cat("  deprivation_index: ", std::string(kIndexNameBytesMax + 1, 'x'), "\n")),
      HasSubstr("deprivation_index has more than 64 bytes"));
}

// Its paths are relative to the reference files that are delivered.
TEST(ConfigTest, TheExampleIsDeliveredAsAFile) {
  std::ifstream file(testing::in_source("deploy/bellwetherd.yaml"), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), example())
      << "bellwetherd --example-config >deploy/bellwetherd.yaml makes them equal";
}

// The example shows every commented-out key with its default.
TEST(ConfigTest, TheExampleShowsTheDefaults) {
  std::string text = example();
  std::string uncommented;
  for (size_t at = 0; at < text.size();) {
    size_t const end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    at = end + 1;
    bool const secret =
        line.find("properties") != std::string::npos || line.find("secret") != std::string::npos ||
        line.find("sasl") != std::string::npos || line.find("security") != std::string::npos ||
        line.find("ssl.") != std::string::npos;
    if (secret) continue;
    if (line.starts_with("# ") && line.find(':') != std::string::npos &&
        (line[2] == ' ' || line.ends_with(":") || line.find(":  ") != std::string::npos))
      line = line.substr(2);
    if (line.starts_with("  # ")) line = "  " + line.substr(4);
    uncommented += line + "\n";
  }
  auto const all = parse(uncommented, "example.yaml", {});
  ASSERT_TRUE(all.ok()) << all.status() << "\n" << uncommented;
  Config const least = must(parse(kLeast, "b.yaml", {}));
  EXPECT_EQ(all->time.allowed_disorder_ms, least.time.allowed_disorder_ms);
  EXPECT_EQ(all->time.history_periods, least.time.history_periods);
  EXPECT_EQ(all->time.closures, least.time.closures);
  EXPECT_EQ(all->desks.common.hours, least.desks.common.hours);
  EXPECT_EQ(all->desks.common.holidays, least.desks.common.holidays);
  EXPECT_TRUE(all->desks.by_source.empty());
  EXPECT_EQ(all->serve.watchers_max, least.serve.watchers_max);
  EXPECT_EQ(all->kafka.queued_kbytes, least.kafka.queued_kbytes);
  EXPECT_EQ(all->kafka.group, least.kafka.group);
  EXPECT_EQ(all->runtime.ready_lag_events_max, least.runtime.ready_lag_events_max);
  EXPECT_EQ(all->snapshots.transfer_mb_per_s, least.snapshots.transfer_mb_per_s);
  EXPECT_EQ(all->snapshots.peers_wait_ms, least.snapshots.peers_wait_ms);
}

TEST(ConfigTest, PeersAreAddressesAndNeedAFolder) {
  Config const c = must(
      parse(with("snapshots:\n  folder: s\n  peers: [a:1, \"[::1]:2\"]\n  transfer_mb_per_s: 0.5\n"
                 "  peers_wait: 0s\n"),
            "b.yaml", {}));
  EXPECT_EQ(c.snapshots.peers, (std::vector<std::string>{"a:1", "[::1]:2"}));
  EXPECT_EQ(c.snapshots.transfer_mb_per_s, 0.5);
  EXPECT_EQ(c.snapshots.peers_wait_ms, 0);
  EXPECT_THAT(complaint(with("snapshots:\n  peers: [a:1]\n")),
              HasSubstr("b.yaml:7: snapshots.peers: needs snapshots.folder"));
  EXPECT_THAT(complaint(with("snapshots:\n  folder: s\n  peers: [a]\n")),
              HasSubstr("\"a\" must be host:port"));
  EXPECT_THAT(complaint(with("snapshots:\n  transfer_mb_per_s: 0\n")),
              HasSubstr("from 0.01 to 10000"));
  std::string many;
  for (int i = 0; i < 17; ++i) many += "a:1, ";
  EXPECT_THAT(complaint(with("snapshots:\n  folder: s\n  peers: [" + many + "b:2]\n")),
              HasSubstr("more than 16"));
  EXPECT_TRUE(
      parse(with("snapshots:\n  peers: [a:1]\n"), "b.yaml", {{"BELLWETHER_SNAPSHOTS_FOLDER", "s"}})
          .ok());
}

TEST(ConfigTest, S3_HolidaysAreFilesAndClosuresAreDays) {
  Config const usual = must(parse(kLeast, "b.yaml", {}));
  EXPECT_TRUE(usual.time.holidays.empty());
  EXPECT_TRUE(usual.time.closures.empty());
  Config const c =
      must(parse(with("time:\n"
                      "  holidays: uk.csv\n"
                      "  closures: [2026-06-12, 2026-12-30..2027-01-02, 2027-01-02]\n"),
                 "b.yaml", {}));
  EXPECT_EQ(c.time.holidays, (std::vector<std::string>{"uk.csv"}));
  base::Days const year_end = base::days_from_civil(2026, 12, 30);
  EXPECT_EQ(c.time.closures,
            (std::vector<base::Days>{base::days_from_civil(2026, 6, 12), year_end,
                                     base::Days(year_end.value + 1), base::Days(year_end.value + 2),
                                     base::Days(year_end.value + 3)}));
  EXPECT_TRUE(c.rules.business_calendar.empty()) << "the files are not read yet";
  EXPECT_EQ(must(parse(with("time: {holidays: [a.csv, b.csv], closures: 2026-06-12}\n"), "b", {}))
                .time.holidays,
            (std::vector<std::string>{"a.csv", "b.csv"}));
}

TEST(ConfigTest, S3_WrongClosuresAreReportedWithTheirLines) {
  EXPECT_EQ(complaint(with("time:\n"
                           "  holidays: [\"\"]\n"
                           "  closures:\n"
                           "    - 2026-02-29\n"
                           "    - 12 June\n"
                           "    - 2026-12-31..2026-12-24\n"
                           "    - 2026-12-24..\n"
                           "    - 1899-12-31..1900-01-01\n"
                           "    - 2000-01-01..2100-12-31\n")),
            "b.yaml:7: time.holidays: names no file; remove the entry\n"
            "b.yaml:9: time.closures: '2026-02-29' does not exist: 2026-02 has the days 01 to 28; "
            "correct the day\n"
            "b.yaml:10: time.closures: '12 June' is not a date; write YYYY-MM-DD\n"
            "b.yaml:11: time.closures: 2026-12-31..2026-12-24 ends before it begins; write "
            "2026-12-24..2026-12-31\n"
            "b.yaml:12: time.closures: '' is not a date; write YYYY-MM-DD\n"
            "b.yaml:13: time.closures: 1899-12-31..1900-01-01: days must be from 1900-01-01 to "
            "2100-12-31\n"
            "b.yaml:14: time.closures: more than 10000 days; remove the oldest");
  EXPECT_THAT(complaint(with("time:\n  holidays: {uk: uk.csv}\n")),
              HasSubstr("b.yaml:7: time.holidays: must be a text or a list of texts"));
}

TEST(ConfigTest, EveryErrorIsReportedAtOnceWithItsLine) {
  std::string const text = complaint(
      "kafka:\n"                      // 1
      "  bootstrap_server: x:1\n"     // 2: misspelt
      "  session_timeout_ms: soon\n"  // 3
      "time:\n"                       // 4
      "  calendar: fortnight\n"       // 5
      "  allowed_disorder: 1 hour\n"  // 6
      "reference:\n"                  // 7
      "  areas: a.csv\n"              // 8
      "serve:\n"                      // 9
      "  grpc_address: 7443\n"        // 10
      "rules:\n"                      // 11
      "  R1:\n"                       // 12
      "    clear_ticks: 0\n"          // 13
      "    colour: red\n"             // 14
      "surve:\n"                      // 15
      "  x: 1\n");
  for (const char* part : {"b.yaml:2: kafka.bootstrap_server", "b.yaml:3: kafka.session_timeout_ms",
                           "b.yaml:5: time.calendar", "b.yaml:6: time.allowed_disorder",
                           "b.yaml:10: serve.grpc_address", "b.yaml:13: rules.R1.clear_ticks",
                           "b.yaml:14: rules.R1.colour", "b.yaml:15: surve",
                           "bootstrap_servers is missing", "areas and sectors are required"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(ConfigTest, AFileThatIsNoYamlMappingIsAnError) {
  EXPECT_THAT(complaint(""), HasSubstr("the file is empty"));
  EXPECT_THAT(complaint("# nothing\n"), HasSubstr("the file is empty"));
  EXPECT_THAT(complaint("kafka: [\n"), HasSubstr("not YAML"));
  EXPECT_THAT(complaint("- a\n- b\n"), HasSubstr("must be a mapping"));
  EXPECT_THAT(complaint("kafka: yes\n"), HasSubstr("b.yaml:1: kafka"));
  EXPECT_THAT(complaint("just words"), HasSubstr("must be a mapping"));
  EXPECT_THAT(complaint("kafka:\n  group: x\n---\nkafka:\n  group: y\n"),
              HasSubstr("b.yaml:4: a second YAML document"));
  EXPECT_THAT(complaint(", x: y"),
              HasSubstr("b.yaml:1: not YAML"));  // YAML::LoadAll never ends here
  EXPECT_THAT(complaint(with("kafka:\n  group: x\n")), HasSubstr("is given twice"));
  EXPECT_THAT(complaint("kafka:\n  group: Z\xfcrich\n"),
              HasSubstr("b.yaml:2: the byte 0xFC is not UTF-8; convert the file"));
}

TEST(ConfigTest, OnlyAnOptionalTopicMayHaveNoName) {
  Config const c =
      must(parse("kafka:\n  bootstrap_servers: a:1\n  support_topic: \"\"\n"
                 "reference:\n  areas: a\n  sectors: s\n",
                 "b.yaml", {}));
  EXPECT_EQ(c.kafka.topics[domain::Topic::kSupport], "");
  for (const char* key : {"registrations_topic", "journal_topic", "dead_letters_topic"}) {
    EXPECT_THAT(complaint(base::cat("kafka:\n  bootstrap_servers: a:1\n  ", key,
                                    ": \"\"\nreference:\n  areas: a\n  sectors: s\n")),
                HasSubstr(base::cat("b.yaml:3: kafka.", key, ": must name a topic")));
  }
}

TEST(ConfigTest, ATopicThatNothingConsumesHasNoKey) {
  EXPECT_THAT(complaint("kafka:\n  bootstrap_servers: a:1\n  procurement_topic: p\n"
                        "reference:\n  areas: a\n  sectors: s\n"),
              HasSubstr("procurement_topic"));
}

TEST(ConfigTest, TheExampleNamesTheInputs) {
  EXPECT_THAT(example(), HasSubstr("  # registrations_topic: bellwether.registrations\n"
                                   "  # support_topic: bellwether.support           # \"\" = not "
                                   "consumed\n"
                                   "  # observations_topic: \"\"                      # \"\" = not "
                                   "consumed\n"
                                   "  # dead_letters_topic: bellwether.dead-letters\n"));
}

TEST(ConfigTest, ContradictionsAreErrors) {
  EXPECT_THAT(
      complaint("kafka:\n  bootstrap_servers: a:1\n  support_topic: bellwether.registrations\n"
                "reference:\n  areas: a\n  sectors: s\n"),
      HasSubstr("use another topic"));
  EXPECT_THAT(complaint(with("rules:\n  X1:\n    severity: red\n")),
              HasSubstr("rules.X1.kind: is missing"));
  EXPECT_THAT(complaint(with("rules:\n  R2:\n    subject: births\n")),
              HasSubstr("is not an indicator"));
}

// Keys depend on the kind, so a rule of an unknown kind has one error.
TEST(ConfigTest, OneMistakeInARuleGivesOneError) {
  auto const errors = [](const std::string& rules) {
    std::string const text = complaint(with("rules:\n" + rules));
    return std::pair(text, std::count(text.begin(), text.end(), '\n') + 1);
  };
  for (const auto& [rules, what] : std::initializer_list<std::pair<std::string, std::string>>{
           {"  X1: {kind: wizard, subject: births, limit: 7}\n", "\"wizard\" is not known; write"},
           {"  X1: {subject: births, limit: 7}\n", "rules.X1.kind: is missing"},
           {"  R1: [1, 2]\n", "rules.R1: must be a mapping"},
           {"  R1:\n", "rules.R1: must be a mapping"},
           {"  R2: true\n", "the other keys here are false_alarms_a_year and false_discovery_rate"},
           {"  R1:\n    severity: purple\n", "write ops or amber or red"},
           {"  R1:\n    severity: none\n", "write ops or amber or red"},
           {"  R13:\n    parts: \"births:low\"\n", "for example [\"births:low\""},
           {"  R13:\n    parts: [\"births:low\", \"x:high\"]\n", "there is no measure 'x'"}}) {
    auto const [text, count] = errors(rules);
    EXPECT_EQ(count, 1) << text;
    EXPECT_THAT(text, HasSubstr(what));
  }
}

TEST(ConfigTest, AnErrorOfARuleHasTheLineOfItsKey) {
  EXPECT_THAT(complaint(with("rules:\n  R6:\n    stock_min: 5\n    title: a\n"
                             "    cusum_threshold: 0\n")),
              HasSubstr("b.yaml:10: rules.R6.cusum_threshold: must be above 0"));
}

TEST(ConfigTest, EnvironmentVariablesOverrideTheFile) {
  Config const c = must(parse(kLeast, "b.yaml",
                              {{"BELLWETHER_KAFKA_BOOTSTRAP_SERVERS", "k:1"},
                               {"BELLWETHER_GRPC_ADDRESS", "127.0.0.1:1"},
                               {"BELLWETHER_METRICS_ADDRESS", "127.0.0.1:2"},
                               {"BELLWETHER_CLIENT_ID", "bw-3"}}));
  EXPECT_EQ(c.kafka.bootstrap_servers, "k:1");
  EXPECT_EQ(c.kafka.client_id, "bw-3");
  EXPECT_EQ(c.serve.grpc_address, "127.0.0.1:1");
  EXPECT_EQ(c.serve.metrics_address, "127.0.0.1:2");
}

TEST(ConfigTest, RulesChangeTheDefaultsAndNewOnesAreAdded) {
  Config const c = must(parse(
      with("rules:\n  R1:\n    expected_min: 4.5\n  R2:\n    enabled: false\n"
           "  X1:\n    kind: indicator_limit\n    title: few births\n    subject: birth_rate_12m\n"
           "    harm: low\n    severity: amber\n    limit: 3\n"),
      "b.yaml", {}));
  for (const alerts::Rule& r : c.rules.rules) {
    if (r.id == "R1") {
      EXPECT_EQ(std::get<alerts::CountRule>(r.detail).expected_min, 4.5);
      EXPECT_EQ(r.title, "births falling");
    }
    if (r.id == "R2") {
      EXPECT_FALSE(r.enabled);
    }
  }
  EXPECT_EQ(c.rules.rules.back().id, "X1");
}

// Each key that the kind does not use is reported at its own line, and all of a file at once.
TEST(ConfigTest, AKeyWithoutEffectForAKindIsRefusedWithItsLine) {
  std::string const text = with(
      "rules:\n"
      "  R0:\n    subject: support\n    stock_min: 5\n"
      "  R2:\n    limit: 1\n    expected_min: 3\n    ratio_red: 0.3\n"
      "  R6:\n    persistence: 2\n    area_levels:\n      - nation\n    second_limit: 1\n"
      "  R13:\n    harm: low\n    ratio_red: 0.2\n"
      "  R1:\n    clear_fraction: 0.5\n    second_subject: churn_12m\n    clear_ticks: 2\n"
      "    cusum_threshold: 5\n");
  int const rules =
      static_cast<int>(
          std::count(text.begin(), text.begin() + static_cast<long>(text.find("rules:")), '\n')) +
      1;
  std::string const said = complaint(text);
  auto const refused = [&](int line, std::string_view key, std::string_view kind) {
    EXPECT_THAT(
        said, HasSubstr(base::cat("b.yaml:", rules + line, ": rules.", key,
                                  ": has no effect on a rule of the kind ", kind, "; remove it")));
  };
  refused(2, "R0.subject", "source_silent");
  refused(3, "R0.stock_min", "source_silent");
  refused(6, "R2.expected_min", "indicator_limit");
  refused(7, "R2.ratio_red", "indicator_limit");
  refused(9, "R6.persistence", "ratio_detector");
  refused(12, "R6.second_limit", "ratio_detector");
  refused(14, "R13.harm", "composite");
  refused(15, "R13.ratio_red", "composite");
  refused(17, "R1.clear_fraction", "count_detector");
  refused(20, "R1.cusum_threshold", "count_detector");
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 9) << said;
}

// The digest of a rule set joins its texts with these separators.
TEST(ConfigTest, SeparatorsInTheTextsOfRulesAreRefused) {
  EXPECT_THAT(complaint(with("rules:\n  R1:\n    title: births | falling\n")),
              HasSubstr("rules.R1.title: must not hold \"|\" or a line break"));
  EXPECT_THAT(complaint(with("rules:\n  R1:\n    action: \"look\\nhere\"\n")),
              HasSubstr("rules.R1.action: must not hold"));
  EXPECT_THAT(complaint(with("rules:\n  R1:\n    area_levels: [\"a,b\"]\n")),
              HasSubstr("rules.R1.area_levels: must not hold \",\", \"|\" or a line break"));
}

// A default rule keeps the values that its new kind uses. Its other values are not reported,
// because the file does not contain them.
TEST(ConfigTest, ARuleWithANewKindIsReadAsThatKind) {
  Config const c = must(
      parse(with("rules:\n  R2:\n    kind: count_detector\n    subject: deaths\n"), "b.yaml", {}));
  const alerts::Rule* const rule = alerts::find_rule(c.rules, "R2");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(std::get<alerts::CountRule>(rule->detail).measure, indicators::Measure::kDeaths);
  EXPECT_EQ(std::get<alerts::CountRule>(rule->detail).nodes.stock_min, 100);
}

TEST(ConfigTest, ACompositeNamesItsParts) {
  Config const c = must(parse(
      with("rules:\n  R13:\n    enabled: true\n    parts: [\"births:low\", \"deaths:high:0.5\"]\n"),
      "b.yaml", {}));
  const alerts::Rule* const rule = alerts::find_rule(c.rules, "R13");
  ASSERT_NE(rule, nullptr);
  EXPECT_TRUE(rule->enabled);
  using Parts = std::vector<alerts::CompositePart>;
  EXPECT_EQ(std::get<alerts::CompositeRule>(rule->detail).parts,
            (Parts{{indicators::Measure::kBirths, base::Harm::kLow},
                   {indicators::Measure::kDeaths, base::Harm::kHigh, 0.5}}));
  EXPECT_THAT(complaint(with("rules:\n  R13:\n    parts: [births, \"deaths:high\"]\n")),
              HasSubstr("'births' is not a part; write measure:low or measure:high"));
}

TEST(ConfigTest, KafkaPropertiesPassUnchanged) {
  Config const c = must(
      parse("kafka:\n  bootstrap_servers: a:1\n  properties:\n    security.protocol: SASL_SSL\n"
            "  secret_files:\n    sasl.password: /run/p\nreference:\n  areas: a\n  sectors: s\n",
            "b.yaml", {}));
  EXPECT_EQ(c.kafka.properties,
            (std::vector<std::pair<std::string, std::string>>{{"security.protocol", "SASL_SSL"}}));
  EXPECT_EQ(c.kafka.secret_files[0].second, "/run/p");
}

std::string properties_complaint(std::string_view properties) {
  auto const library = [](const std::string& name, const std::optional<std::string>& value) {
    for (const char* known : {"ssl.cipher.suites", "sasl.username", "client.id", "linger.ms"}) {
      if (name == known) return std::string();
    }
    return base::cat("no ", name, value ? " = " + *value : "");
  };
  std::string const yaml = base::cat(
      "reference:\n  areas: a\n  sectors: s\nkafka:\n  bootstrap_servers: a:1\n", properties);
  auto const parsed = parse(yaml, "b.yaml", {}, library);
  return parsed.ok() ? "" : std::string(parsed.status().message());
}

TEST(ConfigTest, EveryWrongKafkaPropertyIsReportedAtItsLine) {
  EXPECT_EQ(properties_complaint("  properties:\n    sasl.username: ann\n"), "");
  EXPECT_EQ(properties_complaint("  properties:\n    client.id: me\n    linger.ms: 5\n"), "")
      << "a client uses its own linger.ms, and works";
  EXPECT_EQ(
      properties_complaint("  properties:\n"
                           "    sasl.usrname: ann\n"
                           "    acks: 1\n"
                           "    metadata.broker.list: b:1\n"
                           "    sasl.password: secret\n"
                           "  secret_files:\n"
                           "    sasl.pasword: /run/p\n"
                           "    group.id: /run/g\n"
                           "    ssl.cipher.suites: /run/s\n"),
      "b.yaml:7: kafka.properties.sasl.usrname: librdkafka refuses it: no sasl.usrname = ann\n"
      "b.yaml:8: kafka.properties.acks: is set by Bellwether; remove it\n"
      "b.yaml:9: kafka.properties.metadata.broker.list: is set by kafka.bootstrap_servers; use it\n"
      "b.yaml:10: kafka.properties.sasl.password: is a secret; name a file that holds it "
      "under secret_files\n"
      "b.yaml:12: kafka.secret_files.sasl.pasword: librdkafka refuses it: no sasl.pasword\n"
      "b.yaml:13: kafka.secret_files.group.id: is set by kafka.group; use it");
}

TEST(DurationTest, ADurationNeedsAUnit) {
  EXPECT_EQ(parse_duration_ms("90s"), 90'000);
  EXPECT_EQ(parse_duration_ms("2d"), 172'800'000);
  for (const char* text : {"", "90", "s", "1.5h", "1 h", "-", "1w", "99999999999s"})
    EXPECT_FALSE(parse_duration_ms(text)) << text;
}

}  // namespace
}  // namespace bellwether::config
