#include "core/engine/rules/prose.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "absl/strings/str_format.h"
#include "core/alerts/state_machine.h"
#include "core/base/display.h"
#include "core/base/text.h"
#include "core/detection/cold_start.h"
#include "core/detection/cusum.h"
#include "core/detection/farrington.h"
#include "core/detection/run_length.h"

namespace bellwether::engine {

using base::cat;

namespace {

// The declared regime breaks that an alert's baseline leaves out: "2020-03 to 2021-06 (pandemic)".
std::string breaks_within(const View& view, const alerts::Evidence& e) {
  std::string breaks;
  for (const auto& [id, declared] : view.book->declared_breaks()) {
    const detection::PeriodRange& p = declared.periods;
    if (p.last < e.baseline_first || e.baseline_last < p.first) continue;
    base::append(breaks, breaks.empty() ? "" : ", ", view.calendar.name(p.first), " to ",
                 view.calendar.name(p.last), " (", declared.reason, ")");
  }
  return breaks;
}

// The average number of years between false alarms if nothing changes.
double years_between_false_alarms(base::Calendar calendar, double threshold) {
  detection::CusumOptions const o;
  return detection::cusum_average_run_length(o.reference, threshold, 0) /
         calendar.periods_per_year();
}

}  // namespace

std::string figure(double x) {
  return std::abs(x) >= 100 || x == std::round(x) ? absl::StrFormat("%.0f", x)
                                                  : absl::StrFormat("%.1f", x);
}

std::string deviation(const alerts::Evidence& e) {
  double const percent = 100 * (e.ratio - 1);
  return absl::StrFormat("%.0f %% %s expectation", std::abs(percent),
                         percent < 0 ? "below" : "above");
}

std::string window_name(base::Calendar calendar, const alerts::Evidence& e) {
  std::string const last = calendar.name(e.period);
  if (e.window_periods <= 1) return last;
  return cat(e.window_periods, " ", base::name(calendar.unit()), "s to ", last);
}

std::string headline(const View& view, const alerts::Alert& alert, std::string_view title) {
  return cat(title, " in ", node_name(view, alert.state.key), ", ",
             window_name(view.calendar, alert.raised_evidence));
}

std::string deviation_from_baseline(const View& view, const alerts::Alert& alert,
                                    std::string_view title, std::string_view unit) {
  const alerts::Evidence& e = alert.raised_evidence;
  return cat(headline(view, alert, title), ": ", figure(e.observed), unit, " observed where ",
             figure(e.expected), unit, " were expected; 95 % of ",
             e.window_periods > 1 ? "window" : base::name(view.calendar.unit()),
             "s like this one lie between ", figure(e.lower), unit, " and ", figure(e.upper), unit,
             ". That is ", deviation(e), ".");
}

namespace {

// For alerts that Benjamini and Hochberg's procedure raised.
std::string how_many_by_chance(const alerts::Evidence& e) {
  return absl::StrFormat(
      "So many series deviate at once that at most %.2g %% of the alerts raised with it are "
      "chance.",
      100 * e.p_adjusted);
}

std::string how_based(const View& view, const alerts::Evidence& e) {
  std::string text = absl::StrFormat(" The baseline uses %d periods", e.baseline_periods);
  if (e.baseline_first < e.baseline_last) {
    base::append(text, " from ", view.calendar.name(e.baseline_first), " to ",
                 view.calendar.name(e.baseline_last));
  }
  if (e.downweighted > 0) {
    base::append(text, ", of which ", e.downweighted,
                 " have less weight because they are unusual themselves");
  }
  base::append(text, absl::StrFormat("; its dispersion is %.1f, where 1 would be pure chance.",
                                     e.dispersion));
  if (e.score_scale > 1) {
    base::append(text, absl::StrFormat(" Scores of this series vary %.1f times as much as in "
                                       "theory, which is allowed for.",
                                       e.score_scale));
  }
  return text;
}

}  // namespace

std::string how_sure_of_change(const View& view, const alerts::Evidence& e) {
  if (e.cusum < e.cusum_threshold) return cat("How sure: ", how_many_by_chance(e));
  return absl::StrFormat(
      "How sure: the deviations have added up to %.1f standard deviations. The alert is raised at "
      "%.1f; if nothing but chance happened, a series would go that far %s.",
      e.cusum, e.cusum_threshold,
      base::how_often(1 / years_between_false_alarms(view.calendar, e.cusum_threshold)));
}

std::string how_sure_of_counts(const View& view, const alerts::Evidence& e) {
  std::string_view const unit = base::name(view.calendar.unit());
  std::string const what = e.memory_periods > 1 ? absl::StrFormat("the latest %d %ss together are",
                                                                  e.memory_periods, unit)
                                                : cat("this ", unit, " is");
  std::string text = cat("How sure: ", what, " unusual for this series. ");
  switch (e.hit_by) {
    case detection::HitBy::kTogether:
      base::append(text, how_many_by_chance(e));
      break;
    case detection::HitBy::kParent:
      base::append(text,
                   "The whole region deviates so far that this part of it, which deviates the "
                   "same way, is taken to follow it.");
      break;
    case detection::HitBy::kOwnLevel:
    case detection::HitBy::kNothing:
      base::append(text, "If nothing but chance happened, an ordinary series would go this far ",
                   base::how_often(detection::false_alarms_a_year(e.p, view.calendar)), ".");
      break;
  }
  return text + how_based(view, e);
}

std::string how_young(const View& view, const alerts::Evidence& e) {
  std::string_view const unit = base::name(view.calendar.unit());
  std::string text = absl::StrFormat(
      "How young: a seasonal baseline needs %d years, and this series has fewer. It is compared "
      "with its latest %d %ss, which show no season; ",
      detection::FarringtonOptions().years_min, e.baseline_periods, unit);
  if (e.baseline_kind == detection::BaselineKind::kRecent) {
    base::append(text, absl::StrFormat(
                           "because there is no earlier year, a season of %.0f %% is allowed for.",
                           100 * detection::ColdStartOptions().season_sd));
  } else {
    base::append(
        text,
        absl::StrFormat("a deviation counts only as far as it exceeds that of the same %s a year "
                        "before, which was %+.1f standard deviations.",
                        unit, e.year_before));
  }
  return text + " So the alert is at most amber, and no change-point statistic uses this baseline.";
}

std::string how_complete(const alerts::Evidence& e) {
  if (e.nowcast == 0) {
    return absl::StrFormat(
        "How complete: by then %.0f %% of the events of the latest period are usually reported.",
        100 * e.reported);
  }
  return absl::StrFormat(
      "How complete: by then %.0f %% of the period's events are usually reported, and the expected "
      "value is for that part. The complete count is estimated at %.0f (95 %%: %.0f to %.0f).",
      100 * e.reported, e.nowcast, e.nowcast_lower, e.nowcast_upper);
}

void append_left_out(const View& view, const alerts::Alert& alert, Paragraphs& text) {
  const alerts::AlertUpdate& s = alert.state;
  std::string const breaks = breaks_within(view, alert.raised_evidence);
  std::string out = breaks.empty() ? "" : cat("As declared, the baseline leaves out ", breaks, ".");
  int32_t const most = alerts::frozen_ticks_max(view.calendar);
  if (s.open && s.frozen_ticks > 0) {
    base::append(out, out.empty() ? "" : " ");
    if (s.frozen_ticks <= most) {
      base::append(out, "While the alert is red, no baseline uses the periods from ",
                   view.calendar.name(s.onset), " on, for at most ", most, " periods.");
    } else {
      base::append(out, "It has been red for more than ", most,
                   " periods: the level since then is the new normal, and baselines use it again.");
    }
  }
  if (!out.empty()) text.push_back(std::move(out));
}

void append_since_when(const View& view, const alerts::Alert& alert, Paragraphs& text) {
  if (alert.raised_evidence.cusum <= 0) return;
  text.push_back(cat("Since when: the deviations have added up since ",
                     view.calendar.name(alert.state.onset), "."));
}

namespace {

// "by sector: Food products 62 %, Textiles 47 %, the rest -9 %". The rest is that of all other
// parts, and what the baselines of the parts differ from the baseline of the whole.
std::string shares_of(const View& view, std::span<const alerts::Contribution> parts, bool by_area) {
  std::string text = by_area ? "by area: " : "by sector: ";
  double rest = 100;
  for (size_t i = 0; i < parts.size(); ++i) {
    const alerts::Contribution& c = parts[i];
    double const share = std::round(100 * c.share);
    rest -= share;
    base::append(text, i == 0 ? "" : ", ",
                 by_area ? area_name(view, c.area) : sector_name(view, c.sector),
                 absl::StrFormat(" %.0f %%", share));
  }
  if (rest != 0) base::append(text, absl::StrFormat(", the rest %.0f %%", rest));
  return text;
}

}  // namespace

void append_accounts(const View& view, const alerts::Alert& alert, Paragraphs& text) {
  std::span<const alerts::Contribution> const all = alert.raised_evidence.contributions;
  auto const areas =
      std::ranges::find_if(all, [&](const auto& c) { return c.area != alert.state.key.area; });
  auto const sectors = static_cast<size_t>(areas - all.begin());
  std::string parts;
  if (sectors > 0) parts = shares_of(view, all.first(sectors), false);
  if (sectors < all.size()) {
    base::append(parts, parts.empty() ? "" : "; ", shares_of(view, all.subspan(sectors), true));
  }
  if (!parts.empty()) {
    text.push_back(cat("What accounts for the difference, ", parts,
                       ". Each part is compared with its own baseline."));
  }
}

}  // namespace bellwether::engine
