// Fuzzes the reading of lines of the stream of Companies House in pieces, and what they say. The
// lines do not depend on the pieces. Every record can be decoded: it is no dead letter. The same
// lines again say nothing.
#include <map>
#include <string>
#include <vector>

#include "connect/companies_house/stream.h"
#include "connect/lines.h"
#include "core/base/check.h"
#include "fuzz/input.h"
#include "fuzz/said.h"

namespace bellwether::connect {
namespace {

namespace ch = companies_house;

class Run {
 public:
  void take(std::string_view text) {
    int64_t said = 0;
    auto const say = [&](const Said& record) {
      ++said;
      return decode(record);
    };
    auto const get = [&](std::string_view key) -> absl::StatusOr<std::optional<std::string_view>> {
      auto const found = state_.find(key);
      if (found == state_.end()) return std::nullopt;
      return std::string_view(found->second);
    };
    auto const put = [&](std::string_view key, std::string_view value) {
      state_[std::string(key)] = value;
    };
    auto const refuse = [](const Refused& refused) { BELLWETHER_CHECK(!refused.reason.empty()); };
    ch::StreamConnector connector(base::Days(20'000));
    BELLWETHER_CHECK(connector.take(reader_.read(text), {get, put}, say, refuse, {}).ok());
    // Without its mark, the state alone knows what was said.
    ch::StreamConnector again(base::Days(20'000));
    said = 0;
    BELLWETHER_CHECK(again.take(reader_.read(text), {get, put}, say, refuse, {}).ok());
    BELLWETHER_CHECK(said == 0);
  }

 private:
  ch::StreamReader reader_{base::TimeZone{}};
  std::map<std::string, std::string, std::less<>> state_;
};

std::vector<std::string> lines_in_pieces(std::string_view text, size_t piece) {
  std::vector<std::string> out;
  auto const use = [&](std::string_view line) { out.emplace_back(line); };
  LineCutter lines(ch::kLineBytesMax);
  for (size_t at = 0; at < text.size(); at += piece) lines.feed(text.substr(at, piece), use);
  lines.finish(use);
  return out;
}

}  // namespace
}  // namespace bellwether::connect

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bellwether;
  constexpr size_t kPiece = 7;
  std::string_view const text = fuzz::Input(data, size).rest();
  std::vector<std::string> const lines = connect::lines_in_pieces(text, text.size() + 1);
  BELLWETHER_CHECK(lines == connect::lines_in_pieces(text, kPiece));
  connect::Run run;
  for (const std::string& line : lines) run.take(line);
  return 0;
}
