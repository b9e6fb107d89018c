#include "adapters/rpc/page.h"

#include <algorithm>

#include "adapters/rpc/limits.h"
#include "core/base/hash.h"
#include "core/base/text.h"

namespace bellwether::rpc {
namespace {

constexpr size_t kDigestDigits = 16;

std::string digest(std::string_view request, std::string_view after) {
  return base::hex16(base::hash64(after, base::hash64(request)));
}

}  // namespace

std::string page_token(std::string_view request, std::string_view after) {
  return base::cat(digest(request, after), after);
}

Page read_page(int32_t page_size, const std::string& token, std::string_view request,
               BadRequest& bad) {
  Page page;
  if (page_size < 0) bad.add("page_size", "must not be negative; 0 takes the default of 100");
  page.size = page_size <= 0 ? kPageSizeDefault : std::min(page_size, kPageSizeMax);
  if (token.empty()) return page;
  std::string_view const text = token;
  std::string_view const after = text.substr(std::min(kDigestDigits, text.size()));
  if (after.empty() || text.substr(0, kDigestDigits) != digest(request, after)) {
    bad.add("page_token",
            "does not belong to this request, which includes its as_of; repeat the request from "
            "its first page");
    return page;
  }
  page.after = after;
  return page;
}

PageRange read_range(int32_t page_size, const std::string& token, std::string_view request,
                     size_t total, BadRequest& bad) {
  Page const page = read_page(page_size, token, request, bad);
  PageRange range;
  range.begin = std::min(total, base::parse_number<size_t>(page.after).value_or(0));
  range.end = std::min(total, range.begin + static_cast<size_t>(page.size));
  if (range.end < total) range.next_page_token = page_token(request, base::cat(range.end));
  return range;
}

}  // namespace bellwether::rpc
