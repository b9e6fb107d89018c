#include "simulation/pipeline/mutants.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/base/hash.h"

namespace bellwether::simulation {
namespace {

using alerts::FoldOutcome;
using alerts::JournalEntry;
using alerts::ResumeToken;
using engine::PartitionEngine;
using engine::Taken;
using events::Event;
using events::EventKind;

// Treats a record that comes again as another fact.
class SkippedDedupe : public Parts {
  Taken offer(PartitionEngine& engine, const Delivery& d, const Event& event) override {
    Event e = event;
    auto const first =
        first_.try_emplace({e.fact.value, e.sequence.value, e.kind, e.effective.value}, d.offset)
            .first->second;
    if (e.kind != EventKind::kHeartbeat && first != d.offset) {
      e.fact.value ^= base::mix64(static_cast<uint64_t>(d.offset));
    }
    return Parts::offer(engine, d, e);
  }
  std::map<std::tuple<uint64_t, uint64_t, EventKind, int32_t>, int64_t> first_;
};

class RetractionIgnored : public Parts {
  Taken offer(PartitionEngine& engine, const Delivery& d, const Event& event) override {
    Event e = event;
    if (e.kind == EventKind::kRetracted) e.sequence = base::SourceSequence(0);
    return Parts::offer(engine, d, e);
  }
};

class LateFactInCurrentPeriod : public Parts {
  Taken offer(PartitionEngine& engine, const Delivery& d, const Event& event) override {
    Event e = event;
    e.effective = std::max(e.effective, base::days_of(d.published));
    return Parts::offer(engine, d, e);
  }
};

// A mutant whose events have lost something.
template <void (*kLose)(Event&)>
class Lost : public Parts {
  Taken offer(PartitionEngine& engine, const Delivery& d, const Event& event) override {
    Event e = event;
    kLose(e);
    return Parts::offer(engine, d, e);
  }
};
void due_of_filing(Event& e) {
  if (e.kind == EventKind::kFilingRecorded) e.due = events::kNoDay;
}
void period_of_document(Event& e) {
  e.period_end = events::kNoDay;
}
void case_of_referral(Event& e) {
  e.referral = 0;
}
void refusal_of_use(Event& e) {
  if (e.type == events::InteractionType::kRefused) e.type = events::InteractionType::kUnstated;
}
void loss_of_jobs(Event& e) {
  if (e.kind == EventKind::kOutcome) e.jobs = std::max(0, e.jobs);
}
void legal_form(Event& e) {
  e.legal_form = events::LegalForm::kUnstated;
}
void standing(Event& e) {
  e.standing = {};
}
void channel(Event& e) {
  e.channel = events::Channel::kUnstated;
}
void intensity(Event& e) {
  e.intensity = events::Intensity::kUnstated;
}
void team(Event& e) {
  e.team = 0;
}
void value_of_figure(Event& e) {
  if (e.kind == EventKind::kObservation) e.value = 0;
}

class OffByOneCut : public Parts {
  std::optional<engine::PartitionTick> take_tick(PartitionEngine& engine) override {
    auto tick = engine.take_tick();
    if (tick) ++tick->cut[0].value;
    return tick;
  }
};

class HeartbeatDragsOtherPartitions : public Parts {
  Taken offer(PartitionEngine& engine, const Delivery& d, const Event& event) override {
    Event e = event;
    if (e.kind == EventKind::kHeartbeat) e.complete_to = latest_ = std::max(latest_, e.complete_to);
    return Parts::offer(engine, d, e);
  }
  UnixMillis latest_;
};

class AllowedDisorderForgotten : public Parts {
  Taken offer(PartitionEngine& engine, const Delivery& d, const Event& event) override {
    Delivery early = d;
    if (d.published.value >= 0) early.published.value += 48 * 3'600'000;
    return Parts::offer(engine, early, event);
  }
};

class RefusedRecordMovesNoWatermark : public Parts {
  Taken offer_refused(PartitionEngine& engine, const Delivery& d, events::Refusal reason) override {
    Delivery untimed = d;
    untimed.published = UnixMillis(-1);
    return Parts::offer_refused(engine, untimed, reason);
  }
};

// A restarted process starts some lanes one record too late.
class RecordLostAtCrash : public Parts {
  Taken offer(PartitionEngine& engine, const Delivery& d, const Event& event) override {
    std::tuple const lane(d.replica, d.input, d.partition);
    if (d.offset == kBegin && seen_.contains(lane)) return Taken::kTaken;
    Taken const taken = Parts::offer(engine, d, event);
    if (d.offset > kBegin && taken == Taken::kTaken) seen_.insert(lane);
    return taken;
  }
  static constexpr int64_t kBegin = 7;
  std::set<std::tuple<int, size_t, size_t>> seen_;
};

class DeadLetterForgotten : public Parts {
  bool is_written(const DeadLetterKey& letter,
                  const std::map<DeadLetterKey, events::Refusal>&) override {
    return std::get<2>(letter) % 5 == 0;
  }
};

// Assumes that the newest dead letter of an input proves that all earlier ones are written.
class NewestDeadLetterVouches : public Parts {
  bool is_written(const DeadLetterKey& letter,
                  const std::map<DeadLetterKey, events::Refusal>& before) override {
    auto const at = before.lower_bound(letter);
    return at != before.end() && std::get<0>(at->first) == std::get<0>(letter) &&
           std::get<1>(at->first) == std::get<1>(letter);
  }
};

class DeadLetterNotAwaited : public Parts {
  bool hands_on(bool) override { return true; }
};

class AlignmentNotAwaited : public Parts {
  std::optional<PeriodIndex> aligned(std::span<const engine::Front> fronts) override {
    std::optional<PeriodIndex> oldest;
    for (const engine::Front& front : fronts) {
      if (front.next) oldest = oldest ? std::min(*oldest, *front.next) : *front.next;
    }
    return oldest;
  }
};

// After a restart, the last tick in the journal is applied a second time.
class DeltasAppliedTwice : public Parts {
  void apply(engine::Evaluator& evaluator, PeriodIndex tick,
             std::span<const engine::PartitionTick> parts, const alerts::Book& book) override {
    evaluator.apply(tick, parts);
    if (book.last_tick() == tick) evaluator.apply(tick, parts);
  }
};

// The rules changed while the verdict was in flight; the verdict is only given a new offset.
class VerdictNotReconsidered : public Parts {
  alerts::TickEvaluated evaluate(engine::Evaluator& evaluator, PeriodIndex tick,
                                 const alerts::Book& book, std::vector<alerts::CutOffset> cut,
                                 bool historical) override {
    auto const [at, fresh] = given_.try_emplace({&evaluator, tick.value});
    if (fresh) at->second = Parts::evaluate(evaluator, tick, book, std::move(cut), historical);
    at->second.book_offset = book.offset();
    return at->second;
  }
  std::map<std::pair<const void*, int32_t>, alerts::TickEvaluated> given_;
};

class HistoricalMarkLost : public Parts {
  absl::StatusOr<JournalEntry> decode(std::string_view bytes) override {
    auto entry = Parts::decode(bytes);
    if (!entry.ok()) return entry;
    if (auto* tick = std::get_if<alerts::TickEvaluated>(&*entry)) tick->historical = false;
    return entry;
  }
};

// The fold treats a second evaluation of a tick as an evaluation of the next tick.
class SecondEvaluationAccepted : public Parts {
  FoldOutcome fold(runtime::BookKeeper& keeper, int replica, JournalOffset offset,
                   const JournalEntry& entry) override {
    if (offset.value == 0) last_.erase(replica);
    JournalEntry e = entry;
    if (auto* tick = std::get_if<alerts::TickEvaluated>(&e)) {
      auto const last = last_.find(replica);
      if (last != last_.end() && tick->tick == last->second) ++tick->tick.value;
      FoldOutcome const outcome = keeper.fold(offset, e);
      if (outcome == FoldOutcome::kApplied) last_[replica] = tick->tick;
      return outcome;
    }
    return keeper.fold(offset, e);
  }
  std::map<int, PeriodIndex> last_;
};

class StaleRuleSetAccepted : public Parts {
  FoldOutcome fold(runtime::BookKeeper& keeper, int, JournalOffset offset,
                   const JournalEntry& entry) override {
    JournalEntry e = entry;
    if (auto* tick = std::get_if<alerts::TickEvaluated>(&e)) tick->book_offset = offset;
    return keeper.fold(offset, e);
  }
};

// One replica skips the acts of a kind and answers that it applied them.
template <class HumanAct>
class ActLost : public Parts {
  FoldOutcome fold(runtime::BookKeeper& keeper, int replica, JournalOffset offset,
                   const JournalEntry& entry) override {
    const auto* act = std::get_if<HumanAct>(&entry);
    if (replica == 0 || act == nullptr || !known(*keeper.view(), *act)) {
      return keeper.fold(offset, entry);
    }
    keeper.skip(offset);
    return FoldOutcome::kApplied;
  }
  static bool known(const alerts::Book& book, const alerts::AlertAcknowledged& act) {
    return book.find(act.alert) != nullptr;
  }
  static bool known(const alerts::Book& book, const alerts::SilenceExpired& act) {
    return book.silences().contains(act.silence.value);
  }
};

class AnsweredBeforeReadBack : public Parts {
  std::optional<FoldOutcome> read_back(runtime::BookKeeper&, JournalOffset) override {
    return FoldOutcome::kApplied;
  }
};

class ResumedOneBefore : public Parts {
  ResumeToken resume(ResumeToken token) override {
    if (token.index != UINT32_MAX && token.index > 0) return {token.offset, token.index - 1};
    return {JournalOffset(token.offset.value - 1), UINT32_MAX};
  }
};

class ResumedOneAfter : public Parts {
  ResumeToken resume(ResumeToken token) override {
    if (token.index != UINT32_MAX) return {token.offset, token.index + 1};
    return {JournalOffset(token.offset.value + 1), UINT32_MAX};
  }
};

class PastOfAnotherTick : public Parts {
  std::optional<engine::PastPanel> past_panel(const indicators::Panel& now,
                                              const engine::PanelChanges& changes,
                                              PeriodIndex tick) override {
    auto out = Parts::past_panel(now, changes, PeriodIndex(tick.value + 1));
    return out ? out : Parts::past_panel(now, changes, tick);
  }
};

// The deltas of the last tick are not taken back.
class LastDeltasKept : public Parts {
  std::optional<engine::PastPanel> past_panel(const indicators::Panel& now,
                                              const engine::PanelChanges& changes,
                                              PeriodIndex tick) override {
    engine::PanelChanges other = changes;
    auto last = std::make_shared<engine::PanelChange>(*other.back());
    last->deltas.clear();
    other.back() = last;
    return Parts::past_panel(now, other, tick);
  }
};

// Reporting delays are those of now.
class PastWithPresentDelays : public Parts {
  std::optional<engine::PastPanel> past_panel(const indicators::Panel& now,
                                              const engine::PanelChanges& changes,
                                              PeriodIndex tick) override {
    auto out = Parts::past_panel(now, changes, tick);
    if (out) out->reported = changes.back()->reported;
    return out;
  }
};

// The official figures are those of now.
class PastWithPresentFigures : public Parts {
  std::optional<engine::PastPanel> past_panel(const indicators::Panel& now,
                                              const engine::PanelChanges& changes,
                                              PeriodIndex tick) override {
    auto out = Parts::past_panel(now, changes, tick);
    if (!out) return out;
    indicators::Panel panel = out->panel->copy();
    panel.set_figures(now.figure_table(), now.figures_through());
    out->panel = panel.publish();
    return out;
  }
};

class PastBookOneRecordShort : public Parts {
  absl::StatusOr<alerts::Book> past_book(const runtime::PastBooks& past,
                                         JournalOffset revision) override {
    auto book = past.at(JournalOffset(revision.value - 1));
    if (!book.ok()) return past.at(revision);
    book->skip(revision);
    return book;
  }
};

template <class P>
std::unique_ptr<Parts> make() {
  return std::make_unique<P>();
}

constexpr Mutant kMutants[] = {
    {"skipped dedupe", make<SkippedDedupe>},
    {"retraction ignored", make<RetractionIgnored>},
    {"late fact in the current period", make<LateFactInCurrentPeriod>},
    {"due date of a filing lost", make<Lost<due_of_filing>>},
    {"period of a document lost", make<Lost<period_of_document>>},
    {"case of a referral lost", make<Lost<case_of_referral>>},
    {"refusal of an interaction's use lost", make<Lost<refusal_of_use>>},
    {"loss of jobs not counted", make<Lost<loss_of_jobs>>},
    {"legal form lost", make<Lost<legal_form>>},
    {"detail of a status lost", make<Lost<standing>>},
    {"channel of an interaction lost", make<Lost<channel>>},
    {"intensity of an interaction lost", make<Lost<intensity>>},
    {"team of an interaction lost", make<Lost<team>>},
    {"value of a figure lost", make<Lost<value_of_figure>>},
    {"off-by-one cut", make<OffByOneCut>},
    {"heartbeat drags other partitions", make<HeartbeatDragsOtherPartitions>},
    {"allowed disorder forgotten", make<AllowedDisorderForgotten>},
    {"refused record moves no watermark", make<RefusedRecordMovesNoWatermark>},
    {"record lost at a crash", make<RecordLostAtCrash>},
    {"dead letter forgotten", make<DeadLetterForgotten>},
    {"newest dead letter vouches for all", make<NewestDeadLetterVouches>},
    {"dead letter not awaited", make<DeadLetterNotAwaited>},
    {"alignment not awaited", make<AlignmentNotAwaited>},
    {"deltas applied twice at a crash", make<DeltasAppliedTwice>},
    {"verdict not reconsidered under new rules", make<VerdictNotReconsidered>},
    {"historical mark lost in the journal", make<HistoricalMarkLost>},
    {"second evaluation of a tick accepted", make<SecondEvaluationAccepted>},
    {"stale rule set accepted", make<StaleRuleSetAccepted>},
    {"acknowledgement lost", make<ActLost<alerts::AlertAcknowledged>>},
    {"end of a silence lost", make<ActLost<alerts::SilenceExpired>>},
    {"act answered before it is read back", make<AnsweredBeforeReadBack>},
    {"watcher resumed one before its token", make<ResumedOneBefore>},
    {"watcher resumed one after its token", make<ResumedOneAfter>},
    {"past panel of another tick", make<PastOfAnotherTick>},
    {"last deltas not taken back", make<LastDeltasKept>},
    {"past panel with present delays", make<PastWithPresentDelays>},
    {"past panel with present figures", make<PastWithPresentFigures>},
    {"past book one record short", make<PastBookOneRecordShort>},
};

}  // namespace

std::span<const Mutant> mutants() {
  return kMutants;
}

}  // namespace bellwether::simulation
