#include "core/engine/equal_nodes.h"

#include <algorithm>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "core/base/groups.h"

namespace bellwether::engine {

using base::AreaId;
using base::SectorId;
using indicators::Node;

namespace {

// Greater for a narrower node.
auto narrowness(const reference::Reference& reference, Node node) {
  return std::tuple(reference.sectors.ancestors(node.sector).size(),
                    reference.areas.ancestors(node.area).size(),
                    !reference.areas.at(node.area).is_set);
}

using Nodes = std::vector<Node>;

// Adds the equal nodes that contain the node directly.
void add_wider(const indicators::Panel& panel, Node node, Nodes& out) {
  const reference::Reference& reference = panel.reference();
  auto const consider = [&](Node other) {
    if (other != node && panel.same_counts(node, other)) out.push_back(other);
  };
  consider({node.area, reference.sectors.at(node.sector).parent});
  for (AreaId area : reference.areas.covering(node.area)) consider({area, node.sector});
}

// Adds the equal nodes that the node contains directly.
void add_narrower(const indicators::Panel& panel, Node node, Nodes& out) {
  const reference::Reference& reference = panel.reference();
  auto const consider = [&](Node other) {
    if (panel.same_counts(node, other)) out.push_back(other);
  };
  for (SectorId sector : reference.sectors.children(node.sector)) consider({node.area, sector});
  for (AreaId area : reference.areas.children(node.area)) consider({area, node.sector});
  for (size_t i = reference.areas.size(); i > 0 && reference.areas.all()[i - 1].is_set; --i) {
    AreaId const set(static_cast<uint16_t>(i - 1));
    if (std::ranges::count(reference.areas.covering(set), node.area) > 0)
      consider({set, node.sector});
  }
}

// Joins the positions of equal nodes, also by way of equal nodes that are not among `nodes`.
base::Groups grouped(const indicators::Panel& panel, std::span<const Node> nodes) {
  base::Groups groups(nodes.size());
  absl::flat_hash_map<size_t, size_t> seen;  // index of a wider node: a position in its group
  Nodes visit;
  for (size_t i = 0; i < nodes.size(); ++i) {
    visit.clear();
    add_wider(panel, nodes[i], visit);
    for (size_t v = 0; v < visit.size(); ++v) {
      auto const [found, added] = seen.try_emplace(panel.index(visit[v]), i);
      if (added) {
        add_wider(panel, visit[v], visit);
      } else {
        groups.join(found->second, i);
      }
    }
  }
  if (seen.empty()) return groups;
  for (size_t i = 0; i < nodes.size(); ++i) {
    auto const found = seen.find(panel.index(nodes[i]));
    if (found != seen.end()) groups.join(found->second, i);
  }
  return groups;
}

}  // namespace

std::vector<size_t> stand_ins(const indicators::Panel& panel, std::span<const Node> nodes,
                              const std::vector<bool>& open) {
  base::Groups groups = grouped(panel, nodes);
  std::vector<size_t> best(nodes.size(), nodes.size());  // by group
  for (size_t i = 0; i < nodes.size(); ++i) {
    size_t& b = best[groups.find(i)];
    if (b == nodes.size() ||
        (!open[b] && (open[i] || narrowness(panel.reference(), nodes[b]) <
                                     narrowness(panel.reference(), nodes[i])))) {
      b = i;
    }
  }
  std::vector<size_t> out(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) out[i] = open[i] ? i : best[groups.find(i)];
  return out;
}

std::vector<Node> equals_of(const indicators::Panel& panel, Node node) {
  Nodes found = {node};
  Nodes met;
  for (size_t i = 0; i < found.size(); ++i) {
    met.clear();
    add_wider(panel, found[i], met);
    add_narrower(panel, found[i], met);
    for (Node other : met) {
      if (std::ranges::find(found, other) == found.end()) found.push_back(other);
    }
  }
  found.erase(found.begin());
  std::ranges::sort(found);
  return found;
}

}  // namespace bellwether::engine
