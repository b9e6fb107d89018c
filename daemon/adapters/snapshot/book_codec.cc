#include "adapters/snapshot/book_codec.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "adapters/snapshot/image_fields.h"
#include "adapters/snapshot/items.h"
#include "core/base/status.h"

namespace bellwether::snapshot {
namespace {

using alerts::AlertPtr;
using alerts::BookState;
using alerts::TransitionPtr;

// A transition as stored in the file. The transitions for watchers and the history of the alert may
// both contain it.
struct StoredTransition {
  alerts::ResumeToken token;
  alerts::TransitionKind kind{};
  uint64_t alert = 0;  // index of the alert state that the transition produced
  base::UnixMillis at;
  bool historical = false;
  bool watchable = false;  // a watch can resume before it
  bool in_history = false;
};

// An alert of the book as stored in the file.
struct StoredAlert {
  uint64_t alert = 0;  // index of its state
  bool open = false;
};

}  // namespace
}  // namespace bellwether::snapshot

namespace bellwether::base {

template <>
struct Fields<snapshot::StoredTransition> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(token),      BELLWETHER_FIELD(kind),
                      BELLWETHER_FIELD(alert),      BELLWETHER_FIELD(at),
                      BELLWETHER_FIELD(historical), BELLWETHER_FIELD(watchable),
                      BELLWETHER_FIELD(in_history)};
  }
};
template <>
struct Fields<snapshot::StoredAlert> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(alert), BELLWETHER_FIELD(open)};
  }
};

}  // namespace bellwether::base

namespace bellwether::snapshot {
namespace {

// ---- writing

template <class List, class Put>
absl::Status write_items(const List& list, Tag tag, FrameWriter& out, Put put) {
  Items items(out, tag, Pack::kBounded);
  for (const auto& item : list) {
    put(FieldWriter(items.next()), item);
    BELLWETHER_RETURN_IF_ERROR(items.close_item());
  }
  return items.flush();
}

template <class Value>
absl::Status write_one(const Value& value, Tag tag, FrameWriter& out) {
  ByteWriter bytes;
  FieldWriter(bytes).put(value);
  return out.frame(static_cast<uint8_t>(tag), bytes.view(), Pack::kBounded);
}

// The book and its transitions share alert states, so each state is written once.
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

bool before(const TransitionPtr& a, const TransitionPtr& b) {
  return a->token < b->token;
}

struct FoundTransition {
  TransitionPtr transition;
  bool watchable = false;
  bool in_history = false;
};

// All transitions of the book, each once, in the order of their tokens.
std::vector<FoundTransition> transitions_of(const BookState& state) {
  std::vector<TransitionPtr> in_histories;
  for (const auto& [name, history] : state.histories) {
    in_histories.insert(in_histories.end(), history->begin(), history->end());
  }
  std::ranges::sort(in_histories, before);
  std::vector<FoundTransition> out;
  auto history = in_histories.begin();
  auto watch = state.transitions.begin();
  auto const watch_end = state.transitions.end();
  while (history != in_histories.end() || watch != watch_end) {
    FoundTransition found;
    found.in_history =
        history != in_histories.end() && (watch == watch_end || !before(*watch, *history));
    found.watchable =
        watch != watch_end && (history == in_histories.end() || !before(*history, *watch));
    found.transition = found.in_history ? *history : *watch;
    if (found.in_history) ++history;
    if (found.watchable) ++watch;
    out.push_back(std::move(found));
  }
  return out;
}

bool is_open(const BookState& state, const alerts::Alert& alert) {
  auto const open = state.open.find(alert.state.key);
  return open != state.open.end() && open->second->name == alert.name;
}

// ---- reading

template <class Value, class Done>
absl::Status read_items(ByteReader bytes, uint32_t format, std::string_view what, Done done) {
  while (!bytes.done()) {
    FieldReader io(bytes, format);
    Value value;
    io.get(value);
    if (io.failed()) return wrong(what);
    BELLWETHER_RETURN_IF_ERROR(done(std::move(value)));
  }
  return absl::OkStatus();
}

}  // namespace

class BookFrames::Reader {
 public:
  // `format`: of the file.
  absl::Status take(const Frame& frame, uint32_t format) {
    BELLWETHER_RETURN_IF_ERROR(check_packing(frame));
    format_ = format;
    ByteReader bytes(frame.payload);
    switch (static_cast<Tag>(frame.tag)) {
      case Tag::kBook:
        return read_items<BookState>(bytes, format_, "the state of a book", [&](BookState state) {
          if (begun_) return wrong("two books");
          begun_ = true;
          state_ = std::move(state);
          return absl::OkStatus();
        });
      case Tag::kRules:
        return read_items<alerts::RuleSetRecord>(
            bytes, format_, "rules", [&](alerts::RuleSetRecord record) {
              auto rules = alerts::parse(record);
              if (!rules.ok()) return wrong(base::cat("rules: ", rules.status().message()));
              state_.rule_set = std::make_shared<const alerts::RuleSet>(*std::move(rules));
              return absl::OkStatus();
            });
      case Tag::kSpecialDays:
        return read_items<base::SpecialDays>(
            bytes, format_, "special days",
            [&](base::SpecialDays days) { return add(std::move(days)); });
      case Tag::kSilences:
        return read_items<alerts::Silence>(
            bytes, format_, "a silence", [&](alerts::Silence silence) {
              int64_t const id = silence.id.value;
              return append(state_.silences, id, std::move(silence), "silences");
            });
      case Tag::kAlerts:
        return read_items<alerts::Alert>(bytes, format_, "an alert", [&](alerts::Alert alert) {
          states_.push_back(std::make_shared<const alerts::Alert>(std::move(alert)));
          return absl::OkStatus();
        });
      case Tag::kTransitions:
        return read_items<StoredTransition>(
            bytes, format_, "a transition",
            [&](const StoredTransition& stored) { return add(stored); });
      case Tag::kKept:
        return read_items<StoredAlert>(bytes, format_, "an alert of the book",
                                       [&](const StoredAlert& stored) { return add(stored); });
      default:
        return wrong(base::cat("a frame of kind ", static_cast<int>(frame.tag)));
    }
  }
  bool begun() const { return begun_; }
  absl::StatusOr<alerts::Book> book(base::Calendar calendar) {
    if (!begun_) return wrong("no book");
    for (auto& [name, history] : histories_) {
      state_.histories.emplace_hint(
          state_.histories.end(), name,
          std::make_shared<const std::vector<TransitionPtr>>(std::move(history)));
    }
    auto book = alerts::Book::restore(calendar, std::move(state_));
    if (!book) return wrong("a book out of order");
    return *std::move(book);
  }

 private:
  // Null if there is no state with this index.
  AlertPtr state(uint64_t place) const { return place < states_.size() ? states_[place] : nullptr; }

  template <class Map>
  static absl::Status append(Map& map, const typename Map::key_type& key,
                             typename Map::mapped_type value, std::string_view what) {
    if (!map.empty() && !(map.rbegin()->first < key))
      return wrong(base::cat(what, " out of order"));
    map.emplace_hint(map.end(), key, std::move(value));
    return absl::OkStatus();
  }

  absl::Status add(base::SpecialDays days) {
    if (state_.rule_set == nullptr) return wrong("special days without rules");
    auto calendar = base::BusinessCalendar::make(std::move(days));
    if (!calendar.ok()) return wrong(base::cat("special days: ", calendar.status().message()));
    alerts::RuleSet rules = *state_.rule_set;
    rules.business_calendar = *std::move(calendar);
    state_.rule_set = std::make_shared<const alerts::RuleSet>(std::move(rules));
    return absl::OkStatus();
  }
  absl::Status add(const StoredTransition& stored) {
    AlertPtr alert = state(stored.alert);
    if (alert == nullptr || !(stored.watchable || stored.in_history)) return wrong("a transition");
    if (last_token_ && !(*last_token_ < stored.token)) return wrong("transitions out of order");
    last_token_ = stored.token;
    auto const transition = std::make_shared<const alerts::Transition>(alerts::Transition{
        stored.token, stored.kind, std::move(alert), stored.at, stored.historical});
    if (stored.watchable) state_.transitions.push_back(transition);
    if (stored.in_history) histories_[transition->alert->name].push_back(transition);
    return absl::OkStatus();
  }
  absl::Status add(const StoredAlert& stored) {
    AlertPtr const alert = state(stored.alert);
    if (alert == nullptr) return wrong("an alert of the book");
    // Only an open alert may lack a clear time.
    if (!alert->state.open && !alert->cleared) return wrong("a closed alert that was not cleared");
    if (stored.open && !state_.open.emplace(alert->state.key, alert).second)
      return wrong("two open alerts of a node");
    return append(state_.alerts, alert->name, alert, "alerts");
  }

  uint32_t format_ = 0;
  bool begun_ = false;
  BookState state_;
  std::vector<AlertPtr> states_;
  std::optional<alerts::ResumeToken> last_token_;
  absl::btree_map<std::string, std::vector<TransitionPtr>> histories_;
};

BookFrames::BookFrames() : reader_(std::make_unique<Reader>()) {}
BookFrames::~BookFrames() = default;
absl::Status BookFrames::take(const Frame& frame, uint32_t format) {
  return reader_->take(frame, format);
}
bool BookFrames::begun() const {
  return reader_->begun();
}
absl::StatusOr<alerts::Book> BookFrames::book(base::Calendar calendar) {
  return reader_->book(calendar);
}

absl::Status write(const alerts::Book& book, FrameWriter& out) {
  BELLWETHER_RETURN_IF_ERROR(write_frames(book, out));
  return out.finish();
}

absl::Status write_frames(const alerts::Book& book, FrameWriter& out) {
  const BookState& state = book.state();
  std::vector<FoundTransition> const transitions = transitions_of(state);
  States states;
  for (const FoundTransition& found : transitions) states.add(found.transition->alert);
  for (const auto& [name, alert] : state.alerts) states.add(alert);
  BELLWETHER_RETURN_IF_ERROR(write_one(state, Tag::kBook, out));
  if (state.rule_set != nullptr) {
    alerts::RuleSetRecord const rules = alerts::record(*state.rule_set);
    BELLWETHER_RETURN_IF_ERROR(write_one(rules, Tag::kRules, out));
    if (!rules.special_days.empty())
      BELLWETHER_RETURN_IF_ERROR(write_one(rules.special_days, Tag::kSpecialDays, out));
  }
  BELLWETHER_RETURN_IF_ERROR(
      write_items(state.silences, Tag::kSilences, out,
                  [](FieldWriter io, const auto& entry) { io.put(entry.second); }));
  BELLWETHER_RETURN_IF_ERROR(
      write_items(states.list(), Tag::kAlerts, out,
                  [](FieldWriter io, const alerts::Alert* alert) { io.put(*alert); }));
  BELLWETHER_RETURN_IF_ERROR(write_items(
      transitions, Tag::kTransitions, out, [&](FieldWriter io, const FoundTransition& found) {
        const alerts::Transition& t = *found.transition;
        io.put(StoredTransition{t.token, t.kind, states.place(t.alert), t.at, t.historical,
                                found.watchable, found.in_history});
      }));
  return write_items(state.alerts, Tag::kKept, out, [&](FieldWriter io, const auto& entry) {
    io.put(StoredAlert{states.place(entry.second), is_open(state, *entry.second)});
  });
}

absl::StatusOr<alerts::Book> read_book(FrameReader& frames, base::Calendar calendar) {
  BookFrames reader;
  while (true) {
    BELLWETHER_ASSIGN_OR_RETURN(std::optional<Frame> const frame, frames.next());
    if (!frame) return reader.book(calendar);
    BELLWETHER_RETURN_IF_ERROR(reader.take(*frame, frames.format()));
  }
}

}  // namespace bellwether::snapshot
