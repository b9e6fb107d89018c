// Purpose: the type of the function that writes to the log, so that callers do not depend on the
// logger. The core only uses the type; adapters and the runtime call the function. Thread safety: a
// LogFn may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace bellwether::base {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };

// `part`: the part of the program that writes the message, for example "snapshot".
using LogFn = std::function<void(LogLevel level, std::string_view part, std::string_view message)>;

}  // namespace bellwether::base
