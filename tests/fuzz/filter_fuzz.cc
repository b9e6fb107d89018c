// Fuzzes AlertFilter with two texts, alone and joined by AND. The joined filter matches exactly the
// alerts that both filters match. A blank filter matches every alert. An error is InvalidArgument
// and has a message.
#include "adapters/rpc/filter.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "adapters/rpc/limits.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "fuzz/input.h"
#include "support/calendars.h"

namespace bellwether::rpc {
namespace {

using testing::kMonths;

// Alerts that differ in every field that a filter can compare.
std::vector<alerts::Alert> make_alerts() {
  std::vector<alerts::Alert> all;
  for (int i = 0; i < 32; ++i) {
    alerts::Alert& a = all.emplace_back();
    a.state.key.rule = i % 2 == 0 ? "R1" : "R12";
    a.state.key.area = i % 3 == 0 ? "SG" : "E08000025";
    a.state.key.sector = i % 5 == 0 ? "C" : "47";
    a.state.open = i % 4 < 2;
    a.state.severity = static_cast<alerts::Severity>(1 + i % 3);
    a.state.raised = kMonths.period_of(base::days_from_civil(1998, 1 + i, 1));
    a.state.historical = i % 8 < 4;
    if (i % 16 < 8) a.acknowledgement.emplace();
  }
  return all;
}

// True if `text` has the operator of a comparison outside quotation marks.
bool has_operator(std::string_view text) {
  bool quoted = false;
  for (char const c : text) {
    if (c == '"') quoted = !quoted;
    if (c == '=' && !quoted) return true;
  }
  return false;
}

bool blank(std::string_view text) {
  return absl::StripAsciiWhitespace(base::to_absl(text)).empty();
}

absl::StatusOr<AlertFilter> parse(std::string_view text) {
  auto parsed = AlertFilter::parse(text, kMonths);
  if (parsed.ok()) {
    BELLWETHER_CHECK(text.size() <= kFilterBytesMax);
    BELLWETHER_CHECK(blank(text) || has_operator(text));
  } else {
    BELLWETHER_CHECK(absl::IsInvalidArgument(parsed.status()));
    BELLWETHER_CHECK(!parsed.status().message().empty());
  }
  return parsed;
}

void check(std::string_view left_text, std::string_view right_text) {
  static const std::vector<alerts::Alert> alerts = make_alerts();
  auto const left = parse(left_text);
  auto const right = parse(right_text);
  if (!left.ok() || !right.ok()) return;
  std::string_view const join = blank(left_text) || blank(right_text) ? "  " : "\nAND\t";
  std::string const joined_text = base::cat(left_text, join, right_text);
  if (joined_text.size() > kFilterBytesMax) return;
  auto const joined = parse(joined_text);
  BELLWETHER_CHECK(joined.ok());
  for (const alerts::Alert& alert : alerts) {
    BELLWETHER_CHECK(joined->matches(alert) == (left->matches(alert) && right->matches(alert)));
    BELLWETHER_CHECK(!blank(left_text) || left->matches(alert));
  }
}

}  // namespace
}  // namespace bellwether::rpc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::fuzz::Input input(data, size);
  std::string_view const left = input.part();
  bellwether::rpc::check(left, input.rest());
  return 0;
}
