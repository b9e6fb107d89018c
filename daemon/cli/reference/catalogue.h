// Purpose: the catalogue as a document: every indicator, rule and measure, from the tables of the
// core. Thread safety: pure function.
#pragma once

#include <string>

#include "core/base/calendar.h"

namespace bellwether::cli {

// Markdown. The rules are the defaults of a deployment with this calendar.
std::string catalogue(base::Calendar calendar);

}  // namespace bellwether::cli
