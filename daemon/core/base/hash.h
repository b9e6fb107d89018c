// Purpose: the one hash of the house. XXH3-64 is fixed by its specification, so the same bytes give
// the same number on every machine and in every release: ids and digests may be stored.
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

// An order-independent sum of hashes: the digest of a set of integers.
class SetDigest {
 public:
  void add(uint64_t a, uint64_t b, uint64_t c) { sum_ += mix64(mix64(mix64(a) + b) + c); }
  uint64_t value() const { return sum_; }

 private:
  uint64_t sum_ = 0;
};

}  // namespace bellwether::base
