// Fuzzes the tokens that clients send back. Input: page size and total (4 bytes each), a request, a
// token, and a position to continue from. A page token is accepted only with the request for which
// it was made. The pages of a list do not overlap and have no gaps. An accepted resume token does
// not change when it is written and read again.
#include "adapters/rpc/limits.h"
#include "adapters/rpc/page.h"
#include "core/alerts/transition.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "fuzz/input.h"

namespace bellwether::rpc {
namespace {

void check_page(int32_t page_size, std::string_view request, const std::string& token) {
  BadRequest bad;
  Page const page = read_page(page_size, token, request, bad);
  BELLWETHER_CHECK(page.size >= 1 && page.size <= kPageSizeMax);
  bool const genuine =
      token.empty() || (!page.after.empty() && token == page_token(request, page.after));
  BELLWETHER_CHECK(bad.empty() == (page_size >= 0 && genuine));
  BELLWETHER_CHECK(bad.status().ok() == bad.empty());
}

void check_continuation(std::string_view request, std::string_view after) {
  if (after.empty()) return;
  std::string const token = page_token(request, after);
  BadRequest bad;
  BELLWETHER_CHECK(read_page(0, token, request, bad).after == after && bad.empty());
  BadRequest other;
  read_page(0, token, base::cat(request, "|"), other);
  BELLWETHER_CHECK(!other.empty());
}

void check_range(int32_t page_size, std::string_view request, const std::string& token,
                 size_t total) {
  BadRequest bad;
  PageRange const page = read_range(page_size, token, request, total, bad);
  BELLWETHER_CHECK(page.begin <= page.end && page.end <= total);
  BELLWETHER_CHECK(page.next_page_token.empty() == (page.end == total));
  if (page.next_page_token.empty()) return;
  BadRequest next_bad;
  PageRange const next = read_range(page_size, page.next_page_token, request, total, next_bad);
  BELLWETHER_CHECK(next.begin == page.end && next.end > next.begin);
}

void check_resume_token(std::string_view text) {
  auto const token = alerts::parse_resume_token(text);
  if (!token) return;
  BELLWETHER_CHECK(token->offset.value >= -1);
  BELLWETHER_CHECK(alerts::parse_resume_token(alerts::format(*token)) == token);
}

void run(fuzz::Input input) {
  auto const page_size = static_cast<int32_t>(input.number(4));
  size_t const total = input.number(4);
  std::string_view const request = input.part();
  std::string const token(input.part());
  std::string_view const after = input.rest();
  check_page(page_size, request, token);
  check_continuation(request, after);
  check_range(page_size, request, token, total);
  if (!after.empty()) check_range(page_size, request, page_token(request, after), total);
  check_resume_token(token);
}

}  // namespace
}  // namespace bellwether::rpc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::rpc::run(bellwether::fuzz::Input(data, size));
  return 0;
}
