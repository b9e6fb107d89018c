// Purpose: the working hours of all support desks of a deployment: of one desk, or of several,
// which are told apart by the source of their events. Thread safety: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "core/base/hash.h"
#include "core/reference/working_hours.h"

namespace bellwether::reference {

// Limit of the sources with hours of their own.
inline constexpr size_t kDeskSourcesMax = 32;

class Desks {
 public:
  // One desk with the hours of a default DeskHours.
  Desks();
  // `by_source`: the hours of the sources that do not have `common`, by the source's name.
  explicit Desks(const DeskHours& common, const std::map<std::string, DeskHours>& by_source = {});

  // `source`: Event::source, the hash of its name.
  const WorkingHours& of(uint64_t source) const {
    if (by_source_.empty()) return *common_;
    auto const found = by_source_.find(source);
    return found == by_source_.end() ? *common_ : *found->second;
  }
  // Identifies the hours. Facts whose response times were counted with other hours must not be
  // mixed with facts of these. 0: the default hours, which all builds had before they could be
  // configured.
  uint64_t digest() const { return digest_; }
  // "Monday to Friday 09:00–17:00, time zone UTC; holidays count as working days. Source chat:
  // Monday to Sunday 00:00–24:00, …".
  const std::string& text() const { return text_; }

 private:
  using Shared = std::shared_ptr<const WorkingHours>;
  static const Shared& usual();

  Shared common_;
  absl::flat_hash_map<uint64_t, Shared> by_source_;
  uint64_t digest_ = 0;
  std::string text_;
};

}  // namespace bellwether::reference
