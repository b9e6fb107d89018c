#include "core/ledger/ledger.h"

#include <algorithm>
#include <cstring>

#include "core/base/check.h"
#include "core/base/hash.h"

namespace bellwether::ledger {
namespace {

constexpr size_t kIndexSlotsMin = 1024;

uint64_t place(uint64_t key) {
  return base::mix64(key);
}
uint32_t tag(uint64_t hash) {
  return static_cast<uint32_t>(hash >> 32);
}

}  // namespace

Ledger::Ledger(base::Calendar calendar, const reference::Reference& reference)
    : calendar_(calendar),
      reference_(&reference),
      index_(kIndexSlotsMin),
      index_mask_(kIndexSlotsMin - 1) {}

Ledger::~Ledger() = default;

void Ledger::prefetch(BusinessKey business) const {
  __builtin_prefetch(&index_[place(business.value) & index_mask_]);
}

uint32_t Ledger::number_by_tag(BusinessKey business) const {
  uint64_t const hash = place(business.value);
  for (size_t i = hash & index_mask_; index_[i].record != 0; i = (i + 1) & index_mask_) {
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
  if (r.capacity_log2 == 0) return;
  constexpr size_t kLineBytes = 64;
  constexpr size_t kLinesMax = 4;
  const char* const begin = reinterpret_cast<const char*>(block(r.block));
  size_t const lines = std::min(kLinesMax, (r.count + 1) * sizeof(Fact) / kLineBytes + 1);
  for (size_t i = 0; i < lines; ++i) __builtin_prefetch(begin + i * kLineBytes, 1);
}

size_t Ledger::slot_of(BusinessKey business) const {
  uint64_t const hash = place(business.value);
  size_t i = hash & index_mask_;
  for (; index_[i].record != 0; i = (i + 1) & index_mask_) {
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
    uint8_t log2 = 2;
    while (size_t{1} << log2 < facts.size()) ++log2;
    r.block = allocate_block(log2);
    r.capacity_log2 = log2;
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
  while (businesses * 3 > slots * 2) slots *= 2;
  if (slots > index_.size()) grow_index(slots);
}

Ledger::Record& Ledger::find_or_create(BusinessKey business, bool unregistered) {
  size_t const slot = slot_of(business);
  uint32_t const known = index_[slot].record;
  if (known == 0) return create(business, unregistered, slot);
  own_record(known - 1);
  Record& r = at(known - 1);
  if (r.capacity_log2 != 0) own_block(r.block);
  return r;
}

Ledger::Record& Ledger::create(BusinessKey business, bool unregistered, size_t slot) {
  if ((size_t{records_} + 1) * 3 > index_.size() * 2) {
    grow_index(index_.size() * 2);
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
  size_t i = hash & index_mask_;
  while (index_[i].record != 0) i = (i + 1) & index_mask_;
  index_[i] = {tag(hash), number};
}

void Ledger::grow_index(size_t slots) {
  index_ = std::vector<Slot>(slots);
  index_mask_ = slots - 1;
  for (uint32_t n = 0; n < records_; ++n) place_in_index(at(n).key, n + 1);
}

uint32_t Ledger::allocate_block(uint8_t log2) {
  if (!free_blocks_[log2].empty()) {
    uint32_t const number = free_blocks_[log2].back();
    free_blocks_[log2].pop_back();
    return number;
  }
  uint32_t const size = 1u << log2;
  uint32_t const slab_size = 1u << kFactsPerSlabLog2;
  // A block is never in two slabs. The rest of a slab becomes free smaller blocks.
  while (slab_used_ % slab_size != 0 && slab_used_ % slab_size + size > slab_size) {
    uint8_t fit = 0;
    while (fit < kBlockLog2Max && slab_used_ % slab_size + (2u << fit) <= slab_size &&
           slab_used_ % (2u << fit) == 0) {
      ++fit;
    }
    free_blocks_[fit].push_back(slab_used_);
    slab_used_ += 1u << fit;
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
  size_t const capacity = r.capacity_log2 == 0 ? Record::kInline : size_t{1} << r.capacity_log2;
  if (r.count < capacity) return;
  auto const log2 = static_cast<uint8_t>(r.capacity_log2 == 0 ? 2 : r.capacity_log2 + 1);
  BELLWETHER_CHECK(log2 <= kBlockLog2Max);
  uint32_t const bigger = allocate_block(log2);
  own_block(bigger);
  std::copy_n(data(r), r.count, block(bigger));
  if (r.capacity_log2 != 0) free_blocks_[r.capacity_log2].push_back(r.block);
  r.block = bigger;
  r.capacity_log2 = log2;
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
