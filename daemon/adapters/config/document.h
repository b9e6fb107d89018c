// Purpose: a text → the one YAML document in it.
// Thread safety: pure.
#pragma once

#include <optional>
#include <string_view>

#include <yaml-cpp/yaml.h>

#include "core/base/csv.h"

namespace bellwether::config {

// The document of `text`: null if there is none, nothing after an error. Errors, by line: what is
// no YAML; a second document, which nobody would read.
std::optional<YAML::Node> read_document(std::string_view text, base::LineErrors& errors);

}  // namespace bellwether::config
