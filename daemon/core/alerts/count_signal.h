// Purpose: what the judgement of a count (detection/judge.h) says to its alert (state_machine.h).
// The daemon's count rules and `bellwether detect` both use it.
// Thread safety: pure.
#pragma once

#include <string_view>

#include "core/alerts/rule.h"
#include "core/alerts/state_machine.h"
#include "core/base/calendar.h"
#include "core/detection/detector.h"
#include "core/detection/judge.h"
#include "core/detection/multi_speed.h"

namespace bellwether::alerts {

// The signal of a series that was assessed and tested at `period`. It has no evidence.
Signal count_signal(const CountRule& rule, const detection::Assessment& assessment,
                    const detection::Judged& judged, PeriodIndex period,
                    const detection::StatedRate& rate, const detection::SpeedOptions& speed,
                    base::Calendar calendar);

// The signal of a series that was not tested (untested() in state_machine.h).
Signal untested_count(const detection::Assessment& assessment, std::string_view suspended = "");

}  // namespace bellwether::alerts
