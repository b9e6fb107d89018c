// Purpose: how unequally cases fall on the ordered classes of a population: the deciles of
// deprivation, the most deprived class first. Cases are events or members of the population, such
// as births, deaths or supported businesses. Each estimate comes with its variance. Splitting a
// class into two with equal rates changes nothing but the variance's last digits.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace bellwether::stats {

struct PopulationClass {
  double size = 0;   // of the population: businesses or residents, ≥ 0
  double cases = 0;  // ≥ 0
};

struct Estimate {
  double value = 0;
  double variance = 0;
};

// The concentration index of the cases over the population, from −1 (all cases in the first class)
// to 1 (in the last): C = (2/μ) Σ p h r − 1 for shares p of the population, rates h, their mean μ,
// and ranks r = Σ_{e<d} p_e + p_d/2. Variance for grouped data: Kakwani, Wagstaff & van Doorslaer
// 1997, Journal of Econometrics 77, 87–103. nullopt without population or cases.
std::optional<Estimate> concentration_index(std::span<const PopulationClass> classes);

// The slope index of inequality: the slope of the rates on the ranks r, weighted by p: the rate at
// the end of the least deprived less that at the end of the most deprived (Pamuk 1985, Population
// Studies 39, 17–31). The variance takes cases as Poisson counts. nullopt without population, or if
// only one class has any.
std::optional<Estimate> slope_index(std::span<const PopulationClass> classes);

// The share of the cases in the first `worst` classes less the share of the population there. The
// variance takes both shares as binomial and independent. nullopt without population or cases.
std::optional<Estimate> share_gap(std::span<const PopulationClass> classes, size_t worst);

// The natural logarithm of the rate of the first `ends` classes divided by that of the last `ends`
// classes. Variance: Katz, Baptista, Azen & Pike 1978, Biometrics 34, 469–474. nullopt if one of
// the two has no population or no cases. REQUIRES: 2 ends ≤ number of classes.
std::optional<Estimate> log_rate_ratio(std::span<const PopulationClass> classes, size_t ends);

}  // namespace bellwether::stats
