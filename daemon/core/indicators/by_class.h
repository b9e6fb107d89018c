// Purpose: figures by a class of what is counted: size band, legal form, channel, team, intensity.
// What states no class is a class of its own, number 0. Invariant: the classes of a count add up to
// the figure of the node. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/domain/divisions.h"
#include "core/indicators/catalogue.h"
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

// True if all that the formula counts is divided by the division.
bool is_divided(const IndicatorInfo& info, Division division);

// The figures of a node in one period by class, in the order of classes_of().
struct ByClass {
  std::vector<Value> classes;
  Value node;
  std::string not_available;  // why there are none; empty if there are figures
};
// Each class by the indicator's own formula, so that rates are rates of the class.
ByClass by_class(Indicator indicator, Division division, const Panel& panel, Node node,
                 PeriodIndex period, const LateReports& late);
ByClass by_class(Measure measure, Division division, const Panel& panel, Node node,
                 PeriodIndex period);

}  // namespace bellwether::indicators
