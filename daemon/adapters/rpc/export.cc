#include "adapters/rpc/export.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "adapters/rpc/asked.h"
#include "adapters/rpc/limits.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/node_filter.h"
#include "adapters/rpc/requests.h"
#include "adapters/rpc/subjects.h"
#include "core/base/text.h"

namespace bellwether::rpc {

// What an export sends: every subject of every node, in this order.
struct ExportPlan {
  std::shared_ptr<const engine::View> view;
  base::UnixMillis now;
  std::vector<Subject> subjects;
  std::vector<bellwether::indicators::Node> nodes;
  base::PeriodIndex first;
  base::PeriodIndex last;
  bool skip_empty = false;
};

namespace {

using base::PeriodIndex;
using indicators::v1::ExportedSeries;
using indicators::v1::ExportRequest;
using indicators::v1::ExportResponse;
using ExportClock = std::chrono::steady_clock;

constexpr auto kLimitsCheckedEvery = std::chrono::milliseconds(200);

std::vector<Subject> read_subjects(const ExportRequest& request, BadRequest& bad) {
  std::vector<Subject> subjects;
  if (request.names_size() > kExportNamesMax) {
    bad.add("names", base::cat("name at most ", kExportNamesMax, "; none names them all"));
    return subjects;
  }
  for (int i = 0; i < request.names_size(); ++i) {
    subjects.push_back(read_subject(request.names(i), base::cat("names[", i, "]"), bad));
  }
  for (size_t i = 0; request.names().empty() && i < kSubjects; ++i) {
    subjects.push_back(subject_at(i));
  }
  return subjects;
}

ExportPlan read_plan(Asked asked, const ExportRequest& request, BadRequest& bad) {
  std::shared_ptr<const engine::View> view = std::move(asked.view);
  ExportPlan plan;
  plan.now = asked.now;
  plan.subjects = read_subjects(request, bad);
  auto const [first, last] =
      read_period_range(*view, request.from_period(), request.to_period(), bad);
  plan.first = first;
  plan.last = last;
  plan.skip_empty = request.skip_empty();
  auto const filter = NodeFilter::parse(request.filter(), view->reference);
  if (filter.ok()) {
    for (size_t n = 0; view->data_through && n < view->panel->nodes(); ++n) {
      bellwether::indicators::Node const node = view->panel->node(n);
      if (filter->matches(node)) plan.nodes.push_back(node);
    }
  } else {
    bad.add("filter", base::from_absl(filter.status().message()));
  }
  plan.view = std::move(view);
  return plan;
}

// One series. `basis` gets the marks of protected figures. Returns false if no period has a value
// other than zero.
bool fill_series(const ExportPlan& plan, bellwether::indicators::Node node, const Subject& subject,
                 common::v1::Basis& basis, ExportedSeries& out) {
  rpc::fill(*plan.view, node, *out.mutable_node());
  out.set_name(base::cat("indicators/", subject.name));
  out.set_unit(subject.unit);
  out.set_first_period(plan.view->calendar.name(plan.first));
  bool any = false;
  bool denominators = false;
  bool all_reported = true;
  for (int32_t t = plan.first.value; t <= plan.last.value; ++t) {
    auto const v = value_of(subject, *plan.view, node, PeriodIndex(t), basis);
    any = any || (v.ok() && v.value != 0);
    denominators = denominators || v.denominator != 0;
    all_reported = all_reported && v.reported >= 1;
    out.add_values(v.ok() ? v.value : std::numeric_limits<double>::quiet_NaN());
    out.add_numerators(v.numerator);
    out.add_denominators(v.denominator);
    out.add_window_periods(v.window_periods);
    out.add_reported(v.reported);
    if (v.ok()) continue;
    auto* const gaps = out.mutable_gaps();
    int32_t const index = t - plan.first.value;
    if (!gaps->empty()) {
      auto& last = *gaps->rbegin();
      if (last.first() + last.periods() == index && last.not_available() == v.not_available) {
        last.set_periods(last.periods() + 1);
        continue;
      }
    }
    auto& gap = *gaps->Add();
    gap.set_first(index);
    gap.set_periods(1);
    gap.set_not_available(v.not_available);
  }
  if (!denominators) out.clear_denominators();
  if (all_reported) out.clear_reported();
  return any;
}

}  // namespace

class RunningExport : public grpc::ServerWriteReactor<ExportResponse> {
 public:
  RunningExport(Exports& owner, ExportPlan plan) : owner_(owner), plan_(std::move(plan)) {}

  // Only one thread at a time calls this: start(), and then the one whose write is done.
  void next() {
    message_.Clear();
    if (!begun_at_first_) {
      begun_at_first_ = true;
      rpc::fill(*plan_.view, plan_.now, *message_.mutable_basis());
      if (std::ranges::any_of(plan_.subjects, &Subject::in_working_hours))
        message_.mutable_basis()->set_working_hours(plan_.view->reference->desks.text());
      message_.set_series_total(static_cast<int64_t>(plan_.nodes.size() * plan_.subjects.size()));
    }
    if (!fill_message()) return finish(grpc::Status::OK);
    std::lock_guard lock(mutex_);
    if (finished_.load()) return;
    moved_ = ExportClock::now();
    StartWrite(&message_);
  }
  void finish(const grpc::Status& status) {
    {
      std::lock_guard lock(mutex_);
      if (finished_.exchange(true)) return;
      code_ = status.error_code();
    }
    Finish(status);
  }
  // Ends the export if it exceeds a limit.
  void check(ExportClock::time_point now) {
    ExportClock::time_point moved;
    {
      std::lock_guard lock(mutex_);
      moved = moved_;
    }
    if (now - moved > absl::ToChronoNanoseconds(owner_.stall_max_)) {
      finish(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                          "the client takes no more messages; export again and read faster"));
    } else if (now - begun_ > absl::ToChronoNanoseconds(kExportTimeMax)) {
      finish(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                          "the export took more than an hour; ask for fewer nodes, names or "
                          "periods"));
    }
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return finish(grpc::Status::CANCELLED);
    next();
  }
  void OnCancel() override { finish(grpc::Status::CANCELLED); }
  void OnDone() override {
    owner_.observer_("Export", code_,
                     std::chrono::duration<double>(ExportClock::now() - begun_).count());
    owner_.remove(this);
    delete this;
  }

 private:
  // Adds the next series. False if there is nothing to send any more.
  bool fill_message() {
    size_t const total = plan_.nodes.size() * plan_.subjects.size();
    size_t bytes = 0;
    while (next_ < total && bytes < kExportMessageBytes && !finished_.load()) {
      auto& series = *message_.add_series();
      bool const any =
          fill_series(plan_, plan_.nodes[next_ / plan_.subjects.size()],
                      plan_.subjects[next_ % plan_.subjects.size()], protected_, series);
      ++next_;
      if (any || !plan_.skip_empty) {
        bytes += series.ByteSizeLong();
      } else {
        message_.mutable_series()->RemoveLast();
      }
    }
    message_.set_suppressed(protected_.suppressed());
    message_.set_rounded(protected_.rounded());
    return message_.has_basis() || !message_.series().empty();
  }

  Exports& owner_;
  ExportPlan const plan_;
  size_t next_ = 0;  // number of series that were made
  bool begun_at_first_ = false;
  common::v1::Basis protected_;  // the marks of all series so far
  ExportResponse message_;
  std::mutex mutex_;
  std::atomic<bool> finished_{false};
  grpc::StatusCode code_ = grpc::StatusCode::OK;
  ExportClock::time_point const begun_ = ExportClock::now();
  ExportClock::time_point moved_ = begun_;
};

Exports::Exports(Backend backend, CallNoter observer, absl::Duration stall_max)
    : backend_(std::move(backend)),
      observer_(std::move(observer)),
      stall_max_(stall_max),
      thread_([this] { run(); }) {}

Exports::~Exports() {
  stop();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return all_.empty(); });
  lock.unlock();
  thread_.join();
}

grpc::ServerWriteReactor<ExportResponse>* Exports::start(const ExportRequest& request,
                                                         const grpc::Status& access) {
  grpc::Status refusal = access;
  ExportPlan plan;
  if (access.ok()) {
    Asked asked;
    refusal = ask(backend_, request.as_of(), asked);
    if (refusal.ok()) {
      BadRequest bad;
      plan = read_plan(std::move(asked), request, bad);
      refusal = bad.status();
    }
  }
  auto* const one = new RunningExport(*this, std::move(plan));
  {
    std::lock_guard lock(mutex_);
    all_.insert(one);
    if (refusal.ok() && stopped_) {
      refusal = grpc::Status(grpc::StatusCode::UNAVAILABLE,
                             "this replica is stopping; export from another");
    } else if (refusal.ok() && static_cast<int>(all_.size()) > kExportsMax) {
      refusal = grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                             base::cat("this replica already has the maximum of ", kExportsMax,
                                       " exports; try again later, or ask another replica"));
    }
  }
  if (refusal.ok()) {
    one->next();
  } else {
    one->finish(refusal);
  }
  return one;
}

int Exports::count() const {
  std::lock_guard lock(mutex_);
  return static_cast<int>(all_.size());
}

void Exports::remove(RunningExport* one) {
  std::lock_guard lock(mutex_);
  all_.erase(one);
  changed_.notify_all();
}

// An export is deleted only after remove(), which needs the lock.
void Exports::run() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    changed_.wait_for(lock, kLimitsCheckedEvery, [this] { return stopped_; });
    for (RunningExport* one : all_) one->check(ExportClock::now());
  }
}

void Exports::stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  for (RunningExport* one : all_) {
    one->finish(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                             "this replica is stopping; export again, from another"));
  }
  changed_.notify_all();
}

}  // namespace bellwether::rpc
