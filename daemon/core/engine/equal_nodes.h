// Purpose: nodes that hold the same facts: an area and an area set with the same members, or all
// industries of a place that has businesses of one division only. A rule would judge their series
// twice and tell every change twice. It judges one of them, and people find it under each name.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/indicators/panel.h"

namespace bellwether::engine {

// The position in `nodes` of the node that stands for each of them: the narrowest of its equals,
// that is the one with the lowest sector, then the lowest area, an area before a set, and the first
// if there are several. A node with an open alert stands for itself, and the first of them for its
// equals without one. `open`: whether each node has an open alert.
std::vector<size_t> stand_ins(const indicators::Panel& panel,
                              std::span<const indicators::Node> nodes,
                              const std::vector<bool>& open);

// The other nodes that hold the same facts, by area and sector. None for a node without facts.
std::vector<indicators::Node> equals_of(const indicators::Panel& panel, indicators::Node node);

}  // namespace bellwether::engine
