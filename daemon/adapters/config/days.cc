#include "adapters/config/days.h"

#include <algorithm>
#include <utility>

#include "core/base/business_calendar.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::config {
namespace {

using base::cat;

// Adds the days of "2024-12-24" or "2024-12-24..2025-01-01".
absl::Status read_range(const std::string& text, std::vector<base::Days>& to) {
  size_t const dots = text.find("..");
  BELLWETHER_ASSIGN_OR_RETURN(base::Days const first, base::parse_date(text.substr(0, dots)));
  base::Days last = first;
  if (dots != std::string::npos) {
    BELLWETHER_ASSIGN_OR_RETURN(last, base::parse_date(text.substr(dots + 2)));
  }
  if (!base::is_special_day(first) || !base::is_special_day(last)) {
    return absl::InvalidArgumentError(cat(text, ": days must be from ", base::kSpecialYearFirst,
                                          "-01-01 to ", base::kSpecialYearLast, "-12-31"));
  }
  if (last < first) {
    return absl::InvalidArgumentError(cat(text, " ends before it begins; write ",
                                          base::format_date(last), "..", base::format_date(first)));
  }
  auto const days = static_cast<size_t>(last.value - first.value + 1);
  if (to.size() + days > base::kSpecialDaysMax) {
    return absl::InvalidArgumentError(
        cat("more than ", base::kSpecialDaysMax, " days; remove the oldest"));
  }
  for (int32_t day = first.value; day <= last.value; ++day) to.emplace_back(day);
  return absl::OkStatus();
}

}  // namespace

void read_days(Section& section, const std::string& key, std::vector<base::Days>& to) {
  std::vector<base::Days> days;
  section.each_text(key, [&](const std::string& text) { return read_range(text, days); });
  if (!section.has(key)) return;
  std::ranges::sort(days);
  days.erase(std::unique(days.begin(), days.end()), days.end());
  to = std::move(days);
}

void read_files(Section& section, const std::string& key, std::vector<std::string>& to) {
  std::vector<std::string> files;
  section.each_text(key, [&](const std::string& file) {
    if (file.empty()) return absl::InvalidArgumentError("names no file; remove the entry");
    files.push_back(file);
    return absl::OkStatus();
  });
  if (section.has(key)) to = std::move(files);
}

}  // namespace bellwether::config
