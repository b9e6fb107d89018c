// Purpose: the happenings behind alerts. A downturn of a place raises alerts of the same rule at
// the place, at the places and sectors in it, and at those beside it. They are one happening: one
// of them is the headline, the others are its parts.
//   joins     an alert that is raised while a related alert of the same rule is open belongs to the
//             happening of that alert, if the two are near in time. Related are a node and one that
//             contains it, if the later change began at most half a year after the other alert was
//             raised; and two nodes beside each other (the same area and sectors under one parent,
//             or the same sector and areas under one parent), if they were raised within a quarter
//             of a year. So a fall in a region whose alert has been open for years is a
//             happening of its own, while a small place that shows the fall of its region late is a
//             part.
//   headline  the part that contains most of the other parts; of several the most severe, then the
//             first to be raised. While a part is open, the headline is an open one.
//   begins    with an alert that joined none when it was raised; of several in one period the
//             widest. This never changes, because it is decided by what was known then; a headline
//             may change.
// Besides, every alert is known under all names of its node: those of equal nodes (equal_nodes.h).
// Invariants: a function of the alerts of a book and of a panel.
// Thread safety: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "core/alerts/book.h"
#include "core/indicators/panel.h"

namespace bellwether::engine {

// The node of an alert. nullopt for the alert of a source, and for a node that the reference no
// longer contains.
std::optional<indicators::Node> node_of(const reference::Reference& reference,
                                        const alerts::AlertKey& key);
// True if every fact of `narrow` counts in `wide`, too.
bool contains(const reference::Reference& reference, indicators::Node wide,
              indicators::Node narrow);

// The order in which the parts of a happening began to change.
enum class PartRole : uint8_t {
  kHeadline,
  kLeads,     // began before the headline
  kTogether,  // began in the same period
  kFollows,   // began later
};

struct Happening {
  std::string name;                     // that of the alert that was raised first
  std::vector<alerts::AlertPtr> parts;  // the headline, then the others by onset and name
  const alerts::Alert& headline() const { return *parts.front(); }
  // The highest severity of the open parts; of all parts if none is open.
  alerts::Severity severity() const;
  base::PeriodIndex onset() const;  // the earliest
  PartRole role(const alerts::Alert& part) const;
};

class Happenings {
 public:
  Happenings() = default;
  Happenings(const alerts::Book& book, const indicators::Panel& panel);

  // The happening of an alert. Null for an alert that was not in the book.
  const Happening* of(std::string_view alert) const;
  const std::vector<Happening>& all() const { return all_; }
  // Of an alert that was not in the book, each of these is as if it were a happening by itself: the
  // name of its happening, whether it is the headline, and whether the happening began with it.
  std::string_view name_of(const alerts::Alert& alert) const;
  bool is_headline(const alerts::Alert& alert) const;
  bool begins(const alerts::Alert& alert) const;
  // The other nodes that hold the same facts as the alert's, by area and sector.
  std::span<const indicators::Node> equals(const alerts::AlertKey& key) const;

 private:
  struct Placed;
  static bool belong_together(const reference::Reference& reference, base::Calendar calendar,
                              const Placed& first, const Placed& second);
  void group(const std::vector<Placed>& placed, const indicators::Panel& panel);

  std::vector<Happening> all_;
  absl::flat_hash_map<std::string, size_t> by_alert_;
  absl::flat_hash_set<std::string> joined_;  // alerts that are no beginning
  // By area and sector; only of nodes that have equals.
  absl::flat_hash_map<std::pair<std::string, std::string>, std::vector<indicators::Node>> equals_;
};

}  // namespace bellwether::engine
