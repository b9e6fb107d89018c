// Fuzzes the connector of tables with a mapping and a table, separated by a form feed. An error of
// the mapping names a line of it. Every event that a row states is one that the daemon accepts. A
// refused row is a line of the table. Reading the same rows again says no more than before, and
// with one fact nothing.
#include "connect/table/connector.h"

#include "core/base/check.h"
#include "fuzz/complaint.h"
#include "fuzz/input.h"
#include "support/tables.h"
#include "support/world.h"

namespace bellwether::connect::table {
namespace {

void check(const testing::TableRun& run, std::string_view text) {
  static events::Decoder const decoder(testing::world());
  for (const Said& said : run.said) {
    auto const decoded = decoder.decode({said.topic, said.key, said.value, said.published});
    // A wrong scheme is a question of the deployment; everything else must be accepted.
    const auto* refusal = std::get_if<events::Refusal>(&decoded);
    BELLWETHER_CHECK(refusal == nullptr || *refusal == events::Refusal::kWrongScheme);
  }
  for (const std::string& refused : run.refused) {
    auto const line =
        base::parse_number<int>(std::string_view(refused).substr(0, refused.find(':')));
    BELLWETHER_CHECK(line && *line >= 1 && *line <= fuzz::lines_max(text));
  }
}

void run(fuzz::Input input) {
  std::string_view const yaml = input.part();
  auto const mapping = read_mapping(yaml, "m.yaml", testing::two_zones);
  if (!mapping.ok()) return fuzz::check_complaint(mapping.status(), "m.yaml", yaml);
  testing::TableInput const table{input.rest(),
                                  "t-2026-01-01.csv",
                                  mapping->publication == Publication::kColumn ? "" : "2026-01-01",
                                  base::UnixMillis(base::kInstantEnd),
                                  {{"1234567", "OLD MILL LTD", "B1 1AA", "Active"}}};
  testing::TableState state;
  auto const first = testing::run_table(*mapping, table, state);
  if (!first.ok()) {
    BELLWETHER_CHECK(absl::IsInvalidArgument(first.status()));
    return;
  }
  check(*first, table.text);
  auto const again = testing::run_table(*mapping, table, state);
  BELLWETHER_CHECK(again.ok());
  check(*again, table.text);
  BELLWETHER_CHECK(again->said.size() <= first->said.size());
  BELLWETHER_CHECK(first->said.size() != 1 || again->said.empty());
}

}  // namespace
}  // namespace bellwether::connect::table

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::connect::table::run(bellwether::fuzz::Input(data, size));
  return 0;
}
