// Purpose: Student's t distribution, for scores whose spread is estimated from few periods.
// Thread safety: pure.
#pragma once

namespace bellwether::stats {

// P(|T| > |t|) with `freedom` > 0 degrees of freedom.
double student_p(double t, double freedom);

// The normal deviate that is as improbable as t, and of its sign.
double normal_of_student(double t, double freedom);
// The other way round; at most kStudentMax on either side.
double student_of_normal(double z, double freedom);
inline constexpr double kStudentMax = 1e6;

}  // namespace bellwether::stats
