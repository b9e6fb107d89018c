#include "cli/client/evidence.h"

#include <cstdio>
#include <string_view>

#include "absl/strings/str_format.h"
#include "cli/table.h"
#include "core/base/display.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace alerts_pb = bellwether::alerts::v1;

std::string deviation(const alerts_pb::Evidence& e) {
  return absl::StrFormat("%+.0f %%", 100 * (e.ratio() - 1));
}

std::string with_unit(double value, std::string_view unit) {
  return base::cat(figure(value), base::unit_suffix(unit));
}

void print_composite(const alerts_pb::Evidence& e) {
  std::printf(
      "  %s: score %.1f standard deviations, of %d counts (95 %% lie from %.1f to %.1f), change "
      "statistic %.1f of %.1f\n",
      e.period().c_str(), e.z(), e.contributions_size(), e.lower(), e.upper(), e.cusum(),
      e.cusum_threshold());
  for (const alerts_pb::Contribution& c : e.contributions()) {
    std::printf("    %s: %s observed, %.1f expected, score %+.1f, %.0f %% of the sum\n",
                c.display_name().c_str(), figure(c.observed()).c_str(), c.expected(), c.z(),
                100 * c.share());
  }
}

// "2019-05"; for a longer window "2019-05 and the 2 periods before".
std::string when(const alerts_pb::Evidence& e) {
  if (e.window_periods() <= 1) return e.period();
  return absl::StrFormat("%s and the %d periods before", e.period(), e.window_periods() - 1);
}

// The number that decided.
std::string certainty(const alerts_pb::Evidence& e) {
  if (e.cusum_threshold() > 0)
    return absl::StrFormat(", change statistic %.1f of %.1f", e.cusum(), e.cusum_threshold());
  if (e.hit_by() == alerts_pb::HIT_BY_TOGETHER) {
    return absl::StrFormat(", at most %.2g %% of the alerts raised with it by chance",
                           100 * e.p_adjusted());
  }
  if (e.hit_by() == alerts_pb::HIT_BY_PARENT) return ", with the whole region";
  if (e.false_alarms_a_year() <= 0) return "";
  return ", by chance " + base::how_often(e.false_alarms_a_year());
}

}  // namespace

bool is_composite(const alerts_pb::Evidence& e) {
  return e.contributions_size() > 0 && !e.contributions(0).measure().empty();
}
bool is_limit(const alerts_pb::Evidence& e) {
  return e.expected() == 0 && !is_composite(e);
}

std::string distance(const alerts_pb::Alert& a) {
  const alerts_pb::Evidence& e = a.raised_evidence();
  if (is_composite(e)) return with_unit(e.observed(), base::kStandardDeviations);
  if (!is_limit(e)) return deviation(e);
  return base::cat(with_unit(e.observed(), a.unit()), " (limit ", with_unit(e.limit(), a.unit()),
                   ")");
}

void print_evidence(const alerts_pb::Evidence& e, const std::string& unit) {
  if (is_composite(e)) return print_composite(e);
  if (is_limit(e)) {
    std::string const interval =
        e.lower() < e.upper() ? absl::StrFormat(" (%s to %s)", figure(e.lower()), figure(e.upper()))
                              : "";
    std::printf("  %s: %s%s against a limit of %s\n", when(e).c_str(),
                with_unit(e.observed(), unit).c_str(), interval.c_str(),
                with_unit(e.limit(), unit).c_str());
    if (e.reported() < 1)
      std::printf("    estimated from the %.0f %% reported by then\n", 100 * e.reported());
    return;
  }
  if (e.limit() != 0) {
    std::printf("  %s: %s observed, %.1f expected, %s; silent at %.0f %% of that or less\n",
                e.period().c_str(), with_unit(e.observed(), unit).c_str(), e.expected(),
                deviation(e).c_str(), 100 * e.limit());
    return;
  }
  std::string const suffix(base::unit_suffix(unit));
  std::printf("  %s: %s%s observed, %.1f%s expected (%.0f to %.0f), %s%s\n", when(e).c_str(),
              figure(e.observed()).c_str(), suffix.c_str(), e.expected(), suffix.c_str(), e.lower(),
              e.upper(), deviation(e).c_str(), certainty(e).c_str());
  if (e.baseline_kind() == alerts_pb::BASELINE_KIND_RECENT ||
      e.baseline_kind() == alerts_pb::BASELINE_KIND_RECENT_AGAINST_YEAR_BEFORE) {
    std::printf("    a young series without a known season, compared with its latest %d periods\n",
                e.baseline_periods());
  }
  if (e.reported() < 1 && e.nowcast() == 0) {
    std::printf("    %.0f %% reported by then\n", 100 * e.reported());
  } else if (e.reported() < 1) {
    std::printf(
        "    %.0f %% reported by then; the whole count is estimated at %.0f (%.0f to %.0f)\n",
        100 * e.reported(), e.nowcast(), e.nowcast_lower(), e.nowcast_upper());
  }
}

}  // namespace bellwether::cli
