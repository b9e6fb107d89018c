#include "support/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "adapters/kafka/topics.h"
#include "core/base/text.h"
#include "runtime/journal/journal_codec.h"
#include "runtime/journal/journal_parts.h"
#include "simulation/pipeline/plain_book.h"
#include "support/must.h"
#include "support/world.h"

namespace bellwether::testing {
namespace {

using indicators::Measure;

constexpr double kSettleSeconds = 120;
// Support figures are rounded to fives; counts below ten are not shown.
constexpr double kRounding = 2.5;
constexpr int kSupportCellMin = 10;

struct Counted {
  const char* name;
  Measure measure;
};
constexpr Counted kCounted[] = {{"births", Measure::kBirths},
                                {"deaths", Measure::kDeaths},
                                {"moves_in", Measure::kMovesIn},
                                {"moves_out", Measure::kMovesOut}};

using Told = std::tuple<std::string, std::string, bool>;  // alert, kind of transition, historical

std::string kind_name(alerts::v1::TransitionKind kind) {
  return std::string(alerts::kTransitionNames[static_cast<size_t>(kind)]);
}

std::vector<Told> told(const Daemon& daemon) {
  std::vector<Told> out;
  for (const auto& t : daemon.transitions()) {
    std::string name = t.alert().name();
    name.erase(0, std::string("alerts/").size());
    out.emplace_back(name, kind_name(t.kind()), t.historical());
  }
  return out;
}

void expect_equal(const std::vector<std::string>& is, const std::vector<std::string>& should,
                  const char* what) {
  auto const [a, b] = std::ranges::mismatch(is, should);
  if (a == is.end() && b == should.end()) return;
  ADD_FAILURE() << what << ": " << is.size() << " instead of " << should.size()
                << ", the first difference at " << a - is.begin() << "\n  is     "
                << (a == is.end() ? "missing" : *a) << "\n  should "
                << (b == should.end() ? "not be there" : *b);
}

bool settled(Daemon& daemon, const std::string& through) {
  if (!daemon.through(through, kSettleSeconds)) return false;
  return eventually([&] { return daemon.status().tick() >= through && daemon.status().ready(); },
                    kSettleSeconds);
}

// "topic/partition/offset" of every record that must be refused. The topics may hold more of them
// than the economy published: a broker forgets the sequence numbers of producers whose last record
// has an old timestamp, as here. After a kill it therefore accepts a resent record as a new one.
std::set<std::string> refused_places(const DaemonOptions& options) {
  kafka::ClientOptions client;
  client.bootstrap_servers = options.broker;
  auto const cluster = must(kafka::describe(
      client, {options.topics.registrations, options.topics.support}, absl::Seconds(60), no_log()));
  std::set<std::string> places;
  for (const kafka::TopicInfo& topic : cluster.topics) {
    for (int p = 0; p < topic.partitions; ++p) {
      for (const DeadLetterCopy& record : read_all(options.broker, topic.name, p)) {
        if (record.value == Economy::kRefused)
          places.insert(base::cat(topic.name, "/", p, "/", record.offset));
      }
    }
  }
  return places;
}

// Returns the number of records that have a dead letter.
size_t expect_dead_letters(const DaemonOptions& options, int64_t told, bool once) {
  std::multiset<std::string> places;
  for (const DeadLetterCopy& letter : read_all(options.broker, options.topics.dead_letters)) {
    places.insert(base::cat(letter.headers.at("__connect.errors.topic"), "/",
                            letter.headers.at("__connect.errors.partition"), "/",
                            letter.headers.at("__connect.errors.offset")));
  }
  std::set<std::string> const different(places.begin(), places.end());
  EXPECT_EQ(different, refused_places(options));
  EXPECT_GE(static_cast<int64_t>(different.size()), told);
  if (once) {
    EXPECT_EQ(places.size(), different.size()) << "a dead letter was written twice";
  }
  return different.size();
}

}  // namespace

void expect_totals(const Daemon& daemon, const Oracle& oracle, base::Calendar calendar) {
  std::map<std::tuple<std::string, std::string, std::string>, std::map<std::string, double>> should;
  std::map<std::string, int64_t> interactions;
  for (const auto& [key, count] : oracle.counts()) {
    auto const [a, s, measure, period] = key;
    std::string const name = calendar.name(base::PeriodIndex(period));
    if (measure == Measure::kInteractions) interactions[name] += count;
    for (const Counted& counted : kCounted) {
      if (counted.measure != measure) continue;
      should[{counted.name, world().areas.at(base::AreaId(a)).code,
              world().sectors.at(base::SectorId(s)).code}][name] += static_cast<double>(count);
    }
  }
  for (const Counted& counted : kCounted) {
    for (const char* a : {"N1", "N2", "S1", "S2"}) {
      for (const char* s : {"10", "11", "46", "47", "unclassified"}) {
        EXPECT_EQ(daemon.series(counted.name, a, s), (should[{counted.name, a, s}]))
            << counted.name << " " << a << " " << s;
      }
    }
  }
  std::map<std::string, double> const shown = daemon.series("interactions", "R", "all");
  for (const auto& [period, count] : interactions) {
    if (count < kSupportCellMin) continue;
    auto const at = shown.find(period);
    ASSERT_NE(at, shown.end()) << "interactions " << period;
    EXPECT_NEAR(at->second, static_cast<double>(count), kRounding) << "interactions " << period;
  }
}

std::vector<std::string> verdicts(const Daemon& daemon) {
  std::vector<std::string> out;
  for (alerts::v1::Transition t : daemon.transitions()) {
    if (t.kind() == alerts::v1::TRANSITION_KIND_ACKNOWLEDGED) continue;
    t.mutable_alert()->clear_acknowledgement();
    // These are as known when the transition is sent.
    t.mutable_alert()->clear_happening();
    t.mutable_alert()->clear_headline();
    t.mutable_alert()->clear_other_parts();
    t.mutable_alert()->clear_equal_nodes();
    t.mutable_alert()->clear_happening_severity();
    t.mutable_alert()->clear_happening_onset_period();
    out.push_back(t.ShortDebugString());
  }
  return out;
}

JournalAudit expect_journal(const Daemon& daemon, const std::string& broker,
                            const std::string& journal_topic, base::Calendar calendar) {
  JournalAudit found;
  simulation::PlainBook book(calendar);
  runtime::JournalParts parts;
  for (const DeadLetterCopy& record : read_all(broker, journal_topic)) {
    auto const whole = parts.add(record.offset, record.value);
    if (!whole.ok() || !*whole) continue;
    auto const entry = runtime::decode(**whole);
    EXPECT_TRUE(entry.ok()) << "journal record " << record.offset << ": " << entry.status();
    if (!entry.ok()) continue;
    bool const applied = book.tell(record.offset, *entry) == alerts::FoldOutcome::kApplied;
    if (!std::holds_alternative<alerts::TickEvaluated>(*entry)) continue;
    ++(applied ? found.ticks : found.passed_over);
  }
  std::vector<Told> should;
  for (const simulation::PlainTransition& t : book.transitions()) {
    should.emplace_back(t.alert, alerts::kTransitionNames[static_cast<size_t>(t.kind)],
                        t.historical);
  }
  EXPECT_EQ(told(daemon), should) << "a watcher's transitions differ from the journal's";
  EXPECT_GT(found.ticks, 0);
  return found;
}

std::vector<std::string> verdicts_without_faults(DaemonOptions options,
                                                 const std::string& through) {
  options.topics.journal += ".undisturbed";
  options.topics.dead_letters += ".undisturbed";
  options.group = options.topics.journal;
  options.more.clear();
  kafka::ClientOptions client;
  client.bootstrap_servers = options.broker;
  EXPECT_TRUE(kafka::create_topics(
                  client,
                  {{options.topics.journal, 1, 1, -1}, {options.topics.dead_letters, 1, 1, -1}},
                  absl::Seconds(60), no_log())
                  .ok());
  Daemon daemon(options);
  EXPECT_TRUE(daemon.serves() && settled(daemon, through)) << daemon.child().log();
  return verdicts(daemon);
}

void audit(const std::vector<Daemon*>& replicas, const DaemonOptions& options,
           const Economy& economy, AuditOptions expect) {
  std::string const through = economy.last_period();
  std::vector<std::string> const should = verdicts_without_faults(options, through);
  EXPECT_FALSE(should.empty()) << "no verdicts: no fall of the economy was detected";
  JournalAudit journal;
  for (Daemon* const replica : replicas) {
    ASSERT_TRUE(settled(*replica, through))
        << replica->child().log() << replica->status().DebugString();
    expect_totals(*replica, economy.oracle(), economy.calendar());
    expect_equal(verdicts(*replica), should, "verdicts");
    journal = expect_journal(*replica, options.broker, options.topics.journal, economy.calendar());
  }
  size_t const letters = expect_dead_letters(options, economy.refused(), expect.letters_once);
  std::printf(
      "  audit: %d months, %zu transitions, %d ticks journaled, %d verdicts passed over, %zu dead "
      "letters of %lld records published\n",
      economy.months(), should.size(), journal.ticks, journal.passed_over, letters,
      static_cast<long long>(economy.refused()));
}

}  // namespace bellwether::testing
