// Purpose: the only hash function of this program. The specification of XXH3-64 is fixed, so the
// same bytes give the same number on every machine and in every release. Ids and digests may
// therefore be stored.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bellwether::base {

uint64_t hash64(std::string_view bytes);
uint64_t hash64(std::string_view bytes, uint64_t seed);
// 16 hexadecimal digits.
std::string hex16(uint64_t digest);

// A bijection of 64 bits (splitmix64's finaliser, Steele, Lea & Flood 2014) for keys that are
// already numbers.
constexpr uint64_t mix64(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// Digest of a set of triples of integers: a sum of hashes, independent of their order.
class SetDigest {
 public:
  void add(uint64_t a, uint64_t b, uint64_t c) { sum_ += mix64(mix64(mix64(a) + b) + c); }
  uint64_t value() const { return sum_; }

 private:
  uint64_t sum_ = 0;
};

}  // namespace bellwether::base
