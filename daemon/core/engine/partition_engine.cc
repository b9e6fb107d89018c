#include "core/engine/partition_engine.h"

#include <algorithm>
#include <iterator>

#include "core/base/check.h"

namespace bellwether::engine {

namespace {

const reference::Reference& required(const reference::Reference* reference) {
  BELLWETHER_CHECK(reference != nullptr);
  return *reference;
}

// Why the ledger has refused a valid event; nullopt if it has not.
std::optional<events::Refusal> refusal(ledger::Outcome outcome) {
  if (outcome == ledger::Outcome::kRefused) return events::Refusal::kTooManyFacts;
  if (outcome == ledger::Outcome::kTooLate) return events::Refusal::kTooLate;
  return std::nullopt;
}

}  // namespace

void set_inputs(PartitionOptions& options, std::span<const domain::Topic> topics) {
  options.inputs = topics.size();
  options.observations = std::nullopt;
  for (size_t i = 0; i < topics.size(); ++i) {
    if (domain::info(topics[i]).pace == domain::Pace::kSparse) options.observations = i;
  }
}

PartitionEngine::PartitionEngine(PartitionId partition, const PartitionOptions& options)
    : partition_(partition),
      options_(options),
      ledger_(options.calendar, required(options.reference)),
      inputs_(options.inputs),
      crossings_(options.inputs) {
  BELLWETHER_CHECK(options.inputs > 0);
  counts_.applied.resize(options.inputs);
  counts_.refused.resize(options.inputs);
  counts_.heartbeats.resize(options.inputs);
  counts_.not_counted.resize(options.inputs);
  counts_.unknown_codes.resize(options.inputs);
  counts_.retracted.resize(options.inputs);
}

PartitionEngine::PartitionEngine(PartitionId partition, const PartitionOptions& options,
                                 ledger::Ledger ledger, PartitionState state)
    : PartitionEngine(partition, options) {
  BELLWETHER_CHECK(state.inputs.size() == options.inputs &&
                   state.crossings.size() == options.inputs);
  ledger_ = std::move(ledger);
  if (state.open_tick) open(*state.open_tick);
  inputs_ = std::move(state.inputs);
  // Held and quiet inputs are read again.
  for (InputState& input : inputs_) input.held = input.idle = false;
  crossings_ = std::move(state.crossings);
  for (const indicators::Delta& d : state.deltas) buffer_.add(d.key, d.amount);
  for (const indicators::Report& r : state.reports) buffer_.report(r.key, r.amount);
  figures_.restore(std::move(state.figures), std::move(state.figure_changes));
  complete_to_.insert(state.complete_to.begin(), state.complete_to.end());
  heartbeat_reach_ = state.heartbeat_reach;
  ready_.assign(std::make_move_iterator(state.ready.begin()),
                std::make_move_iterator(state.ready.end()));
}

PartitionState PartitionEngine::state() const {
  PartitionState out;
  out.open_tick = open_tick_;
  out.inputs = inputs_;
  out.crossings = crossings_;
  // Whether a follower has passed a tick is found again: its log may be longer by then.
  if (options_.observations) out.crossings[*options_.observations] = {};
  for (const auto& [key, amount] : buffer_.sums) {
    if (amount != 0) out.deltas.push_back({key, amount});
  }
  for (const auto& [key, amount] : buffer_.reports) {
    if (amount != 0) out.reports.push_back({key, amount});
  }
  out.figures = figures_.facts();
  out.figure_changes = figures_.changes();
  out.complete_to.assign(complete_to_.begin(), complete_to_.end());
  out.heartbeat_reach = heartbeat_reach_;
  out.ready.assign(ready_.begin(), ready_.end());
  return out;
}

UnixMillis PartitionEngine::clamp(UnixMillis published, UnixMillis now) const {
  if (published.value < 0) return UnixMillis(INT64_MIN);
  return std::min(published, UnixMillis(now.value + options_.future_tolerance_ms));
}

// The first tick is that of the earliest first record. It is known once every input that decides it
// has shown its first record, or counts as having none.
bool PartitionEngine::begin(size_t input, UnixMillis reach) {
  if (!crossings_[input].begins) crossings_[input].begins = reach;
  UnixMillis first{INT64_MAX};
  for (size_t i = 0; i < crossings_.size(); ++i) {
    if (follows(i)) continue;
    if (!crossings_[i].begins) return false;
    first = std::min(first, *crossings_[i].begins);
  }
  if (first.value == INT64_MAX) return false;
  open(options_.calendar.period_of(base::days_of(first)));
  return true;
}

void PartitionEngine::open(PeriodIndex tick) {
  open_tick_ = tick;
  open_end_ = options_.calendar.end_of(tick);
}

Taken PartitionEngine::admit(size_t input, Offset offset, UnixMillis reach) {
  if (reach.value == INT64_MIN) {
    crossings_[input].crossed = false;
    return Taken::kTaken;
  }
  if (!open_tick_ && !begin(input, reach)) {
    inputs_[input].held = true;
    return Taken::kHeld;
  }
  Crossing& crossing = crossings_[input];
  if (follows(input)) crossing.reach = reach;  // not past every tick any more
  while (reach >= open_end_) {
    if (!crossing.crossed) crossing = {true, offset, reach};
    crossing.reach = std::max(crossing.reach, reach);
    if (full() || !close_if_crossed()) {
      inputs_[input].held = true;
      return Taken::kHeld;
    }
  }
  // The input was idle past this tick but has records again, so the cut waits for it.
  crossing.crossed = false;
  inputs_[input].held = false;
  return Taken::kTaken;
}

bool PartitionEngine::close_if_crossed() {
  for (const Crossing& c : crossings_) {
    if (!c.crossed) return false;
  }
  PartitionTick out = close(*open_tick_);
  open(PeriodIndex(open_tick_->value + 1));
  for (Crossing& c : crossings_) {
    out.cut.push_back(c.cut);
    // A held record that reaches past the next tick has crossed that tick too.
    c.crossed = c.reach >= open_end_;
  }
  ready_.push_back(std::move(out));
  return true;
}

PartitionTick PartitionEngine::close(PeriodIndex tick) {
  PartitionTick out;
  out.partition = partition_;
  out.tick = tick;
  out.deltas.reserve(buffer_.sums.size());
  for (const auto& [key, amount] : buffer_.sums) {
    if (amount != 0) out.deltas.push_back({key, amount});
  }
  buffer_.sums.clear();
  for (const auto& [key, amount] : buffer_.reports) {
    if (amount != 0) out.reports.push_back({key, amount});
  }
  buffer_.reports.clear();
  out.figures = figures_.take_changes();
  out.complete_to.assign(complete_to_.begin(), complete_to_.end());
  out.stats = ledger_.stats();
  return out;
}

void PartitionEngine::fold(size_t input, Offset offset, UnixMillis published,
                           const events::Event& event) {
  inputs_[input].next = Offset(offset.value + 1);
  if (event.kind != events::EventKind::kHeartbeat) keep(input, published, event);
}

PartitionTick PartitionEngine::close_at(PeriodIndex tick, std::vector<Offset> cut) {
  PartitionTick out = close(tick);
  out.cut = std::move(cut);
  return out;
}

void PartitionEngine::taken(size_t input, Offset offset, UnixMillis published, UnixMillis at,
                            UnixMillis reach) {
  InputState& state = inputs_[input];
  if (published.value < 0) ++counts_.untimed;
  if (at < published) ++counts_.clamped;
  state.next = Offset(offset.value + 1);
  state.watermark = std::max(state.watermark, reach);
  state.newest = std::max(state.newest, at);
  state.idle = false;
}

Taken PartitionEngine::offer(size_t input, Offset offset, UnixMillis published, UnixMillis now,
                             const events::Event& event) {
  bool const heartbeat = event.kind == events::EventKind::kHeartbeat;
  UnixMillis const stated = heartbeat ? event.complete_to : published;
  UnixMillis const at = clamp(stated, now);
  UnixMillis const reach =
      heartbeat || at.value == INT64_MIN ? at : UnixMillis(at.value - options_.allowed_disorder_ms);
  // A heartbeat counts for the partition's idle inputs even while its record is held. One of
  // official statistics says nothing about the others.
  if (heartbeat && !follows(input) && at > heartbeat_reach_) {
    heartbeat_reach_ = at;
    if (at == stated) heartbeat_seen_ = now;  // one of the future rises with every offer
  }
  if (admit(input, offset, reach) == Taken::kHeld) return Taken::kHeld;
  taken(input, offset, stated, at, reach);
  if (heartbeat) {
    not_kept_.reset();
    ++counts_.heartbeats[input];
    UnixMillis& known = complete_to_.try_emplace(event.source, UnixMillis(INT64_MIN)).first->second;
    known = std::max(known, at);
    return Taken::kTaken;
  }
  keep(input, published, event);
  return Taken::kTaken;
}

// Figures without a use are kept as well (figure_store.h), but count as unused.
void PartitionEngine::keep_figure(size_t input, const events::Event& event) {
  for (size_t c = 0; c < events::kUnknownCodes; ++c)
    counts_.unknown_codes[input][c] += int64_t{event.unknown[c]};
  ledger::Outcome const outcome = figures_.apply(event);
  bool const used =
      event.kind == events::EventKind::kRetracted || event.statistic != domain::Statistic::kUnused;
  if (used) {
    count(input, event, outcome);
  } else {
    ++counts_.not_counted[input];
  }
}

void PartitionEngine::count(size_t input, const events::Event& event, ledger::Outcome outcome) {
  ++counts_.applied[input][static_cast<size_t>(event.kind)][static_cast<size_t>(outcome)];
  if (event.kind == events::EventKind::kRetracted && outcome == ledger::Outcome::kApplied)
    ++counts_.retracted[input][event.code];
  not_kept_ = refusal(outcome);
  if (not_kept_) ++counts_.refused[input][static_cast<size_t>(*not_kept_)];
}

void PartitionEngine::keep(size_t input, UnixMillis published, const events::Event& event) {
  not_kept_.reset();
  if (follows(input)) return keep_figure(input, event);
  if (!domain::is_kept(event.kind, event.code)) {
    ++counts_.not_counted[input];
    return;
  }
  for (size_t c = 0; c < events::kUnknownCodes; ++c) {
    counts_.unknown_codes[input][c] += int64_t{event.unknown[c]};
  }
  count(input, event, ledger_.apply(event, published, buffer_));
}

Taken PartitionEngine::offer_refused(size_t input, Offset offset, UnixMillis published,
                                     UnixMillis now, events::Refusal reason) {
  UnixMillis const at = clamp(published, now);
  UnixMillis const reach =
      at.value == INT64_MIN ? at : UnixMillis(at.value - options_.allowed_disorder_ms);
  if (admit(input, offset, reach) == Taken::kHeld) return Taken::kHeld;
  taken(input, offset, published, at, reach);
  ++counts_.refused[input][static_cast<size_t>(reason)];
  return Taken::kTaken;
}

void PartitionEngine::at_end(size_t input, Offset next, UnixMillis quiet_since, UnixMillis now) {
  InputState& state = inputs_[input];
  state.next = next;
  // A heartbeat says nothing about another topic's records that are still in transit, so an input
  // must first be quiet for idle_after_ms, and its end must be known from after the heartbeat.
  if (now.value - quiet_since.value < options_.idle_after_ms) return;
  UnixMillis reach{INT64_MIN};
  if (follows(input)) {
    reach = UnixMillis(INT64_MAX);
  } else if (options_.idle == Idle::kWallClock) {
    reach = UnixMillis(now.value - options_.idle_after_ms);
    if (!open_tick_) {
      UnixMillis const over = options_.calendar.end_of(options_.calendar.last_complete(reach));
      begin(input, UnixMillis(over.value - 1));
    }
  } else if (options_.idle == Idle::kHeartbeat && now >= heartbeat_seen_) {
    reach = heartbeat_reach_;
    if (!open_tick_) begin(input, UnixMillis(INT64_MAX));
  }
  if (!open_tick_ || reach.value == INT64_MIN) return;
  state.idle = true;
  Crossing& crossing = crossings_[input];
  while (!full() && reach >= open_end_) {
    if (!crossing.crossed) crossing = {true, next, reach};
    crossing.reach = std::max(crossing.reach, reach);
    if (!close_if_crossed()) return;
  }
}

bool PartitionEngine::waits_for(size_t input) const {
  const InputState& state = inputs_[input];
  return !follows(input) && state.watermark.value == INT64_MIN && !state.held && !state.idle;
}

std::optional<PartitionTick> PartitionEngine::take_tick() {
  if (ready_.empty()) return std::nullopt;
  PartitionTick tick = std::move(ready_.front());
  ready_.pop_front();
  return tick;
}

}  // namespace bellwether::engine
