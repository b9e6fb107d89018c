// Purpose: the support desks of a deployment: the working hours of one desk, or of several, which
// are told apart by the source of their events; and the teams that work there. Thread safety:
// immutable.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/hash.h"
#include "core/reference/working_hours.h"

namespace bellwether::reference {

// Limit of the sources with hours of their own.
inline constexpr size_t kDeskSourcesMax = 32;
// Limit of the teams. With "not stated" and "other", a team has four bits.
inline constexpr size_t kDeskTeamsMax = 14;
inline constexpr uint8_t kOtherTeam = kDeskTeamsMax + 1;

class Desks {
 public:
  // One desk with the hours of a default DeskHours.
  Desks();
  // `by_source`: the hours of the sources that do not have `common`, by the source's name.
  // `teams`: as events name them, at most kDeskTeamsMax.
  explicit Desks(const DeskHours& common, const std::map<std::string, DeskHours>& by_source = {},
                 std::vector<std::string> teams = {});

  // `source`: Event::source, the hash of its name.
  const WorkingHours& of(uint64_t source) const {
    if (by_source_.empty()) return *common_;
    auto const found = by_source_.find(source);
    return found == by_source_.end() ? *common_ : *found->second;
  }
  // The number of a team that an event names: from 1 in the order of teams(); kOtherTeam if it is
  // none of these; 0 if the name is empty.
  uint8_t team(std::string_view name) const {
    if (name.empty()) return 0;
    auto const found = std::ranges::find(teams_, name);
    if (found == teams_.end()) return kOtherTeam;
    return static_cast<uint8_t>(found - teams_.begin() + 1);
  }
  std::span<const std::string> teams() const { return teams_; }
  // Identifies the hours and teams. Facts whose response times were counted with other hours, or
  // whose teams have other numbers, must not be mixed with facts of these. 0: the default hours and
  // no teams, which all builds had before they could be configured.
  uint64_t digest() const { return digest_; }
  // "Monday to Friday 09:00–17:00, time zone UTC; holidays count as working days. Source chat:
  // Monday to Sunday 00:00–24:00, …".
  const std::string& text() const { return text_; }

 private:
  using Shared = std::shared_ptr<const WorkingHours>;
  static const Shared& usual();

  Shared common_;
  absl::flat_hash_map<uint64_t, Shared> by_source_;
  std::vector<std::string> teams_;
  uint64_t digest_ = 0;
  std::string text_;
};

}  // namespace bellwether::reference
