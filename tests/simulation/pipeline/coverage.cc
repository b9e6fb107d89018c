#include "simulation/pipeline/coverage.h"

#include <algorithm>
#include <numeric>

#include "core/base/text.h"
#include "core/indicators/catalogue.h"

namespace bellwether::simulation {
namespace {

constexpr size_t kOraclesMax = 6;

// If cuts depend only on the log, no timestamp is later than the clock, so none is clamped.
std::optional<UnixMillis> reach_of(const Record& record, int64_t allowed_disorder_ms) {
  if (const auto* e = std::get_if<events::Event>(&record.content);
      e != nullptr && e->kind == events::EventKind::kHeartbeat) {
    return e->complete_to;
  }
  if (record.published.value < 0) return std::nullopt;
  return UnixMillis(record.published.value - allowed_disorder_ms);
}

}  // namespace

Coverage::Coverage(const Setup& setup, const Broker& broker, Cut from)
    : setup_(setup),
      broker_(broker),
      from_(std::move(from)),
      base_tick_(setup.calendar.period_of(base::days_of(setup.begin)).value - 2),
      lanes_(broker.lanes()) {
  for (size_t i = 0; i < kInputs; ++i) generations_[i] = broker.generation(i);
  for (size_t lane = 0; lane < lanes_.size(); ++lane) {
    for (int64_t offset = from_[lane]; offset < broker.high(lane); ++offset) take(lane, offset);
  }
}

bool Coverage::whole() const {
  return std::ranges::all_of(from_, [](int64_t offset) { return offset == 0; });
}

bool Coverage::stands() const {
  for (size_t i = 0; i < kInputs; ++i) {
    if (generations_[i] != broker_.generation(i)) return false;
  }
  return true;
}

void Coverage::published(size_t lane) {
  if (stands()) take(lane, broker_.high(lane) - 1);
}

void Coverage::take(size_t lane, int64_t offset) {
  const Record& record = broker_.log(lane)[static_cast<size_t>(offset)];
  Lane& l = lanes_[lane];
  if (std::holds_alternative<events::Refusal>(record.content)) l.refused.push_back(offset);
  auto const reach = reach_of(record, setup_.partition.allowed_disorder_ms);
  if (!reach) return;
  if (!l.begins) l.begins = reach;
  auto const next_end = [&] {
    return setup_.calendar.end_of(
        PeriodIndex(base_tick_.value + static_cast<int32_t>(l.crossing.size())));
  };
  while (setup_.cuts_by_log && *reach >= next_end()) l.crossing.push_back(offset);
}

// With a wall clock, replicas cut the same tick at different offsets, and a restarted replica goes
// back. Of the oracles that can still advance to the cut, the nearest one advances.
uint64_t Coverage::digest_at(const Cut& cut) {
  auto nearest = oracles_.end();
  int64_t farthest = -1;
  for (auto o = oracles_.begin(); o != oracles_.end(); ++o) {
    if (!(*o)->can_advance(cut)) continue;
    int64_t const sum = std::reduce((*o)->at().begin(), (*o)->at().end());
    if (sum < farthest) continue;
    nearest = o;
    farthest = sum;
  }
  std::unique_ptr<CellOracle> oracle;
  if (nearest == oracles_.end()) {
    oracle = std::make_unique<CellOracle>(broker_, setup_.calendar, from_);
    if (oracles_.size() == kOraclesMax) oracles_.erase(oracles_.begin());
  } else {
    oracle = std::move(*nearest);
    oracles_.erase(nearest);
  }
  oracle->advance(cut);
  uint64_t const digest = oracle->digest();
  oracles_.push_back(std::move(oracle));
  return digest;
}

std::optional<PeriodIndex> Coverage::first_tick(size_t partition) const {
  std::optional<UnixMillis> first;
  for (size_t i = 0; i < kObservations; ++i) {
    auto const begins = lanes_[i * broker_.partitions() + partition].begins;
    if (!begins) return std::nullopt;
    first = first ? std::min(*first, *begins) : *begins;
  }
  return setup_.calendar.period_of(base::days_of(*first));
}

std::string Coverage::check_cut(const Settled& at) const {
  for (size_t l = 0; l < at.cut.size(); ++l) {
    auto const first = first_tick(l % broker_.partitions());
    int64_t expected = -1;
    if (first && *first <= at.tick) {
      auto const back = static_cast<size_t>(at.tick.value - base_tick_.value);
      if (l / broker_.partitions() == kObservations) {
        // No tick waits for it, so it may have been cut earlier than by its log.
        if (back < lanes_[l].crossing.size() && at.cut[l] > lanes_[l].crossing[back])
          return base::cat("replica ", at.replica, " cut lane ", l, " at ", at.cut[l], " for tick ",
                           at.tick.value, "; it reaches it at ", lanes_[l].crossing[back]);
        continue;
      }
      if (back >= lanes_[l].crossing.size()) {
        return base::cat("replica ", at.replica, " closed tick ", at.tick.value, ", which lane ", l,
                         " has not reached");
      }
      expected = lanes_[l].crossing[back];
    }
    if (at.cut[l] != expected) {
      return base::cat("replica ", at.replica, " cut lane ", l, " at ", at.cut[l], " for tick ",
                       at.tick.value, "; by its log it must be ", expected);
    }
  }
  return "";
}

std::string Coverage::check_totals(const Settled& at, const engine::Evaluator& evaluator) {
  auto const [expected, fresh] = totals_.try_emplace(at.cut, 0);
  if (fresh) expected->second = digest_at(at.cut);
  const indicators::Panel& panel = evaluator.panel();
  if (panel_digest(panel) + figure_digest(*panel.figure_table(), at.tick) != expected->second) {
    return base::cat("replica ", at.replica, " has other totals than the oracle at tick ",
                     at.tick.value);
  }
  if (fresh) {
    if (std::string error = check_figures(at, panel); !error.empty()) return error;
  }
  uint64_t const cells = evaluator.cells_digest();
  if (cells_.try_emplace(at.cut, cells).first->second != cells) {
    return base::cat("replica ", at.replica, " has another digest at the same cut, tick ",
                     at.tick.value);
  }
  return "";
}

// What rests on official figures, at every node. REQUIRES: the last oracle is at the cut.
std::string Coverage::check_figures(const Settled& at, const indicators::Panel& panel) const {
  const FigureOracle& figures = oracles_.back()->figures();
  base::Days const until = setup_.calendar.first_day(PeriodIndex(at.tick.value + 1));
  for (size_t n = 0; n < panel.nodes(); ++n) {
    indicators::Node const node = panel.node(n);
    auto const expected = figures.productivity(node.area.value, node.sector.value, until);
    indicators::Value const v =
        indicators::compute(indicators::Indicator::kProductivity, panel, node, at.tick);
    if (v.ok() != expected.has_value() || (expected && v.value != *expected)) {
      return base::cat("replica ", at.replica, " has another productivity at tick ", at.tick.value,
                       " at node ", n);
    }
    auto const jobs = figures.jobs(node.area.value, node.sector.value, until);
    indicators::Value const share =
        indicators::compute(indicators::Indicator::kJobsAtRiskShare, panel, node, at.tick);
    if (share.ok() && (!jobs || share.denominator != *jobs)) {
      return base::cat("replica ", at.replica, " has another share of jobs at risk at tick ",
                       at.tick.value, " at node ", n);
    }
  }
  return "";
}

std::string Coverage::check_dead_letters(const Settled& at) const {
  for (size_t l = 0; l < at.cut.size(); ++l) {
    for (int64_t offset : lanes_[l].refused) {
      if (offset >= at.cut[l]) break;
      DeadLetterKey const letter(l / broker_.partitions(), l % broker_.partitions(), offset);
      if (!broker_.dead_letters.contains(letter)) {
        return base::cat("tick ", at.tick.value, " was handed on before the dead letter of lane ",
                         l, " offset ", offset);
      }
    }
  }
  return "";
}

bool Coverage::knows(const Cut& cut, uint64_t cells_digest) const {
  auto const found = cells_.find(cut);
  return found != cells_.end() && found->second == cells_digest;
}

}  // namespace bellwether::simulation
