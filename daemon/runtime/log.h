// Purpose: the process's log, to standard error.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <string>
#include <string_view>

namespace bellwether::runtime::log {

// `level`: debug, info, warn, error; `format`: text or json, a line a message.
void configure(const std::string& level, const std::string& format);
// `level` as in syslog(3); `facility`: the part that speaks.
void line(int level, std::string_view facility, std::string_view message);

}  // namespace bellwether::runtime::log
