// Purpose: from when on counts are known. A register or a desk tells what happens from some day on.
// Of the time before, it tells nothing, or only the businesses that still exist when it begins: the
// opening stock. A period before that day has no count, which differs from a count of zero. No
// rate, baseline or forecast uses it.
// The day is found from the counts themselves, so that one load of a dated past and a log of many
// years give the same. Only while a register has told of no end, the period of its first load says
// more than the counts. It is the begin of the whole region, not of each place. Without an opening
// stock of many dates, it is not found before a few periods have events.
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace bellwether::indicators {

// Two stretches of time differ if events are so rare in the first one that chance hardly explains
// it. Periods with events are counted, not events, because a few of them often come together: of
// the periods with events in both (less one, which says where the second stretch begins), as many
// as in the first one, or fewer, would be there with at most this probability (binomial).
inline constexpr double kKnownChance = 1e-4;
// At most so many years of the second stretch count.
inline constexpr size_t kKnownYears = 5;
// A register tells of businesses that end from the first period on that has at least this share of
// the mean number of ends a period in the year after it. Some earlier ends are told late.
inline constexpr double kKnownEndsShare = 0.25;

// That births are those of survivors shows in the first period with ends, if there are at least so
// many ends, and births in at least so many earlier periods: as many ends before it, or fewer, of
// all ends in proportion to the births, have at most the probability kKnownChance.
inline constexpr double kKnownEndsMin = 10;
inline constexpr size_t kKnownBirthPeriodsMin = 24;

// Of the businesses that are older than a year, at least this share ends in a year in every
// register that tells of ends. (Among those of the United Kingdom and of Singapore, a tenth does.)
// A time in which fewer ended than chance explains even at this rate is one of which the register
// tells no ends.
inline constexpr double kKnownEndsAYearMin = 0.01;

// The index of the first known count: 0 if nothing says that any is unknown. `counts`: of the whole
// region, by period. Counts are unknown before the first event, and before the last event that
// follows a year or more without any, if events are rare there: the dates of an opening stock, and
// then nothing. `year`: periods in a year.
size_t first_known(std::span<const int32_t> counts, size_t year);

// The index from which on a register tells of businesses that end. Before, it knows only those that
// still exist, so that its births are those of survivors. 0 if nothing says so. `births_before`:
// the births before the first period.
size_t first_with_ends(std::span<const int32_t> births, int64_t births_before,
                       std::span<const int32_t> deaths, size_t year);

// Births and deaths of the whole region by period, and those before the first period.
struct Lives {
  std::span<const int32_t> births;
  std::span<const int32_t> deaths;
  int64_t births_before = 0;
  int64_t deaths_before = 0;
};

// What a register tells of businesses that end.
struct EndsTold {
  size_t from = 0;   // as first_with_ends(); or the first load, if that knew survivors only
  bool told = true;  // false: of no end at all, although some businesses should have ended by now
};
// `load`: the index of the period in which the births of earlier periods were published together;
// nullopt if they were published as they happened, or if that is long ago. Businesses that were
// born in the last year are not expected to have ended, so a register that begins with births and
// goes on with births keeps them.
EndsTold ends_told(const Lives& lives, std::optional<size_t> load, size_t year);

}  // namespace bellwether::indicators
