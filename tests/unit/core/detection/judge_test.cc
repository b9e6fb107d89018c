#include "core/detection/judge.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/detection/multiplicity.h"
#include "core/stats/normal.h"
#include "support/random.h"

namespace bellwether::detection {
namespace {

struct Tested {
  Assessment assessment;
  std::vector<double> tail;
};

std::vector<Tested> some_series(size_t n) {
  testing::Random random(20261128);
  std::vector<Tested> out(n);
  for (Tested& t : out) {
    t.assessment.expected = 100 * random.uniform();
    t.assessment.width = 0.7 + random.uniform();
    t.assessment.scale = score_scale(t.assessment.width);
    t.assessment.scale_points = 78;
    t.assessment.z = 4 * random.uniform() - 1;
    t.assessment.p = stats::normal_cdf(-t.assessment.z);
    for (int i = 0; i < 12; ++i) t.tail.push_back(1 + 2 * random.uniform());
  }
  return out;
}

// Series with odd indices are not tested.
TEST(JudgeTest, RecalibratesAndThenCorrectsForManySeries) {
  std::vector<Tested> const all = some_series(200);
  std::vector<Judged> judged(all.size());
  for (size_t i = 0; i < all.size(); i += 2) judged[i] = {&all[i].assessment, all[i].tail};
  Recalibration room;
  judge_together(judged, room);

  Recalibration r;
  for (size_t i = 0; i < all.size(); i += 2) r.add(all[i].assessment);
  r.pool_widths();
  for (size_t i = 0; i < all.size(); i += 2) r.add_tail(i / 2, all[i].tail);
  r.pool_tails();
  std::vector<double> p;
  for (size_t i = 0; i < all.size(); i += 2) p.push_back(r.p(i / 2, all[i].assessment));
  std::vector<double> adjusted(p.size());
  benjamini_hochberg(p, adjusted);
  for (size_t i = 0; i < all.size(); ++i) {
    bool const tested = i % 2 == 0;
    EXPECT_EQ(judged[i].p, tested ? p[i / 2] : 1) << i;
    EXPECT_EQ(judged[i].p_adjusted, tested ? adjusted[i / 2] : 1) << i;
  }
}

TEST(JudgeTest, AReusedRecalibrationGivesTheSameResult) {
  std::vector<Tested> const all = some_series(50);
  std::vector<Judged> first;
  for (const Tested& t : all) first.push_back({&t.assessment, t.tail});
  std::vector<Judged> second = first;
  Recalibration room;
  judge_together(first, room);
  judge_together(second, room);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(first[i].p_adjusted, second[i].p_adjusted);
  judge_together({}, room);
}

}  // namespace
}  // namespace bellwether::detection
