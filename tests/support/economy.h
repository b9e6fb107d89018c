// A small economy over the places of world.h, told month by month as a register and a support desk
// tell it: births, deaths, moves, corrections, late facts, repetitions, enquiries, and records that
// must be refused. What was meant is told to the oracle at the same time. One sector halves for a
// year, so that there are alerts. Same seed, same records in the same order.
#pragma once

#include <string>
#include <vector>

#include "core/base/calendar.h"
#include "support/cluster.h"
#include "support/oracle.h"
#include "support/random.h"

namespace bellwether::testing {

struct EconomyOptions {
  int births = 10;  // a month, leaf area and sector, in ordinary times
  int refused = 2;  // records a month that no decoder can read
};

class Economy {
 public:
  static constexpr int kFirstYear = 2011;
  // Alerts need some years of baseline: the fall and the recovery come after six.
  static constexpr int kFallFirst = 6 * 12 + 5;
  static constexpr int kFallMonths = 12;
  static constexpr int kMonths = 8 * 12;  // enough to see the fall raised and cleared

  explicit Economy(uint64_t seed, EconomyOptions options = {});

  // The next month, and heartbeats to its end; acknowledged by the broker when it returns.
  void publish_month(Source& source);
  void publish_months(Source& source, int months);
  // Publishes past facts again, at the beginning of the next month: they change nothing.
  void repeat(Source& source, int records);
  int months() const { return months_; }  // told so far
  std::string last_period() const;        // "2018-12"; empty before the first
  base::Calendar calendar() const { return calendar_; }
  // What a log holds that has every record so far.
  const Oracle& oracle() const { return oracles_.front(); }
  // Adds an oracle that hears only what comes from here on: of a log that lost its earlier records.
  void begin_anew() { oracles_.emplace_back(calendar_); }
  const Oracle& oracle_anew() const { return oracles_.back(); }
  // The value of a record that must be refused.
  static constexpr char kRefused[] = "no message";
  int64_t refused() const { return refused_; }  // records told so far

 private:
  struct Business {
    std::string id;
    uint64_t number = 0;
    size_t area = 0;
    size_t sector = 0;
    base::Days born;
    base::Days last;  // the latest fact but interactions; no two on one day
    bool alive = true;
  };
  struct Said {  // one record
    base::Days on;
    bool support = false;
    std::string key;
    std::string value;
  };

  base::PeriodIndex next_month() const;
  void births(base::Days first, int days);
  void later_life(base::Days first, int days);
  void support(base::Days first, int days);
  void mean(const events::Event& event);
  void registered(const Business& b, uint64_t sequence, base::Days on);
  void say(const events::v1::RegistrationEvent& event, const std::string& business, base::Days on);
  Business& any_settled(base::Days month);

  Random random_;
  EconomyOptions options_;
  base::Calendar calendar_{base::CalendarUnit::kMonth};
  std::vector<Oracle> oracles_;
  std::vector<Business> businesses_;
  std::vector<Said> month_;  // being written
  std::vector<Said> facts_;  // all that were told
  uint64_t sequence_ = 0;
  uint64_t enquirers_ = 0;
  int64_t refused_ = 0;
  int months_ = 0;
};

}  // namespace bellwether::testing
