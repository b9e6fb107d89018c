#include "core/ledger/ledger.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/base/check.h"
#include "core/base/hash.h"

namespace bellwether::ledger {
namespace {

constexpr size_t kIndexSlotsMin = 1024;  // a power of two

// At most three quarters of the index are used. It grows in two steps to the double size, so at
// least half of it is used.
bool is_too_small(size_t slots, size_t businesses) {
  return businesses * 4 > slots * 3;
}
size_t next_size(size_t slots) {
  return std::has_single_bit(slots) ? slots / 2 * 3 : slots / 3 * 4;
}

uint64_t place(uint64_t key) {
  return base::mix64(key);
}
uint32_t tag(uint64_t hash) {
  return static_cast<uint32_t>(hash >> 32);
}

}  // namespace

Ledger::Ledger(base::Calendar calendar, const reference::Reference& reference)
    : calendar_(calendar), reference_(&reference), index_(kIndexSlotsMin) {}

Ledger::~Ledger() = default;

void Ledger::prefetch(BusinessKey business) const {
  __builtin_prefetch(&index_[home_of(place(business.value))]);
}

uint32_t Ledger::number_by_tag(BusinessKey business) const {
  uint64_t const hash = place(business.value);
  for (size_t i = home_of(hash); index_[i].record != 0; i = after(i)) {
    if (index_[i].tag == tag(hash)) return index_[i].record;
  }
  return 0;
}

void Ledger::prefetch_record(BusinessKey business) const {
  if (uint32_t const number = number_by_tag(business); number != 0) {
    __builtin_prefetch(&at(number - 1), 1);
  }
}

void Ledger::prefetch_facts(BusinessKey business) const {
  uint32_t const number = number_by_tag(business);
  if (number == 0) return;
  const Record& r = at(number - 1);
  if (r.block_class == 0) return;
  constexpr size_t kLineBytes = 64;
  constexpr size_t kLinesMax = 4;
  const char* const begin = reinterpret_cast<const char*>(block(r.block));
  size_t const lines = std::min(kLinesMax, (r.count + 1) * sizeof(Fact) / kLineBytes + 1);
  for (size_t i = 0; i < lines; ++i) __builtin_prefetch(begin + i * kLineBytes, 1);
}

size_t Ledger::slot_of(BusinessKey business) const {
  uint64_t const hash = place(business.value);
  size_t i = home_of(hash);
  for (; index_[i].record != 0; i = after(i)) {
    if (index_[i].tag != tag(hash)) continue;
    if (at(index_[i].record - 1).key == business.value) break;
  }
  return i;
}

template <class T>
void Ledger::own(std::shared_ptr<T[]>& piece, uint32_t& epoch, size_t size_log2) {
  epoch = epoch_;
  if (!frozen_) return;
  std::shared_ptr<T[]> copy(new T[size_t{1} << size_log2]);
  std::copy_n(piece.get(), size_t{1} << size_log2, copy.get());
  piece = std::move(copy);
}

FrozenLedger Ledger::freeze() {
  FrozenLedger out;
  out.chunks_ = chunks_;
  out.slabs_ = slabs_;
  out.records_ = records_;
  frozen_ = true;
  ++epoch_;
  return out;
}

bool Ledger::restore(BusinessKey business, bool unregistered, std::span<const Fact> facts) {
  size_t const slot = slot_of(business);
  if (facts.size() > kFactsPerBusinessMax || index_[slot].record != 0) return false;
  for (size_t i = 1; i < facts.size(); ++i) {
    if (!(facts[i - 1].order() < facts[i].order())) return false;
  }
  Record& r = create(business, unregistered, slot);
  if (facts.size() > Record::kInline) {
    r.block_class = class_for(facts.size());
    r.block = allocate_block(r.block_class);
    own_block(r.block);
  }
  std::ranges::copy(facts, data(r));
  r.count = static_cast<uint16_t>(facts.size());
  facts_ += static_cast<int64_t>(facts.size());
  waiting_ += int{is_waiting(facts, unregistered)};
  return true;
}

void Ledger::reserve(size_t businesses) {
  size_t slots = index_.size();
  while (is_too_small(slots, businesses)) slots = next_size(slots);
  if (slots > index_.size()) grow_index(slots);
}

Ledger::Record& Ledger::find_or_create(BusinessKey business, bool unregistered) {
  size_t const slot = slot_of(business);
  uint32_t const known = index_[slot].record;
  if (known == 0) return create(business, unregistered, slot);
  own_record(known - 1);
  Record& r = at(known - 1);
  if (r.block_class != 0) own_block(r.block);
  return r;
}

Ledger::Record& Ledger::create(BusinessKey business, bool unregistered, size_t slot) {
  if (is_too_small(index_.size(), size_t{records_} + 1)) {
    grow_index(next_size(index_.size()));
    slot = slot_of(business);
  }
  if (records_ == chunks_.size() << kRecordsPerChunkLog2) {
    chunks_.emplace_back(new Record[size_t{1} << kRecordsPerChunkLog2]);
    chunk_epochs_.push_back(epoch_);
  }
  own_record(records_);
  Record& r = at(records_);
  r.key = business.value;
  r.unregistered = unregistered;
  index_[slot] = {tag(place(r.key)), ++records_};
  return r;
}

void Ledger::place_in_index(uint64_t key, uint32_t number) {
  uint64_t const hash = place(key);
  size_t i = home_of(hash);
  while (index_[i].record != 0) i = after(i);
  index_[i] = {tag(hash), number};
}

void Ledger::grow_index(size_t slots) {
  index_ = std::vector<Slot>(slots);
  for (uint32_t n = 0; n < records_; ++n) place_in_index(at(n).key, n + 1);
}

uint8_t Ledger::class_for(size_t facts) {
  auto const at = std::ranges::lower_bound(kBlockSizes, facts);
  BELLWETHER_CHECK(at != kBlockSizes.end());
  return static_cast<uint8_t>(at - kBlockSizes.begin() + 1);
}

uint32_t Ledger::allocate_block(uint8_t block_class) {
  if (!free_blocks_[block_class].empty()) {
    uint32_t const number = free_blocks_[block_class].back();
    free_blocks_[block_class].pop_back();
    return number;
  }
  uint32_t const size = kBlockSizes[block_class - 1u];
  uint32_t const slab_size = 1u << kFactsPerSlabLog2;
  // A block is never in two slabs. The rest of a slab becomes free smaller blocks.
  uint32_t rest = (slab_size - slab_used_ % slab_size) % slab_size;
  if (rest < size) {
    for (size_t c = kBlockSizes.size(); c > 0; --c) {
      for (; rest >= kBlockSizes[c - 1]; rest -= kBlockSizes[c - 1]) {
        free_blocks_[c].push_back(slab_used_);
        slab_used_ += kBlockSizes[c - 1];
      }
    }
    slab_used_ += rest;  // too small for any block
  }
  if (slab_used_ == slabs_.size() << kFactsPerSlabLog2) {
    slabs_.emplace_back(new Fact[slab_size]);
    slab_epochs_.push_back(epoch_);
  }
  uint32_t const number = slab_used_;
  slab_used_ += size;
  return number;
}

void Ledger::reserve_one(Record& r) {
  if (r.count < capacity(r)) return;
  uint8_t const bigger_class = class_for(size_t{r.count} + 1);
  uint32_t const bigger = allocate_block(bigger_class);
  own_block(bigger);
  std::copy_n(data(r), r.count, block(bigger));
  if (r.block_class != 0) free_blocks_[r.block_class].push_back(r.block);
  r.block = bigger;
  r.block_class = bigger_class;
}

Ledger::Change Ledger::change(const Record& r, const Fact& fact) const {
  std::span<const Fact> const facts = span(r);
  Change next{Outcome::kApplied, facts.size(), 0};
  for (size_t i = 0; i < facts.size(); ++i) {
    if (facts[i].id == fact.id) {
      if (facts[i].version() == fact.version()) next.outcome = Outcome::kDuplicate;
      if (facts[i].version() > fact.version()) next.outcome = Outcome::kSuperseded;
      next.replaced = i;
      if (next.outcome != Outcome::kApplied) return next;
    } else {
      next.position += facts[i].order() < fact.order() ? 1 : 0;
    }
  }
  if (next.replaced == facts.size() && facts.size() >= kFactsPerBusinessMax) {
    next.outcome = Outcome::kRefused;
  }
  return next;
}

void Ledger::carry_out(Record& r, const Change& change, const Fact& fact) {
  if (change.replaced == r.count) {
    reserve_one(r);
    Fact* const facts = data(r);
    std::copy_backward(facts + change.position, facts + r.count, facts + r.count + 1);
    ++r.count;
    ++facts_;
  } else {
    Fact* const facts = data(r);
    std::copy(facts + change.replaced + 1, facts + r.count, facts + change.replaced);
    std::copy_backward(facts + change.position, facts + r.count - 1, facts + r.count);
  }
  data(r)[change.position] = fact;
}

bool Ledger::is_forgotten(std::span<const Fact> facts, const Fact& fact) {
  auto const category = static_cast<domain::Filing>(fact.code);
  auto const forgets = [&](const Fact& f) {
    return known_filings(f) == category && fact.date() <= f.date();
  };
  auto const is_known = [&](const Fact& f) { return f.id == fact.id; };
  return std::ranges::any_of(facts, forgets) && std::ranges::none_of(facts, is_known);
}

void Ledger::take_out(Record& r, size_t position) {
  Fact* const facts = data(r);
  std::copy(facts + position + 1, facts + r.count, facts + position);
  --r.count;
  --facts_;
}

std::span<const Fact> Ledger::facts(BusinessKey business) const {
  uint32_t const number = find(business);
  return number == 0 ? std::span<const Fact>{} : span(at(number - 1));
}

uint64_t Ledger::digest() const {
  base::SetDigest digest;
  for (uint32_t i = 0; i < records_; ++i) {
    const Record& r = at(i);
    for (const Fact& f : span(r)) {
      uint64_t words[3];
      static_assert(sizeof(words) == sizeof(f));
      std::memcpy(words, &f, sizeof(f));
      digest.add(r.key ^ words[0], words[1], words[2]);
    }
  }
  return digest.value();
}

LedgerStats Ledger::stats() const {
  LedgerStats s;
  s.businesses = records_;
  s.facts = facts_;
  s.waiting = waiting_;
  s.bytes = static_cast<int64_t>(index_.capacity() * sizeof(Slot) +
                                 chunks_.size() * (sizeof(Record) << kRecordsPerChunkLog2) +
                                 slabs_.size() * (sizeof(Fact) << kFactsPerSlabLog2));
  return s;
}

}  // namespace bellwether::ledger
