// Purpose: delivers events to a webhook one after the other, at least once: decides what to do
// next. The caller does it (takes an event, sends, writes a file) and reports back. Invariants: an
// event is taken only when the one before it was delivered, or written as a dead letter, and its
// resume token saved. So a restart at any moment, with the token of the file, repeats at most one
// event and loses none. Thread safety: one thread. Time and chance are arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/message.h"
#include "cli/notify/cloud_event.h"
#include "cli/notify/retry.h"

namespace bellwether::notify {

class Courier {
 public:
  enum class Step : uint8_t {
    kTake,  // take() the next event
    kPost,  // send request(), then answered()
    kWait,  // nothing before due()
    kBury,  // append dead_letter() to the file of dead letters, then buried()
    kSave,  // write token() to its file, then saved()
  };
  // `saved`: the token of the file, empty if there is none.
  Courier(std::string url, std::string source, std::string saved)
      : url_(std::move(url)), source_(std::move(source)), saved_(std::move(saved)) {}

  Step next(UnixMillis now) const;

  // An event, or none, and the token after which the watch goes on once it is delivered. An empty
  // token leaves the saved one as it is. REQUIRES: kTake.
  void take(std::optional<Event> event, std::string token);

  http::Request request(std::string_view secret) const;  // REQUIRES: an event
  Attempts::Next answered(const http::Answer& answer, UnixMillis now, double jitter);
  UnixMillis due() const { return attempts_.due(); }
  int attempts() const { return attempts_.count(); }

  // A line of JSON: when, why, after how many attempts, and the event. REQUIRES: kBury.
  std::string dead_letter(UnixMillis now) const;
  void buried() { deliver(); }

  const std::string& token() const { return token_; }
  void saved() { saved_ = token_; }

  const std::optional<Event>& event() const { return event_; }  // not delivered yet

 private:
  void deliver();

  std::string const url_;
  std::string const source_;
  std::string saved_;
  std::string token_ = saved_;  // of the last event that was delivered or is being so
  std::optional<Event> event_;
  Attempts attempts_;
  std::string given_up_;  // why; empty: it is still tried
};

}  // namespace bellwether::notify
