#include "adapters/snapshot/book_codec.h"

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "adapters/snapshot/items.h"
#include "core/alerts/rule_record.h"
#include "core/base/status.h"

namespace bellwether::snapshot {
namespace {

using alerts::AlertPtr;
using alerts::BookState;
using alerts::kPeriodsFromEpochMax;

// ---- one description of every field: fields(io, value) calls io on each, in their order

template <class T, class Value>
concept Is = std::same_as<std::remove_const_t<T>, Value>;

template <class Io, Is<alerts::AlertKey> T>
void fields(Io& io, T& v) {
  io(v.rule, v.area, v.sector);
}
template <class Io, Is<alerts::Contribution> T>
void fields(Io& io, T& v) {
  io(v.area, v.sector, v.observed, v.expected, v.share, v.measure, v.z);
}
template <class Io, Is<alerts::Evidence> T>
void fields(Io& io, T& v) {
  io(v.period, v.observed, v.expected, v.lower, v.upper, v.p, v.p_adjusted, v.z, v.cusum,
     v.cusum_threshold);
  io(v.dispersion, v.ratio, v.baseline_periods, v.baseline_first, v.baseline_last, v.downweighted,
     v.score_scale);
  io(v.baseline_kind, v.year_before, v.limit, v.reported, v.nowcast, v.nowcast_lower,
     v.nowcast_upper);
  io(v.contributions);
}
template <class Io, Is<alerts::AlertUpdate> T>
void fields(Io& io, T& v) {
  io(v.key, v.raised, v.severity, v.severity_max, v.open, v.onset, v.quiet_ticks, v.frozen_ticks,
     v.suspended);
  io(v.recent_hits, v.historical, v.transition, v.clear_reason, v.evidence);
}
template <class Io, Is<alerts::Acknowledgement> T>
void fields(Io& io, T& v) {
  io(v.actor, v.comment, v.at);
}
template <class Io, Is<alerts::Alert> T>
void fields(Io& io, T& v) {
  io(v.name, v.state, v.raised_at, v.cleared, v.cleared_at, v.raised_evidence, v.acknowledgement);
}
template <class Io, Is<alerts::ResumeToken> T>
void fields(Io& io, T& v) {
  io(v.offset, v.index);
}
template <class Io, Is<alerts::Lead> T>
void fields(Io& io, T& v) {
  io(v.writer, v.epoch);
}
template <class Io, Is<alerts::CutOffset> T>
void fields(Io& io, T& v) {
  io(v.topic, v.partition, v.offset);
}
template <class Io, Is<detection::PeriodRange> T>
void fields(Io& io, T& v) {
  io(v.first, v.last);
}
template <class Io, Is<alerts::RegimeBreakDeclared> T>
void fields(Io& io, T& v) {
  io(v.periods, v.reason, v.actor, v.at);
}
template <class Io, Is<std::pair<base::JournalOffset, alerts::RegimeBreakDeclared>> T>
void fields(Io& io, T& v) {
  io(v.first, v.second);
}
template <class Io, Is<alerts::SilenceCreated> T>
void fields(Io& io, T& v) {
  io(v.rule, v.area, v.sector, v.until, v.actor, v.comment, v.at);
}
template <class Io, Is<alerts::Silence> T>
void fields(Io& io, T& v) {
  io(v.id, v.silence, v.expired_by_hand);
}
template <class Io, Is<alerts::RuleRecord> T>
void fields(Io& io, T& v) {
  alerts::each_rule_key([&](const auto& key) { io(v.*key.field); });
}
template <class Io, Is<alerts::RuleSetRecord> T>
void fields(Io& io, T& v) {
  io(v.rules, v.false_discovery_rate);
}
// What is short; the lists have frames of their own.
template <class Io, Is<BookState> T>
void fields(Io& io, T& v) {
  io(v.offset, v.rules_changed_at, v.last_tick, v.last_tick_at, v.lead, v.silent_topics, v.cut,
     v.declared_breaks);
  io(v.forgotten, v.forgotten_through);
}

// ---- how many values an enum has, so that a number beyond them is damage

template <class E>
constexpr size_t kNames = 0;
template <>
constexpr size_t kNames<alerts::Severity> = alerts::kSeverityNames.size();
template <>
constexpr size_t kNames<alerts::TransitionKind> = alerts::kTransitionNames.size();
template <>
constexpr size_t kNames<alerts::ClearReason> = alerts::kClearReasonNames.size();
template <>
constexpr size_t kNames<alerts::RuleKind> = alerts::kRuleKindNames.size();
template <>
constexpr size_t kNames<base::Harm> = base::kHarmNames.size();
template <>
constexpr size_t kNames<detection::BaselineKind> = detection::kBaselineKinds;

template <class Value>
concept Numbered = requires {
  requires std::integral<decltype(Value::value)>;
};

class Out {
 public:
  explicit Out(ByteWriter& bytes) : bytes_(bytes) {}
  template <class... Values>
  void operator()(const Values&... values) {
    (put(values), ...);
  }

 private:
  template <class Value>
  void put(const Value& v) {
    if constexpr (std::is_enum_v<Value>) {
      bytes_.number(static_cast<uint64_t>(v));
    } else if constexpr (std::same_as<Value, double>) {
      bytes_.fixed(v);
    } else if constexpr (std::signed_integral<Value>) {
      bytes_.signed_number(v);
    } else if constexpr (std::unsigned_integral<Value>) {
      bytes_.number(v);
    } else if constexpr (Numbered<Value>) {
      bytes_.signed_number(v.value);
    } else {
      fields(*this, v);
    }
  }
  void put(const std::string& v) { bytes_.text(v); }
  template <class Value>
  void put(const std::optional<Value>& v) {
    bytes_.number(v.has_value());
    if (v) put(*v);
  }
  template <class Value>
  void put(const std::vector<Value>& list) {
    bytes_.number(list.size());
    for (const Value& v : list) put(v);
  }
  ByteWriter& bytes_;
};

// What cannot be is noted, and read as something that can.
class In {
 public:
  explicit In(ByteReader& bytes) : bytes_(bytes) {}
  template <class... Values>
  void operator()(Values&... values) {
    (get(values), ...);
  }
  bool failed() const { return failed_ || bytes_.failed(); }

 private:
  template <class Value>
  void get(Value& v) {
    if constexpr (std::is_enum_v<Value>) {
      static_assert(kNames<Value> > 0);
      uint64_t const number = bytes_.number();
      if (number >= kNames<Value>) failed_ = true;
      v = static_cast<Value>(number < kNames<Value> ? number : 0);
    } else if constexpr (std::same_as<Value, double>) {
      v = bytes_.fixed<double>();
    } else if constexpr (std::same_as<Value, bool>) {
      v = bytes_.number() != 0;
    } else if constexpr (std::signed_integral<Value>) {
      v = bytes_.narrow<Value>();
    } else if constexpr (std::unsigned_integral<Value>) {
      uint64_t const number = bytes_.number();
      if (number > std::numeric_limits<Value>::max()) failed_ = true;
      v = static_cast<Value>(number);
    } else if constexpr (Numbered<Value>) {
      v = Value(bytes_.narrow<decltype(v.value)>());
    } else {
      fields(*this, v);
    }
  }
  void get(base::PeriodIndex& v) {
    v = base::PeriodIndex(bytes_.narrow<int32_t>());
    if (v.value < -kPeriodsFromEpochMax || v.value > kPeriodsFromEpochMax) failed_ = true;
  }
  void get(std::string& v) { v = bytes_.text(); }
  template <class Value>
  void get(std::optional<Value>& v) {
    if (bytes_.number() != 0) get(v.emplace());
  }
  template <class Value>
  void get(std::vector<Value>& list) {
    for (uint64_t n = list_size(bytes_); n > 0 && !failed(); --n) get(list.emplace_back());
  }
  ByteReader& bytes_;
  bool failed_ = false;
};

// ---- writing

template <class List, class Put>
absl::Status write_items(const List& list, Tag tag, FrameWriter& out, Put put) {
  Items items(out, tag, Pack::kBounded);
  for (const auto& item : list) {
    put(items.next(), item);
    BELLWETHER_RETURN_IF_ERROR(items.close_item());
  }
  return items.flush();
}

template <class Value>
void put_fields(ByteWriter& bytes, const Value& value) {
  Out io(bytes);
  io(value);
}

template <class Value>
absl::Status write_one(const Value& value, Tag tag, FrameWriter& out) {
  ByteWriter bytes;
  put_fields(bytes, value);
  return out.frame(static_cast<uint8_t>(tag), bytes.view(), Pack::kBounded);
}

// States of alerts are shared between the book and its transitions: each is written once.
class States {
 public:
  void add(const AlertPtr& alert) {
    if (places_.try_emplace(alert.get(), list_.size()).second) list_.push_back(alert.get());
  }
  uint64_t place(const AlertPtr& alert) const { return places_.at(alert.get()); }
  const std::vector<const alerts::Alert*>& list() const { return list_; }

 private:
  absl::flat_hash_map<const alerts::Alert*, uint64_t> places_;
  std::vector<const alerts::Alert*> list_;
};

// ---- reading

template <class Value, class Done>
absl::Status read_items(ByteReader bytes, std::string_view what, Done done) {
  while (!bytes.done()) {
    In io(bytes);
    Value value;
    io(value);
    if (io.failed()) return wrong(what);
    BELLWETHER_RETURN_IF_ERROR(done(std::move(value)));
  }
  return absl::OkStatus();
}

class BookReader {
 public:
  absl::Status take(const Frame& frame) {
    BELLWETHER_RETURN_IF_ERROR(check_packing(frame));
    ByteReader bytes(frame.payload);
    switch (static_cast<Tag>(frame.tag)) {
      case Tag::kBook:
        return read_items<BookState>(bytes, "the state of a book", [&](BookState state) {
          if (begun_) return wrong("two books");
          begun_ = true;
          state_ = std::move(state);
          return absl::OkStatus();
        });
      case Tag::kRules:
        return read_items<alerts::RuleSetRecord>(bytes, "rules", [&](alerts::RuleSetRecord record) {
          auto rules = alerts::parse(record);
          if (!rules.ok()) return wrong(base::cat("rules: ", rules.status().message()));
          state_.rule_set = std::make_shared<const alerts::RuleSet>(*std::move(rules));
          return absl::OkStatus();
        });
      case Tag::kSilences:
        return read_items<alerts::Silence>(bytes, "a silence", [&](alerts::Silence silence) {
          state_.silences.push_back(std::move(silence));
          return absl::OkStatus();
        });
      case Tag::kAlerts:
        return read_items<alerts::Alert>(bytes, "an alert", [&](alerts::Alert alert) {
          states_.push_back(std::make_shared<const alerts::Alert>(std::move(alert)));
          return absl::OkStatus();
        });
      case Tag::kTransitions:
        return read_transitions(bytes);
      case Tag::kKept:
        return read_kept(bytes);
      default:
        return wrong(base::cat("a frame of kind ", static_cast<int>(frame.tag)));
    }
  }
  absl::StatusOr<alerts::Book> book(base::Calendar calendar) {
    if (!begun_) return wrong("no book");
    auto book = alerts::Book::restore(calendar, std::move(state_));
    if (!book) return wrong("a book out of order");
    return *std::move(book);
  }

 private:
  // Null where there is none.
  AlertPtr state(uint64_t place) const { return place < states_.size() ? states_[place] : nullptr; }

  absl::Status read_transitions(ByteReader bytes) {
    while (!bytes.done()) {
      alerts::Transition t;
      uint64_t place = 0;
      BookState::Told told;
      In io(bytes);
      io(t.token, t.kind, place, t.at, t.historical, told.watchable, told.in_history);
      t.alert = state(place);
      if (io.failed() || t.alert == nullptr || !(told.watchable || told.in_history))
        return wrong("a transition");
      told.transition = std::make_shared<const alerts::Transition>(std::move(t));
      state_.transitions.push_back(std::move(told));
    }
    return absl::OkStatus();
  }
  absl::Status read_kept(ByteReader bytes) {
    while (!bytes.done()) {
      uint64_t place = 0;
      BookState::Kept kept;
      In io(bytes);
      io(place, kept.open);
      kept.alert = state(place);
      if (io.failed() || kept.alert == nullptr) return wrong("an alert that is kept");
      // Only an open alert has not been cleared.
      if (!kept.alert->state.open && !kept.alert->cleared)
        return wrong("a closed alert that was not cleared");
      state_.alerts.push_back(std::move(kept));
    }
    return absl::OkStatus();
  }

  bool begun_ = false;
  BookState state_;
  std::vector<AlertPtr> states_;
};

}  // namespace

absl::Status write(const alerts::Book& book, FrameWriter& out) {
  BookState const state = book.state();
  States states;
  for (const BookState::Told& told : state.transitions) states.add(told.transition->alert);
  for (const BookState::Kept& kept : state.alerts) states.add(kept.alert);
  BELLWETHER_RETURN_IF_ERROR(write_one(state, Tag::kBook, out));
  if (state.rule_set != nullptr)
    BELLWETHER_RETURN_IF_ERROR(write_one(alerts::record(*state.rule_set), Tag::kRules, out));
  BELLWETHER_RETURN_IF_ERROR(
      write_items(state.silences, Tag::kSilences, out, put_fields<alerts::Silence>));
  BELLWETHER_RETURN_IF_ERROR(write_items(
      states.list(), Tag::kAlerts, out,
      [](ByteWriter& bytes, const alerts::Alert* alert) { put_fields(bytes, *alert); }));
  BELLWETHER_RETURN_IF_ERROR(write_items(state.transitions, Tag::kTransitions, out,
                                         [&](ByteWriter& bytes, const BookState::Told& told) {
                                           const alerts::Transition& t = *told.transition;
                                           Out io(bytes);
                                           io(t.token, t.kind, states.place(t.alert), t.at,
                                              t.historical, told.watchable, told.in_history);
                                         }));
  BELLWETHER_RETURN_IF_ERROR(write_items(state.alerts, Tag::kKept, out,
                                         [&](ByteWriter& bytes, const BookState::Kept& kept) {
                                           Out io(bytes);
                                           io(states.place(kept.alert), kept.open);
                                         }));
  return out.finish();
}

absl::StatusOr<alerts::Book> read_book(FrameReader& frames, base::Calendar calendar) {
  BookReader reader;
  while (true) {
    BELLWETHER_ASSIGN_OR_RETURN(std::optional<Frame> const frame, frames.next());
    if (!frame) return reader.book(calendar);
    BELLWETHER_RETURN_IF_ERROR(reader.take(*frame));
  }
}

}  // namespace bellwether::snapshot
