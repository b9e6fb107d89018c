#include "adapters/config/desk.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/config/days.h"
#include "core/base/text.h"
#include "core/domain/divisions.h"
#include "core/reference/desks.h"

namespace bellwether::config {
namespace {

using base::cat;
using reference::OpenSpan;
using reference::OpenSpans;

// As the contract limits it (events::kSourceBytesMax).
constexpr size_t kSourceBytesMax = 128;
// As the contract limits it (events::kTextBytesMax).
constexpr size_t kTeamBytesMax = 256;

// "09:30" → 570; "24:00" → 1440. nullopt for any other form and for a time that no clock shows.
std::optional<int32_t> parse_time(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  std::string_view const hour = text.substr(0, 2);
  std::string_view const minute = text.substr(3);
  if (!base::all_digits(hour) || !base::all_digits(minute)) return std::nullopt;
  int32_t const minutes =
      *base::parse_number<int32_t>(hour) * 60 + *base::parse_number<int32_t>(minute);
  if (*base::parse_number<int32_t>(minute) >= 60 || minutes > reference::kMinutesPerDay) {
    return std::nullopt;
  }
  return minutes;
}

// Adds the span of "09:00-17:00".
absl::Status read_span(const std::string& text, OpenSpans& to) {
  size_t const dash = std::min(text.find('-'), text.size());
  auto const begin = parse_time(std::string_view(text).substr(0, dash));
  auto const end = parse_time(std::string_view(text).substr(std::min(dash + 1, text.size())));
  if (!begin || !end) {
    return absl::InvalidArgumentError(
        cat("\"", base::excerpt(text),
            "\" is not a span of time; write HH:MM-HH:MM, such as 09:00-17:00"));
  }
  if (*begin == *end) return absl::InvalidArgumentError(cat(text, " is empty; remove it"));
  if (*begin > *end) {
    return absl::InvalidArgumentError(cat(text,
                                          " ends before it begins; hours that pass midnight "
                                          "belong to two days: end the first at 24:00 and "
                                          "begin the next at 00:00"));
  }
  if (!to.empty() && *begin < to.back().end) {
    return absl::InvalidArgumentError(
        cat(text, " begins before the span above it ends; write the spans in order"));
  }
  if (to.size() >= reference::kOpenSpansMax) {
    return absl::InvalidArgumentError(
        cat("more than ", reference::kOpenSpansMax, " spans; remove some"));
  }
  to.push_back({*begin, *end});
  return absl::OkStatus();
}

absl::Status read_team(const std::string& name, std::vector<std::string>& to) {
  if (name.empty() || name.size() > kTeamBytesMax) {
    return absl::InvalidArgumentError(cat("the name of a team has 1 to ", kTeamBytesMax, " bytes"));
  }
  if (name == domain::kNotStated.code || name == domain::kOtherClass.code) {
    return absl::InvalidArgumentError(
        cat(name, " is the name of a class that is always there; use another name"));
  }
  if (std::ranges::find(to, name) != to.end())
    return absl::InvalidArgumentError(cat(base::excerpt(name), " stands twice; remove one"));
  if (to.size() >= reference::kDeskTeamsMax) {
    return absl::InvalidArgumentError(
        cat("more than ", reference::kDeskTeamsMax, " teams; the rest count as other"));
  }
  to.push_back(name);
  return absl::OkStatus();
}

void read_hours(Section& desk, reference::DeskHours& to) {
  size_t const errors = desk.errors();
  bool const stated = desk.has("hours");
  Section hours = desk.section("hours");
  if (!stated) return;
  bool any = false;
  for (size_t day = 0; day < reference::kWeekdays; ++day) {
    to.open[day].clear();
    hours.each_text(std::string(reference::kWeekdayNames[day]),
                    [&](const std::string& text) { return read_span(text, to.open[day]); });
    any |= !to.open[day].empty();
  }
  hours.finish();
  if (!any && desk.errors() == errors)
    desk.refuse("hours", "the desk is never open; state a weekday, such as monday: 09:00-17:00");
}

void read_desk(Section& desk, const TimeZones& time_zones, DeskConfig& to) {
  std::string zone = to.hours.zone.name;
  desk.text("time_zone", zone);
  if (zone != to.hours.zone.name) {
    auto found = zone == "UTC" ? base::TimeZone()
                 : time_zones  ? time_zones(zone)
                               : absl::InvalidArgumentError("only UTC is known here");
    if (found.ok()) {
      to.hours.zone = *std::move(found);
    } else {
      desk.error("time_zone", base::from_absl(found.status().message()));
    }
  }
  read_hours(desk, to.hours);
  read_files(desk, "holidays", to.holidays);
  read_days(desk, "closures", to.hours.closed);
}

}  // namespace

void read_desks(Section desk, const TimeZones& time_zones, DesksConfig& to) {
  read_desk(desk, time_zones, to.common);
  Section sources = desk.section("sources");
  sources.each([&](const std::string& name, Section source) {
    if (name.empty() || name.size() > kSourceBytesMax) {
      sources.refuse(name, cat("the name of a source has 1 to ", kSourceBytesMax, " bytes"));
    } else if (to.by_source.size() >= reference::kDeskSourcesMax) {
      sources.refuse(name, cat("more than ", reference::kDeskSourcesMax, " sources; remove some"));
    } else {
      DeskConfig& own = to.by_source.emplace(name, to.common).first->second;
      read_desk(source, time_zones, own);
      source.finish();
    }
  });
  desk.each_text("teams", [&](const std::string& name) { return read_team(name, to.teams); });
  desk.finish();
}

}  // namespace bellwether::config
