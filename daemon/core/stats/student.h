// Purpose: Student's t distribution, for scores whose standard deviation is estimated from few
// periods.
// Thread safety: pure.
#pragma once

namespace bellwether::stats {

// P(|T| > |t|) with `freedom` > 0 degrees of freedom, up to a few hundred. Relative error 1e-10 for
// |t| ≤ 1000; beyond that the error grows with t².
double student_p(double t, double freedom);

// The normal deviate with the same tail probability and the same sign as t.
double normal_of_student(double t, double freedom);
// The inverse of normal_of_student(), relative error 1e-7. Saturates at ±kStudentMax.
double student_of_normal(double z, double freedom);
inline constexpr double kStudentMax = 1e6;

}  // namespace bellwether::stats
