// Purpose: the numbers of an alert, for a terminal.
// Thread safety: pure, except for standard output.
#pragma once

#include <string>

#include "bellwether/alerts/v1/alerts.pb.h"

namespace bellwether::cli {

// Composite rules test several measures together.
bool is_composite(const bellwether::alerts::v1::Evidence& evidence);
// Rules on an indicator compare it with a limit and have no expected value.
bool is_limit(const bellwether::alerts::v1::Evidence& evidence);

// How far the alert was from normal when it was raised: "-20 %", "-8.66 % (limit 0 %)", "3.10
// standard deviations".
std::string distance(const bellwether::alerts::v1::Alert& alert);

// `unit`: as in Alert.unit.
void print_evidence(const bellwether::alerts::v1::Evidence& evidence, const std::string& unit);

}  // namespace bellwether::cli
