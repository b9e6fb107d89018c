#include "core/reference/working_hours.h"

#include <map>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/base/check.h"
#include "core/base/floor_div.h"
#include "core/base/hash.h"
#include "core/base/text.h"

namespace bellwether::reference {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kEndSecond = kWorkingTimeEnd.value / 1'000;
// 1970-01-01 was a Thursday.
constexpr int64_t kFirstWeekday = 3;

using base::floor_div;

size_t weekday_of(int64_t day) {
  int64_t const days = day + kFirstWeekday;
  return static_cast<size_t>(days - floor_div(days, int64_t{kWeekdays}) * int64_t{kWeekdays});
}

bool is_valid(const OpenSpans& spans) {
  int32_t end = 0;
  for (OpenSpan const span : spans) {
    if (span.begin < end || span.begin >= span.end) return false;
    end = span.end;
  }
  return end <= kMinutesPerDay && spans.size() <= kOpenSpansMax;
}

bool is_offset(int32_t seconds) {
  return -base::kOffsetSecondsMax <= seconds && seconds <= base::kOffsetSecondsMax;
}

void check(const DeskHours& hours) {
  for (const OpenSpans& spans : hours.open) BELLWETHER_CHECK(is_valid(spans));
  BELLWETHER_CHECK(std::ranges::is_sorted(hours.closed));
  BELLWETHER_CHECK(is_offset(hours.zone.offset_s));
  BELLWETHER_CHECK(std::ranges::is_sorted(hours.zone.changes, {}, &base::OffsetChange::at));
  for (const base::OffsetChange& change : hours.zone.changes)
    BELLWETHER_CHECK(is_offset(change.offset_s));
}

// ---- the text

std::string time_of_day(int32_t minutes) {
  return absl::StrFormat("%02d:%02d", minutes / 60, minutes % 60);
}

std::string text_of(const OpenSpans& spans) {
  return absl::StrJoin(spans, " and ", [](std::string* out, OpenSpan span) {
    base::append(*out, time_of_day(span.begin), "–", time_of_day(span.end));
  });
}

std::string weekday_name(size_t weekday) {
  std::string name(kWeekdayNames[weekday]);
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

// "Monday to Thursday 09:00–17:00, Friday 09:00–12:00".
std::string week_text(const DeskHours& hours) {
  std::string out;
  for (size_t first = 0; first < kWeekdays;) {
    size_t last = first;
    while (last + 1 < kWeekdays && hours.open[last + 1] == hours.open[first]) ++last;
    if (!hours.open[first].empty()) {
      base::append(out, out.empty() ? "" : ", ", weekday_name(first),
                   last == first       ? ""
                   : last == first + 1 ? " and "
                                       : " to ",
                   last == first ? "" : weekday_name(last), " ", text_of(hours.open[first]));
    }
    first = last + 1;
  }
  return out;
}

// The closed days on which the desk would work.
std::string holidays_text(const DeskHours& hours) {
  std::vector<Days> off;
  std::ranges::copy_if(hours.closed, std::back_inserter(off),
                       [&](Days day) { return !hours.open[weekday_of(day.value)].empty(); });
  if (off.empty()) return "; holidays count as working days";
  if (off.size() == 1) return base::cat(", except ", base::format_date(off.front()));
  return base::cat(", except ", off.size(), " holidays from ", base::format_date(off.front()),
                   " to ", base::format_date(off.back()));
}

}  // namespace

WorkingHours::WorkingHours(const DeskHours& hours)
    : text_(base::cat(week_text(hours), ", time zone ", hours.zone.name, holidays_text(hours))) {
  check(hours);
  std::vector<Opening> const openings = openings_of(hours);
  for (const Opening& o : openings) {
    digest_ = base::mix64(base::mix64(digest_ + static_cast<uint64_t>(o.begin_s)) +
                          static_cast<uint64_t>(o.end_s));
  }
  put_days(openings);
}

// In ascending order. Two that touch are one.
std::vector<WorkingHours::Opening> WorkingHours::openings_of(const DeskHours& hours) {
  std::vector<Opening> out;
  auto const add = [&](int64_t begin, int64_t end) {
    if (begin >= end) return;
    if (!out.empty() && out.back().end_s == begin) {
      out.back().end_s = end;
    } else {
      out.push_back({begin, end});
    }
  };
  // While the clock has this offset, in seconds since 1970: from … to − 1.
  auto const add_stretch = [&](int64_t from, int64_t to, int64_t offset) {
    if (from >= to) return;
    int64_t const last = floor_div(to - 1 + offset, kSecondsPerDay);
    for (int64_t day = floor_div(from + offset, kSecondsPerDay); day <= last; ++day) {
      if (std::ranges::binary_search(hours.closed, Days(static_cast<int32_t>(day)))) continue;
      int64_t const midnight = day * kSecondsPerDay - offset;
      for (OpenSpan const span : hours.open[weekday_of(day)]) {
        add(std::max(from, midnight + span.begin * int64_t{60}),
            std::min(to, midnight + span.end * int64_t{60}));
      }
    }
  };
  int64_t from = 0;
  int32_t offset = hours.zone.offset_s;
  for (const base::OffsetChange& change : hours.zone.changes) {
    int64_t const at =
        std::clamp<int64_t>(floor_div(change.at.value, int64_t{1'000}), 0, kEndSecond);
    add_stretch(from, at, offset);
    from = at;
    offset = change.offset_s;
  }
  add_stretch(from, kEndSecond, offset);
  return out;
}

void WorkingHours::put_days(std::span<const Opening> openings) {
  std::map<std::vector<Interval>, uint16_t> known;
  int64_t before = 0;
  size_t next = 0;
  std::vector<Interval> today;
  for (int64_t midnight = 0; midnight <= kEndSecond; midnight += kSecondsPerDay) {
    int64_t const end = midnight + kSecondsPerDay;
    today.clear();
    int64_t seconds = 0;
    for (; next < openings.size() && openings[next].begin_s < end; ++next) {
      int64_t const begin_s = std::max(openings[next].begin_s, midnight) - midnight;
      int64_t const end_s = std::min(openings[next].end_s, end) - midnight;
      today.push_back({static_cast<int32_t>(begin_s * 1'000), static_cast<int32_t>(end_s * 1'000)});
      seconds += end_s - begin_s;
      if (openings[next].end_s > end) break;  // it goes on tomorrow
    }
    auto const [at, is_new] = known.try_emplace(today, static_cast<uint16_t>(intervals_.size()));
    if (is_new) {
      intervals_.insert(intervals_.end(), today.begin(), today.end());
      BELLWETHER_CHECK(intervals_.size() <= UINT16_MAX);
    }
    days_.push_back(
        {static_cast<uint32_t>(before), at->second, static_cast<uint16_t>(today.size())});
    before += seconds;
  }
}

}  // namespace bellwether::reference
