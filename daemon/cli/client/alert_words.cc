#include "cli/client/alert_words.h"

#include "core/base/text.h"

namespace bellwether::cli {

namespace alerts_pb = bellwether::alerts::v1;

const char* severity_name(alerts_pb::Severity severity, const char* unknown) {
  switch (severity) {
    case alerts_pb::SEVERITY_OPS:
      return "ops";
    case alerts_pb::SEVERITY_AMBER:
      return "amber";
    case alerts_pb::SEVERITY_RED:
      return "red";
    default:
      return unknown;
  }
}

std::string without(const std::string& name, const std::string& prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::string both(const std::string& filter, const std::string& condition) {
  return filter.empty() ? condition : base::cat("(", filter, ") AND ", condition);
}

}  // namespace bellwether::cli
