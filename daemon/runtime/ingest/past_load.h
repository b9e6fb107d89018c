// Purpose: notices that one input gets a load of the past whose order of publication does not
// follow its dates: all records have the time of the load, or are sorted by business, or come after
// later ones. Their facts count in their periods, but those periods are closed already, or are
// never judged at all. A load in the order of time is not noticed, nor is a stock at its begin,
// because what counts are the records since the newest period of publication began. Thread safety:
// a value. There is no clock: time is the newest timestamp of the log.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/calendar.h"
#include "core/events/event.h"

namespace bellwether::runtime {

// A record is of the past if its date is more than this before the newest timestamp. Registers
// publish most facts within weeks.
inline constexpr int32_t kPastDays = 366;
// So many records of the past, and as many as others, are a load.
inline constexpr int64_t kPastRecordsLeast = 100;

class PastLoad {
 public:
  // The records since the newest timestamp entered `period`; nullopt before the first one.
  struct Count {
    std::optional<base::PeriodIndex> period;
    int64_t records = 0;
    int64_t past = 0;
    // Adds the count of another partition. The later period counts.
    void add(const Count& other);
    bool is_load() const { return past >= kPastRecordsLeast && 2 * past >= records; }
  };

  explicit PastLoad(base::Calendar calendar) : calendar_(calendar) {}
  // A decoded record, in the order of the log. `published`: its timestamp; later ones than `latest`
  // count as `latest`.
  void note(const events::Event& event, base::UnixMillis published, base::UnixMillis latest);
  const Count& count() const { return count_; }

 private:
  base::Calendar calendar_;
  base::UnixMillis newest_{INT64_MIN};
  Count count_;
};

}  // namespace bellwether::runtime
