#include "adapters/tzdata/tzdata.h"

#include <algorithm>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "core/base/text.h"

namespace bellwether::tzdata {
namespace {

// Names of another form are links for old programs ("GB"), or depend on the machine ("localtime").
// The tables below posix/ and right/ are variants; those below right/ count leap seconds.
bool is_area_and_location(std::string_view name) {
  bool const letters = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  });
  return letters && name.find('/') != std::string_view::npos && !name.starts_with('/') &&
         !name.starts_with("posix/") && !name.starts_with("right/");
}

}  // namespace

absl::StatusOr<base::TimeZone> read_time_zone(const std::string& name) {
  if (name == "UTC") return base::TimeZone();
  if (!is_area_and_location(name)) {
    return absl::InvalidArgumentError(
        base::cat("\"", base::excerpt(name),
                  "\" is not a time zone; write UTC, or Area/Location, such as Europe/London"));
  }
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(name, &zone)) {
    return absl::InvalidArgumentError(base::cat(
        "\"", base::excerpt(name),
        "\" is not in the time zone database of this system; correct the name, or install tzdata"));
  }
  base::TimeZone out;
  out.name = name;
  absl::Time at = absl::UnixEpoch();
  out.offset_s = zone.At(at).offset;
  int32_t offset = out.offset_s;
  absl::TimeZone::CivilTransition change;
  while (zone.NextTransition(at, &change)) {
    // `from` and `to` are what the clock shows before and after the change.
    at = absl::FromCivil(change.from, absl::UTCTimeZone()) - absl::Seconds(offset);
    if (absl::ToUnixMillis(at) >= base::kInstantEnd.value) break;
    auto const forward = static_cast<int32_t>(change.to - change.from);
    if (forward == 0) continue;  // only the name of the time changes
    offset += forward;
    out.changes.push_back({base::UnixMillis(absl::ToUnixMillis(at)), offset});
  }
  return out;
}

}  // namespace bellwether::tzdata
