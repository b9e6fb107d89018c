#include "runtime/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>

#include "absl/strings/str_format.h"

namespace bellwether::runtime::log {
namespace {

std::atomic<bool> as_json{false};

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = spdlog::stderr_logger_mt("bellwetherd");
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum to_level(int syslog) {
  if (syslog <= 3) return spdlog::level::err;
  if (syslog == 4) return spdlog::level::warn;
  if (syslog <= 6) return spdlog::level::info;
  return spdlog::level::debug;
}

std::string json_text(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += absl::StrFormat("\\u%04x", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  return out;
}

}  // namespace

void configure(const std::string& level, const std::string& format) {
  bool const json = format == "json";
  as_json = json;
  logger().set_pattern(
      json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
      spdlog::pattern_time_type::utc);
  logger().set_level(spdlog::level::from_str(level));
}

void line(int level, std::string_view facility, std::string_view message) {
  spdlog::level::level_enum const to = to_level(level);
  if (!logger().should_log(to)) return;
  if (as_json) {
    logger().log(to, "\"part\":\"{}\",\"message\":\"{}\"", json_text(facility), json_text(message));
  } else {
    logger().log(to, "{}: {}", facility, message);
  }
}

}  // namespace bellwether::runtime::log
