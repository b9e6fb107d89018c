#include "core/stats/student.h"

#include <gtest/gtest.h>

#include <cmath>

#include <boost/math/distributions/students_t.hpp>

#include "core/stats/normal.h"

namespace bellwether::stats {
namespace {

constexpr double kFreedoms[] = {0.5, 1, 2, 3, 5, 7, 11, 25, 51, 200, 1e4, 1e7};

TEST(StudentTest, AgreesWithBoost) {
  double wp = 0, wn = 0, wq = 0;
  for (double freedom : kFreedoms) {
    boost::math::students_t const student(freedom);
    for (double t : {1e-6, 0.01, 0.3, 0.9, 1.5, 2.5, 4.0, 8.0, 30.0, 1e3}) {
      double const p = 2 * cdf(complement(student, t));
      if (p < 1e-290) continue;
      double e = std::abs(student_p(t, freedom) / p - 1);
      if (e > 1e-11) printf("p %g %g: %g\n", freedom, t, e);
      wp = std::max(wp, e);
      double const z = normal_of_student(t, freedom);
      e = std::abs(normal_cdf(-z) * 2 / p - 1);
      if (e > 1e-11) printf("z %g %g: %g\n", freedom, t, e);
      wn = std::max(wn, e);
    }
    for (double z : {-6.0, -3.0, -0.5, 0.1, 1.0, 2.5758, 4.0}) {
      double const t = quantile(student, normal_cdf(z));
      if (std::abs(t) > kStudentMax) continue;
      double e = std::abs(student_of_normal(z, freedom) / t - 1);
      if (e > 1e-11) printf("t %g %g: %g\n", freedom, z, e);
      wq = std::max(wq, e);
    }
  }
  printf("p %g n %g q %g\n", wp, wn, wq);
}

}  // namespace
}  // namespace bellwether::stats
