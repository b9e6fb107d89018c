#include "analysis/detect_all.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/detect_rows.h"
#include "analysis/tick_judge.h"
#include "core/alerts/count_signal.h"
#include "core/alerts/rules.h"
#include "core/alerts/state_machine.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;
using detection::Harm;

// The default rule for births; only its harm differs on the other side.
alerts::Rule rule_of(Harm harm, base::Calendar calendar) {
  alerts::RuleSet const rules = alerts::default_rules(calendar);
  alerts::Rule rule = *alerts::find_rule(rules, "R1");
  std::get<alerts::CountRule>(rule.detail).harm = harm;
  return rule;
}

// A series whose rows can be judged.
struct Subject {
  std::span<DetectRow> rows;  // from the first value to the last
  Observed observed;
  DetectRow* row(PeriodIndex t) const {
    int64_t const i = int64_t{t.value} - observed.first.value;
    return i < 0 || i >= static_cast<int64_t>(rows.size()) ? nullptr
                                                           : &rows[static_cast<size_t>(i)];
  }
};

// A rule for one harmful side, and the open alert of each series.
class HarmSide {
 public:
  HarmSide(Harm harm, std::span<const Subject> subjects, std::optional<size_t> total,
           const DetectOptions& o)
      : harm_(harm),
        calendar_(o.scale.nearest_calendar()),
        years_ratio_(static_cast<double>(o.scale.periods_per_year()) /
                     calendar_.periods_per_year()),
        rule_(rule_of(harm, calendar_)),
        rate_{o.false_alarms_a_year / years_ratio_},
        speed_(detection::SpeedOptions::for_calendar(calendar_)),
        judge_(series_of(subjects, o), options_of(total, o)),
        open_(subjects.size()) {}

  PeriodIndex first() const { return judge_.first(); }
  PeriodIndex last() const { return judge_.last(); }

  void tick(PeriodIndex t) {
    for (size_t i = 0; i < open_.size(); ++i) {
      auto const frozen = alerts::frozen_periods(alert(i), calendar_);
      judge_.exclude(i, frozen ? std::vector{*frozen} : std::vector<detection::PeriodRange>{});
    }
    results_ = judge_.judge(t);
    for (size_t i = 0; i < open_.size(); ++i) {
      if (t < judge_.series(i).first) continue;
      auto next = alerts::step(rule_, {}, alert(i), signal(i, t), t, false, calendar_);
      open_[i] = next && next->open ? std::move(next) : std::nullopt;
    }
  }

  const TickJudge::Result& result(size_t i) const { return results_[i]; }
  const alerts::AlertUpdate* alert(size_t i) const { return open_[i] ? &*open_[i] : nullptr; }

  // Sets the figures of a period that was tested.
  void set(size_t i, const DetectOptions& o, DetectRow& row) const {
    detection::Assessment a = results_[i].assessment;
    const detection::Judged& judged = results_[i].judged;
    if (harm_ == Harm::kLow) {
      a.z = -a.z;
      std::swap(a.p, a.p_other);
    }
    judge_tails(a, o, row);
    row.cusum = a.cusum;
    if (!a.young()) {
      double const upward = judged.score[judged.strongest()] * (harm_ == Harm::kLow ? -1 : 1);
      row.deviation = o.harm == HarmSides::kLow ? -upward : upward;
    }
    row.false_alarms_a_year = detection::false_alarms_a_year(judged.p, calendar_) * years_ratio_;
    row.hit_by = detection::kHitByNames[static_cast<size_t>(judged.hit)];
  }

 private:
  static std::vector<detection::CountSeries> series_of(std::span<const Subject> subjects,
                                                       const DetectOptions& o) {
    std::vector<detection::CountSeries> out;
    for (const Subject& s : subjects) out.push_back(s.observed.view(o.scale.calendar()));
    return out;
  }
  TickJudgeOptions options_of(std::optional<size_t> total, const DetectOptions& o) const {
    TickJudgeOptions out{.calendar = calendar_,
                         .harm = harm_,
                         .detector = detection::DetectorOptions::for_calendar(calendar_),
                         .rate = rate_,
                         .business_calendar = o.business_calendar,
                         .total = total};
    out.expected_min = std::get<alerts::CountRule>(rule_.detail).expected_min;
    out.detector.farrington = o.farrington;
    out.detector.cold_start = o.cold_start;
    out.detector.own_scale = o.own_scale;
    return out;
  }
  alerts::Signal signal(size_t i, PeriodIndex t) const {
    const TickJudge::Result& r = results_[i];
    if (!r.tested) return alerts::untested_count(r.assessment);
    return alerts::count_signal(std::get<alerts::CountRule>(rule_.detail), r.assessment, r.judged,
                                t, rate_, speed_, calendar_);
  }

  Harm harm_;
  base::Calendar calendar_;
  double years_ratio_;  // periods of a year of the scale to those of a year of the calendar
  alerts::Rule rule_;
  detection::StatedRate rate_;
  detection::SpeedOptions speed_;
  TickJudge judge_;
  std::vector<std::optional<alerts::AlertUpdate>> open_;
  std::span<const TickJudge::Result> results_;
};

DetectState state_of(const alerts::AlertUpdate* alert) {
  if (alert == nullptr) return DetectState::kNormal;
  return alert->severity == alerts::Severity::kRed ? DetectState::kRed : DetectState::kAmber;
}

void set_row(const std::vector<HarmSide>& sides, size_t i, const DetectOptions& o, DetectRow& row) {
  if (!row.observed) return;
  const TickJudge::Result& any = sides.front().result(i);
  if (!any.tested) {
    row.why = alerts::untested_count(any.assessment).why_not;
    return;
  }
  auto const p = [&](const HarmSide& s) { return s.result(i).judged.p; };
  auto const side = std::ranges::min_element(sides, {}, p);
  side->set(i, o, row);
  auto const severity = [&](const HarmSide& s) { return state_of(s.alert(i)); };
  const alerts::AlertUpdate* const alert = std::ranges::max_element(sides, {}, severity)->alert(i);
  row.state = state_of(alert);
  if (alert != nullptr) row.onset = alert->onset;
}

void follow_alerts(std::span<const Subject> subjects, std::optional<size_t> total,
                   const DetectOptions& o) {
  std::vector<HarmSide> sides;
  if (alarms_low(o.harm)) sides.emplace_back(Harm::kLow, subjects, total, o);
  if (alarms_high(o.harm)) sides.emplace_back(Harm::kHigh, subjects, total, o);
  for (int32_t t = sides.front().first().value; t <= sides.front().last().value; ++t) {
    for (HarmSide& side : sides) side.tick(PeriodIndex(t));
    for (size_t i = 0; i < subjects.size(); ++i) {
      if (DetectRow* const row = subjects[i].row(PeriodIndex(t))) set_row(sides, i, o, *row);
    }
  }
}

}  // namespace

std::vector<std::vector<DetectRow>> detect_all(std::span<const Series> series,
                                               const DetectOptions& o) {
  std::vector<std::vector<DetectRow>> out;
  if (o.method != DetectMethod::kRule) {
    for (const Series& s : series) out.push_back(detect_series(s, o));
    return out;
  }
  for (const Series& s : series) out.push_back(bare_rows(s.points));
  std::vector<Subject> subjects;
  std::optional<size_t> total;
  for (size_t i = 0; i < series.size(); ++i) {
    std::span<DetectRow> const rows = from_first_to_last_value(out[i]);
    if (rows.empty()) continue;
    if (!o.total.empty() && series[i].name == o.total) total = subjects.size();
    subjects.push_back({rows, observe(rows, o)});
  }
  if (!subjects.empty()) follow_alerts(subjects, total, o);
  return out;
}

}  // namespace bellwether::analysis
