#include "core/detection/multiplicity.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/base/check.h"

namespace bellwether::detection {

void benjamini_hochberg(std::span<const double> p, std::span<double> adjusted) {
  BELLWETHER_CHECK(p.size() == adjusted.size());
  std::vector<size_t> order;
  for (size_t i = 0; i < p.size(); ++i) {
    adjusted[i] = 1;
    if (!std::isnan(p[i])) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return p[a] != p[b] ? p[a] < p[b] : a < b; });
  auto const m = static_cast<double>(order.size());
  double smallest = 1;
  for (size_t rank = order.size(); rank-- > 0;) {
    smallest = std::min(smallest, p[order[rank]] * m / static_cast<double>(rank + 1));
    adjusted[order[rank]] = smallest;
  }
}

}  // namespace bellwether::detection
