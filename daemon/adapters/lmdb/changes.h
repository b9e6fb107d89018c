// Purpose: changes of a store that are not written yet, in little memory: about 5 bytes a change in
// addition to its key and value. Invariants: of two changes of a key the later one counts.
// Thread safety: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"

namespace bellwether::lmdb {

inline constexpr size_t kKeyBytesMax = 511;  // LMDB's own limit
inline constexpr size_t kValueBytesMax = 32 << 10;

class Changes {
 public:
  struct Change {
    std::string_view key;
    std::string_view value;
    bool erased = false;
  };

  Changes();

  // REQUIRES: the key is not empty and has at most kKeyBytesMax bytes, the value kValueBytesMax.
  void put(std::string_view key, std::string_view value) { add({key, value, false}); }
  void erase(std::string_view key) { add({key, {}, true}); }
  // nullopt if the key has not changed. Valid until the next change.
  std::optional<Change> find(std::string_view key) const;

  using Place = uint32_t;  // of a change: number of the block, then of the byte in it
  // The places of all changes in the order of their keys' bytes. Valid until the next change.
  std::vector<Place> sorted() const;
  // Valid until the next change.
  Change at(Place place) const;
  size_t size() const { return index_.size(); }
  // Memory in use.
  size_t bytes() const;
  void clear();

 private:
  // A change is 4 bytes (key length, value length or kErased), the key and the value, in one block.
  static constexpr size_t kBlockBytesLog2 = 18;
  static constexpr size_t kHeadBytes = 4;
  static constexpr uint16_t kErased = UINT16_MAX;
  static_assert(kHeadBytes + kKeyBytesMax + kValueBytesMax <= size_t{1} << kBlockBytesLog2);
  static_assert(kValueBytesMax < kErased);

  struct Hash {
    using is_transparent = void;
    const Changes* all;
    size_t operator()(Place place) const { return (*this)(all->at(place).key); }
    size_t operator()(std::string_view key) const;
  };
  struct Equal {
    using is_transparent = void;
    const Changes* all;
    bool operator()(Place a, Place b) const { return a == b || all->at(a).key == all->at(b).key; }
    bool operator()(Place a, std::string_view key) const { return all->at(a).key == key; }
    bool operator()(std::string_view key, Place a) const { return all->at(a).key == key; }
  };
  using Index = absl::flat_hash_set<Place, Hash, Equal>;

  void add(const Change& change);

  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t used_ = size_t{1} << kBlockBytesLog2;  // bytes of the last block
  Index index_;
};

}  // namespace bellwether::lmdb
