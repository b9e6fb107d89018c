// Purpose: parses a text as one YAML document.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <yaml-cpp/yaml.h>

#include "core/base/csv.h"

namespace bellwether::config {

// The document of `text`: null if the text is empty, nullopt after an error. Errors, with their
// line: the text is not YAML, or not Unicode; there is a second document, which would be ignored.
std::optional<YAML::Node> read_document(std::string_view text, base::LineErrors& errors);

// The settings that a document states: the path of each ("serve.watchers_max") and a hash of its
// value, so that a secret is not kept. A list is one setting.
std::map<std::string, uint64_t> settings_of(const YAML::Node& document);

}  // namespace bellwether::config
