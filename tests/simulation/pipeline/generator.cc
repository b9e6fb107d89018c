#include "simulation/pipeline/generator.h"

#include <algorithm>
#include <array>
#include <map>

#include "support/logs.h"

namespace bellwether::simulation {
namespace {

using events::Event;
using events::EventKind;
using testing::Random;

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = base::kMillisPerDay;
constexpr int64_t kMostLag = 300 * kDay;

// A record that is sent to the broker.
struct Publication {
  UnixMillis arrival;
  uint8_t input = 0;
  uint8_t partition = 0;
  Record record;
};

Setup make_setup(Random& random) {
  Setup s;
  s.calendar =
      base::Calendar(random.chance(0.4) ? base::CalendarUnit::kWeek : base::CalendarUnit::kMonth);
  s.partitions = random.between(1, 4);
  s.replicas = random.between(2, 3);
  s.begin =
      base::start_of(base::days_from_civil(2014, random.between(1, 12), random.between(1, 28)));
  s.cuts_by_log = random.chance(0.5);
  engine::PartitionOptions& o = s.partition;
  o.calendar = s.calendar;
  o.reference = &testing::world();
  engine::set_inputs(o, kInputTopics);
  o.allowed_disorder_ms = random.between(0, 48) * kHour;
  o.idle = s.cuts_by_log        ? engine::Idle::kNever
           : random.chance(0.5) ? engine::Idle::kHeartbeat
                                : engine::Idle::kWallClock;
  s.far_future = !s.cuts_by_log && random.chance(0.5);
  if (!s.far_future) o.future_tolerance_ms = 100 * 365 * kDay;
  return s;
}

// Makes the records that the sources publish.
class Sources {
 public:
  Sources(Random& random, const Setup& setup) : random_(random), setup_(setup) {
    bool const weeks = setup.calendar.unit() == base::CalendarUnit::kWeek;
    days_ = weeks ? random.between(30, 60) * 7 : random.between(26, 50) * 30;
    quiet_partition_ = random.between(0, setup.partitions - 1);
    quiet_from_ = at(random.between(0, days_));
    quiet_until_ = UnixMillis(quiet_from_.value + random.between(0, 150) * kDay);
  }

  std::vector<Publication> make() {
    testing::LogOptions options;
    options.businesses = random_.between(80, 450);
    options.first = base::days_of(setup_.begin);
    options.days = days_;
    std::map<base::FactId, uint8_t> input_of;
    for (const Event& e : testing::random_log(random_, options)) {
      auto const by_kind =
          static_cast<uint8_t>(domain::info(e.kind).topic == domain::Topic::kSupport);
      publish(input_of.try_emplace(e.fact, by_kind).first->second, e);
    }
    statistics();
    heartbeats();
    std::stable_sort(out_.begin(), out_.end(),
                     [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
    return std::move(out_);
  }

 private:
  UnixMillis at(int day) const { return UnixMillis(setup_.begin.value + day * kDay); }
  UnixMillis end() const { return at(days_); }

  int64_t lag() {
    if (random_.chance(0.7)) return random_.between(0, 72) * kHour;
    return random_.chance(0.8) ? random_.between(3, 60) * kDay : random_.between(60, 299) * kDay;
  }

  void publish(uint8_t input, const Event& e) {
    auto const partition =
        static_cast<uint8_t>(e.business.value % static_cast<uint64_t>(setup_.partitions));
    UnixMillis published(base::start_of(e.effective).value + std::min(lag(), kMostLag) +
                         random_.between(0, 23) * kHour);
    bool const quiet =
        partition == quiet_partition_ && published > quiet_from_ && published < quiet_until_;
    if (quiet) published = quiet_until_;
    published = std::min(published, end());
    send(input, partition, published, e);
    while (random_.chance(0.1)) send(input, partition, published, e);
    if (random_.chance(0.05)) {
      send(input, partition, published,
           static_cast<events::Refusal>(
               random_.below(static_cast<uint64_t>(events::Refusal::kTooManyFacts))));
    }
    if (random_.chance(0.01)) {
      Event unused = e;
      unused.kind = EventKind::kRegulatoryContact;
      send(input, partition, published, unused);
    }
  }

  // Official figures with later versions and retractions, in any order.
  void statistics() {
    static const std::array kAreas = {"N1", "N2", "S1", "S2", "N1", "N2", "N", "HUB"};
    for (uint64_t n = 0; n < 40; ++n) {
      Event e;
      e.kind = EventKind::kObservation;
      e.fact = base::FactId(base::mix64(n + (uint64_t{1} << 50)));
      auto const series = random_.below(20);
      e.business = base::BusinessKey(base::mix64(series + (uint64_t{1} << 51)));
      for (int versions = random_.between(1, 4); versions > 0; --versions) {
        e.kind = random_.chance(0.1) ? EventKind::kRetracted : EventKind::kObservation;
        bool const of_year = random_.chance(0.5);
        e.statistic = static_cast<domain::Statistic>(random_.between(of_year ? 1 : 0, 3));
        if (!of_year && e.statistic == domain::Statistic::kOutput)
          e.statistic = domain::Statistic::kEmployment;
        e.code =
            static_cast<uint8_t>(of_year ? domain::Frequency::kYear : domain::Frequency::kQuarter);
        base::CivilDate const now = base::civil_date(base::days_of(at(random_.between(0, days_))));
        e.effective = base::days_from_civil(now.year - random_.between(1, 3),
                                            of_year ? 1 : 1 + 3 * random_.between(0, 3), 1);
        e.area = testing::area(kAreas[random_.below(kAreas.size())]);
        e.sector = testing::sector(random_.chance(0.7) ? "all" : "10");
        e.sequence = base::SourceSequence(static_cast<uint64_t>(random_.between(1, 6)));
        e.vintage = base::Days(e.effective.value + random_.between(370, 500));
        e.figure_status = static_cast<domain::FigureStatus>(random_.below(4));
        e.value = random_.between(0, 5000);
        UnixMillis const published = at(random_.between(0, days_));
        auto const partition =
            static_cast<uint8_t>(e.business.value % static_cast<uint64_t>(setup_.partitions));
        do {
          send(kObservations, partition, published, e);
        } while (random_.chance(0.1));
        if (random_.chance(0.05))
          send(kObservations, partition, published, events::Refusal::kValueOutOfRange);
      }
    }
  }

  void send(uint8_t input, uint8_t partition, UnixMillis published,
            std::variant<Event, events::Refusal> content) {
    Publication p;
    p.input = input;
    p.partition = partition;
    int64_t delay = static_cast<int64_t>(random_.below(2 * kHour));
    if (random_.chance(0.05)) delay = random_.between(0, 20) * kDay;  // beyond any allowed disorder
    p.arrival = std::min(UnixMillis(published.value + delay), end());
    p.record = {published, std::move(content)};
    if (random_.chance(0.01)) p.record.published = UnixMillis(-1);
    if (setup_.far_future && random_.chance(0.002)) {
      p.record.published = UnixMillis(published.value + random_.between(1, 4000) * kDay);
    }
    out_.push_back(std::move(p));
  }

  void heartbeats() {
    bool const weeks = setup_.calendar.unit() == base::CalendarUnit::kWeek;
    int const every = weeks ? 3 : 11;
    for (uint8_t input = 0; input < kInputs; ++input) {
      int silent_until = 0;
      for (int day = 1; day < days_; day += every) {
        if (random_.chance(0.03)) silent_until = day + random_.between(10, 90);
        if (day < silent_until) continue;
        Event e;
        e.kind = EventKind::kHeartbeat;
        e.source = 17 + input;
        e.complete_to = UnixMillis(at(day).value - random_.between(0, 12) * kHour);
        for (uint8_t p = 0; p < setup_.partitions; ++p) {
          if (random_.chance(0.05)) continue;
          out_.push_back(
              {UnixMillis(at(day).value + random_.between(0, 6) * kHour), input, p, {at(day), e}});
        }
      }
    }
  }

  Random& random_;
  const Setup& setup_;
  int days_;
  int quiet_partition_;
  UnixMillis quiet_from_;
  UnixMillis quiet_until_;
  std::vector<Publication> out_;
};

// Decides when each replica acts, and which faults happen.
class Schedule {
 public:
  Schedule(Random& random, Script& script) : random_(random), script_(script) {
    stopped_until_.resize(static_cast<size_t>(script.setup.replicas));
    step(Act::kLead, 0);
    for (uint8_t w = 0; w < kWatchers; ++w) step(Act::kConnect, any_replica(), w);
    if (random.chance(0.4)) quiet_until_ = random.between(100, 4000);
    truncates_ = random.chance(0.25);
    recreates_ = random.chance(0.2);
  }

  // Adds the steps between two publications.
  void between() {
    ++now_;
    while (!later_.empty() && later_.begin()->first <= now_) {
      script_.steps.push_back(later_.begin()->second);
      later_.erase(later_.begin());
    }
    if (now_ < quiet_until_) return;  // no replica reads yet: this makes a history
    for (int i = random_.between(0, 4); i > 0; --i) work();
    if (random_.chance(0.004)) snapshot(any_replica(), random_.between(0, 150));
    if (random_.chance(0.01)) fault();
    if (random_.chance(0.005)) disk_fault();
    if (random_.chance(0.002)) log_fault();
    if (random_.chance(0.02)) human();
  }

 private:
  uint8_t any_replica() { return static_cast<uint8_t>(random_.below(stopped_until_.size())); }
  void step(Act act, uint8_t who = 0, int64_t amount = 0) {
    script_.steps.push_back({act, who, 0, 0, amount, 0});
  }
  void later(int delay, Act act, uint8_t who = 0, int64_t amount = 0) {
    later_.emplace(now_ + delay, Step{act, who, 0, 0, amount, 0});
  }

  void work() {
    uint8_t const who = any_replica();
    bool const stopped = stopped_until_[who] > now_;
    uint64_t const dice = random_.below(100);
    if (dice < 10) {
      step(random_.chance(0.9)   ? Act::kDeliver
           : random_.chance(0.5) ? Act::kDeliverMute
                                 : Act::kLose,
           0, random_.between(0, 2));
    } else if (dice < 16) {
      step(Act::kListen, static_cast<uint8_t>(random_.below(kWatchers)), random_.between(1, 9));
    } else if (stopped) {
      return;
    } else if (dice < 55) {
      Step read{
          Act::kRead,
          who,
          static_cast<uint8_t>(random_.below(kInputs)),
          static_cast<uint8_t>(random_.below(static_cast<uint64_t>(script_.setup.partitions))),
          random_.between(1, 60),
          0};
      if (slow_until_ > now_ && read.who == slow_replica_ && read.partition == slow_partition_)
        return;
      script_.steps.push_back(read);
    } else if (dice < 72) {
      step(Act::kFold, who, random_.between(1, 12));
    } else if (dice < 96) {
      step(Act::kEvaluate, who);
    } else {
      step(Act::kDeadLetters, who, random_.between(2, 5));
    }
  }

  // For a while there may be two leaders, or none.
  void move_leadership(uint8_t to) {
    later(random_.between(0, 200), Act::kLead, to);
    for (uint8_t r = 0; r < stopped_until_.size(); ++r) {
      if (r != to) later(random_.between(0, 200), Act::kFollow, r);
    }
  }

  void fault() {
    uint8_t const who = any_replica();
    bool const power_cut = random_.chance(0.3);
    switch (random_.below(8)) {
      case 0:
        step(Act::kCrash, who);
        for (uint8_t r = 0; power_cut && r < stopped_until_.size(); ++r) step(Act::kCrash, r);
        move_leadership(any_replica());
        break;
      case 1:
        move_leadership(who);
        break;
      case 2:
        stopped_until_[who] = now_ + random_.between(10, 400);
        break;
      case 3:
        slow_until_ = now_ + random_.between(50, 600);
        slow_replica_ = who;
        slow_partition_ =
            static_cast<uint8_t>(random_.below(static_cast<uint64_t>(script_.setup.partitions)));
        break;
      case 4:
        step(Act::kBrokerDown);
        later(random_.between(1, 150), Act::kBrokerUp);
        break;
      case 5:
        step(Act::kAdvance, 0, random_.between(-20, 20) * kDay);
        break;
      case 6: {
        auto const which = static_cast<int64_t>(random_.below(kRuleSets));
        for (uint8_t r = 0; r < stopped_until_.size(); ++r)
          later(random_.between(0, 60), Act::kReload, r, which);
        break;
      }
      default: {
        auto const watcher = static_cast<uint8_t>(random_.below(kWatchers));
        step(Act::kHangUp, watcher, random_.between(0, 5));
        later(random_.between(0, 80), Act::kConnect, who, watcher);
      }
    }
  }

  // The snapshot is written later, while the replica continues.
  void snapshot(uint8_t who, int delay) {
    capture(who);
    later(delay, Act::kSave, who);
  }
  void capture(uint8_t who) {
    if (random_.chance(0.7)) step(Act::kDeadLetters, who, 1000);  // letters in flight delay it
    step(Act::kCapture, who);
  }

  // Faults of a disk that holds snapshots. Most become visible only when the replica restarts.
  void disk_fault() {
    uint8_t const who = any_replica();
    auto const chance = static_cast<int64_t>(random_.below(1u << 30));
    switch (random_.below(8)) {
      case 0:
        snapshot(who, random_.between(0, 20));
        later(random_.between(0, 60), Act::kPowerLoss, who, chance);
        move_leadership(any_replica());
        break;
      case 1:
        step(Act::kSave, who);
        capture(who);
        step(Act::kPowerCut, who, random_.between(0, 30));
        step(Act::kSave, who);
        move_leadership(any_replica());
        break;
      case 2:
        step(Act::kSave, who);
        capture(who);
        step(Act::kDiskFails, who, random_.between(0, 90));
        step(Act::kSave, who);
        break;
      case 3:
        step(Act::kDiskFull, who);
        later(random_.between(20, 400), Act::kDiskHeals, who);
        break;
      case 4:
        step(Act::kDiskForgets, who);
        later(random_.between(20, 400), random_.chance(0.5) ? Act::kDiskHeals : Act::kPowerLoss,
              who, chance);
        break;
      case 5:
        for (int n = random_.between(1, 3); n > 0; --n) step(Act::kRot, who, chance + n);
        if (random_.chance(0.7)) later(random_.between(0, 50), Act::kCrash, who);
        move_leadership(any_replica());
        break;
      case 6:
        if (random_.chance(0.3)) step(Act::kForeign, who);
        later(random_.between(0, 50), Act::kCrash, who);
        move_leadership(any_replica());
        break;
      default:
        for (uint8_t r = 0; r < stopped_until_.size(); ++r) step(Act::kPowerLoss, r, chance + r);
        move_leadership(any_replica());
    }
  }

  // Retention is too short, or a topic is recreated.
  void log_fault() {
    if (truncates_) {
      auto const permille = random_.between(0, 1000);
      for (uint8_t i = 0; i < kInputs; ++i) {
        for (int p = 0; p < script_.setup.partitions; ++p) {
          script_.steps.push_back({Act::kTruncate, 0, i, static_cast<uint8_t>(p),
                                   std::max(0, permille - random_.between(0, 200)), 0});
        }
      }
      if (random_.chance(0.7)) {
        later(random_.between(0, 100), Act::kCrash, any_replica());
        move_leadership(any_replica());
      }
    } else if (recreates_) {
      auto const input = static_cast<uint8_t>(random_.below(kInputs));
      script_.steps.push_back({Act::kRecreate, 0, input, 0, 0, 0});
      move_leadership(any_replica());
    }
  }

  void human() {
    uint8_t const who = any_replica();
    uint64_t const dice = random_.below(10);
    auto const which = static_cast<int64_t>(random_.below(20));
    if (dice < 6) {
      step(Act::kAcknowledge, who, which);
    } else if (dice < 8) {
      step(Act::kSilence, who, which);
    } else if (dice < 9) {
      step(Act::kUnsilence, who, which);
    } else if (random_.chance(0.3)) {
      step(Act::kRegimeBreak, who, random_.between(1, 6));
    }
  }

  Random& random_;
  Script& script_;
  int now_ = 0;
  int quiet_until_ = 0;
  bool truncates_ = false;
  bool recreates_ = false;
  std::vector<int> stopped_until_;
  int slow_until_ = 0;
  uint8_t slow_replica_ = 0;
  uint8_t slow_partition_ = 0;
  std::multimap<int, Step> later_;
};

}  // namespace

Script generate(uint64_t seed) {
  Random random(base::mix64(seed + 1));
  Script script;
  script.seed = seed;
  script.setup = make_setup(random);
  Schedule schedule(random, script);
  UnixMillis now = script.setup.begin;
  for (Publication& p : Sources(random, script.setup).make()) {
    if (p.arrival > now) {
      script.steps.push_back({Act::kAdvance, 0, 0, 0, p.arrival.value - now.value, 0});
      now = p.arrival;
    }
    script.steps.push_back(
        {Act::kPublish, 0, p.input, p.partition, 0, static_cast<uint32_t>(script.records.size())});
    script.records.push_back(std::move(p.record));
    schedule.between();
  }
  return script;
}

}  // namespace bellwether::simulation
