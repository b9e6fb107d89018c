#include "core/events/place.h"

#include "absl/status/status.h"

namespace bellwether::events {
namespace {

// Sets the area to the place, or to the part of it that has the postcode on the event's day.
void put_at(const reference::Reference& reference, AreaId place, std::string_view postcode,
            Event& e) {
  e.area = place;
  if (!reference.areas.at(place).is_divided) return;
  e.area = reference.mass.contains(postcode, e.effective) ? reference.areas.mass_part(place)
                                                          : reference.areas.own_part(place);
}

}  // namespace

void note_unknown(UnknownCode code, Event& e) {
  e.unknown[static_cast<size_t>(code)] = true;
}

void locate(const reference::Reference& reference, std::string_view code, std::string_view postcode,
            Event& e) {
  if (!code.empty()) {
    if (auto const found = reference.areas.find(code); found.ok()) {
      const reference::Area& stated = reference.areas.at(*found);
      if ((stated.is_leaf && !stated.is_set) || stated.is_divided)
        return put_at(reference, *found, postcode, e);
    }
  }
  if (!postcode.empty()) {
    if (auto const found = reference.postcodes.find(postcode); found.ok())
      return put_at(reference, *found, postcode, e);
  }
  if (code.empty() && postcode.empty()) return;
  e.area = reference::kRootArea;
  note_unknown(code.empty() ? UnknownCode::kPostcode : UnknownCode::kArea, e);
}

void SectorChoice::offer(std::string_view scheme, std::string_view version, std::string_view code) {
  if (found_ != kNoSector && found_ != reference::kUnclassified) return;
  stated_ = true;
  auto const leaf = sectors_.classify(scheme, version, code);
  if (leaf.ok()) {
    found_ = *leaf;
  } else {
    other_scheme_ |= absl::IsInvalidArgument(leaf.status());
  }
}

std::optional<Refusal> SectorChoice::choose(Event& e) const {
  if (!stated_) return std::nullopt;
  if (found_ == kNoSector && other_scheme_) return Refusal::kWrongScheme;
  if (found_ == kNoSector) note_unknown(UnknownCode::kSector, e);
  e.sector = found_ == kNoSector ? reference::kUnclassified : found_;
  return std::nullopt;
}

}  // namespace bellwether::events
