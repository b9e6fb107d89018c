// Purpose: figures by a class of what is counted: size band, legal form, channel, team, intensity.
// What states no class is a class of its own, number 0. Invariant: the classes of a count add up to
// the figure of the node. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/domain/divisions.h"
#include "core/indicators/catalogue.h"
#include "core/indicators/figure.h"
#include "core/indicators/panel.h"
#include "core/reference/reference.h"

namespace bellwether::indicators {

// A class that a figure can be asked for.
struct NamedClass {
  uint8_t number = 0;
  std::string code;   // "private_limited_company"; of a team its name
  std::string title;  // for people
};
// All classes of the division, "not stated" first. The teams are those of the desks.
std::vector<NamedClass> classes_of(Division division, const reference::Reference& reference);

// The figures of a node in one period by class, in the order of classes_of().
struct ByClass {
  std::vector<Value> classes;
  std::string not_available;  // why there are none; empty if there are figures
  bool not_at_node = false;   // the reason is the node, not the figure
};
// Each class by the indicator's own formula, so that rates are rates of the class, and in the
// window of the node.
ByClass by_class(const Figure& figure, Division division, const Panel& panel, Node node,
                 PeriodIndex period, const LateReports& late);

}  // namespace bellwether::indicators
