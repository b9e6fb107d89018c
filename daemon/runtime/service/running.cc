#include "runtime/service/running.h"

#include <algorithm>
#include <array>

#include "absl/time/clock.h"
#include "core/alerts/book.h"
#include "core/indicators/by_area.h"
#include "core/indicators/catalogue.h"
#include "runtime/ingest/lane_reports.h"
#include "runtime/service/readiness.h"
#include "runtime/service/status_message.h"
#include "runtime/service/wording.h"

namespace bellwether::runtime {
namespace {

constexpr absl::Duration kHandOverWait = absl::Seconds(1);
// A lane answers between two batches. A status request waits for this long at most.
constexpr absl::Duration kLedgerWait = absl::Milliseconds(100);

ForecastingOptions forecasting_options(const config::ForecastsConfig& config) {
  ForecastingOptions options;
  options.measures = forecast_measures(config);
  options.budget = absl::Milliseconds(config.budget_ms);
  return options;
}

}  // namespace

Running::EndOfWaits::~EndOfWaits() {
  keeper.stop();
  producer.cancel_waits();
}

Running::Running(Foundation& foundation, Started started, Origin origin,
                 std::optional<SnapshotPlace> snapshots, alerts::RuleSet rules,
                 std::optional<Evaluation::Restored> evaluation)
    : foundation_(foundation),
      origin_(std::move(origin)),
      started_(std::move(started)),
      forecasting_(forecasting_options(foundation.config.forecasts), foundation.views,
                   foundation.log),
      evaluation_(foundation.reference, evaluation_options(), std::move(rules),
                  std::move(evaluation),
                  Evaluation::Collaborators{
                      *started_.ingest, *started_.journal, foundation.keeper, foundation.views,
                      open_snapshotter(std::move(snapshots)),
                      [this] { return started_.leadership->is_leader(); },
                      [this](double s) { foundation_.instruments.evaluation().Observe(s); },
                      [this](double s) { foundation_.instruments.journal().Observe(s); },
                      [this] { foundation_.published.ring(); }, foundation.log}),
      evaluation_news_(foundation.news.listen([this] { evaluation_.wake(); })),
      end_of_waits_{foundation.keeper, started_.journal_outbox->producer()},
      watch_(started_.journal_outbox->producer(), foundation.inputs.topics,
             started_.ingest->partitions(), foundation.log),
      postings_(post_parts()) {}

Running::~Running() = default;

// Called during the construction of evaluation_, which keeps the returned pointer.
Snapshotter* Running::open_snapshotter(std::optional<SnapshotPlace> snapshots) {
  if (!snapshots) return nullptr;
  Ingest& ingest = *started_.ingest;
  return &snapshotter_.emplace(
      std::move(snapshots->store), std::move(snapshots->identity),
      absl::Milliseconds(foundation_.config.snapshots.every_ms),
      LaneImages{[&ingest](absl::Time deadline) { return ingest.images(deadline); },
                 [&ingest] { ingest.thaw(); }},
      [this] { return lacking(started_.ingest->reports()); }, origin_.snapshot, foundation_.log);
}

EvaluationOptions Running::evaluation_options() const {
  EvaluationOptions out;
  out.evaluator = evaluator_options(foundation_.config);
  out.topics = foundation_.inputs.topics;
  out.historical_after_ms = foundation_.config.time.historical_after_ms;
  return out;
}

absl::StatusOr<base::JournalOffset> Running::append(const alerts::JournalEntry& entry,
                                                    absl::Time deadline) {
  auto const appended = started_.journal->append(entry, deadline);
  if (!appended.ok()) return appended.status();
  if (absl::Status const taken = alerts::to_status(appended->outcome, entry); !taken.ok())
    return taken;
  return appended->offset;
}

void Running::housekeep() {
  started_.ingest->serve_callbacks();
  started_.journal_outbox->producer().poll(0);
  started_.dead_letters->follow(*started_.letters_reader, started_.leadership->is_leader(),
                                absl::Now());
  started_.dead_letters->retry();
  foundation_.past_views.forget_old(absl::Now());
}

// Letters that this replica began to write are flushed first, so that the next leader sees them in
// the topic.
void Running::hand_over() {
  if (!started_.leadership->is_leader()) return;
  started_.dead_letters->follow(*started_.letters_reader, false, absl::Now());
  (void)started_.letters_outbox->producer().flush(
      std::min(kHandOverWait, foundation_.stop.time_left()));
  started_.leadership->leave();
}

// What is wrong with the figures permanently: records that the log no longer held, and records that
// break the contract, for this process or for the earlier processes from whose snapshots it
// started.
std::vector<std::string> Running::lacking(const std::vector<LaneReport>& lanes) const {
  std::vector<std::string> out = origin_.lacking;
  for (const auto& found : {lost_records(lanes), broken_contracts(lanes)}) {
    for (const std::string& what : found) {
      if (std::ranges::find(out, what) == out.end()) out.push_back(what);
    }
  }
  return out;
}

std::vector<StatusBoard::Posting> Running::post_parts() {
  std::vector<StatusBoard::Posting> out;
  for (Part& part : std::to_array({journal_part(), lead_part(), ingest_part(), watch_part(),
                                   evaluation_part(), letters_part(), snapshot_part()})) {
    out.push_back(foundation_.board.post(std::move(part)));
  }
  return out;
}

Part Running::journal_part() {
  Part part;
  part.warnings = [this]() -> std::vector<std::string> {
    if (foundation_.keeper.caught_up()) return {};
    return {wording::kJournalNotRead};
  };
  part.scrape = [this](Scrape& s) { s.journal_unreadable = started_.journal->unreadable(); };
  return part;
}

Part Running::lead_part() {
  Part part;
  const kafka::Leadership& leadership = *started_.leadership;
  part.status = [&leadership](status::v1::GetStatusResponse& out) {
    if (leadership.is_leader()) out.set_role(status::v1::ROLE_LEADER);
  };
  part.scrape = [&leadership](Scrape& s) {
    s.leader = leadership.is_leader();
    s.leadership_changes = leadership.changes();
  };
  return part;
}

Part Running::ingest_part() {
  Part part;
  Ingest& ingest = *started_.ingest;
  part.not_ready = [this, &ingest](bool was_ready) {
    Progress progress;
    progress.journal_read = foundation_.keeper.caught_up();
    progress.lanes = ingest.reports();
    progress.ticks_waiting = ingest.ticks_waiting();
    progress.verdict_wait_seconds = evaluation_.report().waiting_seconds;
    progress.calendar = foundation_.calendar;
    auto const view = foundation_.views.get();
    progress.journal_tick = view->book->last_tick();
    progress.shown_tick = view->data_through;
    progress.figures_behind =
        figures_watch_.behind(progress.shown_tick, progress.journal_tick, absl::Now());
    progress.only_records_close_ticks = foundation_.config.time.idle != engine::Idle::kWallClock;
    return why_behind(progress, foundation_.config.runtime.ready_lag_events_max, was_ready);
  };
  part.warnings = [this, &ingest] {
    std::vector<LaneReport> const lanes = ingest.reports();
    std::vector<std::string> out = lacking(lanes);
    if (!ingest.broker_reachable()) out.emplace_back(wording::kBrokerOutOfReach);
    for (std::string& what : input_warnings(lanes)) out.push_back(std::move(what));
    for (std::string& what : loads_of_the_past(lanes, foundation_.calendar))
      out.push_back(std::move(what));
    if (foundation_.views.get()->data_through) return out;
    if (std::string why = why_no_figures(lanes, foundation_.calendar); !why.empty())
      out.push_back(std::move(why));
    return out;
  };
  part.status = [this, &ingest](status::v1::GetStatusResponse& out) {
    out.set_broker_reachable(ingest.broker_reachable());
    std::vector<LaneReport> lanes = ingest.reports();
    ask_ledgers(ingest, absl::Now() + kLedgerWait, lanes);
    add_to_status(lanes, foundation_.calendar, out);
  };
  part.scrape = [this, &ingest](Scrape& s) {
    s.broker_reachable = ingest.broker_reachable();
    s.lanes = ingest.reports();
    s.restore_seconds = origin_.restore_seconds;
  };
  return part;
}

Part Running::watch_part() {
  Part part;
  part.warnings = [this] { return watch_.warnings(); };
  part.scrape = [this](Scrape& s) { s.partitions_unread = watch_.unread(); };
  return part;
}

Part Running::evaluation_part() {
  Part part;
  part.warnings = [this]() -> std::vector<std::string> {
    DivergenceReport const report = evaluation_.report().divergence;
    std::vector<std::string> out;
    if (report.diverged)
      out.push_back(wording::diverged(describe(*report.first, foundation_.calendar)));
    if (report.other_working_hours) out.emplace_back(wording::kOtherWorkingHours);
    auto const view = foundation_.views.get();
    if (!view->data_through) return out;
    indicators::Value const lost = indicators::unplaced_births(*view->panel, *view->data_through);
    if (indicators::is_much_unplaced(lost))
      out.push_back(wording::births_without_place(lost.numerator, lost.denominator));
    return out;
  };
  part.status = [this](status::v1::GetStatusResponse& out) {
    *out.mutable_comparison() = to_message(evaluation_.report().divergence, foundation_.calendar);
  };
  part.scrape = [this](Scrape& s) {
    s.evaluation = evaluation_.report();
    s.forecasting = forecasting_.report();
  };
  return part;
}

Part Running::letters_part() {
  Part part;
  const kafka::DeadLetters& letters = *started_.dead_letters;
  part.warnings = [&letters]() -> std::vector<std::string> {
    std::string const trouble = letters.trouble();
    if (trouble.empty()) return {};
    return {wording::dead_letters_wait(trouble)};
  };
  part.scrape = [&letters](Scrape& s) {
    s.dead_letters_written = letters.written();
    s.dead_letters_failed = letters.failed_attempts();
    s.dead_letters_in_flight = letters.in_flight();
  };
  return part;
}

Part Running::snapshot_part() {
  Part part;
  if (!snapshotter_) return part;
  part.status = [this](status::v1::GetStatusResponse& out) {
    *out.mutable_snapshots() = to_message(snapshotter_->report(), origin_.from);
  };
  part.scrape = [this](Scrape& s) { s.snapshot = snapshotter_->report(); };
  return part;
}

}  // namespace bellwether::runtime
