#include "core/stats/student.h"

#include <gtest/gtest.h>

#include <cmath>

#include <boost/math/distributions/students_t.hpp>

#include "core/stats/normal.h"

namespace bellwether::stats {
namespace {

// R: 2*pt(-2.5, 7), qnorm(pt(-4, 11)), qt(pnorm(-3), 5).
TEST(StudentTest, AgreesWithR) {
  EXPECT_NEAR(student_p(2.5, 7), 0.040992218585752874, 1e-12);
  EXPECT_NEAR(normal_of_student(-4, 11), -3.0776792105260968, 1e-10);
  EXPECT_NEAR(student_of_normal(-3, 5), -5.5070797124692916, 1e-8);
  EXPECT_EQ(normal_of_student(0, 3), 0);
}

// Boost.Math as an independent reference, for the degrees of freedom that a few periods leave.
// Relative errors: 1e-10 for a tail up to |t| = 1000, 1e-7 for a t.
TEST(StudentTest, AgreesWithBoost) {
  for (double freedom : {0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 11.0, 25.0, 51.0, 200.0}) {
    SCOPED_TRACE(freedom);
    boost::math::students_t const student(freedom);
    for (double t : {0.01, 0.3, 0.9, 1.5, 2.5, 4.0, 8.0, 30.0, 1e3}) {
      double const p = 2 * cdf(complement(student, t));
      if (p < 1e-290) continue;
      EXPECT_NEAR(student_p(t, freedom) / p, 1, 1e-10) << t;
      EXPECT_EQ(student_p(-t, freedom), student_p(t, freedom));
      // The normal deviate has the same tail. The tail's relative error is z² times that of the
      // deviate.
      double const z = normal_of_student(t, freedom);
      EXPECT_NEAR(2 * normal_cdf(-z) / p, 1, 1e-10 + 1e-14 * z * z) << t;
      EXPECT_EQ(normal_of_student(-t, freedom), -z);
    }
    for (double z : {-6.0, -3.0, -0.5, 0.1, 1.0, 2.5758, 4.0}) {
      double const t = std::copysign(quantile(complement(student, normal_cdf(-std::abs(z)))), z);
      if (std::abs(t) < kStudentMax) {
        EXPECT_NEAR(student_of_normal(z, freedom) / t, 1, 1e-7) << z;
      } else {
        EXPECT_EQ(student_of_normal(z, freedom), std::copysign(kStudentMax, z));
      }
    }
  }
}

}  // namespace
}  // namespace bellwether::stats
