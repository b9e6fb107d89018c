#include "core/alerts/silence.h"

namespace bellwether::alerts {
namespace {

// An empty `wanted` matches everything.
bool matches(const std::string& wanted, const std::string& actual) {
  return wanted.empty() || wanted == actual;
}

}  // namespace

bool Silence::covers(const AlertKey& key, UnixMillis now) const {
  return !over(now) && matches(silence.rule, key.rule) && matches(silence.area, key.area) &&
         matches(silence.sector, key.sector);
}

}  // namespace bellwether::alerts
