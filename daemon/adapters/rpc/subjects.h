// Purpose: what a request asks figures of: an indicator of the catalogue, or a plain measure. Every
// figure that leaves the daemon is computed and protected here.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "adapters/rpc/errors.h"
#include "bellwether/common/v1/common.pb.h"
#include "core/base/calendar.h"
#include "core/domain/measures.h"
#include "core/engine/view.h"
#include "core/indicators/catalogue.h"
#include "core/indicators/panel.h"

namespace bellwether::rpc {

struct Subject {
  std::string name;  // "birth_rate_12m"
  std::string unit;  // "count", "percent", …
  domain::Privacy privacy{};
  bool in_working_hours = false;  // counted by the working hours of the support desks
  std::variant<indicators::Indicator, indicators::Measure> id;
};

// The indicators by number, then the measures.
inline constexpr size_t kSubjects = domain::kIndicatorCount + domain::kMeasureCount;
// REQUIRES: number < kSubjects.
Subject subject_at(size_t number);

// With or without the prefix "indicators/". An unknown name is a violation of `field`.
Subject read_subject(std::string_view name, std::string_view field, BadRequest& bad);

// The figure, protected. `basis` is marked if it is suppressed or rounded, and states the working
// hours of a figure that is counted by them.
indicators::Value value_of(const Subject& subject, const engine::View& view, indicators::Node node,
                           base::PeriodIndex period, common::v1::Basis& basis);

// For a class of a distribution: the fewest people that the value is about, and its protection.
double cases_of(const Subject& subject, const indicators::Value& v);
void protect(const Subject& subject, indicators::Value& v, common::v1::Basis& basis);

// The classes of a distribution that add up to one.
struct ToldClasses {
  size_t stated = 0;  // so many have a share
  // The sum of their numerators; 0 if the figures have no common sum, or parts below 0, or if a
  // class with people in it is withheld.
  double counted = 0;
  std::vector<bool> withheld;  // by class
};
// Protects the values of the classes, of which the first `stated` have a share. `withheld`: which
// classes of people may not be told, by the cases of each.
ToldClasses protect_classes(
    const Subject& subject, std::span<indicators::Value* const> classes, size_t stated,
    absl::FunctionRef<std::vector<bool>(std::span<const double> cases)> withheld,
    common::v1::Basis& basis);

}  // namespace bellwether::rpc
