// Events for the tests of the ledger, and the counts and reports that it emits.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "core/indicators/deltas.h"
#include "core/ledger/ledger.h"
#include "support/calendars.h"
#include "support/logs.h"

namespace bellwether::testing {

struct Sums {
  std::map<indicators::DeltaKey, int64_t> by_key;
  void add(indicators::DeltaKey key, int64_t amount) {
    if ((by_key[key] += amount) == 0) by_key.erase(key);
  }
  std::map<indicators::ReportKey, int64_t> reports;
  void report(indicators::ReportKey key, int64_t amount) {
    if ((reports[key] += amount) == 0) reports.erase(key);
  }
  // Over all cells and periods.
  int64_t total(indicators::Measure m) const {
    int64_t sum = 0;
    for (const auto& [key, n] : by_key) sum += key.measure() == m ? n : 0;
    return sum;
  }
  int64_t at(base::AreaId a, base::SectorId s, indicators::Measure m, base::Days d) const {
    int64_t sum = 0;
    for (const auto& [key, n] : by_key) {
      if (key.cell().area == a && key.cell().sector == s && key.measure() == m &&
          key.period() == kMonths.period_of(d)) {
        sum += n;
      }
    }
    return sum;
  }
};

inline Event registered(uint64_t business, uint64_t id, base::Days on) {
  Event e = fact(EventKind::kRegistered, business, id, on);
  e.area = area("N1");
  e.sector = sector("10");
  return e;
}
inline Event status(uint64_t business, uint64_t id, base::Days on, events::Status s) {
  Event e = fact(EventKind::kStatusChanged, business, id, on);
  e.code = static_cast<uint8_t>(s);
  return e;
}
inline Event moved(uint64_t business, uint64_t id, base::Days on, std::string_view to) {
  Event e = fact(EventKind::kChanged, business, id, on);
  e.area = area(to);
  return e;
}
inline Event interaction(uint64_t business, uint64_t id, base::Days on) {
  Event e = fact(EventKind::kInteraction, business, id, on);
  e.code = 1;
  e.response_bucket = 2;
  e.minutes = 30;
  return e;
}

class LedgerTest : public ::testing::Test {
 protected:
  ledger::Outcome tell(const Event& e, base::Days published = base::Days(-1)) {
    return ledger_.apply(e, base::start_of(published), sums_);
  }
  ledger::Ledger ledger_{kMonths, testing::world()};
  Sums sums_;
};

}  // namespace bellwether::testing
