#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iterator>

#include "simulation/pipeline/generator.h"
#include "simulation/pipeline/shrink.h"
#include "simulation/pipeline/world.h"

namespace bellwether::simulation {
namespace {

constexpr uint64_t kSeedsDefault = 300;
constexpr int kShrinkAttempts = 1'000;

uint64_t number_from(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// A failure without the numbers in it.
std::string kind_of(const std::string& failure) {
  std::string kind;
  std::ranges::copy_if(failure, std::back_inserter(kind),
                       [](unsigned char c) { return !std::isdigit(c); });
  return kind;
}

// What to run, and the shortest script found that fails.
std::string report(const Script& script, const RunResult& failed) {
  Parts real;
  std::string const kind = kind_of(failed.failure);
  Script const small = shrink(
      script, [&](const Script& s) { return kind_of(run(s, real).failure) == kind; },
      kShrinkAttempts);
  return "BELLWETHER_SIMULATION_SEED=" + std::to_string(script.seed) + " fails after step " +
         std::to_string(failed.steps) + ": " + failed.failure +
         "\nshrunk to: " + run(small, real).failure + "\n" + describe(small);
}

TEST(PipelineSimulation, Seeds) {
  uint64_t first = 1;
  uint64_t count = number_from("BELLWETHER_SIMULATION_SEEDS", kSeedsDefault);
  if (uint64_t const one = number_from("BELLWETHER_SIMULATION_SEED", 0); one != 0) {
    first = one;
    count = 1;
  }
  RunResult all;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    Parts real;
    Script const script = generate(seed);
    RunResult const one = run(script, real);
    ASSERT_EQ(one.failure, "") << report(script, one);
    all.facts += one.facts;
    all.steps += one.steps;
    all.journal += one.journal;
    all.transitions += one.transitions;
    all.crashes += one.crashes;
  }
  std::printf(
      "%llu seeds: %zu records, %zu steps, %zu crashes, %zu journal records, %zu transitions\n",
      static_cast<unsigned long long>(count), all.facts, all.steps, all.crashes, all.journal,
      all.transitions);
}

TEST(PipelineSimulation, SameSeedSameRun) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Parts real;
    RunResult const once = run(generate(seed), real);
    RunResult const again = run(generate(seed), real);
    EXPECT_EQ(once.trace, again.trace) << "seed " << seed;
    EXPECT_NE(once.trace, run(generate(seed + 1), real).trace) << "the trace says nothing";
  }
}

}  // namespace
}  // namespace bellwether::simulation
