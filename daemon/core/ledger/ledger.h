// Purpose: stores the facts of every business of one partition, and computes the deltas that each
// new fact causes. A business has a record of 64 bytes; the facts of a business with more than two
// are in a separate block. A business with ten facts takes at most 320 bytes: its record, its block
// and its part of the index. Invariants: a record's facts have unique ids and are in Fact::order();
// the sum of all deltas ever emitted equals the sum of contribute() over all records. So the state
// depends on the set of events, not on their order or repetition. One bound: a document that was
// filed in time changes no count, and is forgotten when the business files another one
// kFilingsKeptDays later. What the log tells of it after that is too late. When a record forgets
// depends only on the order of its filings in the log, so all replicas forget alike. Thread safety:
// one thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/calendar.h"
#include "core/ledger/contribution.h"
#include "core/ledger/fact.h"
#include "core/ledger/pairs.h"

namespace bellwether::ledger {

// The limit of facts per business. Further facts are refused, because no real business has so many.
inline constexpr size_t kFactsPerBusinessMax = 4096;

enum class Outcome : uint8_t {
  kApplied,     // a new fact, or a new version of a known one
  kDuplicate,   // exactly this version is known
  kSuperseded,  // a later version is known
  kRefused,     // kFactsPerBusinessMax reached
  kTooLate,     // a filing or a due date of a time that the record has forgotten (pairs.h)
};
inline constexpr size_t kOutcomes = 5;

struct LedgerStats {
  int64_t businesses = 0;  // records, enquirers under case:ID included
  int64_t facts = 0;
  int64_t waiting = 0;  // businesses with facts, but without a registration
  int64_t bytes = 0;    // allocated, including the index and unused room
};

class FrozenLedger;

class Ledger {
 public:
  // `reference` must outlive the ledger.
  Ledger(base::Calendar calendar, const reference::Reference& reference);
  ~Ledger();
  Ledger(Ledger&&) = default;
  Ledger& operator=(Ledger&&) = default;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // Prefetch the memory that apply() reads into the processor's cache: first the slot in the index,
  // then the record, then its facts. Each call reads memory that the call before has fetched, so do
  // other work between the calls.
  void prefetch(BusinessKey business) const;
  void prefetch_record(BusinessKey business) const;
  void prefetch_facts(BusinessKey business) const;

  // Applies one fact. `published`: the time of publication; < 0 if unknown. Calls
  // sink.add(DeltaKey, int64_t) for each change of the business's contribution, and
  // sink.report(ReportKey, int64_t) for each change of the counts of reporting delays.
  template <class Sink>
  Outcome apply(const Event& event, base::UnixMillis published, Sink& sink);

  // The known facts of a business. Empty if the business is unknown.
  std::span<const Fact> facts(BusinessKey business) const;

  // The records at this moment. Copies only pointers. Until thaw(), a piece of memory (1 or 1.5
  // MiB) is copied before its first change. Call thaw() only when no FrozenLedger is read any more.
  FrozenLedger freeze();
  void thaw() { frozen_ = false; }
  // Adds a record from a FrozenLedger. Returns false and adds nothing if the business is already
  // known, has more than kFactsPerBusinessMax facts, or its facts are not in Fact::order().
  bool restore(BusinessKey business, bool unregistered, std::span<const Fact> facts);
  // Makes room for `businesses` businesses in the index.
  void reserve(size_t businesses);

  // Computes the contribution and the reporting delays of every record again, as an oracle for
  // tests.
  template <class Sink>
  void recompute(Sink& sink) const;

  // Digest of all facts, independent of the order of arrival.
  uint64_t digest() const;
  LedgerStats stats() const;

 private:
  struct alignas(64) Record {
    static constexpr size_t kInline = 2;
    uint64_t key = 0;
    uint32_t block = 0;  // of the facts, if there are more than kInline
    uint16_t count = 0;
    uint8_t block_class = 0;  // size of the block: kBlockSizes[block_class − 1]; 0: no block
    bool unregistered = false;
    Fact facts[kInline];
  };
  static_assert(sizeof(Record) == 64);

  // A slot of the index, which uses open addressing with linear probing.
  struct Slot {
    uint32_t tag = 0;     // upper 32 bits of the key's hash
    uint32_t record = 0;  // number of the record plus 1; 0 = free
  };
  static constexpr size_t kRecordsPerChunkLog2 = 14;  // 1 MiB
  static constexpr size_t kFactsPerSlabLog2 = 16;     // 1.5 MiB
  // The sizes of blocks in facts, ascending: from 8 on four to each doubling. So a block has at
  // most a fifth more room than it had facts when it was allocated, and growth is still geometric.
  static constexpr auto kBlockSizes = [] {
    std::array<uint16_t, 39> sizes = {4, 6};
    for (size_t i = 2; i < sizes.size(); ++i) {
      auto const doubled = static_cast<uint16_t>(8u << ((i - 2) / 4));
      sizes[i] = static_cast<uint16_t>(doubled + doubled / 4 * ((i - 2) % 4));
    }
    return sizes;
  }();
  static_assert(kBlockSizes.back() == kFactsPerBusinessMax);

  friend class FrozenLedger;

  // The index slot of a business, or the free slot for it if the business is unknown.
  size_t slot_of(BusinessKey business) const;
  // The slot where the search for a key begins, and the slot after `slot`.
  size_t home_of(uint64_t hash) const { return (hash & UINT32_MAX) * index_.size() >> 32; }
  size_t after(size_t slot) const { return slot + 1 == index_.size() ? 0 : slot + 1; }
  uint32_t find(BusinessKey business) const {  // number of the record plus 1; 0: unknown
    return index_[slot_of(business)].record;
  }
  // Number plus 1 of the first record with the tag of the business; 0 = none. Different businesses
  // rarely have the same tag.
  uint32_t number_by_tag(BusinessKey business) const;
  // Returns a record that may be written. Its block may also be written.
  Record& find_or_create(BusinessKey business, bool unregistered);
  // Adds a record for an unknown business. `slot` is its slot in the index.
  Record& create(BusinessKey business, bool unregistered, size_t slot);
  Record& at(uint32_t number) const {
    return chunks_[number >> kRecordsPerChunkLog2][number & ((1u << kRecordsPerChunkLog2) - 1)];
  }
  void place_in_index(uint64_t key, uint32_t number);
  void grow_index(size_t slots);
  Fact* block(uint32_t number) const {
    return &slabs_[number >> kFactsPerSlabLog2][number & ((1u << kFactsPerSlabLog2) - 1)];
  }
  // Must be called before a record or a block is written. Copies the piece if a FrozenLedger may
  // use it.
  void own_record(uint32_t number) {
    uint32_t const chunk = number >> kRecordsPerChunkLog2;
    if (chunk_epochs_[chunk] != epoch_)
      own(chunks_[chunk], chunk_epochs_[chunk], kRecordsPerChunkLog2);
  }
  void own_block(uint32_t number) {
    uint32_t const slab = number >> kFactsPerSlabLog2;
    if (slab_epochs_[slab] != epoch_) own(slabs_[slab], slab_epochs_[slab], kFactsPerSlabLog2);
  }
  template <class T>
  void own(std::shared_ptr<T[]>& piece, uint32_t& epoch, size_t size_log2);
  Fact* data(const Record& r) const {
    return r.block_class == 0 ? const_cast<Fact*>(r.facts) : block(r.block);
  }
  std::span<const Fact> span(const Record& r) const { return {data(r), r.count}; }
  static size_t capacity(const Record& r) {
    return r.block_class == 0 ? Record::kInline : kBlockSizes[r.block_class - 1u];
  }
  // The least class of blocks with room for `facts`.
  static uint8_t class_for(size_t facts);
  uint32_t allocate_block(uint8_t block_class);
  void reserve_one(Record& r);
  // The effect of one more fact on a record.
  struct Change {
    Outcome outcome;
    size_t replaced;  // index of the fact's known version; the number of facts: none
    size_t position;  // index of the new fact after the known version is removed
    size_t first() const { return std::min(replaced, position); }  // facts before it do not change
  };
  Change change(const Record& r, const Fact& fact) const;
  void carry_out(Record& r, const Change& change, const Fact& fact);
  // True if the record has forgotten the filings of the time of `fact`, and does not have the fact.
  static bool is_forgotten(std::span<const Fact> facts, const Fact& fact);
  // Takes filings that count nowhere and are much older than one of the day `filed` out of the
  // record, and notes there what it forgot.
  // REQUIRES: the record may be written.
  template <class Sink>
  void forget_filings(Record& r, domain::Filing category, Days filed, Sink& sink);
  void take_out(Record& r, size_t position);
  // Gives the kept version the day `published` if that is earlier than its own day.
  template <class Sink>
  void published_earlier(Fact& kept, uint16_t published, Sink& sink);
  template <class Sink>
  void report(const Fact& fact, int64_t amount, Sink& sink) const {
    if (auto const key = reported(fact, calendar_)) sink.report(*key, amount);
  }

  base::Calendar calendar_;
  const reference::Reference* reference_;
  std::vector<Slot> index_;
  std::vector<std::shared_ptr<Record[]>> chunks_;
  std::vector<std::shared_ptr<Fact[]>> slabs_;
  // A FrozenLedger may use a piece of an earlier epoch.
  std::vector<uint32_t> chunk_epochs_;
  std::vector<uint32_t> slab_epochs_;
  uint32_t epoch_ = 0;
  bool frozen_ = false;
  std::array<std::vector<uint32_t>, kBlockSizes.size() + 1> free_blocks_;  // by class
  uint32_t records_ = 0;
  uint32_t slab_used_ = 0;
  int64_t facts_ = 0;
  int64_t waiting_ = 0;
  Contributions before_;
  Contributions after_;
};

// The records of a ledger at one moment.
// Thread safety: any thread may read and destroy it while another thread changes the ledger.
class FrozenLedger {
 public:
  size_t size() const { return records_; }
  // Calls use(BusinessKey, bool unregistered, std::span<const Fact>) for every record, in order of
  // arrival.
  template <class Use>
  void each(Use use) const {
    constexpr uint32_t kRecordMask = (1u << Ledger::kRecordsPerChunkLog2) - 1;
    constexpr uint32_t kFactMask = (1u << Ledger::kFactsPerSlabLog2) - 1;
    for (uint32_t i = 0; i < records_; ++i) {
      const Ledger::Record& r = chunks_[i >> Ledger::kRecordsPerChunkLog2][i & kRecordMask];
      const Fact* const facts =
          r.block_class == 0 ? r.facts
                             : &slabs_[r.block >> Ledger::kFactsPerSlabLog2][r.block & kFactMask];
      use(BusinessKey(r.key), r.unregistered, std::span<const Fact>(facts, r.count));
    }
  }

 private:
  friend class Ledger;
  std::vector<std::shared_ptr<Ledger::Record[]>> chunks_;
  std::vector<std::shared_ptr<Fact[]>> slabs_;
  uint32_t records_ = 0;
};

template <class Sink>
void Ledger::published_earlier(Fact& kept, uint16_t published, Sink& sink) {
  if (published >= kept.published()) return;
  report(kept, -1, sink);
  kept.set_published(published);
  report(kept, 1, sink);
}

template <class Sink>
Outcome Ledger::apply(const Event& event, base::UnixMillis published, Sink& sink) {
  Record& r = find_or_create(event.business, event.unregistered);
  Fact fact = to_fact(event, published);
  bool const is_filing = (bit_of(fact.kind) & kFilingKinds) != 0;
  if (is_filing && is_forgotten(span(r), fact)) return Outcome::kTooLate;
  Change const next = change(r, fact);
  if (next.outcome == Outcome::kDuplicate || next.outcome == Outcome::kSuperseded) {
    published_earlier(data(r)[next.replaced], fact.published(), sink);
  }
  if (next.outcome != Outcome::kApplied) return next.outcome;
  if (next.replaced < r.count) {
    const Fact& older = data(r)[next.replaced];
    if (fact.has_room_for_publication())
      fact.set_published(std::min(fact.published(), older.published()));
    report(older, -1, sink);
  }
  report(fact, 1, sink);
  // A changed registration may change all deltas.
  bool const registers =
      fact.kind == EventKind::kRegistered ||
      (next.replaced < r.count && data(r)[next.replaced].kind == EventKind::kRegistered);
  bool const may_wait = registers || r.count == 0;
  size_t const passed = registers ? 0 : next.first();
  before_.clear();
  after_.clear();
  if (r.count > 0) contribute(span(r), r.unregistered, calendar_, *reference_, before_, passed);
  if (may_wait) waiting_ -= int{is_waiting(span(r), r.unregistered)};
  carry_out(r, next, fact);
  if (may_wait) waiting_ += int{is_waiting(span(r), r.unregistered)};
  contribute(span(r), r.unregistered, calendar_, *reference_, after_, passed);
  // Equal deltas at the beginning and at the end of both lists have not changed.
  size_t same = 0;
  size_t before_end = before_.size();
  size_t after_end = after_.size();
  while (same < before_end && same < after_end && before_[same] == after_[same]) ++same;
  while (same < before_end && same < after_end &&
         before_[before_end - 1] == after_[after_end - 1]) {
    --before_end;
    --after_end;
  }
  for (size_t i = same; i < before_end; ++i) sink.add(before_[i].key, -before_[i].amount);
  for (size_t i = same; i < after_end; ++i) sink.add(after_[i].key, after_[i].amount);
  if (fact.kind == EventKind::kFilingRecorded) {
    forget_filings(r, static_cast<domain::Filing>(fact.code), fact.date(), sink);
  }
  return next.outcome;
}

template <class Sink>
void Ledger::forget_filings(Record& r, domain::Filing category, Days filed, Sink& sink) {
  std::span<const Fact> const facts = span(r);
  auto const idle = idle_filings(facts, category, Days(filed.value - kFilingsKeptDays));
  auto const note = std::ranges::find(facts, category, known_filings);
  bool const is_noted = note != facts.end();
  // A new note takes the place of one fact.
  if (idle.empty() || (!is_noted && idle.size() < 2)) return;
  Days const noted_before = is_noted ? note->date() : Days(INT32_MIN);
  Days until = noted_before;
  for (size_t i = 0; i < idle.size(); ++i) {
    size_t const position = idle[i] - i;
    const Fact& f = data(r)[position];
    until = std::max(until, f.date());
    report(f, -1, sink);
    take_out(r, position);
  }
  if (until == noted_before) return;
  Fact const noted = filings_known(category, until);
  carry_out(r, change(r, noted), noted);
}

template <class Sink>
void Ledger::recompute(Sink& sink) const {
  Contributions all;
  for (uint32_t i = 0; i < records_; ++i) {
    const Record& r = at(i);
    all.clear();
    contribute(span(r), r.unregistered, calendar_, *reference_, all);
    for (const indicators::Delta& d : all) sink.add(d.key, d.amount);
    for (const Fact& f : span(r)) report(f, 1, sink);
  }
}

}  // namespace bellwether::ledger
