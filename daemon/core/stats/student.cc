#include "core/stats/student.h"

#include <cmath>

#include "core/stats/counts.h"
#include "core/stats/normal.h"

namespace bellwether::stats {

double student_p(double t, double freedom) {
  return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

double normal_of_student(double t, double freedom) {
  return std::copysign(-normal_quantile(student_p(t, freedom) / 2), t);
}

double student_of_normal(double z, double freedom) {
  double const p = 2 * normal_cdf(-std::abs(z));
  double low = 0;
  double high = kStudentMax;
  constexpr int kSteps = 80;
  for (int i = 0; i < kSteps; ++i) {
    double const middle = (low + high) / 2;
    (student_p(middle, freedom) > p ? low : high) = middle;
  }
  return std::copysign(high, z);
}

}  // namespace bellwether::stats
