#include "connect/messages.h"

#include "bellwether/events/v1/registration.pb.h"

namespace bellwether::connect {

void set_date(events::v1::Date& to, base::Days day) {
  base::CivilDate const date = base::civil_date(day);
  to.set_year(date.year);
  to.set_month(date.month);
  to.set_day(date.day);
}

std::string heartbeat(std::string_view source, base::UnixMillis complete_to) {
  events::v1::RegistrationEvent event;
  event.set_source(std::string(source));
  event.mutable_heartbeat()->set_complete_to(complete_to.value);
  return event.SerializeAsString();
}

base::UnixMillis end_of_day(base::Days day) {
  return base::UnixMillis(base::start_of(base::Days(day.value + 1)).value - 1);
}

}  // namespace bellwether::connect
