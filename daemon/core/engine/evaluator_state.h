// Purpose: what the evaluator keeps between ticks and collects within one; for the files that hold
// a kind of rule each. Thread safety: as the evaluator.
#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/engine/evaluator.h"

namespace bellwether::engine {

// An open alert of a detector is quiet where a value as harmful has at least this probability.
inline constexpr double kQuietP = 0.2;

// What goes into the journal must be the same on every machine.
inline double rounded(double x) {
  return std::round(x * 1e6) / 1e6;
}

// "source silent: registrations" for those topics of `rests_on` that are in `silent`, by name;
// empty if there is none.
std::string silent_because(domain::TopicSet rests_on, const std::vector<std::string>& silent);

// One tested series and its cached path.
struct Evaluator::Series {
  detection::ScoredSeries scored;
};

// A count-detector rule, or a part of a composite, with the paths of all its nodes.
struct Evaluator::DetectorState {
  const alerts::Rule* rule;
  indicators::Measure measure;
  base::Harm harm;
  bool part;  // of a composite rule, which tests it
  detection::DetectorOptions options;
  std::vector<std::unique_ptr<Series>> series;  // by node; null until the measure is seen there
  std::vector<uint32_t> active;                 // nodes with a series, in order of first sight
  base::PeriodIndex target;                     // the period that this tick tests
  detection::SharesReported reported;           // of it and those before
  size_t prepared = 0;                          // of active, for prepared_for
  base::PeriodIndex prepared_for{INT32_MIN};

  Series& at(size_t node) {
    if (series[node] == nullptr) {
      series[node] = std::make_unique<Series>();
      active.push_back(static_cast<uint32_t>(node));
    }
    return *series[node];
  }
};

// A composite rule; its parts stand with the other detectors.
struct Evaluator::CompositeState {
  const alerts::Rule* rule;
  std::vector<alerts::CompositePart> parts;
  std::vector<DetectorState*> detectors;  // by part
};

struct Evaluator::Verdict {
  const alerts::Book& book;
  base::PeriodIndex tick;
  bool historical;
  alerts::TickEvaluated out;

  const alerts::AlertUpdate* open(const alerts::AlertKey& key) const {
    auto const found = book.open().find(key);
    return found == book.open().end() ? nullptr : &found->second->state;
  }
  void decide(const alerts::Rule& rule, const alerts::AlertKey& key, const alerts::Signal& signal) {
    if (auto update =
            alerts::step(rule, key, open(key), signal, tick, historical, book.calendar())) {
      out.updates.push_back(*std::move(update));
    }
  }
};

}  // namespace bellwether::engine
