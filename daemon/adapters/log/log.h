// Purpose: the log of the process, written to standard error with one line per message.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/log.h"

namespace bellwether::log {

// `level`: debug, info, warn or error; lines below it are not written. `format`: text or json.
void configure(const std::string& level, const std::string& format);
// `part`: the part of the program that reports.
void line(base::LogLevel level, std::string_view part, std::string_view message);
// "part: message" for the text format. In each line of the message, bytes that are not UTF-8 and
// control characters become U+FFFD, so that a text of others cannot forge a line or steer a
// terminal. A line of more than kLineBytesMax bytes is cut.
inline constexpr size_t kLineBytesMax = 8192;
std::string text_line(std::string_view part, std::string_view message);
// "part":"…","message":"…" as members of a JSON object. Bytes that are not UTF-8 become U+FFFD.
std::string json_members(std::string_view part, std::string_view message);

}  // namespace bellwether::log
