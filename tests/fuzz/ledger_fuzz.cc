// Fuzzes the ledger with a list of events of eight bytes each. Repetition and order of the events
// do not change the totals. The totals equal those of a recomputation and of the oracle.
#include "core/ledger/ledger.h"

#include <algorithm>
#include <map>
#include <vector>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "fuzz/input.h"
#include "support/calendars.h"
#include "support/key_sums.h"
#include "support/logs.h"
#include "support/oracle.h"

namespace bellwether::ledger {
namespace {

using indicators::DeltaKey;

using testing::kMonths;
constexpr int kBusinesses = 8;
constexpr int kFirstEnquirer = 6;  // businesses from this number are on no register
constexpr int kFactsPerBusiness = 16;
constexpr size_t kEventsMax = 100;

// The kinds that the ledger keeps, and the range of codes that the decoder gives them.
struct Kind {
  EventKind kind;
  int code_least;
  int code_most;
};
constexpr Kind kKinds[] = {{EventKind::kRegistered, 0, 0},       {EventKind::kChanged, 0, 0},
                           {EventKind::kStatusChanged, 1, 2},    {EventKind::kInsolvencyCase, 1, 7},
                           {EventKind::kStrikeOffNotice, 1, 3},  {EventKind::kChargeChanged, 1, 2},
                           {EventKind::kOfficerChanged, 0, 2},   {EventKind::kFilingRecorded, 1, 2},
                           {EventKind::kFilingDue, 1, 2},        {EventKind::kInteraction, 0, 255},
                           {EventKind::kReferral, 1, 4},         {EventKind::kOutcome, 1, 10},
                           {EventKind::kRedundancyNotice, 0, 0}, {EventKind::kRetracted, 0, 0}};
constexpr size_t kKindsOfEnquirers = 5;  // the last of kKinds

// Every leaf, and "" for not stated.
constexpr std::string_view kAreas[] = {"N1", "N2", "S1", "S2", ""};
constexpr std::string_view kSectors[] = {"10", "11", "46", "47", "unclassified", ""};

// A day within two years of the event, or none.
base::Days day_near(base::Days day, int step) {
  if (step % 8 == 0) return events::kNoDay;
  return base::Days(std::clamp(day.value + (step - 128) * 5, kDayZero + 1, kDayLast));
}

// Sets what an event of a kind without a place states.
void set_value(int first, int second, Event& e) {
  e.area = events::kNoArea;
  e.sector = events::kNoSector;
  if (e.kind == EventKind::kFilingRecorded || e.kind == EventKind::kFilingDue) {
    e.due = day_near(e.effective, e.kind == EventKind::kFilingDue ? first | 1 : first);
    e.period_end = day_near(e.effective, second / 16 * 8 + 1);
    if (second % 16 < 8) e.period_end = events::kNoDay;
  } else if (e.kind == EventKind::kReferral) {
    e.referral = static_cast<uint32_t>(first % 3);
  } else {
    e.jobs = e.kind == EventKind::kOutcome ? second - 128 : second + 1;
    if (e.kind == EventKind::kOutcome) e.amount_minor = events::kOutcomeAmountMax / 255 * first;
  }
}

// Sets the classes that an event of the kind states.
void classify(uint8_t any, Event& e) {
  switch (e.kind) {
    case EventKind::kRegistered:
    case EventKind::kChanged:
      e.legal_form = static_cast<events::LegalForm>(any % domain::kLegalForms.size());
      break;
    case EventKind::kStatusChanged:
      e.standing = static_cast<events::Standing>(any % 3);
      break;
    case EventKind::kInteraction:
      e.channel = static_cast<events::Channel>(any % domain::kChannels.size());
      e.intensity = static_cast<events::Intensity>(any / 8 % domain::kIntensities.size());
      e.team = any / 16;
      break;
    default:
      break;
  }
}

Event next_event(fuzz::Input& input) {
  int const business = input.byte() % kBusinesses;
  bool const enquirer = business >= kFirstEnquirer;
  size_t const skipped = enquirer ? std::size(kKinds) - kKindsOfEnquirers : 0;
  const Kind& kind = kKinds[skipped + input.byte() % (std::size(kKinds) - skipped)];
  int const number = input.byte() % kFactsPerBusiness;
  int const day = kDayZero + static_cast<int>(input.number(2));
  Event e =
      testing::fact(kind.kind, static_cast<uint64_t>(business),
                    static_cast<uint64_t>(business * kFactsPerBusiness + number), base::Days(day));
  e.unregistered = enquirer;
  size_t const place = input.byte();
  std::string_view const area = kAreas[place % std::size(kAreas)];
  std::string_view const sector = kSectors[place / std::size(kAreas) % std::size(kSectors)];
  if (!area.empty()) e.area = testing::area(area);
  if (!sector.empty()) e.sector = testing::sector(sector);
  classify(static_cast<uint8_t>(day), e);
  int const code = input.byte();
  e.code = static_cast<uint8_t>(kind.code_least + code % (kind.code_most - kind.code_least + 1));
  int const detail = input.byte();
  e.sequence = base::SourceSequence(static_cast<uint64_t>(detail & 3));
  if (has_value(kind.kind)) {
    set_value(static_cast<int>(place), detail, e);
  } else if (kind.kind == EventKind::kInteraction) {
    e.minutes = static_cast<uint16_t>(detail);
    e.response_bucket =
        static_cast<uint8_t>(static_cast<size_t>(detail) % (events::kResponseBuckets + 1));
    e.type = static_cast<events::InteractionType>(detail / 16 % 8);
  } else if (detail < 128) {
    e.size = base::SizeBand(static_cast<uint8_t>(detail / 4 % 7));
  }
  return e;
}

struct Sums {
  std::map<DeltaKey, int64_t> by_key;
  void add(DeltaKey key, int64_t amount) {
    if ((by_key[key] += amount) == 0) by_key.erase(key);
  }
  std::map<indicators::ReportKey, int64_t> reports;
  void report(indicators::ReportKey key, int64_t amount) {
    if ((reports[key] += amount) == 0) reports.erase(key);
  }
};

struct Fold {
  explicit Fold(const std::vector<Event>& log) {
    for (const Event& e : log) ledger.apply(e, testing::published(e), sums);
  }
  Ledger ledger{kMonths, testing::world()};
  Sums sums;
};

void check(const std::vector<Event>& log, uint64_t seed) {
  testing::Random random(seed);
  Fold const straight(log);
  Fold const mangled(testing::mangled(log, random));
  BELLWETHER_CHECK(straight.sums.by_key == mangled.sums.by_key);
  BELLWETHER_CHECK(straight.sums.reports == mangled.sums.reports);
  BELLWETHER_CHECK(straight.ledger.digest() == mangled.ledger.digest());
  LedgerStats const stats = straight.ledger.stats();
  BELLWETHER_CHECK(stats.facts == mangled.ledger.stats().facts);
  BELLWETHER_CHECK(stats.waiting == mangled.ledger.stats().waiting);
  BELLWETHER_CHECK(stats.businesses <= kBusinesses);

  Sums recomputed;
  straight.ledger.recompute(recomputed);
  BELLWETHER_CHECK(straight.sums.by_key == recomputed.by_key);
  BELLWETHER_CHECK(straight.sums.reports == recomputed.reports);
  testing::Oracle oracle(kMonths);
  for (const Event& e : log) oracle.tell(e);
  BELLWETHER_CHECK(testing::counts_of(straight.sums.by_key) == oracle.counts());
  BELLWETHER_CHECK(testing::classes_of(straight.sums.by_key) == oracle.classes());
}

}  // namespace
}  // namespace bellwether::ledger

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace bw = bellwether;
  bw::fuzz::Input input(data, size);
  std::vector<bw::events::Event> log;
  while (!input.done() && log.size() < bw::ledger::kEventsMax) {
    log.push_back(bw::ledger::next_event(input));
  }
  bw::ledger::check(log, bw::base::hash64(bw::fuzz::Input(data, size).rest()));
  return 0;
}
