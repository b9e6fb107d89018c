// Purpose: numbers side by side in the processor's vector registers. Lanes never mix, and products
// and sums are rounded one by one (-ffp-contract=off), so that the width of the registers changes
// the speed and no bit of a result. Thread safety: values.
#pragma once

#include <cstddef>

// Before the definition of a function: compiles it for each of these widths, and the loader takes
// the widest that the processor has. Sanitizers start too late for the loader's choice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define BELLWETHER_WIDEST_LANES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define BELLWETHER_WIDEST_LANES
#endif
// Before the definition of a function that such a function calls: it is as wide as its caller.
#define BELLWETHER_LANES_INLINE __attribute__((always_inline)) inline

namespace bellwether::forecast {

inline constexpr size_t kLanes = 8;
using Lanes = double __attribute__((vector_size(kLanes * sizeof(double))));

// The kLanes numbers from `first` on.
BELLWETHER_LANES_INLINE void load(const double* first, Lanes& into) {
  __builtin_memcpy(&into, first, sizeof into);  // which may lie anywhere
}

}  // namespace bellwether::forecast
