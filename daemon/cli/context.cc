#include "cli/context.h"

#include <google/protobuf/util/json_util.h>

#include <array>
#include <chrono>
#include <cstdio>

#include "core/base/calendar.h"
#include "core/base/text.h"

namespace bellwether::cli {

std::shared_ptr<grpc::Channel> Context::channel() const {
  return grpc::CreateChannel(server, grpc::InsecureChannelCredentials());
}

namespace {

// The server's errors name its calls. A person who types commands is told the command instead.
std::string in_commands(std::string message) {
  struct Call {
    std::string_view rpc;
    std::string_view command;
  };
  constexpr auto kCalls = std::to_array<Call>({
      {"ListAlerts", "alerts list"},
      {"ListAreas", "areas list"},
      {"ListSectors", "sectors list"},
      {"ListIndicators", "indicators list"},
      {"ListMethods", "forecasts methods"},
      {"ListSilences", "alerts silences"},
  });
  for (const Call& call : kCalls) {
    std::string const from = base::cat("; ", call.rpc, " ");
    auto const at = message.find(from);
    if (at == std::string::npos) continue;
    message.replace(at, from.size(), base::cat("; 'bellwether ", call.command, "' "));
  }
  return message;
}

}  // namespace

void Context::set_deadline(grpc::ClientContext& call) const {
  call.set_deadline(std::chrono::system_clock::now() +
                    std::chrono::milliseconds(static_cast<int64_t>(1000 * timeout_seconds)));
}

bool Context::ok(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return true;
    case grpc::StatusCode::INVALID_ARGUMENT:
      fail(Exit::kUsage, in_commands(status.error_message()));
      break;
    case grpc::StatusCode::NOT_FOUND:
      fail(Exit::kNotFound, in_commands(status.error_message()));
      break;
    case grpc::StatusCode::UNAVAILABLE:
      fail(Exit::kUnreachable, "no answer from " + server + " (" + status.error_message() +
                                   "); is bellwetherd running there? set another with --server");
      break;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      // gRPC's own text says no more than the code; bellwetherd says what it waited for.
      fail(Exit::kUnreachable,
           status.error_message() == "Deadline Exceeded"
               ? "no answer from " + server + " in time; wait longer with --timeout"
               : status.error_message());
      break;
    default:
      fail(Exit::kFailure, status.error_message());
  }
  return false;
}

base::UnixMillis wall_clock() {
  return base::UnixMillis(std::chrono::duration_cast<std::chrono::milliseconds>(
                              std::chrono::system_clock::now().time_since_epoch())
                              .count());
}

void print_error(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void Context::fail(Exit code, std::string_view message) {
  print_error("bellwether: ");
  print_error(message);
  print_error("\n");
  exit_code = static_cast<int>(code);
}

std::string json_text(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  (void)google::protobuf::util::MessageToJsonString(message, &text, options);
  return text;
}

void Context::print_json(const google::protobuf::Message& message) {
  std::puts(json_text(message).c_str());
  std::fflush(stdout);
}

CLI::Validator at_most(double most) {
  std::string const range = base::cat("a number above 0 and at most ", most);
  return CLI::Validator(
      [most, range](const std::string& text) -> std::string {
        auto const number = base::parse_number<double>(text);
        if (number && *number > 0 && *number <= most) return "";
        return base::cat("'", base::excerpt(text), "' must be ", range);
      },
      range);
}

std::string instant(int64_t milliseconds) {
  std::string text = base::format_instant(base::UnixMillis(milliseconds));
  size_t const t = text.find('T');
  return t == std::string::npos ? text : text.substr(0, t) + " " + text.substr(t + 1, 5);
}

std::string day(int64_t milliseconds) {
  std::string const text = base::format_instant(base::UnixMillis(milliseconds));
  return text.substr(0, text.find('T'));
}

}  // namespace bellwether::cli
