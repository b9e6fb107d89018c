#include "support/economy.h"

#include <algorithm>
#include <array>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "support/world.h"

namespace bellwether::testing {
namespace {

constexpr std::array<const char*, 4> kAreas = {"N1", "N2", "S1", "S2"};
struct SectorOfWorld {
  const char* code;      // as in an event
  const char* division;  // as in the reference
};
constexpr std::array<SectorOfWorld, 4> kSectors = {
    {{"10110", "10"}, {"11070", "11"}, {"46900", "46"}, {"47110", "47"}}};
constexpr size_t kFallingSector = 0;
// A fact may be published at most this many days late.
constexpr int kLateDaysMax = 20;

events::Event event(events::EventKind kind, uint64_t business, uint64_t fact, uint64_t sequence,
                    base::Days on) {
  events::Event e;
  e.kind = kind;
  e.business = base::BusinessKey(base::mix64(business));
  e.fact = base::FactId(base::mix64(fact));
  e.sequence = base::SourceSequence(sequence);
  e.effective = on;
  return e;
}

void set_activity(events::v1::Activity& activity, const char* code) {
  activity.set_scheme("UKSIC");
  activity.set_version("2007");
  activity.set_code(code);
}

}  // namespace

Economy::Economy(uint64_t seed, EconomyOptions options)
    : random_(seed), options_(options), oracles_(1, Oracle(calendar_)) {}

void Economy::mean(const events::Event& meant) {
  for (Oracle& oracle : oracles_) oracle.tell(meant);
}

std::string Economy::last_period() const {
  if (months_ == 0) return "";
  base::PeriodIndex const first = calendar_.period_of(base::days_from_civil(kFirstYear, 1, 1));
  return calendar_.name(base::PeriodIndex(first.value + months_ - 1));
}

void Economy::publish_months(Source& source, int months) {
  for (int i = 0; i < months; ++i) publish_month(source);
}

base::PeriodIndex Economy::next_month() const {
  return base::PeriodIndex(calendar_.period_of(base::days_from_civil(kFirstYear, 1, 1)).value +
                           months_);
}

void Economy::repeat(Source& source, int records) {
  base::UnixMillis const at = noon(calendar_.first_day(next_month()));
  for (int i = 0; i < records; ++i) {
    const Said& fact = facts_[random_.below(facts_.size())];
    source.raw(fact.support ? source.topics().support : source.topics().registrations, fact.key,
               fact.value, at);
  }
}

void Economy::publish_month(Source& source) {
  base::PeriodIndex const period = next_month();
  base::Days const first = calendar_.first_day(period);
  base::Days const end = calendar_.first_day(base::PeriodIndex(period.value + 1));
  int const days = end.value - first.value;
  month_.clear();
  births(first, days);
  later_life(first, days);
  support(first, days);
  size_t const said = month_.size();
  facts_.insert(facts_.end(), month_.begin(), month_.end());
  for (size_t i = 0; i < said; i += 20) {
    Said again = month_[random_.below(said)];  // a producer that repeats a record
    month_.push_back(std::move(again));
  }
  for (int i = 0; i < options_.refused; ++i) {
    month_.push_back({base::Days(first.value + random_.between(0, days - 1)), random_.chance(0.5),
                      base::cat("key", random_.below(1000)), kRefused});
    ++refused_;
  }
  std::ranges::stable_sort(month_, {}, &Said::on);
  for (const Said& said_record : month_) {
    source.raw(said_record.support ? source.topics().support : source.topics().registrations,
               said_record.key, said_record.value, noon(said_record.on));
  }
  source.heartbeat(base::UnixMillis(base::start_of(end).value));
  ++months_;
}

void Economy::births(base::Days first, int days) {
  bool const falling = months_ >= kFallFirst && months_ < kFallFirst + kFallMonths;
  for (size_t a = 0; a < kAreas.size(); ++a) {
    for (size_t s = 0; s < kSectors.size(); ++s) {
      int const ordinary = options_.births + random_.between(0, 2);
      int const births = falling && s == kFallingSector ? ordinary / 2 : ordinary;
      for (int i = 0; i < births; ++i) {
        Business b;
        b.number = businesses_.size() + 1;
        b.id = base::cat(std::string(8 - std::to_string(b.number).size(), '0'), b.number);
        b.area = a;
        b.sector = s;
        b.born = b.last = base::Days(first.value + random_.between(0, days - 1));
        registered(b, ++sequence_, b.born);
        businesses_.push_back(b);
      }
    }
  }
}

void Economy::registered(const Business& b, uint64_t sequence, base::Days on) {
  auto e = Source::about(b.id, base::cat(b.id, "/registered"), b.born);
  e.set_source_sequence(sequence);
  e.mutable_registered()->set_area_code(kAreas[b.area]);
  set_activity(*e.mutable_registered()->add_activities(), kSectors[b.sector].code);
  say(e, b.id, on);
  events::Event meant =
      event(events::EventKind::kRegistered, b.number, b.number << 20, sequence, b.born);
  meant.area = area(kAreas[b.area]);
  meant.sector = sector(kSectors[b.sector].division);
  mean(meant);
}

void Economy::say(const events::v1::RegistrationEvent& e, const std::string& business,
                  base::Days on) {
  month_.push_back({on, false, Source::key(business), e.SerializeAsString()});
}

// A business whose facts are all published, so that its next fact is the only one of its day.
Economy::Business& Economy::any_settled(base::Days month) {
  for (int i = 0; i < 1000; ++i) {
    Business& b = businesses_[random_.below(businesses_.size())];
    if (b.last.value < month.value - kLateDaysMax) return b;
  }
  return businesses_.front();
}

void Economy::later_life(base::Days first, int days) {
  if (months_ < 3) return;
  int const changes = options_.births * static_cast<int>(kAreas.size() * kSectors.size()) / 2;
  for (int i = 0; i < changes; ++i) {
    Business& b = any_settled(first);
    base::Days const known = base::Days(first.value + random_.between(0, days - 1));
    base::Days const on(std::max(b.last.value + 1, known.value - random_.between(0, kLateDaysMax)));
    if (on > known) continue;
    uint64_t const sequence = ++sequence_;
    uint64_t const fact = b.number << 20 | sequence % (1 << 19) | 1 << 19;
    if (random_.chance(0.1)) {  // the register corrects a wrong address
      b.area = random_.below(kAreas.size());
      registered(b, sequence, known);
      continue;
    }
    auto e = Source::about(b.id, base::cat(b.id, "/", sequence), on);
    e.set_source_sequence(sequence);
    if (random_.chance(0.25)) {
      b.area = random_.below(kAreas.size());
      e.mutable_changed()->set_area_code(kAreas[b.area]);
      events::Event meant = event(events::EventKind::kChanged, b.number, fact, sequence, on);
      meant.area = area(kAreas[b.area]);
      mean(meant);
    } else if (b.alive) {
      b.alive = false;
      e.mutable_status_changed()->set_status(events::v1::REGISTER_STATUS_DISSOLVED);
      events::Event meant = event(events::EventKind::kStatusChanged, b.number, fact, sequence, on);
      meant.code = static_cast<uint8_t>(events::Status::kCeased);
      mean(meant);
    } else {
      continue;
    }
    b.last = on;
    say(e, b.id, known);
  }
}

void Economy::support(base::Days first, int days) {
  int const enquiries = 4 * options_.births;
  for (int i = 0; i < enquiries; ++i) {
    base::Days const on(first.value + random_.between(0, days - 1));
    uint64_t const sequence = ++sequence_;
    events::v1::SupportEvent e;
    e.set_event_id(base::cat("case-", sequence));
    e.set_source("growth-hub");
    e.set_source_sequence(sequence);
    *e.mutable_effective_date() = Source::about("", "", on).effective_date();
    e.mutable_interaction()->add_topics(events::v1::SUPPORT_TOPIC_CASH_FLOW);
    uint64_t const fact = uint64_t{1} << 60 | sequence;
    if (random_.chance(0.2)) {  // an enquirer without a registered business
      std::string const id = std::to_string(++enquirers_);
      e.set_case_id(id);
      e.set_area_code(kAreas[0]);
      set_activity(*e.mutable_activity(), kSectors[1].code);
      events::Event meant = event(events::EventKind::kInteraction, uint64_t{1} << 40 | enquirers_,
                                  fact, sequence, on);
      meant.unregistered = true;
      meant.code = 1;
      meant.area = area(kAreas[0]);
      meant.sector = sector(kSectors[1].division);
      mean(meant);
      month_.push_back({on, true, base::cat("case:", id), e.SerializeAsString()});
    } else {
      const Business& b = businesses_[random_.below(businesses_.size())];
      *e.mutable_business() = Source::about(b.id, "", on).business();
      events::Event meant = event(events::EventKind::kInteraction, b.number, fact, sequence, on);
      meant.code = 1;
      mean(meant);
      month_.push_back({on, true, Source::key(b.id), e.SerializeAsString()});
    }
  }
}

}  // namespace bellwether::testing
