// The core without I/O: decoding compared with protobuf's parser, folding, and models of 5,000
// weekly series. Each figure is the best of several rounds, on one core.
#include <algorithm>
#include <cmath>
#include <variant>

#include "bellwether/events/v1/registration.pb.h"
#include "bellwether/events/v1/support.pb.h"
#include "bench/figures.h"
#include "bench/yardstick.h"
#include "core/base/check.h"
#include "core/detection/detector.h"
#include "core/detection/judge.h"
#include "core/events/decoder.h"
#include "core/events/identity.h"
#include "core/ledger/ledger.h"
#include "support/logs.h"

namespace bellwether::testing {
namespace {

using Records = std::vector<std::pair<std::string, std::string>>;  // key, value
constexpr int kRecords = 200'000;

template <class Message>
Message about(const std::string& number) {
  Message e;
  e.set_event_id(number + "/fact");
  e.set_source("companies-house");
  e.mutable_business()->set_jurisdiction("GB");
  e.mutable_business()->set_register_("companies-house");
  e.mutable_business()->set_id(number);
  e.mutable_effective_date()->set_year(2019);
  e.mutable_effective_date()->set_month(5);
  return e;
}

// `fill(event, i)` completes the i-th event.
template <class Message, class Fill>
Records records_of(Fill fill) {
  Records records;
  for (int i = 0; i < kRecords; ++i) {
    std::string const number = std::to_string(10'000'000 + i);
    Message e = about<Message>(number);
    e.mutable_effective_date()->set_day(1 + i % 28);
    fill(e, i);
    records.emplace_back(events::canonical_business_id("GB", "companies-house", number),
                         e.SerializeAsString());
  }
  return records;
}

double decode_seconds(events::Topic topic, const Records& records) {
  events::Decoder const decoder(world());
  base::UnixMillis const published(base::start_of(base::days_from_civil(2019, 6, 1)).value);
  size_t decoded = 0;
  double const seconds = best_seconds(5, [&] {
    decoded = 0;
    for (const auto& [key, value] : records) {
      auto const out = decoder.decode({topic, key, value, published, false});
      decoded += std::holds_alternative<events::Event>(out);
    }
  });
  BELLWETHER_CHECK(decoded == kRecords);
  return seconds;
}

void decoding() {
  Records const records = records_of<events::v1::RegistrationEvent>([](auto& e, int) {
    e.mutable_registered()->set_area_code("N1");
    auto& a = *e.mutable_registered()->add_activities();
    a.set_scheme("UKSIC");
    a.set_version("2007");
    a.set_code("10110");
  });
  double const ours = decode_seconds(events::Topic::kRegistrations, records);
  events::v1::RegistrationEvent reused;
  size_t parsed = 0;
  double const theirs = best_seconds(5, [&] {
    for (const auto& [key, value] : records) parsed += reused.ParseFromString(value);
  });
  BELLWETHER_CHECK(parsed == 5u * kRecords);
  print("decode_record_size", static_cast<double>(records.front().second.size()), "bytes");
  print("decode", 1e9 * ours / kRecords, "ns/event");
  print("protobuf_parse_reused_message", 1e9 * theirs / kRecords, "ns/event");
}

// Interactions that were answered after up to three days, over ten years.
void decoding_responses() {
  Random random(3);
  constexpr uint64_t kDays = 3'650;
  base::UnixMillis const begin = base::start_of(base::days_from_civil(2010, 1, 1));
  Records const records = records_of<events::v1::SupportEvent>([&](auto& e, int) {
    auto const received =
        begin.value + static_cast<int64_t>(random.below(kDays * base::kMillisPerDay));
    e.mutable_interaction()->add_topics(events::v1::SUPPORT_TOPIC_CASH_FLOW);
    e.mutable_interaction()->set_received_at(received);
    e.mutable_interaction()->set_first_response_at(
        received + static_cast<int64_t>(random.below(3 * base::kMillisPerDay)));
  });
  print("decode_first_response", 1e9 * decode_seconds(events::Topic::kSupport, records) / kRecords,
        "ns/event");
}

void folding() {
  Random random(1);
  std::vector<Event> log = random_log(random, {.businesses = 300'000, .all_kinds = false});
  random.shuffle(log);
  struct Sink {
    int64_t sum = 0;
    void add(indicators::DeltaKey, int64_t amount) { sum += amount; }
    void report(indicators::ReportKey, int64_t amount) { sum += amount; }
  };
  double const seconds = best_seconds(3, [&] {
    ledger::Ledger ledger{base::Calendar(base::CalendarUnit::kWeek), testing::world()};
    Sink sink;
    for (size_t i = 0; i < log.size(); ++i) {
      if (i + 16 < log.size()) ledger.prefetch(log[i + 16].business);
      ledger.apply(log[i], base::start_of(log[i].effective), sink);
    }
  });
  print("fold_shuffled_log", 1e9 * seconds / static_cast<double>(log.size()), "ns/event");
}

constexpr size_t kSeries = 5000;
constexpr int kWeeks = 8 * 52;

// Weekly series, their scores so far, and a sum that keeps the compiler from removing the work.
struct Models {
  base::Calendar weeks{base::CalendarUnit::kWeek};
  std::vector<std::vector<int32_t>> counts = std::vector<std::vector<int32_t>>(kSeries);
  std::vector<detection::ScoredSeries> scored = std::vector<detection::ScoredSeries>(kSeries);
  detection::DetectorOptions options;
  detection::Workspace workspace;
  double sum = 0;

  Models();
  detection::CountSeries series(size_t s, int weeks_known) const {
    return {weeks, base::PeriodIndex(2000),
            std::span(counts[s]).first(static_cast<size_t>(weeks_known))};
  }
  void refit();
  void score_tick();
  void score_counts();
  void judge();
};

Models::Models() {
  Random random(2);
  for (size_t s = 0; s < kSeries; ++s) {
    double const mean = 5 + 200 * random.uniform() * random.uniform();
    for (int t = 0; t < kWeeks; ++t) {
      double const season = 1 + 0.3 * std::sin(2 * 3.14159265 * t / 52.18);
      counts[s].push_back(static_cast<int32_t>(mean * season * (0.7 + 0.6 * random.uniform())));
    }
  }
  options = detection::DetectorOptions::for_calendar(weeks);
}

void Models::refit() {
  double const seconds = best_seconds(3, [&] {
    for (size_t s = 0; s < kSeries; ++s) {
      sum += detection::fit(series(s, kWeeks - 1), base::PeriodIndex(2000 + kWeeks - 1), {},
                            options.farrington, workspace)
                 .expected;
    }
  });
  BELLWETHER_CHECK(std::isfinite(sum));
  print("refit_5000_weekly_series", seconds, "s");
  print_r_yardstick("r_surveillance.R", counts, 20);
}

// A tick that only scores: paths and baselines are prepared before.
void Models::score_tick() {
  double best = 1e18;
  for (int t = kWeeks - 4; t < kWeeks; ++t) {
    for (size_t s = 0; s < kSeries; ++s) {
      scored[s].prepare(series(s, t), base::PeriodIndex(2000 + t), detection::Harm::kLow, options,
                        workspace);
    }
    auto const begin = Clock::now();
    for (size_t s = 0; s < kSeries; ++s) {
      sum += scored[s]
                 .assess(series(s, t + 1), base::PeriodIndex(2000 + t), detection::Harm::kLow,
                         options, workspace)
                 .z;
    }
    best = std::min(best, seconds_since(begin));
  }
  BELLWETHER_CHECK(std::isfinite(sum));
  print("score_tick_of_5000_series", 1e3 * best, "ms");
}

// The same without paths: both tails and the score of a count against a ready baseline.
void Models::score_counts() {
  constexpr size_t kScores = 20'000;
  std::vector<detection::Baseline> baselines;
  for (size_t s = 0; s < kSeries; ++s) {
    baselines.push_back(detection::fit(series(s, kWeeks - 1), base::PeriodIndex(2000 + kWeeks - 1),
                                       {}, options.farrington, workspace));
  }
  double const scores = best_seconds(5, [&] {
    for (size_t i = 0; i < kScores; ++i) {
      sum += detection::score(baselines[i % kSeries], counts[i % kSeries][kWeeks - 1 - i / kSeries],
                              detection::Harm::kLow)
                 .z;
    }
  });
  BELLWETHER_CHECK(std::isfinite(sum));
  print("score_20000_cached_baselines", 1e3 * scores, "ms");
}

// The joint part of a tick: widths and p of all series together.
void Models::judge() {
  std::vector<detection::Assessment> assessed;
  for (size_t s = 0; s < kSeries; ++s) {
    assessed.push_back(scored[s].assess(series(s, kWeeks), base::PeriodIndex(2000 + kWeeks - 1),
                                        detection::Harm::kLow, options, workspace));
  }
  std::vector<detection::Judged> together(kSeries);
  for (size_t s = 0; s < kSeries; ++s) together[s].assessment = &assessed[s];
  double const judged = best_seconds(5, [&] { detection::judge_together(together, 0, {}, weeks); });
  for (const detection::Judged& j : together) sum += j.p_adjusted;
  BELLWETHER_CHECK(std::isfinite(sum));
  print("judge_together_5000_series", 1e3 * judged, "ms");
}

void models() {
  Models models;
  models.refit();
  models.score_tick();
  models.score_counts();
  models.judge();
}

}  // namespace
}  // namespace bellwether::testing

int main() {
  bellwether::testing::decoding();
  bellwether::testing::decoding_responses();
  bellwether::testing::folding();
  bellwether::testing::models();
}
