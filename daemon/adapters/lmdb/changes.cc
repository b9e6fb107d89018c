#include "adapters/lmdb/changes.h"

#include <algorithm>
#include <cstring>

#include "core/base/check.h"
#include "core/base/hash.h"

namespace bellwether::lmdb {
namespace {

// The first bytes of a key, so that most comparisons need not read the key itself.
uint64_t beginning(std::string_view key) {
  uint64_t out = 0;
  for (size_t i = 0; i < sizeof(out); ++i) {
    out = out << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0);
  }
  return out;
}

}  // namespace

Changes::Changes() : index_(0, Hash{this}, Equal{this}) {}

size_t Changes::Hash::operator()(std::string_view key) const {
  return base::hash64(key);
}

Changes::Change Changes::at(Place place) const {
  constexpr Place kInBlock = (Place{1} << kBlockBytesLog2) - 1;
  const char* const head = blocks_[place >> kBlockBytesLog2].get() + (place & kInBlock);
  uint16_t key = 0;
  uint16_t value = 0;
  std::memcpy(&key, head, sizeof(key));
  std::memcpy(&value, head + sizeof(key), sizeof(value));
  bool const erased = value == kErased;
  return {{head + kHeadBytes, key}, {head + kHeadBytes + key, erased ? 0u : value}, erased};
}

std::optional<Changes::Change> Changes::find(std::string_view key) const {
  auto const found = index_.find(key);
  if (found == index_.end()) return std::nullopt;
  return at(*found);
}

void Changes::add(const Change& change) {
  BELLWETHER_CHECK(!change.key.empty() && change.key.size() <= kKeyBytesMax);
  BELLWETHER_CHECK(change.value.size() <= kValueBytesMax);
  auto const known = index_.find(change.key);
  if (known != index_.end()) {
    Change const old = at(*known);
    if (!old.erased && !change.erased && old.value.size() == change.value.size()) {
      std::memcpy(const_cast<char*>(old.value.data()), change.value.data(), change.value.size());
      return;
    }
    index_.erase(known);
  }
  size_t const bytes = kHeadBytes + change.key.size() + change.value.size();
  if (used_ + bytes > size_t{1} << kBlockBytesLog2) {
    blocks_.emplace_back(new char[size_t{1} << kBlockBytesLog2]);
    used_ = 0;
  }
  BELLWETHER_CHECK(blocks_.size() <= size_t{1} << (32 - kBlockBytesLog2));
  char* const head = blocks_.back().get() + used_;
  auto const key = static_cast<uint16_t>(change.key.size());
  auto const value = change.erased ? kErased : static_cast<uint16_t>(change.value.size());
  std::memcpy(head, &key, sizeof(key));
  std::memcpy(head + sizeof(key), &value, sizeof(value));
  std::memcpy(head + kHeadBytes, change.key.data(), change.key.size());
  if (!change.value.empty()) {
    std::memcpy(head + kHeadBytes + change.key.size(), change.value.data(), change.value.size());
  }
  index_.insert(static_cast<Place>((blocks_.size() - 1) << kBlockBytesLog2 | used_));
  used_ += bytes;
}

std::vector<Changes::Place> Changes::sorted() const {
  struct Entry {
    uint64_t begin;
    Place place;
  };
  std::vector<Entry> order;
  order.reserve(index_.size());
  for (Place const place : index_) order.push_back({beginning(at(place).key), place});
  std::ranges::sort(order, [this](const Entry& a, const Entry& b) {
    return a.begin != b.begin ? a.begin < b.begin : at(a.place).key < at(b.place).key;
  });
  std::vector<Place> out;
  out.reserve(order.size());
  for (const Entry& entry : order) out.push_back(entry.place);
  return out;
}

size_t Changes::bytes() const {
  return (blocks_.size() << kBlockBytesLog2) + index_.capacity() * (sizeof(Place) + 1);
}

void Changes::clear() {
  blocks_.clear();
  used_ = size_t{1} << kBlockBytesLog2;
  index_ = Index(0, Hash{this}, Equal{this});
}

}  // namespace bellwether::lmdb
