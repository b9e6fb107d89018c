// Fuzzes the reading of a file of Companies House in pieces, and what its rows say. The result does
// not depend on the pieces. Every record can be decoded: it has the key of its business, and is no
// dead letter. The same row again says nothing.
#include <string>
#include <vector>

#include "connect/companies_house/compare.h"
#include "connect/rows.h"
#include "core/base/check.h"
#include "fuzz/input.h"
#include "fuzz/said.h"

namespace bellwether::connect {
namespace {

namespace ch = companies_house;

constexpr base::Days kDay(20'000);

void check_row(const ch::Header& header, std::span<const std::string_view> fields) {
  auto const read = ch::read_row(header, fields);
  const auto* const row = std::get_if<ch::Row>(&read);
  if (row == nullptr || row->born > kDay || row->dissolved > kDay) return;
  ch::Facts first(kDay, decode);
  ch::Record const record = ch::tell_row(*row, std::nullopt, first);
  ch::Facts again(base::Days(kDay.value + 30), decode);
  BELLWETHER_CHECK(ch::tell_row(*row, record, again) == record);
  for (int64_t const count : again.counts()) BELLWETHER_CHECK(count == 0);
  if (!ch::has_ceased(record)) BELLWETHER_CHECK(ch::has_ceased(ch::tell_gone(record, again)));
}

std::vector<std::string> read_in_pieces(std::string_view text, size_t piece) {
  std::vector<std::string> out;
  std::optional<ch::Header> header;
  auto const take = [&](int64_t line, std::span<const std::string_view> fields) {
    std::string& joined = out.emplace_back(std::to_string(line));
    for (std::string_view const field : fields) joined.append(1, '\f').append(field);
    if (header) {
      check_row(*header, fields);
    } else if (auto found = ch::read_header(fields); found.ok()) {
      header = *std::move(found);
    }
    return absl::OkStatus();
  };
  auto const bad = [&](int64_t line, std::string_view row, std::string_view) {
    out.push_back(std::to_string(line));
    ch::each_number_in(row, [&](const ch::Number& number) { out.emplace_back(number.text()); });
  };
  RowReader reader;
  for (size_t at = 0; at < text.size(); at += piece) {
    BELLWETHER_CHECK(reader.feed(text.substr(at, piece), take, bad).ok());
  }
  BELLWETHER_CHECK(reader.finish(take, bad).ok());
  return out;
}

}  // namespace
}  // namespace bellwether::connect

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bellwether;
  constexpr size_t kPiece = 7;
  std::string_view const text = fuzz::Input(data, size).rest();
  BELLWETHER_CHECK(connect::read_in_pieces(text, text.size() + 1) ==
                   connect::read_in_pieces(text, kPiece));
  return 0;
}
