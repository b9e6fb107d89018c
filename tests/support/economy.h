// A small economy in the places of world.h, published month by month as by a register and a support
// desk: births, deaths, moves, corrections, late facts, repetitions, enquiries, and records that
// must be refused. The oracle gets each fact at the same time. One sector halves for a year, so
// that alerts are raised. The same seed gives the same records in the same order.
#pragma once

#include <string>
#include <vector>

#include "core/base/calendar.h"
#include "support/cluster.h"
#include "support/oracle.h"
#include "support/random.h"

namespace bellwether::testing {

struct EconomyOptions {
  int births = 10;  // per month, leaf area and sector, without the fall
  int refused = 2;  // unreadable records per month
};

class Economy {
 public:
  static constexpr int kFirstYear = 2011;
  // Alerts need some years of baseline, so the fall and the recovery come after six years.
  static constexpr int kFallFirst = 6 * 12 + 5;
  static constexpr int kFallMonths = 12;
  static constexpr int kMonths = 8 * 12;  // enough to see the fall raised and cleared

  explicit Economy(uint64_t seed, EconomyOptions options = {});

  // Publishes the next month and heartbeats to its end. Returns when the broker has acknowledged
  // them.
  void publish_month(Source& source);
  void publish_months(Source& source, int months);
  // Publishes past facts again, at the beginning of the next month. They change no figure.
  void repeat(Source& source, int records);
  int months() const { return months_; }  // published so far
  std::string last_period() const;        // for example "2018-12"; empty before the first month
  base::Calendar calendar() const { return calendar_; }
  // The oracle of a log with every record so far.
  const Oracle& oracle() const { return oracles_.front(); }
  // Adds an oracle that gets only facts from here on, for a log that lost its earlier records.
  void begin_anew() { oracles_.emplace_back(calendar_); }
  const Oracle& oracle_anew() const { return oracles_.back(); }
  // The value of a record that must be refused.
  static constexpr char kRefused[] = "no message";
  int64_t refused() const { return refused_; }  // refused records published so far

 private:
  struct Business {
    std::string id;
    uint64_t number = 0;
    size_t area = 0;
    size_t sector = 0;
    base::Days born;
    base::Days last;  // day of the latest fact except interactions; no other on it
    bool alive = true;
  };
  struct Said {  // one published record
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
  std::vector<Said> month_;  // records of the month being made
  std::vector<Said> facts_;  // all published facts
  uint64_t sequence_ = 0;
  uint64_t enquirers_ = 0;
  int64_t refused_ = 0;
  int months_ = 0;
};

}  // namespace bellwether::testing
