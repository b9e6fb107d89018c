// Purpose: finds the cell of an event: its area by code or postcode, its sector by its activities.
// Thread safety: pure.
#pragma once

#include <optional>
#include <string_view>

#include "core/events/event.h"
#include "core/events/refusal.h"
#include "core/reference/reference.h"

namespace bellwether::events {

// Marks that the event states a code which the reference files do not have.
void note_unknown(UnknownCode code, Event& e);

// Sets the area to the leaf area with the code, or else to the area of the postcode, or else to the
// root. Does not change the area if neither is stated.
void locate(const reference::Reference& reference, std::string_view code, std::string_view postcode,
            Event& e);

// Chooses the sector of a list of activities: that of the first activity with a known sector. A
// code for "no sector" (dormant, non-trading) counts only if no activity has a known sector. If no
// code is known, the sector is "unclassified". If the list is empty, choose() does not change it.
class SectorChoice {
 public:
  explicit SectorChoice(const reference::Reference& reference) : sectors_(reference.sectors) {}

  void offer(std::string_view scheme, std::string_view version, std::string_view code);

  // Sets the sector. Returns why the event is refused: all codes are of another scheme.
  std::optional<Refusal> choose(Event& e) const;

 private:
  const reference::Sectors& sectors_;
  SectorId found_ = kNoSector;
  bool stated_ = false;
  bool other_scheme_ = false;
};

}  // namespace bellwether::events
