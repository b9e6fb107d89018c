// Watches a run from outside and reports errors. Compares every figure, book, transition, answer
// and count of every replica with oracles that share nothing with the code under test.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/engine/evaluator.h"
#include "simulation/pipeline/broker.h"
#include "simulation/pipeline/coverage.h"
#include "simulation/pipeline/custody.h"
#include "simulation/pipeline/plain_book.h"

namespace bellwether::simulation {

inline constexpr size_t kBooksKept = 64;

class Auditor {
 public:
  Auditor(const Setup& setup, const Broker& broker);

  bool failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }
  void fail(std::string what) {
    if (failure_.empty()) failure_ = std::move(what);
  }
  // A hash of everything seen so far.
  uint64_t trace() const { return trace_; }
  void note(uint64_t a, uint64_t b) { trace_ = base::mix64(base::mix64(trace_ + a) + b); }

  void published(size_t input, size_t partition);
  // A process starts at these offsets, without the records before them.
  void started(int replica, const Cut& from);
  // A process starts from a snapshot and has restored its state.
  void restored(const Settled& at, uint64_t fingerprint, const Cut& next,
                const engine::Evaluator& evaluator);
  void captured(int replica, uint64_t fingerprint, Cut next) {
    custody_.captured(fingerprint, processes_[static_cast<size_t>(replica)].coverage,
                      std::move(next));
  }
  void saved(int replica, Custody::Attempt attempt) {
    ++(attempt.saved ? tally_.saved : tally_.failed);
    custody_.attempted(replica, std::move(attempt));
  }
  void refused(std::string_view name, std::string_view why);
  // A file on a replica's disk has changed since it was written.
  void damaged(int replica, std::string_view path);
  void counted(int replica, size_t partition, const engine::PartitionEngine& engine);
  void settled(const Settled& at, const engine::Evaluator& evaluator);
  // A replica whose evaluator has applied `tick` has read a verdict on that tick.
  void judged(int replica, PeriodIndex tick, engine::Evaluator& evaluator);
  // The answers of a replica to questions about the past.
  void asked(int replica, PeriodIndex tick, const std::optional<engine::PastPanel>& answer);
  void asked(int replica, JournalOffset revision, const absl::StatusOr<alerts::Book>& answer);
  void appended(JournalOffset offset, const Append& append);
  void folded(int replica, JournalOffset offset, const alerts::JournalEntry& entry,
              alerts::FoldOutcome outcome);
  void viewed(int replica, const alerts::Book& book);
  // A human act was answered. From now on it must not be lost.
  void answered(int replica, JournalOffset offset, alerts::FoldOutcome outcome,
                const alerts::Book& view);
  void heard(int watcher, size_t position, const alerts::Transition& transition);
  // The number of evaluations in the journal that do not count.
  size_t passed_over() const;
  // The number of accepted evaluations that lack records which the evaluation before them counted.
  size_t went_back() const { return went_back_; }
  const SnapshotTally& snapshots() const { return tally_; }
  // The position at which a watcher with `token` must start.
  size_t position_of(alerts::ResumeToken token) const;

  // The checks after everything has healed and come to rest.
  void at_rest(int replica, PeriodIndex last, const alerts::Book& book);
  void counts_at_rest(int replica, size_t partition, const engine::PartitionEngine& engine);
  void heard_at_rest(int watcher, size_t position);
  void dead_letters_at_rest();

 private:
  struct Process {
    size_t coverage = 0;
    Cut begin;  // by lane: the first offset that the process read itself
  };
  size_t coverage_from(const Cut& from);
  Coverage& coverage(int replica) {
    return *coverages_[processes_[static_cast<size_t>(replica)].coverage];
  }
  void expect(std::string what_is_wrong) {
    if (!what_is_wrong.empty()) fail(std::move(what_is_wrong));
  }
  void check_accepted(const alerts::TickEvaluated& tick);
  void check_transitions();

  const Setup& setup_;
  const Broker& broker_;
  std::string failure_;
  uint64_t trace_ = 0;
  std::vector<std::unique_ptr<Coverage>> coverages_;
  std::vector<Process> processes_;  // by replica
  Custody custody_;
  SnapshotTally tally_;
  std::map<int32_t, alerts::TickEvaluated> accepted_;
  // By tick: what replicas have shown, each compared with the cells of its cut.
  std::map<int32_t, std::set<uint64_t>> shown_;
  std::optional<std::pair<const Coverage*, Cut>> last_cut_;  // of an accepted evaluation
  size_t went_back_ = 0;
  std::vector<alerts::FoldOutcome> outcomes_;  // by journal offset
  std::vector<alerts::JournalEntry> entries_;
  std::vector<uint64_t> digests_;
  PlainBook plain_;
  alerts::Book book_;  // folded without faults; compared with the plain book
  std::deque<alerts::Book> books_;
  size_t transitions_checked_ = 0;
};

}  // namespace bellwether::simulation
