// Purpose: counts by delay: from a record's timestamp, the time of its publication, to the moment
// when it was applied. Cheap enough for every record: a worker counts in plain integers, and a
// scrape reads a copy in the lane's report.
// Thread safety: a value.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace bellwether::runtime {

// Upper bounds of the buckets, inclusive. Older records are not counted: they are those of a first
// load, or of a log that is folded again, and say nothing of how fresh the figures are. A long
// outage shows in the lag of the input.
inline constexpr std::array<int64_t, 14> kRecordDelaysMs = {
    100,    250,    500,     1'000,   2'500,     5'000,      10'000,
    30'000, 60'000, 300'000, 900'000, 3'600'000, 21'600'000, 86'400'000};

class RecordDelays {
 public:
  // Negative delays count as 0: the publisher's clock is ahead.
  void note(int64_t delay_ms) {
    if (delay_ms > kRecordDelaysMs.back()) return;
    delay_ms = std::max<int64_t>(0, delay_ms);
    size_t bucket = 0;
    while (delay_ms > kRecordDelaysMs[bucket]) ++bucket;
    ++counts_[bucket];
    sum_ms_ += delay_ms;
  }
  void add(const RecordDelays& other) {
    for (size_t b = 0; b < counts_.size(); ++b) counts_[b] += other.counts_[b];
    sum_ms_ += other.sum_ms_;
  }

  // By bucket, not cumulative.
  const std::array<int64_t, kRecordDelaysMs.size()>& counts() const { return counts_; }
  int64_t sum_ms() const { return sum_ms_; }

 private:
  std::array<int64_t, kRecordDelaysMs.size()> counts_{};
  int64_t sum_ms_ = 0;
};

}  // namespace bellwether::runtime
