#include "adapters/log/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "core/base/text.h"

namespace bellwether::log {
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

spdlog::level::level_enum to_spdlog(base::LogLevel level) {
  switch (level) {
    case base::LogLevel::kDebug:
      return spdlog::level::debug;
    case base::LogLevel::kInfo:
      return spdlog::level::info;
    case base::LogLevel::kWarning:
      return spdlog::level::warn;
    case base::LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
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

std::string json_members(std::string_view part, std::string_view message) {
  nlohmann::ordered_json const members = {{"part", part}, {"message", message}};
  std::string const object =
      members.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return object.substr(1, object.size() - 2);
}

std::string text_line(std::string_view part, std::string_view message) {
  std::string out = base::cat(part, ":");
  std::string_view before = " ";
  for (absl::string_view line : absl::StrSplit(base::to_absl(message), '\n')) {
    base::append(out, before, base::excerpt(base::from_absl(line), kLineBytesMax));
    before = "\n";
  }
  return out;
}

void line(base::LogLevel level, std::string_view part, std::string_view message) {
  spdlog::level::level_enum const to = to_spdlog(level);
  if (!logger().should_log(to)) return;
  if (as_json) {
    logger().log(to, "{}", json_members(part, message));
  } else {
    logger().log(to, "{}", text_line(part, message));
  }
}

}  // namespace bellwether::log
