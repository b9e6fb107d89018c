// Purpose: the parts that all subcommands share: the connection, the output format, error messages.
// Thread safety: one thread.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/calendar.h"

namespace bellwether::cli {

// Exit codes, as `bellwether --help` documents them.
enum class Exit : int {
  kOk = 0,
  kFailure = 1,
  kUsage = 2,
  kUnreachable = 3,
  kNotFound = 4,
  kCannotVerify = 5,
  kEventsGone = 6  // connect: the register no longer has the events that were not read yet
};

inline constexpr double kTimeoutSecondsMax = 86'400;

struct Context {
  std::string server = "127.0.0.1:7443";
  std::string output = "table";  // table | json
  double timeout_seconds = 10;
  int exit_code = 0;
  std::string as_of;  // --as-of: a revision or a period; empty: now

  bool json() const { return output == "json"; }
  std::shared_ptr<grpc::Channel> channel() const;
  void set_deadline(grpc::ClientContext& call) const;
  // Returns true if the call succeeded. Otherwise prints the error, sets the exit code and returns
  // false.
  bool ok(const grpc::Status& status);
  void fail(Exit code, std::string_view message);
  static void print_json(const google::protobuf::Message& message);
};

// With the names and all fields of the proto file, on one line.
std::string json_text(const google::protobuf::Message& message);

void add_alerts(CLI::App& app, Context& context);
void add_regime_breaks(CLI::App& app, Context& context);
void add_indicators(CLI::App& app, Context& context);
void add_inclusion(CLI::App& app, Context& context);
void add_backtest(CLI::App& app, Context& context);
void add_connect(CLI::App& app, Context& context);
void add_export(CLI::App& app, Context& context);
void add_forecast(CLI::App& app, Context& context);
void add_forecasts(CLI::App& app, Context& context);
void add_notify(CLI::App& app, Context& context);
void add_reference(CLI::App& app, Context& context);
void add_status(CLI::App& app, Context& context);
void add_topics(CLI::App& app, Context& context);
void add_feed(CLI::App& app, Context& context);
void add_detect(CLI::App& app, Context& context);
void add_verify(CLI::App& app, Context& context);

// The clock of the machine. Commands read it; what they decide with gets it as an argument.
base::UnixMillis wall_clock();

// Writes every byte to standard error, also those after a NUL byte.
void print_error(std::string_view text);

// Accepts a number above 0 and at most `most`. CLI::Range would accept "nan".
CLI::Validator at_most(double most);

// Example: "2026-11-24 09:15", in UTC. An instant outside the years 0000 … 9999 is shown as "after
// 9999-12-31" or "before 0000-01-01".
std::string instant(int64_t milliseconds);
// Example: "2026-11-24".
std::string day(int64_t milliseconds);

}  // namespace bellwether::cli
