#include "cli/notify/courier.h"

#include <nlohmann/json.hpp>

#include "core/base/check.h"
#include "core/base/text.h"

namespace bellwether::notify {

Courier::Step Courier::next(UnixMillis now) const {
  if (event_ && !given_up_.empty()) return Step::kBury;
  if (event_) return now < attempts_.due() ? Step::kWait : Step::kPost;
  return token_ != saved_ ? Step::kSave : Step::kTake;
}

void Courier::take(std::optional<Event> event, std::string token) {
  BELLWETHER_CHECK(!event_ && token_ == saved_);
  event_ = std::move(event);
  if (!token.empty()) token_ = std::move(token);
}

http::Request Courier::request(std::string_view secret) const {
  return webhook_request(url_, *event_, source_, secret);
}

Attempts::Next Courier::answered(const http::Answer& answer, UnixMillis now, double jitter) {
  Attempts::Next const next = attempts_.answered(answer, now, jitter);
  if (next == Attempts::Next::kDone) deliver();
  if (next == Attempts::Next::kGiveUp) given_up_ = describe(answer);
  return next;
}

std::string Courier::dead_letter(UnixMillis now) const {
  nlohmann::ordered_json const out = {
      {"given_up_at", base::format_instant(now)},
      {"reason", given_up_},
      {"attempts", attempts_.count()},
      {"event", nlohmann::ordered_json::parse(cloud_event(*event_, source_), nullptr, false)},
  };
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

void Courier::deliver() {
  event_.reset();
  attempts_ = {};
  given_up_.clear();
}

}  // namespace bellwether::notify
