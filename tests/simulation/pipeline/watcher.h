// A client of WatchAlerts and the server's side of its stream: the work of rpc/watch without gRPC.
// The server sends the transitions after a token; the client keeps the token of its last message.
#pragma once

#include <optional>
#include <string>

#include "simulation/pipeline/auditor.h"
#include "simulation/pipeline/parts.h"

namespace bellwether::simulation {

class Watcher {
 public:
  Watcher(int id, Auditor& auditor, Parts& parts) : id_(id), auditor_(auditor), parts_(parts) {}

  // Connects to `replica` and resumes from the client's token. The first connection starts from the
  // beginning for even ids, and from now for odd ids.
  void connect(size_t replica, const alerts::Book& book) {
    if (replica_) return;
    replica_ = replica;
    if (token_.empty()) {
      sent_ = id_ % 2 == 0 ? alerts::ResumeToken{} : alerts::ResumeToken{book.offset(), UINT32_MAX};
      position_ = auditor_.position_of(sent_);
      token_ = alerts::format(sent_);
      return;
    }
    auto const token = alerts::parse_resume_token(token_);
    if (!token) return auditor_.fail(base::cat("watcher ", id_, " has token ", token_));
    sent_ = parts_.resume(*token);
  }
  std::optional<size_t> replica() const { return replica_; }

  void listen(const alerts::Book& book, int64_t messages_max) { stream(book, messages_max, true); }
  // The connection breaks with messages in flight, which the client never receives.
  void hang_up(const alerts::Book& book, int64_t messages) {
    stream(book, messages, false);
    replica_.reset();
  }
  void disconnect() { replica_.reset(); }
  size_t position() const { return position_; }

 private:
  void stream(const alerts::Book& book, int64_t messages, bool received) {
    for (int64_t n = 0; replica_ && n < messages; ++n) {
      auto const behind = book.first_after(sent_);
      if (!behind)
        return auditor_.fail(base::cat("watcher ", id_, " is told that its token is too old"));
      if (*behind == book.transitions_end()) {
        if (book.offset() > sent_.offset) sent_ = {book.offset(), UINT32_MAX};
        if (received) token_ = alerts::format(sent_);
        return;
      }
      const alerts::Transition& t = book.transition(*behind);
      sent_ = t.token;
      if (!received) continue;
      token_ = alerts::format(sent_);
      auditor_.heard(id_, position_++, t);
    }
  }

  int const id_;
  Auditor& auditor_;
  Parts& parts_;
  std::optional<size_t> replica_;
  alerts::ResumeToken sent_;
  std::string token_;  // empty before the first watch
  size_t position_ = 0;
};

}  // namespace bellwether::simulation
