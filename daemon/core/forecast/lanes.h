// Purpose: processes several numbers at once in the processor's vector registers. Lanes never mix,
// and products and sums are rounded separately (-ffp-contract=off), so that the register width
// changes the speed but no bit of a result.
// Thread safety: values.
#pragma once

#include <cstddef>

// Put before the definition of a function: compiles it for each of these widths, and the loader
// picks the widest one that the processor has. Sanitizers start too late for the loader's choice,
// so they get the default width only.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define BELLWETHER_WIDEST_LANES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define BELLWETHER_WIDEST_LANES
#endif
// Put before the definition of a function that a function with BELLWETHER_WIDEST_LANES calls.
// Inlining gives it the width of its caller.
#define BELLWETHER_LANES_INLINE __attribute__((always_inline)) inline

namespace bellwether::forecast {

inline constexpr size_t kLanes = 8;
using Lanes = double __attribute__((vector_size(kLanes * sizeof(double))));

// Loads the kLanes numbers that start at `first`.
BELLWETHER_LANES_INLINE void load(const double* first, Lanes& into) {
  __builtin_memcpy(&into, first, sizeof into);  // `first` need not be aligned
}

}  // namespace bellwether::forecast
