// Purpose: Student's t distribution, for scores whose spread is estimated from few periods.
// Thread safety: pure.
#pragma once

namespace bellwether::stats {

// P(|T| > |t|) with `freedom` > 0 degrees of freedom, a few hundred at most. Relative error 1e-10
// up to |t| = 1000; farther out it grows with t².
double student_p(double t, double freedom);

// The normal deviate that is as improbable as t, and of its sign.
double normal_of_student(double t, double freedom);
// The other way round, relative error 1e-7; at most kStudentMax on either side.
double student_of_normal(double z, double freedom);
inline constexpr double kStudentMax = 1e6;

}  // namespace bellwether::stats
