// A server over a panel and a book that the test fills, and clients of the server.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "adapters/rpc/server.h"
#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "bellwether/alerts/v1/judgements.grpc.pb.h"
#include "bellwether/forecasts/v1/forecasts.grpc.pb.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "core/engine/view.h"
#include "support/must.h"
#include "support/world.h"

namespace bellwether::rpc {

inline constexpr base::Calendar kServedMonths(base::CalendarUnit::kMonth);

class Served {
 public:
  using Measure = ::bellwether::indicators::Measure;

  // `of` must outlive the server.
  explicit Served(const ServerOptions& options = {.address = "127.0.0.1:0"},
                  const ::bellwether::reference::Reference& of = testing::world())
      : reference(&of), panel_(of, kServedMonths, month("2010-01")) {
    tell(::bellwether::alerts::RuleSetActivated{::bellwether::alerts::default_rules(kServedMonths),
                                                "test", now});
    Backend backend;
    backend.view = [this] { return view(); };
    backend.status = [](bellwether::status::v1::GetStatusResponse&) {};
    backend.append = [this](const ::bellwether::alerts::JournalEntry& entry, absl::Time) {
      return append(entry);
    };
    backend.as_of = [this](const engine::AsOfRevision& question) { return as_of(question); };
    backend.judged_tick = [this](const std::optional<engine::AsOfRevision>& question) {
      return judged_tick(question);
    };
    backend.now = [this] { return now; };
    backend.wait_for_news = [this](base::JournalOffset read, absl::Duration most) {
      absl::Time const end = absl::Now() + most;
      while (view()->book->offset() == read && absl::Now() < end)
        absl::SleepFor(absl::Milliseconds(1));
    };
    backend.journal_read = [this] { return journal_read.load(); };
    backend.transition_sent = [this](base::JournalOffset record) {
      std::lock_guard lock(mutex_);
      transitions_sent_.push_back(record);
    };
    server_ = testing::must(
        Server::start(options, std::move(backend), [](const Method&, int, double) {}));
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(server_->port()),
                                   grpc::InsecureChannelCredentials());
    indicators = bellwether::indicators::v1::IndicatorService::NewStub(channel_);
    alerts = bellwether::alerts::v1::AlertService::NewStub(channel_);
    judgements = bellwether::alerts::v1::JudgementService::NewStub(channel_);
    regime_breaks = bellwether::alerts::v1::RegimeBreakService::NewStub(channel_);
  }
  ~Served() { server_->stop(absl::InfinitePast()); }

  static base::PeriodIndex month(std::string_view name) {
    return testing::must(kServedMonths.parse(name));
  }

  // Adds to a cell; the default is North One's food products. `of_class`: of the measure's
  // division.
  void count(Measure m, std::string_view period, int32_t n, std::string_view area = "N1",
             std::string_view sector = "10", uint8_t of_class = 0) {
    ::bellwether::indicators::Delta const d{
        {{testing::must(panel_.reference().areas.find(area)),
          testing::must(panel_.reference().sectors.find(sector)), base::SizeBand(0)},
         m,
         month(period),
         of_class},
        n};
    std::lock_guard lock(mutex_);
    panel_.add(std::span(&d, 1), [](uint32_t, Measure, base::PeriodIndex) {});
  }
  // Folds one record into the book.
  ::bellwether::alerts::FoldOutcome tell(const ::bellwether::alerts::JournalEntry& entry) {
    std::lock_guard lock(mutex_);
    view_ = nullptr;
    if (std::holds_alternative<::bellwether::alerts::TickEvaluated>(entry))
      before_ = std::make_shared<const ::bellwether::alerts::Book>(book_);
    return book_.fold(base::JournalOffset(book_.offset().value + 1), entry);
  }
  base::JournalOffset offset() { return view()->book->offset(); }
  // Makes the counts and the folded records visible to clients.
  void publish(std::string_view through) {
    {
      std::lock_guard lock(mutex_);
      view_ = nullptr;
      published_ = panel_.publish();
      through_ = month(through);
    }
    server_->notify();
  }
  // Keeps the present view for questions as of its revision, and as of its period.
  void keep_view() { kept_.push_back(view()); }
  std::optional<::bellwether::domain::Measure> forecast_asked;
  void notify() { server_->notify(); }
  WatcherCounts watchers() const { return server_->watchers(); }
  // The records whose transitions were reported as sent to a watcher.
  std::vector<base::JournalOffset> transitions_sent() const {
    std::lock_guard lock(mutex_);
    return transitions_sent_;
  }
  std::shared_ptr<grpc::Channel> channel() const { return channel_; }

  base::UnixMillis now{1'600'000'000'000};
  // Of the views from the next publish() on. It must outlive them.
  const reference::Reference* reference;
  std::atomic<bool> journal_read = true;
  // The consumed topics. Set them before the first question.
  std::vector<domain::Topic> topics = {domain::Topic::kRegistrations, domain::Topic::kSupport};
  std::unique_ptr<bellwether::indicators::v1::IndicatorService::Stub> indicators;
  std::unique_ptr<bellwether::alerts::v1::AlertService::Stub> alerts;
  std::unique_ptr<bellwether::alerts::v1::JudgementService::Stub> judgements;
  std::unique_ptr<bellwether::alerts::v1::RegimeBreakService::Stub> regime_breaks;

 private:
  std::shared_ptr<const engine::View> view() {
    std::lock_guard lock(mutex_);
    if (view_ != nullptr) return view_;
    auto out = std::make_shared<engine::View>();
    out->reference = {std::shared_ptr<const void>(), reference};
    out->calendar = kServedMonths;
    out->panel = published_;
    out->book = std::make_shared<const ::bellwether::alerts::Book>(book_);
    out->data_through = through_;
    out->happenings = std::make_shared<const engine::Happenings>(*out->book, *out->panel);
    view_ = out;
    return view_;
  }
  absl::StatusOr<std::shared_ptr<const engine::View>> as_of(const engine::AsOfRevision& question) {
    forecast_asked = question.forecast;
    for (const auto& view : kept_) {
      bool const is = question.tick ? view->data_through == question.tick
                                    : view->book->offset() == question.revision;
      if (is) return view;
    }
    return absl::OutOfRangeError("this revision is not kept");
  }
  // The last published tick, judged by the book before the last told tick. Knows no past revision.
  absl::StatusOr<engine::JudgedTick> judged_tick(
      const std::optional<engine::AsOfRevision>& question) {
    if (question) return absl::OutOfRangeError("revisions from 5 to 7 can be asked");
    engine::JudgedTick out{view(), nullptr, topics};
    std::lock_guard lock(mutex_);
    out.before = before_ != nullptr ? before_ : out.view->book;
    return out;
  }
  absl::StatusOr<base::JournalOffset> append(const ::bellwether::alerts::JournalEntry& entry) {
    ::bellwether::alerts::FoldOutcome const outcome = tell(entry);
    if (absl::Status const taken = ::bellwether::alerts::to_status(outcome, entry); !taken.ok())
      return taken;
    std::lock_guard lock(mutex_);
    return book_.offset();
  }

  mutable std::mutex mutex_;
  std::vector<base::JournalOffset> transitions_sent_;
  ::bellwether::indicators::Panel panel_;
  std::shared_ptr<const ::bellwether::indicators::Panel> published_ = panel_.publish();
  std::optional<base::PeriodIndex> through_;
  std::shared_ptr<const engine::View> view_;  // null: must be built again
  std::vector<std::shared_ptr<const engine::View>> kept_;
  ::bellwether::alerts::Book book_{kServedMonths};
  std::shared_ptr<const ::bellwether::alerts::Book> before_;  // null before the first tick
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace bellwether::rpc
