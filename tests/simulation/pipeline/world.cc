#include "simulation/pipeline/world.h"

#include <algorithm>
#include <memory>

#include "core/base/text.h"
#include "simulation/pipeline/replica.h"
#include "simulation/pipeline/watcher.h"

namespace bellwether::simulation {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int kRoundsToRest = 1'000;
constexpr int64_t kAll = 1'000'000;

class World {
 public:
  World(const Script& script, Parts& parts)
      : script_(script),
        parts_(parts),
        now_(script.setup.begin),
        broker_(script.setup.partitions),
        auditor_(script_.setup, broker_) {
    replicas_.resize(static_cast<size_t>(script.setup.replicas));
    disks_.resize(replicas_.size());
    for (SimulatedDisk& disk : disks_) parts.furnish(disk);
    for (size_t r = 0; r < replicas_.size(); ++r) start(r, 0);
    for (int w = 0; w < kWatchers; ++w) watchers_.emplace_back(w, auditor_, parts);
  }

  RunResult run() {
    RunResult out;
    for (const Step& step : script_.steps) {
      if (auditor_.failed()) break;
      take(step);
      ++out.tally.steps;
    }
    if (!auditor_.failed()) come_to_rest();
    out.failure = auditor_.failure();
    out.trace = auditor_.trace();
    out.tally.records = script_.records.size();
    out.tally.crashes = crashes_;
    out.tally.journal_records = broker_.journal().size();
    out.tally.passed_over = auditor_.passed_over();
    out.tally.went_back = auditor_.went_back();
    out.tally.snapshots = auditor_.snapshots();
    out.tally.transitions = replicas_[0]->view()->transitions_end();
    return out;
  }

 private:
  void start(size_t r, int rules) {
    replicas_[r] = std::make_unique<Replica>(
        static_cast<int>(r), rules,
        Surroundings{script_.setup, broker_, auditor_, parts_, disks_[r], now_, steady_ms_});
  }

  void crash(size_t r) {
    ++crashes_;
    if (disks_[r].power_will_go()) disks_[r].lose_power(crashes_);
    for (Watcher& w : watchers_) {
      if (w.replica() == r) w.disconnect();
    }
    start(r, replicas_[r]->rules());  // it does not lead until a step makes it lead
  }

  void take(const Step& step) {
    Replica& replica = *replicas_[step.who % replicas_.size()];
    switch (step.act) {
      case Act::kPublish:
        publish(step.input, step.partition, script_.records[step.record]);
        break;
      case Act::kAdvance:
        advance(step.amount);
        break;
      case Act::kRead:
        replica.read(step.input, step.partition, step.amount);
        break;
      case Act::kFold:
        replica.fold(step.amount);
        break;
      case Act::kEvaluate:
        replica.evaluate();
        break;
      case Act::kDeadLetters:
        replica.deliver_dead_letters(step.amount / 2, step.amount % 2 != 0);
        break;
      case Act::kDeliver:
        deliver(step.amount, false);
        break;
      case Act::kDeliverMute:
        deliver(step.amount, true);
        break;
      case Act::kLose:
        (void)broker_.arrive(static_cast<size_t>(step.amount));
        break;
      case Act::kLead:
        replica.lead(true);
        break;
      case Act::kFollow:
        replica.lead(false);
        break;
      case Act::kCrash:
        crash(step.who % replicas_.size());
        break;
      case Act::kBrokerDown:
        broker_.up = false;
        break;
      case Act::kBrokerUp:
        broker_.up = true;
        break;
      case Act::kReload:
        replica.reload(static_cast<int>(step.amount));
        break;
      case Act::kAcknowledge:
      case Act::kSilence:
      case Act::kUnsilence:
      case Act::kRegimeBreak:
      case Act::kConnect:
      case Act::kListen:
      case Act::kHangUp:
        human(step, replica);
        break;
      default:
        on_storage(step, step.who % replicas_.size());
    }
  }

  // Steps of snapshots, of the disks that hold them, and of the logs in which they resume.
  void on_storage(const Step& step, size_t r) {
    SimulatedDisk& disk = disks_[r];
    auto const chance = static_cast<uint64_t>(step.amount);
    switch (step.act) {
      case Act::kCapture:
        replicas_[r]->ask_for_capture();
        break;
      case Act::kSave:
        replicas_[r]->save();
        if (disk.power_is_cut()) crash(r);
        break;
      case Act::kForeign:
        replicas_[r]->save_foreign();
        if (disk.power_is_cut()) crash(r);
        break;
      case Act::kPowerLoss:
        disk.lose_power(chance);
        crash(r);
        break;
      case Act::kPowerCut:
        disk.cut_power_after(step.amount);
        break;
      case Act::kDiskFails:
        disk.fail_one(step.amount / 3, static_cast<SimulatedDisk::Fault>(step.amount % 3));
        break;
      case Act::kDiskFull:
        disk.fill();
        break;
      case Act::kDiskForgets:
        disk.forget_syncs();
        break;
      case Act::kDiskHeals:
        disk.heal();
        break;
      case Act::kRot:
        if (auto const path = disk.rot(chance)) {
          parts_.rotted(*disk.bytes(*path));
          auditor_.damaged(static_cast<int>(r), *path);
        }
        break;
      case Act::kTruncate:
        broker_.truncate(step.input, step.partition, step.amount);
        break;
      default:
        if (!broker_.recreate(step.input)) break;
        for (size_t all = 0; all < replicas_.size(); ++all) crash(all);
    }
  }

  // Steps of people, and of watchers.
  void human(const Step& step, Replica& replica) {
    auto const book = replica.view();
    auto const which = static_cast<size_t>(step.amount);
    std::string const actor = base::cat("analyst-", ++acts_);
    switch (step.act) {
      case Act::kAcknowledge: {
        std::string alert = "R1.R.all.1970-01";  // no such alert was raised
        if (!book->open().empty()) {
          alert =
              std::next(book->open().begin(), static_cast<ptrdiff_t>(which % book->open().size()))
                  ->second->name;
        }
        replica.act(alerts::AlertAcknowledged{alert, actor, "seen", now_});
        break;
      }
      case Act::kSilence:
        replica.act(alerts::SilenceCreated{
            "S1", "", "", UnixMillis(now_.value + base::kMillisPerDay), actor, "", now_});
        break;
      case Act::kUnsilence: {
        JournalOffset silence(0);
        if (!book->silences().empty()) {
          silence = JournalOffset(std::next(book->silences().begin(),
                                            static_cast<ptrdiff_t>(which % book->silences().size()))
                                      ->first);
        }
        replica.act(alerts::SilenceExpired{silence, actor, now_});
        break;
      }
      case Act::kRegimeBreak: {
        PeriodIndex const last = replica.last_tick().value_or(PeriodIndex(0));
        replica.act(alerts::RegimeBreakDeclared{
            {PeriodIndex(last.value - static_cast<int32_t>(step.amount)), last},
            "a change of law",
            actor,
            now_});
        break;
      }
      case Act::kConnect:
        watchers_[which % watchers_.size()].connect(step.who % replicas_.size(), *book);
        break;
      case Act::kListen:
        listen(watchers_[step.who], step.amount);
        break;
      default: {
        Watcher& w = watchers_[step.who];
        if (w.replica()) w.hang_up(*replicas_[*w.replica()]->view(), step.amount);
      }
    }
  }

  void listen(Watcher& w, int64_t messages) {
    if (w.replica()) w.listen(*replicas_[*w.replica()]->view(), messages);
  }

  void advance(int64_t ms) {
    now_.value += ms;
    steady_ms_ += std::max<int64_t>(0, ms);
  }

  void publish(size_t input, size_t partition, const Record& record) {
    broker_.log(input, partition).push_back(record);
    auditor_.published(input, partition);
  }

  void deliver(int64_t which, bool mute) {
    auto const append = broker_.arrive(static_cast<size_t>(which));
    if (!append) return;
    auditor_.appended(broker_.append(*append, mute), *append);
  }

  // Ends the run: sources state that they are complete, all faults are repaired, and one replica
  // leads.
  void come_to_rest() {
    base::Calendar const calendar = script_.setup.calendar;
    now_ = std::max(now_, latest_publication());
    PeriodIndex const last = calendar.period_of(base::days_of(now_));
    now_ = UnixMillis(calendar.end_of(last).value + kMinute);
    events::Event complete;
    complete.kind = events::EventKind::kHeartbeat;
    complete.source = 1;
    complete.complete_to = calendar.end_of(last);
    for (size_t input = 0; input < kInputs; ++input) {
      for (size_t p = 0; p < broker_.partitions(); ++p)
        publish(input, p, {calendar.end_of(last), complete});
    }
    broker_.up = true;
    for (size_t r = 0; r < replicas_.size(); ++r) {
      disks_[r].heal();
      if (replicas_[r]->lost()) crash(r);
    }
    for (size_t r = 0; r < replicas_.size(); ++r) replicas_[r]->lead(r == 0);
    connect_all();
    int rounds = 0;
    while (!auditor_.failed() && !rest_one_round(last)) {
      if (++rounds == kRoundsToRest)
        return auditor_.fail(base::cat("does not come to rest by tick ", last.value));
    }
    if (!auditor_.failed()) audit(last);
    if (!auditor_.failed()) start_from_snapshots(last);
  }

  // A start from the snapshots must give the same state as reading the logs.
  void start_from_snapshots(PeriodIndex last) {
    for (size_t r = 0; r < replicas_.size(); ++r) {
      replicas_[r]->ask_for_capture();
      replicas_[r]->save();
      crash(r);
      replicas_[r]->lead(r == 0);
    }
    connect_all();
    for (int rounds = 0; !auditor_.failed() && !rest_one_round(last); ++rounds) {
      if (rounds == kRoundsToRest) return auditor_.fail("does not come to rest from snapshots");
    }
    if (!auditor_.failed()) audit(last);
  }

  void connect_all() {
    for (size_t w = 0; w < watchers_.size(); ++w) {
      size_t const r = w % replicas_.size();
      watchers_[w].connect(r, *replicas_[r]->view());
    }
  }

  UnixMillis latest_publication() const {
    UnixMillis latest = script_.setup.begin;
    if (script_.setup.far_future) return latest;  // later timestamps are clamped
    for (size_t input = 0; input < kInputs; ++input) {
      for (size_t p = 0; p < broker_.partitions(); ++p) {
        for (const Record& r : broker_.log(input, p)) latest = std::max(latest, r.published);
      }
    }
    return latest;
  }

  bool rest_one_round(PeriodIndex last) {
    bool rests = !broker_.any_in_flight();
    for (auto& replica : replicas_) {
      for (size_t input = 0; input < kInputs; ++input) {
        for (size_t p = 0; p < broker_.partitions(); ++p) replica->read(input, p, kAll);
      }
      replica->deliver_dead_letters(kAll, false);
      for (int i = 0; i < 3; ++i) {
        while (broker_.any_in_flight()) deliver(0, false);
        replica->fold(kAll);
        replica->evaluate();
      }
      rests = rests && replica->at_rest(last);
    }
    for (Watcher& w : watchers_) listen(w, kAll);
    advance(kMinute);
    return rests;
  }

  void audit(PeriodIndex last) {
    for (size_t r = 0; r < replicas_.size(); ++r) {
      auditor_.at_rest(static_cast<int>(r), last, *replicas_[r]->view());
      for (size_t p = 0; p < broker_.partitions(); ++p) {
        auditor_.counts_at_rest(static_cast<int>(r), p, replicas_[r]->engine(p));
      }
    }
    for (size_t w = 0; w < watchers_.size(); ++w) {
      auditor_.heard_at_rest(static_cast<int>(w), watchers_[w].position());
    }
    auditor_.dead_letters_at_rest();
  }

  const Script& script_;
  Parts& parts_;
  UnixMillis now_;
  int64_t steady_ms_ = 0;
  Broker broker_;
  Auditor auditor_;
  std::vector<SimulatedDisk> disks_;  // by replica
  std::vector<std::unique_ptr<Replica>> replicas_;
  std::vector<Watcher> watchers_;
  size_t crashes_ = 0;
  int acts_ = 0;
};

}  // namespace

void Tally::add(const Tally& other) {
  records += other.records;
  steps += other.steps;
  crashes += other.crashes;
  journal_records += other.journal_records;
  passed_over += other.passed_over;
  went_back += other.went_back;
  transitions += other.transitions;
  snapshots.saved += other.snapshots.saved;
  snapshots.failed += other.snapshots.failed;
  snapshots.gone_on_from += other.snapshots.gone_on_from;
  snapshots.refused += other.snapshots.refused;
  snapshots.starts_with_a_gap += other.snapshots.starts_with_a_gap;
}

RunResult run(const Script& script, Parts& parts) {
  return World(script, parts).run();
}

}  // namespace bellwether::simulation
