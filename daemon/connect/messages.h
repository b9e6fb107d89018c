// Purpose: what all connectors write into their messages in the same way. Thread safety: pure.
#pragma once

#include <string>
#include <string_view>

#include "bellwether/events/v1/common.pb.h"
#include "core/base/calendar.h"

namespace bellwether::connect {

void set_date(events::v1::Date& to, base::Days day);

// A heartbeat: all events that `source` published before `complete_to` are in the log. It has the
// same bytes in the messages of all topics.
std::string heartbeat(std::string_view source, base::UnixMillis complete_to);

// The time of publication of a source that shows the state at the end of `day`: the day's last
// millisecond. So what happened on that day is published before the period that ends with it is
// judged, and the heartbeat of the next midnight closes the period.
base::UnixMillis end_of_day(base::Days day);

}  // namespace bellwether::connect
