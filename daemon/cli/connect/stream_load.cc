#include "cli/connect/stream_load.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "absl/strings/str_format.h"
#include "adapters/log/log.h"
#include "adapters/tzdata/tzdata.h"
#include "adapters/zip/reader.h"
#include "cli/connect/bulk_load.h"
#include "core/base/display.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace ch = connect::companies_house;

constexpr size_t kDayFilePieceBytes = 1 << 20;
constexpr std::string_view kDayFileExtension = ".jsonl";
constexpr int64_t kWaitMs = 200;
constexpr int64_t kGatherMs = 50;  // lines are used together

std::string mark_note(ch::Stream stream) {
  return base::cat("stream.", ch::name(stream));
}

std::string count_line(int64_t count, std::string_view what) {
  return base::cat(absl::StrFormat("%12s  ", base::grouped(count)), what, "\n");
}

class StreamLoad {
 public:
  StreamLoad(ConnectRun& run, const StreamOptions& options, base::TimeZone zone)
      : run_(run),
        options_(options),
        connector_(filed_through(run.store())),
        reader_(std::move(zone)) {
    for (const ch::StreamInfo& info : ch::kStreamTable) {
      if (!options.from_now) {
        connector_.set_mark(info.id, ch::mark_of(run.store().note(mark_note(info.id))));
      }
      if (run.metrics() == nullptr) continue;
      auto& made = metrics_[static_cast<size_t>(info.id)];
      made.emplace(run.metrics()->registry(), std::string(info.name));
      tell_mark(info.id);
    }
  }

  // The files in the order in which their events were published: of an earlier one that is read
  // later, nothing would be used. Error: InvalidArgument for a file whose lines are no events.
  absl::StatusOr<std::vector<std::string>> in_order(const std::vector<std::string>& paths) {
    std::vector<std::pair<base::UnixMillis, std::string>> dated;
    for (const std::string& path : paths) {
      std::optional<base::UnixMillis> first;
      int64_t lines = 0;
      auto const look = [&](std::string_view text) {
        if (first || is_blank(text)) return absl::OkStatus();
        ++lines;
        const ch::StreamLine& line = reader_.read(text);
        if (line.timepoint > 0) first = line.published;
        return absl::OkStatus();
      };
      BELLWETHER_RETURN_IF_ERROR(each_line(path, look, [&] { return first.has_value(); }));
      if (!first && lines > 0) {
        return absl::InvalidArgumentError(
            base::cat(path, ": none of its ", lines,
                      " lines is an event of the streams; is it a file of their lines?"));
      }
      dated.emplace_back(first.value_or(base::UnixMillis(0)), path);
    }
    std::ranges::sort(dated);
    std::vector<std::string> out;
    for (auto& [published, path] : dated) out.push_back(std::move(path));
    return out;
  }

  absl::Status day_file(const std::string& path) {
    int64_t number = 0;
    auto const use = [&](std::string_view text) -> absl::Status {
      BELLWETHER_RETURN_IF_ERROR(one_line(path, ++number, text));
      return since_commit_ >= kCommitLines ? commit() : absl::OkStatus();
    };
    return each_line(path, use, [] { return false; });
  }

  // REQUIRES: options.streams is not empty.
  absl::Status follow(const std::atomic<bool>& stop) {
    std::atomic<bool> ended{false};
    StreamInbox inbox;
    std::vector<std::unique_ptr<StreamFollower>> followers;
    for (ch::Stream const stream : options_.streams) {
      auto& metrics = metrics_[static_cast<size_t>(stream)];
      followers.push_back(std::make_unique<StreamFollower>(options_.source, stream,
                                                           connector_.mark(stream), inbox, ended,
                                                           metrics ? &*metrics : nullptr, log_));
    }
    absl::Status status;
    while (status.ok() && !stop) {
      status = use(inbox.take(kWaitMs), followers);
      if (status.ok()) status = inbox.error();
      tell_readiness(followers);
      if (status.ok()) inbox.sleep(kGatherMs);
    }
    ended = true;
    inbox.stop();
    followers.clear();
    return status;
  }

  // Writes what was read; a heartbeat tells what is complete, if that is due or `last`.
  absl::Status commit(bool last = false) {
    for (const ch::StreamInfo& info : ch::kStreamTable) {
      const ch::Mark& mark = connector_.mark(info.id);
      if (mark.timepoint > 0) run_.store().set_note(mark_note(info.id), ch::text_of(mark));
    }
    BELLWETHER_RETURN_IF_ERROR(tell_complete(last));
    BELLWETHER_RETURN_IF_ERROR(run_.commit());
    for (const ch::StreamInfo& info : ch::kStreamTable) tell_mark(info.id);
    since_commit_ = 0;
    committed_ = wall_clock();
    return absl::OkStatus();
  }

  // The broker or the state failed: what was read since the last commit() is read again.
  bool is_broken() const { return broken_; }

  std::string summary() const {
    std::string text = count_line(connector_.lines(), "lines of the stream");
    for (size_t i = 0; i < ch::kFacts; ++i) {
      int64_t const count = connector_.counts()[i];
      if (count > 0) text += count_line(count, ch::kFactNames[i]);
    }
    for (const auto& [why, count] : connector_.unused()) {
      text += count_line(count, base::cat("left out: ", why));
    }
    return text;
  }

 private:
  static bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t") == std::string_view::npos;
  }

  // Calls use(line) -> absl::Status for each line of the file until done() is true.
  template <class Use, class Done>
  static absl::Status each_line(const std::string& path, Use use, Done done) {
    BELLWETHER_ASSIGN_OR_RETURN(auto const reader, zip::Reader::open(path, kDayFileExtension));
    connect::LineCutter cutter(ch::kLineBytesMax);
    absl::Status status;
    auto const next = [&](std::string_view text) {
      if (status.ok()) status = use(text);
    };
    std::string piece(kDayFilePieceBytes, '\0');
    while (status.ok() && !done()) {
      BELLWETHER_ASSIGN_OR_RETURN(size_t const bytes, reader->read(piece));
      if (bytes == 0) {
        cutter.finish(next);
        break;
      }
      cutter.feed(std::string_view(piece.data(), bytes), next);
    }
    return status;
  }

  absl::Status one_line(std::string_view place, int64_t number, std::string_view text) {
    if (is_blank(text)) return absl::OkStatus();
    const ch::StreamLine& line = reader_.read(text);
    ++since_commit_;
    if (line.stream && metrics_[static_cast<size_t>(*line.stream)]) {
      metrics_[static_cast<size_t>(*line.stream)]->line();
    }
    auto const refuse = [this](const connect::Refused& refused) { run_.refuse(refused); };
    absl::Status const taken =
        connector_.take(line, {get_, put_}, say_, refuse, {place, number, "", ""});
    broken_ |= !taken.ok();
    return taken;
  }

  absl::Status use(const std::deque<Arrived>& arrived,
                   const std::vector<std::unique_ptr<StreamFollower>>& followers) {
    base::UnixMillis const now = wall_clock();
    for (const Arrived& each : arrived) {
      auto const stream = static_cast<size_t>(each.stream);
      // A stream that only shows that it is alive has nothing else to tell.
      bool const idle = each.text.empty();
      if (idle) alive_[stream] = now;
      BELLWETHER_RETURN_IF_ERROR(
          one_line(base::cat("stream ", ch::name(each.stream)), each.line, each.text));
    }
    if (!arrived.empty()) {
      for (size_t i = 0; i < followers.size(); ++i) {
        followers[i]->resume_at(connector_.mark(options_.streams[i]));
      }
    }
    bool const due = now.value - committed_.value >= kCommitMs;
    bool const heartbeat = now.value - told_.value >= kHeartbeatMs;
    if (since_commit_ >= kCommitLines || (since_commit_ > 0 && due) || heartbeat) return commit();
    return absl::OkStatus();
  }

  // All that was published before this instant is said; 0: not known. Of a stream, what it
  // published before its last line, or before it was alive without a line.
  base::UnixMillis complete_to() const {
    base::UnixMillis out{INT64_MAX};
    for (const ch::StreamInfo& info : ch::kStreamTable) {
      auto const at = static_cast<size_t>(info.id);
      bool const followed = std::ranges::count(options_.streams, info.id) > 0;
      bool const read =
          !followed && options_.streams.empty() && connector_.mark(info.id).timepoint > 0;
      if (!followed && !read) continue;
      base::UnixMillis const alive(alive_[at].value - kArrivalMsMax);
      out = std::min(out, std::max(connector_.mark(info.id).published, alive));
    }
    return out.value == INT64_MAX || out.value < 0 ? base::UnixMillis(0) : out;
  }

  absl::Status tell_complete(bool last) {
    base::UnixMillis const now = wall_clock();
    base::UnixMillis const complete = complete_to();
    if (!last && now.value - told_.value < kHeartbeatMs) return absl::OkStatus();
    told_ = now;
    if (complete <= complete_) return absl::OkStatus();
    complete_ = complete;
    return run_.outlet().heartbeat(domain::Topic::kRegistrations, ch::kSource, complete);
  }

  void tell_mark(ch::Stream stream) {
    auto& metrics = metrics_[static_cast<size_t>(stream)];
    const ch::Mark& mark = connector_.mark(stream);
    if (metrics && mark.timepoint > 0) metrics->read_to(mark.timepoint, mark.published.value);
  }

  void tell_readiness(const std::vector<std::unique_ptr<StreamFollower>>& followers) {
    if (run_.metrics() == nullptr) return;
    std::string missing;
    for (size_t i = 0; i < followers.size(); ++i) {
      if (!followers[i]->is_connected()) {
        base::append(missing, missing.empty() ? "not connected: " : ", ",
                     ch::name(options_.streams[i]));
      }
    }
    run_.metrics()->not_ready(missing);
  }

  ConnectRun& run_;
  const StreamOptions& options_;
  ch::StreamConnector connector_;
  ch::StreamReader reader_;
  std::array<std::optional<SourceMetrics>, ch::kStreams> metrics_;
  std::array<base::UnixMillis, ch::kStreams> alive_{};  // last seen alive without a line
  int64_t since_commit_ = 0;                            // lines
  bool broken_ = false;
  base::UnixMillis committed_ = wall_clock();
  base::UnixMillis told_{0};      // when the last heartbeat was due
  base::UnixMillis complete_{0};  // of the last heartbeat
  base::LogFn const log_ = log::line;
  std::function<absl::StatusOr<std::optional<std::string_view>>(std::string_view)> get_ =
      [this](std::string_view key) { return run_.store().get(key); };
  std::function<void(std::string_view, std::string_view)> put_ =
      [this](std::string_view key, std::string_view value) { run_.store().put(key, value); };
  std::function<absl::Status(const connect::Said&)> say_ = [this](const connect::Said& said) {
    return run_.outlet().say(said);
  };
};

}  // namespace

absl::Status load_streams(ConnectRun& run, const StreamOptions& options,
                          const std::atomic<bool>& stop, std::string& summary) {
  BELLWETHER_ASSIGN_OR_RETURN(base::TimeZone zone, tzdata::read_time_zone(ch::kZone));
  StreamLoad load(run, options, std::move(zone));
  BELLWETHER_ASSIGN_OR_RETURN(auto const day_files, load.in_order(options.day_files));
  absl::Status status;
  for (const std::string& path : day_files) {
    if (status.ok() && !stop) status = load.day_file(path);
  }
  if (status.ok() && !options.streams.empty()) status = load.follow(stop);
  absl::Status const written = load.is_broken() ? status : load.commit(true);
  summary = load.summary();
  return status.ok() ? written : status;
}

}  // namespace bellwether::cli
