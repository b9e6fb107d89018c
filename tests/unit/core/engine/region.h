// A region that evaluates the events of the small world of support/world.h, tick by tick.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/engine/evaluator.h"
#include "core/engine/view.h"
#include "support/calendars.h"
#include "support/random.h"
#include "support/world.h"

namespace bellwether::engine {

using indicators::Delta;
using indicators::DeltaKey;
using indicators::Measure;
using testing::Random;

using testing::kMonths;
using testing::kWeeks;
inline constexpr PeriodIndex kBegin(480);  // 2010-01

// The leaves that hold businesses.
inline constexpr std::string_view kAreas[] = {"N1", "N2", "S1", "S2"};
inline constexpr std::string_view kSectors[] = {"10", "11", "46", "47"};

inline std::shared_ptr<const reference::Reference> shared_world() {
  return {std::shared_ptr<const void>(), &testing::world()};
}

inline Delta delta(Measure m, int32_t period, int64_t n, std::string_view area = "N1",
                   std::string_view sector = "10") {
  return {DeltaKey({testing::area(area), testing::sector(sector), base::SizeBand(0)}, m,
                   PeriodIndex(period)),
          n};
}

// Months with births and deaths around 40 in each leaf, and the causes that make them fall.
class Town {
 public:
  explicit Town(uint64_t seed) : random_(seed) {}

  std::vector<Delta> month(int32_t t) {
    std::vector<Delta> out;
    for (std::string_view a : kAreas) {
      for (std::string_view s : kSectors) {
        double births = 40 + 8 * ((t % 12) == 3);
        if (t >= fall_from && s == "10") births *= 0.5;
        if (t >= break_from && t <= break_until) births *= break_factor;
        if (t >= silent_from) births = 0;
        int32_t const born = noisy(births);
        auto const late = static_cast<int32_t>(std::lround(born * late_share));
        add(out, a, s, Measure::kBirths, t, born - late);
        add(out, a, s, Measure::kBirths, t - 1, std::exchange(untold_[std::pair(a, s)], late));
        if (t < silent_from) add(out, a, s, Measure::kDeaths, t, noisy(30));
        if (t == kBegin.value) add(out, a, s, Measure::kBirths, t - 500, 1000);
        // A late report about an earlier month.
        if (random_.chance(0.3)) add(out, a, s, Measure::kBirths, t - random_.between(1, 8), 1);
      }
    }
    return out;
  }

  double late_share = 0;  // of births, reported a month late
  int32_t fall_from = INT32_MAX;
  int32_t silent_from = INT32_MAX;
  int32_t break_from = INT32_MAX;  // both ends are included
  int32_t break_until = INT32_MIN;
  double break_factor = 1;

 private:
  static void add(std::vector<Delta>& out, std::string_view a, std::string_view s, Measure m,
                  int32_t t, int32_t n) {
    if (n != 0) out.push_back(delta(m, t, n, a, s));
  }
  int32_t noisy(double mean) {
    // The sum of twelve uniforms, scaled to the mean and variance of a count.
    double z = -6;
    for (int i = 0; i < 12; ++i) z += random_.uniform();
    return static_cast<int32_t>(std::max(0.0, mean + z * std::sqrt(mean) + 0.5));
  }
  Random random_;
  std::map<std::pair<std::string_view, std::string_view>, int32_t> untold_;
};

inline EvaluatorOptions options(base::Calendar calendar = kMonths) {
  EvaluatorOptions o;
  o.calendar = calendar;
  o.history_periods = 30 * calendar.periods_per_year();
  o.topics = {domain::Topic::kRegistrations, domain::Topic::kSupport};
  return o;
}

// The events reported at `t`, by month.
inline std::vector<indicators::Report> reports_of(std::span<const Delta> deltas, int32_t t) {
  std::vector<indicators::Report> out;
  for (const Delta& d : deltas) {
    int32_t const delay = std::max(0, t - d.key.period().value);
    if (delay > indicators::report_delay_max(kMonths)) continue;
    out.push_back({{d.key.measure(), static_cast<uint8_t>(delay), d.key.period()}, d.amount});
  }
  return out;
}

class Region {
 public:
  explicit Region(alerts::RuleSet rules = alerts::default_rules(kMonths),
                  base::Calendar calendar = kMonths)
      : Region(std::move(rules), options(calendar)) {}
  Region(alerts::RuleSet rules, EvaluatorOptions options,
         std::shared_ptr<const reference::Reference> reference = shared_world())
      : evaluator(reference, options), book(options.calendar), reference_(std::move(reference)) {
    tell(alerts::RuleSetActivated{std::move(rules), "test", base::UnixMillis(0)});
  }
  alerts::FoldOutcome tell(const alerts::JournalEntry& entry) {
    return book.fold(base::JournalOffset(next_++), entry);
  }
  // Adds the past without evaluating it.
  void add(int32_t t, const std::vector<Delta>& deltas) {
    PartitionTick part;
    part.tick = PeriodIndex(t);
    part.deltas = deltas;
    part.reports = reports_of(deltas, t);
    part.figures = std::exchange(figures, {});
    evaluator.apply(PeriodIndex(t), std::span(&part, 1));
  }
  alerts::TickEvaluated tick(int32_t t, const std::vector<Delta>& deltas) {
    add(t, deltas);
    alerts::TickEvaluated verdict =
        evaluator.evaluate(PeriodIndex(t), book, {{"registrations", 0, t}}, false);
    EXPECT_EQ(tell(verdict), alerts::FoldOutcome::kApplied);
    through_ = PeriodIndex(t);
    return verdict;
  }
  View view() {
    View view;
    view.reference = reference_;
    view.calendar = book.calendar();
    view.panel = evaluator.publish();
    view.book = std::make_shared<alerts::Book>(book);
    view.reported = evaluator.reported();
    view.data_through = through_;
    return view;
  }

  Evaluator evaluator;
  alerts::Book book;
  std::vector<indicators::FigureChange> figures;  // of the next tick

 private:
  std::shared_ptr<const reference::Reference> reference_;
  int64_t next_ = 0;
  PeriodIndex through_;
};

inline const alerts::Alert* open_alert(const alerts::Book& book, std::string rule, std::string area,
                                       std::string sector) {
  auto const found = book.open().find({std::move(rule), std::move(area), std::move(sector)});
  return found == book.open().end() ? nullptr : found->second.get();
}
// A tick's update of one alert; null if it has none.
inline const alerts::AlertUpdate* update_of(const alerts::TickEvaluated& verdict,
                                            std::string_view rule, std::string_view area,
                                            std::string_view sector) {
  for (const alerts::AlertUpdate& u : verdict.updates) {
    if (u.key.rule == rule && u.key.area == area && u.key.sector == sector) return &u;
  }
  return nullptr;
}

}  // namespace bellwether::engine
