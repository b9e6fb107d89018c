// Random journals as they occur: evaluations that raise, continue and clear alerts, human acts,
// changes of rules.
#pragma once

#include <iterator>
#include <string>
#include <vector>

#include "core/alerts/book.h"
#include "core/base/business_calendar.h"
#include "core/base/text.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::testing {

inline alerts::AlertUpdate random_update(Random& random, base::PeriodIndex raised) {
  alerts::AlertUpdate u;
  u.key = {base::cat("R", random.between(1, 3)), base::cat("A", random.between(1, 4)),
           base::cat("S", random.between(1, 5))};
  u.raised = raised;
  u.onset = base::PeriodIndex(raised.value - random.between(0, 5));
  u.severity = u.severity_max =
      random.chance(0.5) ? alerts::Severity::kRed : alerts::Severity::kAmber;
  u.transition = alerts::TransitionKind::kRaised;
  u.historical = random.chance(0.3);
  u.evidence.observed = random.between(0, 100);
  u.evidence.expected = random.between(0, 1000) / 7.0;
  u.evidence.z = random.between(-400, 400) / 100.0;
  u.evidence.baseline_kind = static_cast<detection::BaselineKind>(random.between(0, 2));
  for (int n = random.between(0, 3); n > 0; --n) {
    u.evidence.contributions.push_back(
        {"A1", base::cat("S", n), 3, 4.5, 0.25, n == 1 ? "deaths" : "", n * 0.5});
  }
  return u;
}

// The verdict on the next tick: an update of every open alert, some of them cleared or suspended,
// and new alerts.
inline alerts::TickEvaluated random_tick(Random& random, const alerts::Book& book) {
  alerts::TickEvaluated t;
  t.tick = base::PeriodIndex(book.last_tick() ? book.last_tick()->value + 1 : 500);
  t.tick_at = book.calendar().end_of(t.tick);
  t.book_offset = book.offset();
  t.writer = base::cat("replica ", random.between(0, 5) == 0 ? 1 : 0);
  t.cut = {{"registrations", 0, t.tick.value * 10}, {"registrations", 1, t.tick.value * 11}};
  if (random.chance(0.1)) t.silent_topics = {"support"};
  for (const auto& [key, alert] : book.open()) {
    alerts::AlertUpdate next = alert->state;
    ++next.quiet_ticks;
    next.transition = alerts::TransitionKind::kNone;
    if (random.chance(0.2)) {
      next.open = false;
      next.transition = alerts::TransitionKind::kCleared;
      next.clear_reason = static_cast<alerts::ClearReason>(random.between(0, 3));
    } else if (random.chance(0.1)) {
      next.suspended = "source silent";
      next.transition = alerts::TransitionKind::kSuspended;
    }
    t.updates.push_back(std::move(next));
  }
  for (int n = random.between(0, 3); n > 0; --n) {
    alerts::AlertUpdate fresh = random_update(random, t.tick);
    if (!book.open().contains(fresh.key)) t.updates.push_back(std::move(fresh));
  }
  return t;
}

inline base::BusinessCalendar random_business_calendar(Random& random) {
  base::SpecialDays days;
  for (auto* const each : {&days.holidays, &days.closures, &days.feasts}) {
    for (int32_t day = random.between(-500, 20'000), n = random.between(0, 20); n > 0; --n) {
      each->emplace_back(day);
      day += random.between(1, 300);
    }
  }
  return must(base::BusinessCalendar::make(std::move(days)));
}

inline alerts::JournalEntry random_entry(Random& random, const alerts::Book& book) {
  base::UnixMillis const at(random.between(0, 1'000'000));
  auto const offset = [&] {
    return base::JournalOffset(random.between(-1, static_cast<int>(book.offset().value) + 1));
  };
  switch (random.between(0, 12)) {
    case 0:
      return alerts::SilenceCreated{"R1",  "",          "S2", base::UnixMillis(at.value + 1000),
                                    "ann", "a comment", at};
    case 1:
      return alerts::SilenceExpired{
          book.silences().empty() ? offset() : book.silences().begin()->second.id, "bob", at};
    case 2: {
      alerts::RuleSet rules = alerts::default_rules(book.calendar());
      rules.rules.front().enabled = random.chance(0.5);
      if (random.chance(0.5)) rules.business_calendar = random_business_calendar(random);
      return alerts::RuleSetActivated{rules, "configuration", at};
    }
    case 3: {
      base::PeriodIndex const first(random.between(400, 500));
      return alerts::RegimeBreakDeclared{
          {first, base::PeriodIndex(first.value + 3)}, "a law", "ann", at};
    }
    case 4:
      return alerts::RegimeBreakWithdrawn{
          book.declared_breaks().empty()
              ? offset()
              : base::JournalOffset(book.declared_breaks().begin()->first),
          "ann", at};
    case 5:
    case 6: {
      std::string alert = "R1.A1.S1.2011-01";
      if (!book.alerts().empty()) {
        auto chosen = book.alerts().begin();
        std::advance(chosen, random.between(0, static_cast<int>(book.alerts().size()) - 1));
        alert = chosen->first;
      }
      return alerts::AlertAcknowledged{alert, "ann", random.chance(0.5) ? "calling them" : "", at};
    }
    default: {
      alerts::TickEvaluated tick = random_tick(random, book);
      if (random.chance(0.1))
        tick.tick = base::PeriodIndex(tick.tick.value + random.between(-1, 1));
      if (random.chance(0.1)) tick.book_offset = offset();
      return tick;
    }
  }
}

}  // namespace bellwether::testing
