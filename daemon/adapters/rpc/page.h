// Purpose: pages as in AIP-158. A token is bound to its request. A token that is malformed or
// belongs to another request is refused.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/rpc/errors.h"

namespace bellwether::rpc {

struct Page {
  int size = 0;
  std::string after;  // position of the last entry of the previous page; empty = first page
};

// `request`: all parts of the request that determine the content of the pages. Violations go to
// `bad`.
Page read_page(int32_t page_size, const std::string& page_token, std::string_view request,
               BadRequest& bad);
std::string page_token(std::string_view request, std::string_view after);

// For lists whose order does not change: the entries [begin, end) of `total`.
struct PageRange {
  size_t begin = 0;
  size_t end = 0;
  std::string next_page_token;
};
PageRange read_range(int32_t page_size, const std::string& page_token, std::string_view request,
                     size_t total, BadRequest& bad);

}  // namespace bellwether::rpc
