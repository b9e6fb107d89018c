// Purpose: what several commands say of an alert, and the filters that they make.
// Thread safety: pure.
#pragma once

#include <string>

#include "bellwether/alerts/v1/alerts.pb.h"

namespace bellwether::cli {

// "red", "amber", "ops", or `unknown`.
const char* severity_name(bellwether::alerts::v1::Severity severity, const char* unknown = "-");

// Example: "alerts/R1.SG.C.1997-06" without "alerts/".
std::string without(const std::string& name, const std::string& prefix);

// A filter that holds if both do. `filter` may be empty.
std::string both(const std::string& filter, const std::string& condition);

}  // namespace bellwether::cli
