#include "cli/connect/stream_follower.h"

#include <utility>
#include <vector>

#include "cli/connect/connect.h"
#include "cli/connect/stream_reply.h"
#include "cli/text_file.h"
#include "core/base/text.h"

namespace bellwether::cli {

namespace {
namespace ch = connect::companies_house;
}  // namespace

StreamFollower::StreamFollower(const StreamSource& source, ch::Stream stream, ch::Mark mark,
                               StreamInbox& inbox, const std::atomic<bool>& stop,
                               SourceMetrics* metrics, const base::LogFn& log)
    : source_(source),
      stream_(stream),
      inbox_(inbox),
      stop_(stop),
      metrics_(metrics),
      log_(log),
      part_(base::cat("stream ", ch::name(stream))),
      mark_(mark) {
  auto client = http::Client::create(source.ca_file, stop);
  if (!client.ok()) {
    inbox_.fail(client.status());
    return;
  }
  thread_ = std::thread([this, made = *std::move(client)] { run(made); });
}

StreamFollower::~StreamFollower() {
  if (thread_.joinable()) thread_.join();
}

void StreamFollower::resume_at(const ch::Mark& mark) {
  std::lock_guard const lock(mutex_);
  mark_ = mark;
}

ch::Mark StreamFollower::mark() const {
  std::lock_guard const lock(mutex_);
  return mark_;
}

void StreamFollower::set_connected(bool yes) {
  connected_ = yes;
  if (metrics_ != nullptr) metrics_->connected(yes);
}

bool StreamFollower::use(std::string_view piece) {
  if (piece.empty()) {
    set_connected(true);
    ch::Mark const from = mark();
    log_(base::LogLevel::kInfo, part_,
         from.timepoint == 0 ? "connected; reads what is new"
                             : base::cat("connected; reads on after time point ", from.timepoint));
    return !stop_;
  }
  failures_ = 0;
  if (metrics_ != nullptr) metrics_->heard(wall_clock().value);
  std::vector<Arrived> arrived;
  cutter_.feed(piece, [&](std::string_view line) {
    ++lines_;
    arrived.push_back({stream_, lines_, std::string(line)});
  });
  if (!arrived.empty()) inbox_.put(std::move(arrived));
  return !stop_;
}

http::Answer StreamFollower::connect_once(http::Client& client, const std::string& key) {
  cutter_.forget();
  http::Answer const answer =
      client.follow(stream_request(source_.url, stream_, mark().timepoint, key), source_.stall_ms,
                    [this](std::string_view piece) { return use(piece); });
  set_connected(false);
  return answer;
}

void StreamFollower::run(http::Client client) {
  for (bool first = true; !stop_; first = false) {
    auto const text = read_text_file(source_.key_file);
    auto const key = text.ok() ? key_in(*text, source_.key_file) : text.status();
    if (!key.ok()) return inbox_.fail(key.status());
    if (!first && metrics_ != nullptr) metrics_->reconnects();
    http::Answer const answer = connect_once(client, *key);
    if (stop_) return;
    ++failures_;
    double const jitter = std::uniform_real_distribution<double>(0, 1)(engine_);
    StreamReply const reply = judge_reply(answer, stream_, mark(), failures_, wall_clock(), jitter);
    if (!reply.fatal.ok()) return inbox_.fail(reply.fatal);
    log_(base::LogLevel::kWarning, part_, reply.words);
    inbox_.sleep(reply.wait_ms);
  }
}

}  // namespace bellwether::cli
