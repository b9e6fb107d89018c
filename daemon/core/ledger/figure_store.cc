#include "core/ledger/figure_store.h"

#include <algorithm>
#include <tuple>

namespace bellwether::ledger {
namespace {

using indicators::FigureChange;
using indicators::FigureKey;
using indicators::OfficialFigure;

// The greater of two versions of a fact wins.
bool is_before(const KeptFigure& a, const KeptFigure& b) {
  if (a.sequence != b.sequence) return a.sequence < b.sequence;
  if (!a.stated || !b.stated) return a.stated && !b.stated;
  auto const content = [](const KeptFigure& k) {
    const auto& [key, figure] = *k.stated;
    return std::tuple(key, figure.vintage, figure.status, figure.value);
  };
  return content(a) < content(b);
}

KeptFigure version_of(const events::Event& e) {
  KeptFigure out{e.fact, e.sequence, std::nullopt};
  if (e.kind == events::EventKind::kRetracted || e.statistic == domain::Statistic::kUnused)
    return out;
  FigureKey const key{
      e.statistic, e.area, e.sector, {e.effective, static_cast<domain::Frequency>(e.code)}};
  out.stated.emplace(key, OfficialFigure{e.value, e.vintage, e.figure_status});
  return out;
}

}  // namespace

Outcome FigureStore::apply(const events::Event& event) {
  KeptFigure const version = version_of(event);
  auto found = facts_.find(version.fact);
  if (found == facts_.end()) {
    if (facts_.size() >= facts_max_) return Outcome::kRefused;
    facts_.emplace(version.fact, version);
  } else {
    if (found->second == version) return Outcome::kDuplicate;
    if (!is_before(found->second, version)) return Outcome::kSuperseded;
    if (found->second.stated) changes_[{found->second.stated->first, version.fact}] = std::nullopt;
    found->second = version;
  }
  if (version.stated) changes_[{version.stated->first, version.fact}] = version.stated->second;
  return Outcome::kApplied;
}

std::vector<FigureChange> FigureStore::take_changes() {
  std::vector<FigureChange> out = changes();
  changes_.clear();
  return out;
}

std::vector<KeptFigure> FigureStore::facts() const {
  std::vector<KeptFigure> out;
  out.reserve(facts_.size());
  for (const auto& [fact, kept] : facts_) out.push_back(kept);
  std::ranges::sort(out, {}, &KeptFigure::fact);
  return out;
}

std::vector<FigureChange> FigureStore::changes() const {
  std::vector<FigureChange> out;
  out.reserve(changes_.size());
  for (const auto& [place, figure] : changes_) out.push_back({place.second, place.first, figure});
  return out;
}

void FigureStore::restore(std::vector<KeptFigure> facts, std::vector<FigureChange> changes) {
  facts_.clear();
  changes_.clear();
  for (KeptFigure& kept : facts) facts_.insert_or_assign(kept.fact, std::move(kept));
  for (const FigureChange& change : changes) changes_[{change.key, change.fact}] = change.figure;
}

}  // namespace bellwether::ledger
