// Purpose: a request to an HTTP server and what came of it, as values, so that who decides what to
// send needs no network. Thread safety: values.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bellwether::http {

struct Request {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  // name and value
  std::string body;                                          // sent by POST
};

struct Answer {
  int status = 0;           // 0: no answer
  std::string error;        // why there is no answer, or why a body that was followed has ended
  std::string retry_after;  // the header of this name; empty if there is none
  std::string body;         // its first kAnswerBytesMax bytes
};

using Send = std::function<Answer(const Request&)>;

}  // namespace bellwether::http
