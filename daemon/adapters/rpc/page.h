// Purpose: pages as AIP-158 has them. A token is bound to the request that it continues; one that
// was made up, or that belongs to another request, is refused. Thread safety: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/rpc/errors.h"

namespace bellwether::rpc {

struct Page {
  int size = 0;
  std::string after;  // position to continue behind; empty = the beginning
};

// `request`: everything in the request that decides what the pages hold. Violations go to `bad`.
Page read_page(int32_t page_size, const std::string& page_token, std::string_view request,
               BadRequest& bad);
std::string page_token(std::string_view request, std::string_view after);

// For lists whose order does not change: the part [begin, end) of `total`.
struct PageRange {
  size_t begin = 0;
  size_t end = 0;
  std::string next_page_token;
};
PageRange read_range(int32_t page_size, const std::string& page_token, std::string_view request,
                     size_t total, BadRequest& bad);

}  // namespace bellwether::rpc
