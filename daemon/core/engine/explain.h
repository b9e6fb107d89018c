// Purpose: presents an alert to a person: the path of its series, recomputed from the panel of a
// view, and an explanation in words.
// Thread safety: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/alerts/alert.h"
#include "core/base/calendar.h"
#include "core/engine/view.h"

namespace bellwether::engine {

struct PathPoint {
  base::PeriodIndex period;
  double observed = 0;
  double expected = 0;
  double lower = 0;
  double upper = 0;
  double z = 0;
  double cusum = 0;
  double numerator = 0;  // for a share; otherwise 0
  double denominator = 0;
  double reported = 1;       // share of the period's events expected to be reported; if below 1,
                             // `expected` is thinned
  int window_periods = 1;    // `observed` is that of so many periods, which end with `period`
  std::string not_assessed;  // the reason; empty if assessed
};

// The path from half a year before the change to the view's cut, or to a quarter after clearing if
// the alert was cleared. At most `periods` points, oldest first. It uses the current data: late
// facts may have changed the values since the alert was evaluated. Empty for rules that have no
// detector. `before`: the book that the view's tick was judged by. With it, the point that the tick
// judged is equal to the evidence of the tick; if null, the baselines leave out what the view's own
// book knows.
std::vector<PathPoint> trace(const View& view, const alerts::Alert& alert, int periods,
                             const alerts::Book* before = nullptr);

// One or more sentences in each string.
using Paragraphs = std::vector<std::string>;
// Explains the deviation, its beginning, its certainty, its contributions, and the action.
Paragraphs explain(const View& view, const alerts::Alert& alert);
// "Births falling in Manufacturing, Singapore: raised amber for 1997-06: 412 observed, …".
std::string summary(const View& view, const alerts::Transition& transition);

// The part's share of the difference of the happening's headline between observed and expected. 0
// if the rule does not test counts, one of the two is not open, the part's node is not in that of
// the headline, both were last assessed for different periods, or the headline is back within its
// interval.
double share_of_headline(const View& view, const Happening& happening, const alerts::Alert& part);

// How many times a year an ordinary series would go as far as this if nothing but chance happened.
// 0 for rules that do not test counts.
double false_alarms_a_year(const View& view, const alerts::Evidence& evidence);

// The unit of the alert's evidence, named as in the catalogue; "standard_deviations" for a
// composite. Empty if the rule set no longer contains the rule.
std::string_view unit_of(const View& view, const alerts::Alert& alert);

// The input of a rule kind's trace (rules/rule_kind.h).
struct PathRequest {
  const View& view;  // has data_through
  const alerts::Alert& alert;
  const alerts::Rule& rule;  // the alert's rule
  indicators::Node node;
  base::PeriodIndex first;
  base::PeriodIndex last;
  const alerts::Book* before;  // of trace()

  // The book whose rules, regime breaks and alerts decide which periods baselines leave out.
  const alerts::Book& book() const { return before != nullptr ? *before : *view.book; }
  // The alert's state in that book if it is open there, else null.
  const alerts::AlertUpdate* open() const {
    auto const found = book().open().find(alert.state.key);
    bool const is = found != book().open().end() && found->second->name == alert.name;
    return is ? &found->second->state : nullptr;
  }
};

// The silence that covers the alert under any name of its node; null if there is none.
const alerts::Silence* silence_of(const View& view, const alerts::AlertKey& key,
                                  base::UnixMillis now);

// Names for people. Return the code if the reference does not contain it.
std::string area_name(const View& view, std::string_view code);
std::string sector_name(const View& view, std::string_view code);
// "Manufacturing, Singapore".
std::string node_name(const View& view, const alerts::AlertKey& key);
std::string node_name(const View& view, indicators::Node node);
std::string measure_title(std::string_view name);

}  // namespace bellwether::engine
