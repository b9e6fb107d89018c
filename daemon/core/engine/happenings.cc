#include "core/engine/happenings.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "core/base/groups.h"
#include "core/base/text.h"
#include "core/engine/equal_nodes.h"

namespace bellwether::engine {

using alerts::Alert;
using alerts::AlertPtr;
using indicators::Node;

// An alert whose area and sector the reference contains.
struct Happenings::Placed {
  AlertPtr alert;
  Node node;
  base::PeriodIndex began;  // its onset, as known when it was raised
};

std::optional<Node> node_of(const reference::Reference& reference, const alerts::AlertKey& key) {
  auto const area = reference.areas.find(key.area);
  auto const sector = reference.sectors.find(key.sector);
  if (!area.ok() || !sector.ok()) return std::nullopt;
  return Node{*area, *sector};
}

bool contains(const reference::Reference& reference, Node wide, Node narrow) {
  return std::ranges::count(reference.sectors.ancestors(narrow.sector), wide.sector) > 0 &&
         (wide.area == narrow.area ||
          std::ranges::count(reference.areas.covering(narrow.area), wide.area) > 0);
}

namespace {

bool beside(const reference::Reference& reference, Node a, Node b) {
  const reference::Area& of_a = reference.areas.at(a.area);
  const reference::Area& of_b = reference.areas.at(b.area);
  if (a.area == b.area)
    return reference.sectors.at(a.sector).parent == reference.sectors.at(b.sector).parent;
  return a.sector == b.sector && of_a.parent == of_b.parent && !of_a.is_set && !of_b.is_set;
}

// An alert's onset may change while it is open; what it was at the raising does not.
base::PeriodIndex onset_when_raised(const alerts::Book& book, const Alert& alert) {
  auto const history = book.history(alert.name);
  return history.empty() ? alert.state.raised : history.front()->alert->state.onset;
}

// A greater rank makes a headline.
auto rank(const Alert& alert, size_t contained) {
  return std::tuple(alert.state.open, contained, alert.state.severity_max,
                    -alert.state.raised.value);
}

// The headline first, then the others by onset. `nodes`: of the parts.
void put_in_order(const reference::Reference& reference, std::span<const Node> nodes,
                  std::vector<AlertPtr>& parts) {
  size_t best = 0;
  size_t best_contained = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    auto const contained = static_cast<size_t>(
        std::ranges::count_if(nodes, [&](Node n) { return contains(reference, nodes[i], n); }));
    if (i == 0 || rank(*parts[best], best_contained) < rank(*parts[i], contained)) {
      best = i;
      best_contained = contained;
    }
  }
  std::swap(parts.front(), parts[best]);
  std::ranges::sort(parts.begin() + 1, parts.end(), {}, [](const AlertPtr& a) {
    return std::tuple(a->state.onset, std::string_view(a->name));
  });
}

}  // namespace

// REQUIRES: `first` is open when `second` is raised.
bool Happenings::belong_together(const reference::Reference& reference, base::Calendar calendar,
                                 const Placed& first, const Placed& second) {
  int32_t const year = calendar.periods_per_year();
  base::PeriodIndex const raised = first.alert->state.raised;
  if (contains(reference, first.node, second.node) || contains(reference, second.node, first.node))
    return second.began.value - raised.value <= year / 2;
  return second.alert->state.raised.value - raised.value <= year / 4 &&
         beside(reference, first.node, second.node);
}

PartRole Happening::role(const Alert& part) const {
  if (part.name == headline().name) return PartRole::kHeadline;
  base::PeriodIndex const began = headline().state.onset;
  return part.state.onset < began    ? PartRole::kLeads
         : part.state.onset == began ? PartRole::kTogether
                                     : PartRole::kFollows;
}

alerts::Severity Happening::severity() const {
  alerts::Severity highest{};
  for (const AlertPtr& part : parts) {
    if (part->state.open == headline().state.open)
      highest = std::max(highest, part->state.severity_max);
  }
  return highest;
}

base::PeriodIndex Happening::onset() const {
  return std::ranges::min(parts, {}, [](const AlertPtr& a) { return a->state.onset; })->state.onset;
}

Happenings::Happenings(const alerts::Book& book, const indicators::Panel& panel) {
  const reference::Reference& reference = panel.reference();
  std::vector<Placed> placed;
  for (const auto& [name, alert] : book.alerts()) {
    const alerts::AlertKey& key = alert->state.key;
    if (auto const node = node_of(reference, key)) {
      placed.push_back({alert, *node, onset_when_raised(book, *alert)});
      auto const [found, added] = equals_.try_emplace({key.area, key.sector});
      if (added) found->second = equals_of(panel, *node);
    } else {
      by_alert_.emplace(name, all_.size());
      all_.push_back({name, {alert}});
    }
  }
  absl::erase_if(equals_, [](const auto& entry) { return entry.second.empty(); });
  std::ranges::stable_sort(placed, {}, [&](const Placed& p) {
    return std::tuple(p.alert->state.raised, reference.sectors.ancestors(p.node.sector).size(),
                      reference.areas.covering(p.node.area).size());
  });
  group(placed, panel);
}

void Happenings::group(const std::vector<Placed>& placed, const indicators::Panel& panel) {
  const reference::Reference& reference = panel.reference();
  base::Groups groups(placed.size());
  std::map<std::string_view, std::vector<size_t>> open;  // by rule; those of the current period
  for (size_t i = 0; i < placed.size(); ++i) {
    const alerts::AlertUpdate& state = placed[i].alert->state;
    std::vector<size_t>& others = open[state.key.rule];
    std::erase_if(others, [&](size_t other) {
      return placed[other].alert->cleared && *placed[other].alert->cleared < state.raised;
    });
    for (size_t other : others) {
      if (!belong_together(reference, panel.calendar(), placed[other], placed[i])) continue;
      groups.join(other, i);
      joined_.insert(placed[i].alert->name);
    }
    others.push_back(i);
  }
  std::map<size_t, std::vector<size_t>> members;  // by group; in the order of raising
  for (size_t i = 0; i < placed.size(); ++i) members[groups.find(i)].push_back(i);
  for (const auto& [first, positions] : members) {
    std::vector<Node> nodes;
    std::vector<AlertPtr> parts;
    for (size_t i : positions) {
      by_alert_.emplace(placed[i].alert->name, all_.size());
      nodes.push_back(placed[i].node);
      parts.push_back(placed[i].alert);
    }
    put_in_order(reference, nodes, parts);
    all_.push_back({placed[first].alert->name, std::move(parts)});
  }
}

const Happening* Happenings::of(std::string_view alert) const {
  auto const found = by_alert_.find(base::to_absl(alert));
  return found == by_alert_.end() ? nullptr : &all_[found->second];
}

std::string_view Happenings::name_of(const Alert& alert) const {
  const Happening* const happening = of(alert.name);
  return happening == nullptr ? alert.name : happening->name;
}

bool Happenings::is_headline(const Alert& alert) const {
  const Happening* const happening = of(alert.name);
  return happening == nullptr || happening->headline().name == alert.name;
}

bool Happenings::begins(const Alert& alert) const {
  return !joined_.contains(alert.name);
}

std::span<const Node> Happenings::equals(const alerts::AlertKey& key) const {
  auto const found = equals_.find({key.area, key.sector});
  if (found == equals_.end()) return {};
  return found->second;
}

}  // namespace bellwether::engine
