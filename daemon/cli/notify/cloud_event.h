// Purpose: an event as a CloudEvent 1.0 in structured JSON mode, and its signature.
// Thread safety: values and pure functions.
#pragma once

#include <string>
#include <string_view>

#include "adapters/http/message.h"
#include "core/base/calendar.h"

namespace bellwether::notify {

inline constexpr std::string_view kContentType = "application/cloudevents+json; charset=utf-8";
inline constexpr std::string_view kTypePrefix = "bellwether.alert.";
// The value is "sha256=" and the HMAC-SHA256 of the body in lower hexadecimal digits.
inline constexpr std::string_view kSignatureHeader = "X-Bellwether-Signature";

// What a webhook is told.
struct Event {
  std::string id;       // of the source, always the same for the same event
  std::string kind;     // raised, escalated, cleared, acknowledged, suspended, resumed, open
  std::string subject;  // "alerts/R1.SG.C.1997-06"
  base::UnixMillis at;
  std::string data;  // a JSON object
};

// `source`: who sends, as "/bellwether/uk".
std::string cloud_event(const Event& event, std::string_view source);
std::string signature(std::string_view secret, std::string_view body);
// An empty secret means no signature.
http::Request webhook_request(const std::string& url, const Event& event, std::string_view source,
                              std::string_view secret);

}  // namespace bellwether::notify
