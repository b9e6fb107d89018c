#include "core/ledger/pairs.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bellwether::ledger {
namespace {

using indicators::DeltaKey;
using indicators::Measure;

constexpr Days kNever{INT32_MAX};

void add(Cell cell, Measure measure, PeriodIndex period, int32_t amount, Contributions& out) {
  out.push_back({DeltaKey(cell, measure, period), amount});
}

// ---- overdue documents

// The days from `from` up to but not including `until`.
struct Spell {
  Days from;
  Days until;
  friend bool operator==(const Spell&, const Spell&) = default;
};
using Spells = absl::InlinedVector<Spell, 8>;

// The days on which documents were filed.
class Filed {
 public:
  // Call in the order of the days.
  void add(const Fact& filing) {
    if (filing.due() == events::kNoDay) {
      undated_.push_back(filing.date());
    } else {
      due_max_.push_back(due_max_.empty() ? filing.due() : std::max(due_max_.back(), filing.due()));
      dated_.push_back(filing.date());
    }
  }
  // The first day of a document that was due on or after `due`, or that states no due date and was
  // filed after `stated`.
  Days first(Days stated, Days due) const {
    auto const after = std::ranges::upper_bound(undated_, stated);
    auto const at = std::ranges::lower_bound(due_max_, due) - due_max_.begin();
    return std::min(after == undated_.end() ? kNever : *after,
                    at == std::ssize(dated_) ? kNever : dated_[static_cast<size_t>(at)]);
  }

 private:
  absl::InlinedVector<Days, 8> undated_;  // of documents without a due date; ascending
  absl::InlinedVector<Days, 8> dated_;    // of those with one; ascending
  absl::InlinedVector<Days, 8> due_max_;  // the latest due date of the latter so far
};

// The documents of one category that were filed.
class Filings {
 public:
  void add(const Fact& filing) {
    all_.add(filing);
    if (filing.period_end() == events::kNoDay) {
      without_period_.add(filing);
    } else {
      by_period_.emplace_back(filing.period_end(), filing.date());
    }
  }
  // Call after the last add().
  void finish() { std::ranges::sort(by_period_); }
  // The first day on which the due date was satisfied.
  Days satisfying(const Fact& due) const {
    Days const period = due.period_end();
    if (period == events::kNoDay) return all_.first(due.date(), due.due());
    auto const same = std::ranges::lower_bound(by_period_, std::pair(period, Days(INT32_MIN)));
    bool const found = same != by_period_.end() && same->first == period;
    return std::min(found ? same->second : kNever, without_period_.first(due.date(), due.due()));
  }

 private:
  Filed all_;
  Filed without_period_;
  absl::InlinedVector<std::pair<Days, Days>, 8> by_period_;  // end of the period, day of filing
};

void add_spell(Days due, Days until, Spells& spells) {
  Days const from(due.value + 1);
  until = std::min(until, Days(from.value + kOverdueDaysMax));
  if (from < until) spells.push_back({from, until});
}

// The days on which a document of the category was overdue; ascending, apart from each other.
Spells overdue(std::span<const Fact> facts, domain::Filing category) {
  Spells spells;
  Filings filings;
  absl::InlinedVector<const Fact*, 4> dues;
  for (const Fact& f : facts) {
    if (f.code != static_cast<uint8_t>(category)) continue;
    if (f.kind == EventKind::kFilingDue && f.due() != events::kNoDay) dues.push_back(&f);
    if (f.kind != EventKind::kFilingRecorded) continue;
    filings.add(f);
    if (f.due() != events::kNoDay) add_spell(f.due(), f.date(), spells);
  }
  filings.finish();
  for (size_t i = 0; i < dues.size(); ++i) {
    Days const replaced = i + 1 < dues.size() ? dues[i + 1]->date() : kNever;
    add_spell(dues[i]->due(), std::min(replaced, filings.satisfying(*dues[i])), spells);
  }
  std::ranges::sort(spells, {}, &Spell::from);
  size_t apart = 0;
  for (const Spell& s : spells) {
    if (apart > 0 && s.from <= spells[apart - 1].until) {
      spells[apart - 1].until = std::max(spells[apart - 1].until, s.until);
    } else {
      spells[apart++] = s;
    }
  }
  spells.resize(apart);
  return spells;
}

// Counts the spells in the cells of the business, while it is in the stock.
void count(const Spells& spells, Measure measure, std::span<const Stay> track,
           base::Calendar calendar, Contributions& out) {
  size_t s = 0;
  for (size_t i = 0; i < track.size() && s < spells.size(); ++i) {
    Days const left = i + 1 < track.size() ? track[i + 1].from : kNever;
    for (; s < spells.size() && spells[s].from < left; ++s) {
      PeriodIndex const first = calendar.period_of(std::max(spells[s].from, track[i].from));
      PeriodIndex const last = calendar.period_of(std::min(spells[s].until, left));
      bool const is_here = track[i].from < spells[s].until;
      if (is_here && track[i].alive && first < last) {
        add(track[i].cell, measure, first, 1, out);
        add(track[i].cell, measure, last, -1, out);
      }
      if (left < spells[s].until) break;  // goes on in the next stay
    }
  }
}

// ---- referrals

// One state of a referral. In the order of referrals, then of days.
struct Reached {
  uint64_t referral = 0;
  Days day;
  domain::ReferralState state{};
  friend auto operator<=>(const Reached&, const Reached&) = default;
};

Cell cell_on(std::span<const Stay> track, Days day) {
  auto const after = std::ranges::upper_bound(track, day, {}, &Stay::from);
  return std::prev(after)->cell;
}

// Counts a referral from its states in the order of the days.
void count(std::span<const Reached> states, std::span<const Stay> track, base::Calendar calendar,
           Contributions& out) {
  auto const add_on = [&](Days day, Measure measure) {
    add(cell_on(track, day), measure, calendar.period_of(day), 1, out);
  };
  auto const first = [&](domain::ReferralState state) {
    return std::ranges::find(states, state, &Reached::state);
  };
  add_on(states.front().day, Measure::kReferralsOpened);
  if (auto const at = first(domain::ReferralState::kCompleted); at != states.end()) {
    add_on(at->day, Measure::kReferralsCompleted);
    add_on(states.front().day, Measure::kReferralsCompletedByOpening);
  }
  if (auto const at = first(domain::ReferralState::kDeclined); at != states.end()) {
    add_on(at->day, Measure::kReferralsDeclined);
  }
}

void count_referrals(std::span<const Fact> facts, std::span<const Stay> track,
                     base::Calendar calendar, Contributions& out) {
  absl::InlinedVector<Reached, 8> all;
  for (const Fact& f : facts) {
    if (f.kind != EventKind::kReferral) continue;
    all.push_back({f.referral(), f.date(), static_cast<domain::ReferralState>(f.code)});
  }
  std::ranges::sort(all);
  for (size_t begin = 0; begin < all.size();) {
    size_t end = begin;
    while (end < all.size() && all[end].referral == all[begin].referral) ++end;
    count(std::span<const Reached>(all).subspan(begin, end - begin), track, calendar, out);
    begin = end;
  }
}

// Such a fact has the code of its category and this bit.
constexpr uint8_t kKnownMark = 0x80;

}  // namespace

Fact filings_known(domain::Filing category, Days until) {
  Fact f;
  f.id = static_cast<uint64_t>(category);
  f.day = static_cast<uint64_t>(std::clamp(until.value, kDayZero, kDayLast) - kDayZero);
  f.kind = EventKind::kFilingDue;
  f.code = static_cast<uint8_t>(static_cast<unsigned>(category) | kKnownMark);
  f.extra = Fact::kNotYetPublished;
  return f;
}

domain::Filing known_filings(const Fact& fact) {
  bool const is_one = fact.kind == EventKind::kFilingDue && (fact.code & kKnownMark) != 0;
  return is_one ? static_cast<domain::Filing>(fact.code ^ kKnownMark) : domain::Filing::kUnstated;
}

absl::InlinedVector<size_t, kForgettingTriesMax> idle_filings(std::span<const Fact> facts,
                                                              domain::Filing category, Days until) {
  auto const is_filing = [&](const Fact& f) {
    return (f.kind == EventKind::kFilingDue || f.kind == EventKind::kFilingRecorded) &&
           f.code == static_cast<uint8_t>(category);
  };
  auto const is_old = [&](const Fact& f) { return f.date() <= until && f.due() <= until; };
  auto const old =
      std::ranges::count_if(facts, [&](const Fact& f) { return is_filing(f) && is_old(f); });
  size_t tries = std::min(static_cast<size_t>(old), kForgettingTriesMax);
  absl::InlinedVector<size_t, kForgettingTriesMax> idle;
  if (tries == 0) return idle;
  absl::InlinedVector<Fact, 16> rest;
  absl::InlinedVector<size_t, 16> positions;  // of `rest` in `facts`
  for (size_t i = 0; i < facts.size(); ++i) {
    if (!is_filing(facts[i])) continue;
    rest.push_back(facts[i]);
    positions.push_back(i);
  }
  Spells const spells = overdue(rest, category);
  // First the due dates: without them, the filings that met them count nowhere either.
  for (EventKind const kind : {EventKind::kFilingDue, EventKind::kFilingRecorded}) {
    for (size_t i = 0; i < rest.size() && tries > 0;) {
      Fact const tried = rest[i];
      if (tried.kind != kind || !is_old(tried)) {
        ++i;
        continue;
      }
      --tries;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      if (overdue(rest, category) == spells) {
        idle.push_back(positions[i]);
        positions.erase(positions.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        rest.insert(rest.begin() + static_cast<std::ptrdiff_t>(i), tried);
        ++i;
      }
    }
  }
  std::ranges::sort(idle);
  return idle;
}

void contribute_pairs(std::span<const Fact> facts, Kinds kinds, std::span<const Stay> track,
                      base::Calendar calendar, Contributions& out) {
  if ((kinds & kFilingKinds) != 0) {
    count(overdue(facts, domain::Filing::kAccounts), Measure::kAccountsOverdue, track, calendar,
          out);
    count(overdue(facts, domain::Filing::kConfirmationStatement), Measure::kConfirmationOverdue,
          track, calendar, out);
  }
  if ((kinds & bit_of(EventKind::kReferral)) != 0) count_referrals(facts, track, calendar, out);
}

}  // namespace bellwether::ledger
