#include "runtime/journal/journal_codec.h"

#include <algorithm>
#include <concepts>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "bellwether/journal/v1/journal.pb.h"
#include "core/alerts/fields.h"
#include "core/base/fields.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/engine/figures.h"
#include "runtime/journal/rule_codec.h"

namespace bellwether::runtime {
namespace {

namespace journal_pb = bellwether::journal::v1;
using alerts::kPeriodsFromEpochMax;
using base::FieldKind;
using base::PeriodIndex;
using base::UnixMillis;

constexpr size_t kArenaBlockBytes = 4096;

template <class Value>
constexpr bool kIsList = false;
template <class Item>
constexpr bool kIsList<std::vector<Item>> = true;

template <class Value>
concept Plain = std::is_enum_v<Value> || std::is_arithmetic_v<Value> || base::Numbered<Value> ||
    std::same_as<Value, std::string>;

// ---- records as messages

// Removes fields whose default in the message stands for the same value, to save bytes.
void shorten(const alerts::Evidence& e, journal_pb::Evidence& out) {
  if (e.window_periods == 1) out.clear_window_periods();
  if (e.reported < 1) return;
  out.clear_reported();
  out.clear_nowcast();
  out.clear_nowcast_lower();
  out.clear_nowcast_upper();
}
void shorten(const alerts::TickEvaluated& t, journal_pb::TickEvaluated& out) {
  if (t.figures == engine::kFiguresVersionUnnamed) out.clear_figures();
}
template <class Record, class Message>
void shorten(const Record&, Message&) {}

template <class Record, class Message>
void put_record(const Record& record, Message& message);

template <class Field, class Value, class Message>
void put_field(const Field& field, const Value& value, Message& message) {
  if constexpr (Field::kKind == FieldKind::kFlat) {
    put_record(value, message);
  } else if constexpr (std::same_as<Value, alerts::RuleSet>) {
    put(value, field.mutable_of(message));
  } else if constexpr (std::is_enum_v<Value> || std::is_arithmetic_v<Value>) {
    using Number = std::remove_cvref_t<decltype(field.get(message))>;
    field.set(message, static_cast<Number>(value));
  } else if constexpr (base::Numbered<Value>) {
    field.set(message, value.value);
  } else if constexpr (std::same_as<Value, std::string>) {
    field.set(message, value);
  } else if constexpr (kIsList<Value>) {
    auto& list = field.mutable_of(message);
    list.Reserve(static_cast<int>(value.size()));
    for (const auto& item : value) {
      if constexpr (std::same_as<typename Value::value_type, std::string>) {
        *list.Add() = item;
      } else {
        put_record(item, *list.Add());
      }
    }
  } else {
    put_record(value, field.mutable_of(message));
  }
}

template <class Record, class Message>
void put_record(const Record& record, Message& message) {
  base::each_field<Record>([&](const auto& field) {
    if constexpr (std::remove_cvref_t<decltype(field)>::kKind != FieldKind::kApart)
      put_field(field, field.of(record), message);
  });
  shorten(record, message);
}

// ---- messages as records

// Zero stands for the default: shorten() removed the field, or the record is older than the field.
void lengthen(alerts::Evidence& e) {
  if (!(e.score_scale > 0)) e.score_scale = 1;
  if (!(e.reported > 0)) e.reported = 1;
  if (e.window_periods == 0) e.window_periods = 1;
}
void lengthen(alerts::TickEvaluated& t) {
  if (t.figures == 0) t.figures = engine::kFiguresVersionUnnamed;
}
template <class Record>
void lengthen(Record&) {}

class RecordReader {
 public:
  template <class Message, class Record>
  void get_record(const Message& message, Record& record) {
    base::each_field<Record>([&](const auto& field) {
      if constexpr (std::remove_cvref_t<decltype(field)>::kKind != FieldKind::kApart)
        get_field(field, message, field.of(record));
    });
    lengthen(record);
  }
  // The first error; OK if there is none.
  const absl::Status& status() const { return status_; }

 private:
  template <class Field, class Message, class Value>
  void get_field(const Field& field, const Message& message, Value& value) {
    if constexpr (Field::kKind == FieldKind::kFlat) {
      get_record(message, value);
    } else if constexpr (std::same_as<Value, alerts::RuleSet>) {
      status_.Update(get(field.get(message), value));
    } else if constexpr (Plain<Value>) {
      get_plain(field.get(message), value);
    } else if constexpr (kIsList<Value>) {
      const auto& list = field.get(message);
      value.reserve(static_cast<size_t>(list.size()));
      for (const auto& item : list) {
        if constexpr (std::same_as<typename Value::value_type, std::string>) {
          value.push_back(item);
        } else {
          get_record(item, value.emplace_back());
        }
      }
    } else {
      get_record(field.get(message), value);
    }
  }

  template <class Number, class Value>
  void get_plain(const Number& number, Value& value) {
    if constexpr (std::is_enum_v<Value>) {
      // A number that a newer build wrote is read as the nearest number of this build.
      auto const found = alerts::value_of<Value>(static_cast<uint64_t>(
          std::clamp(number, Number{0}, static_cast<Number>(alerts::kNumbers<Value> - 1))));
      if (!found) status_.Update(absl::DataLossError(base::cat(number, " is a reserved number")));
      value = found.value_or(Value{});
    } else if constexpr (std::same_as<Value, PeriodIndex>) {
      if (number < -kPeriodsFromEpochMax || number > kPeriodsFromEpochMax) {
        status_.Update(absl::DataLossError(base::cat("period ", number, " is in no calendar")));
      }
      value = PeriodIndex(number);
    } else if constexpr (base::Numbered<Value>) {
      value = Value(number);
    } else if constexpr (std::is_arithmetic_v<Value>) {
      value = static_cast<Value>(number);
    } else {
      value = number;
    }
  }

  absl::Status status_;
};

// ---- the body of each kind of entry

template <class Entry, class Get, class Mutable>
struct Body {
  using Of = Entry;
  journal_pb::JournalRecord::BodyCase number;
  Get get;             // (record) → its body
  Mutable mutable_of;  // (record) → its body, to be filled
};
template <class Entry, class Get, class Mutable>
constexpr Body<Entry, Get, Mutable> body_of(journal_pb::JournalRecord::BodyCase number, Get get,
                                            Mutable mutable_of) {
  return {number, get, mutable_of};
}

template <class Visit>
void each_body(Visit visit) {
#define BELLWETHER_BODY(Entry, name)                                                        \
  body_of<alerts::Entry>(                                                                   \
      journal_pb::JournalRecord::k##Entry,                                                  \
      [](const journal_pb::JournalRecord& record) -> const auto& { return record.name(); }, \
      [](journal_pb::JournalRecord & record) -> auto& { return *record.mutable_##name(); })
  constexpr std::tuple bodies{BELLWETHER_BODY(TickEvaluated, tick_evaluated),
                              BELLWETHER_BODY(AlertAcknowledged, alert_acknowledged),
                              BELLWETHER_BODY(SilenceCreated, silence_created),
                              BELLWETHER_BODY(SilenceExpired, silence_expired),
                              BELLWETHER_BODY(RuleSetActivated, rule_set_activated),
                              BELLWETHER_BODY(RegimeBreakDeclared, regime_break_declared),
                              BELLWETHER_BODY(RegimeBreakWithdrawn, regime_break_withdrawn)};
#undef BELLWETHER_BODY
  static_assert(std::tuple_size_v<decltype(bodies)> == std::variant_size_v<alerts::JournalEntry>);
  std::apply([&](const auto&... body) { (visit(body), ...); }, bodies);
}

absl::StatusOr<alerts::JournalEntry> entry_of(const journal_pb::JournalRecord& record) {
  if (record.body_case() == journal_pb::JournalRecord::kPart)
    return absl::DataLossError("a part of a record where a complete record is expected");
  std::optional<alerts::JournalEntry> out;
  RecordReader reader;
  each_body([&](const auto& body) {
    if (record.body_case() != body.number) return;
    using Entry = typename std::remove_cvref_t<decltype(body)>::Of;
    reader.get_record(body.get(record), std::get<Entry>(out.emplace(Entry{})));
  });
  if (!out) return absl::DataLossError("the record has no body");
  BELLWETHER_RETURN_IF_ERROR(reader.status());
  if (auto* const tick = std::get_if<alerts::TickEvaluated>(&*out)) tick->writer = record.writer();
  return *std::move(out);
}

int32_t format_of(const alerts::JournalEntry& entry) {
  const auto* const rules = std::get_if<alerts::RuleSetActivated>(&entry);
  bool const has_days = rules != nullptr && !rules->rule_set.business_calendar.empty();
  return has_days ? kJournalFormat : kJournalFormatLeast;
}

}  // namespace

std::string encode(const alerts::JournalEntry& entry, std::string_view writer,
                   UnixMillis written_at) {
  journal_pb::JournalRecord record;
  record.set_format(format_of(entry));
  record.set_writer(std::string(writer));
  record.set_written_at_ms(written_at.value);
  std::visit(
      [&]<class Entry>(const Entry& e) {
        each_body([&](const auto& body) {
          if constexpr (std::same_as<typename std::remove_cvref_t<decltype(body)>::Of, Entry>)
            put_record(e, body.mutable_of(record));
        });
      },
      entry);
  return record.SerializeAsString();
}

absl::StatusOr<JournalRecord> decode_record(std::string_view bytes) {
  // An evaluation consists of thousands of small messages. In one block of memory they are cheaper
  // to create and to free.
  google::protobuf::ArenaOptions blocks;
  blocks.start_block_size = 2 * bytes.size() + kArenaBlockBytes;
  blocks.max_block_size = blocks.start_block_size;
  google::protobuf::Arena arena(blocks);
  journal_pb::JournalRecord& record =
      *google::protobuf::Arena::CreateMessage<journal_pb::JournalRecord>(&arena);
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the bytes are not a JournalRecord");
  }
  if (record.format() > kJournalFormat) {
    return absl::UnimplementedError(base::cat("journal format ", record.format(),
                                              "; this build reads up to ", kJournalFormat,
                                              ": update it"));
  }
  BELLWETHER_ASSIGN_OR_RETURN(alerts::JournalEntry entry, entry_of(record));
  return JournalRecord{std::move(entry), record.writer(), UnixMillis(record.written_at_ms())};
}

absl::StatusOr<alerts::JournalEntry> decode(std::string_view bytes) {
  BELLWETHER_ASSIGN_OR_RETURN(JournalRecord record, decode_record(bytes));
  return std::move(record.entry);
}

}  // namespace bellwether::runtime
