// Purpose: how parts of the program report to its log without knowing the log. The core only names
// the type; adapters and the runtime call it. Thread safety: a LogFn may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace bellwether::base {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };

// `part`: the part of the program that reports, such as "snapshot".
using LogFn = std::function<void(LogLevel level, std::string_view part, std::string_view message)>;

}  // namespace bellwether::base
