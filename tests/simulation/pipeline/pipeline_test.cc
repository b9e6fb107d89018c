#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iterator>
#include <memory>

#include "core/base/text.h"
#include "simulation/pipeline/generator.h"
#include "simulation/pipeline/mutants.h"
#include "simulation/pipeline/shrink.h"
#include "simulation/pipeline/world.h"

namespace bellwether::simulation {
namespace {

constexpr uint64_t kSeedsDefault = 100;
constexpr int kShrinkAttempts = 1'000;
constexpr uint64_t kSeedsToCatch = 100;

uint64_t number_from(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// A failure message without its numbers.
std::string kind_of(const std::string& failure) {
  std::string kind;
  std::ranges::copy_if(failure, std::back_inserter(kind),
                       [](unsigned char c) { return !std::isdigit(c); });
  return kind;
}

// The shortest script found that fails in the same way, and the command that runs the seed again.
std::string report(const Script& script, const RunResult& failed) {
  Parts real;
  std::string const kind = kind_of(failed.failure);
  auto const fails = [&](const Script& s) { return kind_of(run(s, real).failure) == kind; };
  Script const small = shrink(script, fails, kShrinkAttempts);
  return base::cat("step ", failed.tally.steps, ": ", failed.failure,
                   "\nshrunk: ", run(small, real).failure, "\n", describe(small),
                   "this seed alone: BELLWETHER_SIMULATION_SEED=", script.seed,
                   " build/release/bin/simulation_pipeline_test --gtest_filter=*Seeds\n");
}

TEST(PipelineSimulation, Seeds) {
  uint64_t first = 1;
  uint64_t count = number_from("BELLWETHER_SIMULATION_SEEDS", kSeedsDefault);
  if (uint64_t const one = number_from("BELLWETHER_SIMULATION_SEED", 0); one != 0) {
    first = one;
    count = 1;
  }
  Tally all;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    Parts real;
    Script const script = generate(seed);
    RunResult const result = run(script, real);
    ASSERT_EQ(result.failure, "") << report(script, result);
    all.add(result.tally);
  }
  std::printf(
      "%d seeds: %zu records, %zu steps, %zu crashes, %zu journal records, %zu transitions\n",
      static_cast<int>(count), all.records, all.steps, all.crashes, all.journal_records,
      all.transitions);
  std::printf("%zu evaluations passed over, %zu accepted at a cut before the last one\n",
              all.passed_over, all.went_back);
  const SnapshotTally& snapshots = all.snapshots;
  std::printf("%zu snapshots saved, %zu failed, %zu refused; %zu starts from one, %zu with a gap\n",
              snapshots.saved, snapshots.failed, snapshots.refused, snapshots.gone_on_from,
              snapshots.starts_with_a_gap);
}

TEST(PipelineSimulation, SameSeedSameRun) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Parts real;
    RunResult const once = run(generate(seed), real);
    RunResult const again = run(generate(seed), real);
    EXPECT_EQ(once.trace, again.trace) << "seed " << seed;
    EXPECT_NE(once.trace, run(generate(seed + 1), real).trace)
        << "the trace does not depend on the run";
  }
}

TEST(PipelineSimulation, AFailingScriptIsShrunk) {
  constexpr int kAttempts = 200;
  Script const script = generate(1);
  auto const fails = [](const Script& s) {
    return !run(s, *mutants().front().make()).failure.empty();
  };
  ASSERT_TRUE(fails(script));
  Script const small = shrink(script, fails, kAttempts);
  EXPECT_TRUE(fails(small));
  EXPECT_LT(small.steps.size(), script.steps.size() / 10);
}

void expect_caught(std::span<const Mutant> mutants) {
  for (const Mutant& mutant : mutants) {
    std::string failure;
    uint64_t seed = 0;
    while (failure.empty() && seed < kSeedsToCatch) {
      failure = run(generate(++seed), *mutant.make()).failure;
    }
    EXPECT_NE(failure, "") << mutant.name << " went unnoticed";
    std::printf("%-42s seed %2d: %s\n", std::string(mutant.name).c_str(), static_cast<int>(seed),
                failure.c_str());
  }
}

TEST(PipelineSimulation, EveryMutantIsCaught) {
  expect_caught(mutants());
}

TEST(PipelineSimulation, EveryMutantOfSnapshotsIsCaught) {
  expect_caught(snapshot_mutants());
}

}  // namespace
}  // namespace bellwether::simulation
