// Random histories of businesses as decoded events: births (some missing, some stated twice),
// moves (also from and to unknown places), reclassifications, deaths, restorations, notices,
// interactions before and after registration, filings in and out of time, referrals in any order,
// outcomes, enquirers without a registered business, corrections by later versions, retractions;
// with classes of each division.
#pragma once

#include <algorithm>
#include <vector>

#include "core/base/calendar.h"
#include "core/events/event.h"
#include "core/ledger/pairs.h"
#include "support/random.h"
#include "support/world.h"

namespace bellwether::testing {

using events::Event;
using events::EventKind;

struct LogOptions {
  int businesses = 40;
  base::Days first = base::days_from_civil(2015, 1, 1);
  int days = 5 * 365;
  bool all_kinds =
      true;  // also filings, referrals, outcomes, redundancies, refused interactions and classes
};

inline Event fact(EventKind kind, uint64_t business, uint64_t id, base::Days day,
                  uint64_t sequence = 1) {
  Event e;
  e.kind = kind;
  e.business = base::BusinessKey(base::mix64(business));
  e.fact = base::FactId(base::mix64(id + (uint64_t{1} << 40)));
  e.effective = day;
  e.sequence = base::SourceSequence(sequence);
  return e;
}

class LogMaker {
 public:
  LogMaker(Random& random, const LogOptions& options) : random_(random), options_(options) {}

  std::vector<Event> make() {
    for (int b = 0; b < options_.businesses; ++b) {
      random_.chance(0.1) ? enquirer(static_cast<uint64_t>(b)) : business(static_cast<uint64_t>(b));
    }
    return std::move(events_);
  }

 private:
  base::AreaId any_area() {
    static const std::vector<base::AreaId> leaves = {area("N1"), area("N2"), area("S1"),
                                                     area("S2")};
    size_t const n = random_.below(5 * leaves.size());
    return n == 0 ? reference::kRootArea : leaves[n % leaves.size()];  // the root: place unknown
  }
  base::SectorId any_sector() {
    static const std::vector<base::SectorId> leaves = {sector("10"), sector("11"), sector("46"),
                                                       sector("47"), sector("unclassified")};
    return leaves[random_.below(leaves.size())];
  }
  base::Days any_day() {
    return base::Days(options_.first.value + random_.between(0, options_.days - 1));
  }
  // So that any order of arrival counts alike: a ledger forgets filings in time that are much
  // older.
  base::Days day_of_filing() {
    int const most = std::min(options_.days, ledger::kFilingsKeptDays);
    return base::Days(options_.first.value + options_.days - random_.between(1, most));
  }

  Event make(EventKind kind, uint64_t b) {
    Event e = fact(kind, b, next_fact_++, any_day());
    auto const code = [&](int most) { return static_cast<uint8_t>(random_.between(1, most)); };
    switch (kind) {
      case EventKind::kRegistered:
        e.area = any_area();
        e.sector = any_sector();
        e.size = base::SizeBand(static_cast<uint8_t>(random_.below(4)));
        break;
      case EventKind::kChanged:
        if (random_.chance(0.6)) e.area = any_area();
        if (random_.chance(0.6)) e.sector = any_sector();
        if (random_.chance(0.3)) e.size = base::SizeBand(static_cast<uint8_t>(random_.below(4)));
        break;
      case EventKind::kStatusChanged:
        e.code = code(2);
        break;
      case EventKind::kStrikeOffNotice:
        e.code = code(3);
        break;
      case EventKind::kInsolvencyCase:
        e.code = code(options_.all_kinds ? 7 : 2);
        break;
      case EventKind::kChargeChanged:
        e.code = code(2);
        break;
      case EventKind::kOfficerChanged:
        e.code = static_cast<uint8_t>(random_.below(3));  // 0: no director
        break;
      case EventKind::kInteraction:
        e.code = code(255);
        e.minutes = static_cast<uint16_t>(random_.below(120));
        e.response_bucket = static_cast<uint8_t>(random_.below(events::kResponseBuckets + 1));
        e.type = static_cast<events::InteractionType>(random_.below(options_.all_kinds ? 8 : 7));
        break;
      default:
        result(e);
    }
    if (options_.all_kinds) classify(e);
    return e;
  }

  // Few forms and teams, so that a business often keeps its own.
  void classify(Event& e) {
    auto const any = [&](size_t n) { return static_cast<uint8_t>(random_.below(n)); };
    switch (e.kind) {
      case EventKind::kRegistered:
      case EventKind::kChanged:
        e.legal_form = static_cast<events::LegalForm>(any(4) * any(4));
        break;
      case EventKind::kStatusChanged:
        e.standing = static_cast<events::Standing>(any(3));
        break;
      case EventKind::kInteraction:
        e.channel = static_cast<events::Channel>(any(domain::kChannels.size()));
        e.intensity = static_cast<events::Intensity>(any(domain::kIntensities.size()));
        e.team = static_cast<uint8_t>(any(4) * 5);
        break;
      default:
        break;
    }
  }

  // A day near `day`, or none.
  base::Days near(base::Days day, int before, int after) {
    if (random_.chance(0.3)) return events::kNoDay;
    return base::Days(day.value + random_.between(-before, after));
  }
  // One of few ends of periods, not after `day`, or none.
  base::Days period_end(base::Days day) {
    if (random_.chance(0.5)) return events::kNoDay;
    base::Days const end(options_.first.value + 400 * random_.between(0, 4));
    return end > day ? events::kNoDay : end;
  }
  // The details of the kinds with a value instead of a place.
  void result(Event& e) {
    auto const code = [&](int most) { return static_cast<uint8_t>(random_.between(1, most)); };
    switch (e.kind) {
      case EventKind::kFilingRecorded:
        e.code = code(2);
        e.effective = day_of_filing();
        e.due = near(e.effective, 700, 300);
        e.period_end = period_end(e.effective);
        break;
      case EventKind::kFilingDue:
        e.code = code(2);
        e.effective = day_of_filing();
        e.due = base::Days(e.effective.value + random_.between(-700, 400));
        e.period_end = period_end(e.effective);
        break;
      case EventKind::kReferral:
        e.code = code(4);
        e.referral = static_cast<uint32_t>(random_.below(3));  // 0: a referral of its own
        break;
      case EventKind::kOutcome:
        e.code = code(10);
        e.jobs = random_.between(-40, 40);
        if (random_.chance(0.5))
          e.amount_minor = static_cast<int64_t>(random_.below(events::kOutcomeAmountMax + 1));
        break;
      case EventKind::kRedundancyNotice:
        e.jobs = random_.between(1, 500);
        break;
      default:
        break;
    }
  }

  void state(Event e) {
    events_.push_back(e);
    if (random_.chance(0.15)) {  // a correction may change everything except the ids
      Event corrected = make(e.kind, 0);
      corrected.business = e.business;
      corrected.fact = e.fact;
      corrected.unregistered = e.unregistered;
      corrected.sequence = base::SourceSequence(e.sequence.value + random_.below(2));
      if (e.unregistered) {
        corrected.area = e.area;
        corrected.sector = e.sector;
      }
      events_.push_back(corrected);
    }
    if (random_.chance(0.08)) {
      Event retracted = e;
      retracted.kind = EventKind::kRetracted;
      retracted.code = 0;
      retracted.sequence = base::SourceSequence(e.sequence.value + random_.below(3));
      events_.push_back(retracted);
    }
  }

  void business(uint64_t b) {
    if (!random_.chance(0.1)) state(make(EventKind::kRegistered, b));
    if (random_.chance(0.05)) state(make(EventKind::kRegistered, b));
    static constexpr EventKind kKinds[] = {
        EventKind::kChanged,         EventKind::kStatusChanged,  EventKind::kStatusChanged,
        EventKind::kStrikeOffNotice, EventKind::kInsolvencyCase, EventKind::kChargeChanged,
        EventKind::kOfficerChanged,  EventKind::kInteraction,    EventKind::kInteraction};
    for (int i = random_.between(0, 8); i > 0; --i)
      state(make(kKinds[random_.below(std::size(kKinds))], b));
    if (!options_.all_kinds) return;
    static constexpr EventKind kPairs[] = {EventKind::kFilingRecorded, EventKind::kFilingDue,
                                           EventKind::kReferral, EventKind::kOutcome,
                                           EventKind::kRedundancyNotice};
    if (random_.chance(0.5)) return;
    for (int i = random_.between(1, 9); i > 0; --i)
      state(make(kPairs[random_.below(std::size(kPairs))], b));
  }
  void enquirer(uint64_t b) {
    for (int i = random_.between(1, 3); i > 0; --i) {
      Event e = make(EventKind::kInteraction, b + (uint64_t{1} << 32));
      e.unregistered = true;
      e.area = any_area();
      e.sector = any_sector();
      state(e);
    }
    if (!options_.all_kinds) return;
    static constexpr EventKind kResults[] = {EventKind::kReferral, EventKind::kOutcome,
                                             EventKind::kRedundancyNotice};
    for (int i = random_.between(0, 2); i > 0; --i) {
      Event e = make(kResults[random_.below(std::size(kResults))], b + (uint64_t{1} << 32));
      e.unregistered = true;
      state(e);
    }
  }

  Random& random_;
  LogOptions options_;
  std::vector<Event> events_;
  uint64_t next_fact_ = 0;
};

inline std::vector<Event> random_log(Random& random, const LogOptions& options = {}) {
  return LogMaker(random, options).make();
}

// The time of publication: within nine months after the event, by a hash of the event. −1 for one
// event in 16.
inline base::UnixMillis published(const Event& e) {
  uint64_t const chance =
      base::mix64(e.fact.value ^
                  base::mix64(e.sequence.value << 32 | static_cast<uint32_t>(e.effective.value)));
  if (chance % 16 == 0) return base::UnixMillis(-1);
  return base::start_of(base::Days(e.effective.value + static_cast<int32_t>(chance / 16 % 270)));
}

// The log as a careless network delivers it: shuffled, with some records repeated.
inline std::vector<Event> mangled(std::vector<Event> log, Random& random) {
  size_t const n = log.size();
  for (size_t i = 0; i < n; ++i) {
    while (random.chance(0.25)) log.push_back(log[i]);
  }
  random.shuffle(log);
  return log;
}

}  // namespace bellwether::testing
