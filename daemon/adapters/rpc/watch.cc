#include "adapters/rpc/watch.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/rpc/errors.h"
#include "adapters/rpc/messages.h"
#include "core/base/text.h"
#include "core/engine/explain.h"

namespace bellwether::rpc {
namespace {

using alerts::v1::WatchAlertsRequest;
using alerts::v1::WatchAlertsResponse;
using Clock = std::chrono::steady_clock;

// The interval of caught_up messages on a quiet stream.
constexpr auto kCaughtUpEvery = std::chrono::seconds(10);
constexpr auto kMovedEvery = std::chrono::seconds(1);  // if data_through has advanced since then

// The wait for a token of a replica that had read further than this one.
constexpr auto kAheadWait = std::chrono::seconds(2);

constexpr char kResumeElsewhere[] =
    "this replica is stopping; watch again with the last resume_token, on any replica";
constexpr char kJournalNotRead[] =
    "this replica has not read the journal yet; watch again with the last resume_token, here or on "
    "another replica";

}  // namespace

class Watcher : public grpc::ServerWriteReactor<WatchAlertsResponse> {
 public:
  // `present`: the end of the journal.
  Watcher(Watchers& owner, const WatchAlertsRequest& request, AlertFilter filter,
          alerts::ResumeToken from, base::JournalOffset present)
      : owner_(owner),
        request_(request),
        filter_(std::move(filter)),
        present_at_begin_(present),
        sent_(from) {}

  void refuse(const grpc::Status& status) { finish(status); }

  // Sends the next message, unless one is being written.
  void wake() {
    std::unique_lock lock(mutex_);
    step(lock);
  }
  void end(const grpc::Status& status) { finish(status); }

  void OnWriteDone(bool ok) override {
    std::unique_lock lock(mutex_);
    writing_ = false;
    auto const transition = std::exchange(writing_transition_of_, std::nullopt);
    if (ok && transition) owner_.backend_.transition_sent(*transition);
    if (!ok) {
      lock.unlock();
      finish(grpc::Status::CANCELLED);
      return;
    }
    step(lock);
  }
  void OnCancel() override { finish(grpc::Status::CANCELLED); }
  void OnDone() override {
    owner_.observer_("WatchAlerts", code_,
                     std::chrono::duration<double>(Clock::now() - begun_).count());
    owner_.remove(this);
    delete this;
  }

 private:
  void finish(const grpc::Status& status) {
    {
      std::lock_guard lock(mutex_);
      if (finished_) return;
      finished_ = true;
      code_ = status.error_code();
    }
    Finish(status);
  }

  void step(std::unique_lock<std::mutex>& lock) {
    if (finished_) return;
    std::shared_ptr<const engine::View> const view = owner_.backend_.view();
    const alerts::Book& book = *view->book;
    if (sent_.offset > book.offset()) {
      // Another replica may have read further than this one.
      if (Clock::now() - begun_ < kAheadWait) return;
      lock.unlock();
      if (!owner_.backend_.journal_read()) {
        finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, kJournalNotRead));
        return;
      }
      finish(grpc::Status(
          grpc::StatusCode::OUT_OF_RANGE,
          base::cat("this resume_token is after the end of the journal, at ", book.offset().value,
                    ": it is of another journal, or this replica "
                    "is behind; list the alerts and watch from now on")));
      return;
    }
    auto const behind = book.first_after(sent_);
    if (!behind) {
      lock.unlock();
      finish(grpc::Status(
          grpc::StatusCode::OUT_OF_RANGE,
          "the transitions after this resume_token are no longer kept; list the alerts "
          "and watch from now on"));
      return;
    }
    if (writing_) {
      if (book.transitions_end() - *behind > kWatcherLagMax && lag_counts_) {
        lock.unlock();
        owner_.too_slow_.fetch_add(1);
        finish(
            grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                         "too far behind: read faster, or watch again with the last resume_token"));
      }
      return;
    }
    base::UnixMillis const now = owner_.backend_.now();
    for (size_t i = *behind; i < book.transitions_end(); ++i) {
      const alerts::Transition& t = book.transition(i);
      sent_ = t.token;
      if (!filter_.matches(*t.alert, *view->happenings)) continue;
      if (request_.skip_historical() && t.historical) continue;
      if (request_.skip_silenced() && engine::silence_of(*view, t.alert->state.key, now) != nullptr)
        continue;
      message_.Clear();
      fill(*view, t, now, *message_.mutable_transition());
      if (sent_.offset > present_at_begin_) writing_transition_of_ = sent_.offset;
      write();
      return;
    }
    // A watcher can lag too far only after it has received the past transitions.
    if (book.offset() > sent_.offset) sent_ = {book.offset(), UINT32_MAX};
    auto const clock = Clock::now();
    bool const moved = view->data_through != told_through_;
    if (lag_counts_ && clock - told_ < (moved ? kMovedEvery : kCaughtUpEvery)) return;
    lag_counts_ = true;
    told_ = clock;
    told_through_ = view->data_through;
    message_.Clear();
    fill(*view, owner_.backend_.now(), *message_.mutable_caught_up()->mutable_basis());
    write();
  }

  void write() {
    message_.set_resume_token(alerts::format(sent_));
    writing_ = true;
    StartWrite(&message_);
  }

  Watchers& owner_;
  WatchAlertsRequest const request_;
  AlertFilter const filter_;
  base::JournalOffset const present_at_begin_;
  std::mutex mutex_;
  alerts::ResumeToken sent_;
  WatchAlertsResponse message_;
  bool writing_ = false;
  // The record of the transition that is being written, if it came after the begin of the watch.
  std::optional<base::JournalOffset> writing_transition_of_;
  bool finished_ = false;
  grpc::StatusCode code_ = grpc::StatusCode::OK;
  bool lag_counts_ = false;
  Clock::time_point told_;
  Clock::time_point const begun_ = Clock::now();
  std::optional<base::PeriodIndex> told_through_;
};

Watchers::Watchers(Backend backend, CallNoter observer, int watchers_max)
    : backend_(std::move(backend)),
      observer_(std::move(observer)),
      watchers_max_(watchers_max),
      thread_([this] { run(); }) {}

Watchers::~Watchers() {
  stop();
  std::unique_lock lock(mutex_);
  removed_.wait(lock, [this] { return all_.empty(); });
  lock.unlock();
  thread_.join();
}

grpc::ServerWriteReactor<WatchAlertsResponse>* Watchers::watch(const WatchAlertsRequest& request,
                                                               const grpc::Status& access) {
  FilterNames const names = names_known(backend_);
  std::shared_ptr<const engine::View> const view = backend_.view();
  BadRequest bad;
  AlertFilter filter;
  if (auto parsed = AlertFilter::parse(request.filter(), *view->book, view->reference, names);
      parsed.ok()) {
    filter = *std::move(parsed);
  } else {
    bad.add("filter", base::from_absl(parsed.status().message()));
  }
  alerts::ResumeToken from{view->book->offset(), UINT32_MAX};
  if (request.resume_token() == "0") {
    from = {};
  } else if (!request.resume_token().empty()) {
    auto const token = alerts::parse_resume_token(request.resume_token());
    if (token) {
      from = *token;
    } else {
      bad.add("resume_token", "is not a token of a watch; leave it empty to start now, or use 0");
    }
  }
  auto* const watcher = new Watcher(*this, request, std::move(filter), from, view->book->offset());
  grpc::Status refusal = access.ok() ? bad.status() : access;
  {
    std::lock_guard lock(mutex_);
    all_.insert(watcher);
    if (stopped_) {
      refusal = grpc::Status(grpc::StatusCode::UNAVAILABLE, kResumeElsewhere);
    } else if (count_.fetch_add(1) >= watchers_max_ && access.ok()) {
      refused_.fetch_add(1);
      refusal =
          grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                       base::cat("this replica already has the maximum of ", watchers_max_,
                                 " watchers; use another replica, or raise serve.watchers_max"));
    }
  }
  if (refusal.ok()) {
    watcher->wake();
  } else {
    watcher->refuse(refusal);
  }
  return watcher;
}

void Watchers::remove(Watcher* watcher) {
  std::lock_guard lock(mutex_);
  all_.erase(watcher);
  count_.store(static_cast<int>(all_.size()));
  removed_.notify_all();
}

WatcherCounts Watchers::counts() const {
  return {count_.load(), watchers_max_, refused_.load(), too_slow_.load()};
}

void Watchers::notify() {
  {
    std::lock_guard lock(mutex_);
    news_ = true;
  }
  changed_.notify_one();
}

void Watchers::run() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    changed_.wait_for(lock, std::chrono::seconds(1), [this] { return news_ || stopped_; });
    news_ = false;
    // A watcher is deleted only after remove(), which needs this lock. wake() never takes this
    // lock.
    for (Watcher* watcher : all_) watcher->wake();
  }
}

void Watchers::stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  for (Watcher* watcher : all_) {
    watcher->end(grpc::Status(grpc::StatusCode::UNAVAILABLE, kResumeElsewhere));
  }
  changed_.notify_all();
}

}  // namespace bellwether::rpc
