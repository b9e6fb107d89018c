// bellwether connect companies-house: publishes the register of the United Kingdom.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <thread>

#include "adapters/log/log.h"
#include "cli/connect/bulk_load.h"
#include "cli/connect/commands.h"
#include "cli/connect/connect.h"
#include "cli/connect/stream_load.h"
#include "cli/connect/stream_reply.h"
#include "connect/companies_house/record.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace ch = connect::companies_house;

constexpr double kStallSecondsMax = 3'600;
constexpr char kAllStreams[] = "all";
constexpr int kSignalled = 128;  // the status of a process that a signal ended, as shells tell it

struct Options {
  ConnectOptions connect;
  BulkOptions bulk;
  std::string as_of;
  StreamOptions stream;
  std::vector<std::string> streams;  // by name, or "all"; an empty name if there is none
  double stall_seconds = static_cast<double>(kStallMsDefault) / 1000;
};

// Takes SIGTERM and SIGINT as long as it lives; no thread that is started meanwhile does. They end
// the process at once, which loses nothing; or after finish_first() they set the flag.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
    thread_ = std::thread([this] {
      timespec const moment{0, 100'000'000};
      while (!ended_ && !stop_) {
        int const signal = sigtimedwait(&set_, nullptr, &moment);
        if (signal > 0 && !finish_first_) _exit(kSignalled + signal);
        stop_ = signal > 0;
      }
    });
  }
  ~Signals() {
    ended_ = true;
    thread_.join();
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  void finish_first() { finish_first_ = true; }
  const std::atomic<bool>& stop() const { return stop_; }

 private:
  sigset_t set_;
  sigset_t before_;
  std::atomic<bool> finish_first_{false};
  std::atomic<bool> stop_{false};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

absl::Status read_streams(Options& options) {
  std::vector<ch::Stream>& out = options.stream.streams;
  for (const std::string& name : options.streams) {
    auto const found = ch::find_stream(name);
    if (found) {
      out.push_back(*found);
    } else if (name == kAllStreams || name.empty()) {
      for (const ch::StreamInfo& info : ch::kStreamTable) out.push_back(info.id);
    } else {
      return absl::InvalidArgumentError(
          base::cat("--stream ", base::excerpt(name),
                    ": name companies, filings, officers, insolvency-cases, charges or all"));
    }
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  if (out.empty()) return absl::OkStatus();
  if (options.stream.source.key_file.empty()) {
    return absl::InvalidArgumentError("--stream needs --api-key-file");
  }
  options.stream.source.stall_ms = static_cast<int64_t>(1000 * options.stall_seconds);
  return check_stream_url(options.stream.source.url);
}

bool has_stream(const Options& options) {
  return !options.stream.streams.empty() || !options.stream.day_files.empty();
}

absl::Status check(Options& options) {
  options.bulk.today = base::days_of(wall_clock());
  if (!options.as_of.empty()) {
    BELLWETHER_ASSIGN_OR_RETURN(options.bulk.as_of, base::parse_date(options.as_of));
  }
  BELLWETHER_RETURN_IF_ERROR(read_streams(options));
  if (!options.bulk.mass_addresses.empty() && options.bulk.files.empty())
    return absl::InvalidArgumentError("--mass-addresses needs --bulk FILE");
  if (!options.bulk.files.empty() || has_stream(options)) return absl::OkStatus();
  return absl::InvalidArgumentError("name --bulk FILE, --stream, --day-file FILE, or several");
}

absl::Status run(Options& options) {
  BELLWETHER_RETURN_IF_ERROR(check(options));
  std::optional<Signals> signals;
  if (has_stream(options)) signals.emplace();  // before any thread
  BELLWETHER_ASSIGN_OR_RETURN(auto const run, ConnectRun::start(options.connect, ch::kStateOwner,
                                                                {domain::Topic::kRegistrations}));
  absl::Status status;
  std::string text;
  if (!options.bulk.files.empty()) {
    auto const summary = load_bulk(*run, options.bulk);
    status = summary.status();
    if (summary.ok()) text = text_of(*summary);
  }
  if (status.ok() && has_stream(options)) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
    log::configure("info", "text");
    signals->finish_first();
    status = load_streams(*run, options.stream, signals->stop(), text);
  }
  text += run->refusals_text();
  std::fputs(text.c_str(), stdout);
  return status;
}

// As exit_of(), and for the ends of a stream that connecting again does not mend.
Exit exit_of_connect(const absl::Status& status) {
  if (absl::IsOutOfRange(status)) return Exit::kEventsGone;
  return absl::IsPermissionDenied(status) ? Exit::kUsage : exit_of(status);
}

void add_bulk_options(CLI::App& sub, Options& options) {
  sub.add_option("--bulk", options.bulk.files,
                 "BasicCompanyDataAsOneFile-DATE.csv or .zip, or all its parts");
  sub.add_option(
      "--as-of", options.as_of,
      "date of the file (2026-11-01), if its name has none; it shows the register at the "
      "end of the day before");
  sub.add_flag("--accept-cessations", options.bulk.accept_cessations,
               "believe the file, however many companies are gone from it");
  sub.add_flag("--again", options.bulk.again, "read the last file once more");
  sub.add_option("--mass-addresses", options.bulk.mass_addresses,
                 "write the postcodes of formation agents to this file, for "
                 "reference.mass_addresses");
}

void add_stream_options(CLI::App& sub, Options& options) {
  sub.add_option("--stream", options.streams,
                 "follow the streaming API until interrupted: companies, filings, officers, "
                 "insolvency-cases, charges; without a name all of them")
      ->expected(0, static_cast<int>(ch::kStreams));
  sub.add_option("--day-file", options.stream.day_files,
                 "files of lines of the streams (.jsonl, or zip), in their order");
  sub.add_option("--api-key-file", options.stream.source.key_file,
                 "its first line is the key of the streaming API; read for each connection");
  sub.add_option("--stream-url", options.stream.source.url, "of another server")
      ->capture_default_str();
  sub.add_option("--ca-file", options.stream.source.ca_file,
                 "PEM certificates of the server's authorities; none = the public ones");
  sub.add_option("--stall-timeout", options.stall_seconds,
                 "seconds without any sign of life until it connects again")
      ->check(at_most(kStallSecondsMax))
      ->capture_default_str();
  sub.add_flag("--from-now", options.stream.from_now,
               "forget how far the streams were read, and read what is new");
}

}  // namespace

void add_companies_house(CLI::App& app, Context& context) {
  CLI::App* const sub = app.add_subcommand(
      "companies-house",
      "the register of the United Kingdom: its monthly file BasicCompanyData, each of which says "
      "what changed since the last, and its streaming API");
  sub->fallthrough();
  auto options = std::make_shared<Options>();
  add_connect_options(*sub, options->connect);
  add_bulk_options(*sub, *options);
  add_stream_options(*sub, *options);
  sub->callback([&context, options] {
    absl::Status const status = run(*options);
    if (!status.ok()) context.fail(exit_of_connect(status), std::string(status.message()));
  });
}

}  // namespace bellwether::cli
