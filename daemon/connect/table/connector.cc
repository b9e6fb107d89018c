#include "connect/table/connector.h"

#include <algorithm>

#include "bellwether/events/v1/support.pb.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/events/identity.h"

namespace bellwether::connect::table {
namespace {

namespace v1 = bellwether::events::v1;
using base::cat;

// Ends the fact that stood under the case, because it stands under a business now.
connect::Said retraction(const Mapping& mapping, const TableEvent& event, int64_t sequence) {
  v1::SupportEvent message;
  message.set_source(mapping.source);
  message.set_source_sequence(static_cast<uint64_t>(sequence));
  message.set_case_id(event.case_key.substr(events::kCaseKeyPrefix.size()));
  message.mutable_retracted()->set_event_id(event.event_id);
  message.mutable_retracted()->set_reason(v1::RETRACTION_REASON_REASSIGNED);
  return {mapping.topic, event.case_key, message.SerializeAsString(), event.published};
}

// Retractions have no id of their own; they are remembered beside the fact that they retract.
std::string remembered_id(const TableEvent& event) {
  return event.kind == domain::EventKind::kRetracted ? cat("retracted ", event.event_id)
                                                     : event.event_id;
}

}  // namespace

void Connector::refuse_row(int line, const Fault& fault, connect::Refuse refuse) const {
  refuse({file_, line, word(fault.reason), fault.what});
}

void Connector::bad_row(const BadRow& bad, connect::Refuse refuse) {
  ++counts_.rows;
  refuse_row(bad.line, {Reason::kRow, bad.what}, refuse);
}

absl::Status Connector::row(const Row& row, const Memory& memory, connect::Say say,
                            connect::Refuse refuse, Review review) {
  ++counts_.rows;
  if (mark_ != nullptr) {
    Outcome<int64_t> const value = mark_->value_of(row, time_.latest);
    if (const auto* fault = std::get_if<Fault>(&value)) {
      refuse_row(row.line, *fault, refuse);
      return absl::OkStatus();
    }
    if (!mark_->is_new(std::get<int64_t>(value))) {
      ++counts_.old;
      return absl::OkStatus();
    }
    mark_->see(std::get<int64_t>(value));
  }
  Translator::Result const result = translator_.translate(row);
  counts_.filtered += result.filtered ? 1 : 0;
  for (const Fault& fault : result.faults) refuse_row(row.line, fault, refuse);
  for (const TableEvent& each : result.events) {
    if (each.match) {
      ++counts_.matched[static_cast<size_t>(each.match->way)];
      counts_.below_threshold += each.key == each.case_key ? 1 : 0;
    }
    BELLWETHER_ASSIGN_OR_RETURN(bool const stands, event(row.line, each, memory, say, refuse));
    if (stands && each.match && each.key == each.case_key) {
      review({file_, row.line, each.case_key, *each.match});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Connector::event(int line, const TableEvent& event, const Memory& memory,
                                      connect::Say say, connect::Refuse refuse) {
  std::string const key = state_key(mapping_.source, remembered_id(event));
  KnownFact now = known(event);
  BELLWETHER_ASSIGN_OR_RETURN(std::optional<std::string> const bytes, memory.get(key));
  std::optional<KnownFact> const before = bytes ? decode_known(*bytes) : std::nullopt;
  Novelty const novelty = before ? compare(*before, now, event.case_key) : Novelty::kNew;
  if (novelty == Novelty::kReused) {
    refuse_row(line,
               {Reason::kIdReused,
                cat("event id \"", base::excerpt(event.event_id),
                    "\" already stands for another matter; add a column to id that tells the two "
                    "apart, or retract the old fact first")},
               refuse);
    return false;
  }
  bool const is_first = stated_.insert(base::hash64(key)).second;
  if (novelty == Novelty::kChanged && !is_first && now.sequence == before->sequence) {
    refuse_row(line,
               {Reason::kIdTwice,
                cat("event id \"", base::excerpt(event.event_id),
                    "\" stands in an earlier row of this file, with other content and the same "
                    "sequence; add a column to id, or map sequence to a column that tells which "
                    "row is later")},
               refuse);
    return false;
  }
  counts_.published = std::max(counts_.published, event.published);
  if (novelty == Novelty::kSame || novelty == Novelty::kOlder) {
    ++counts_.repeated;
    // The same content in a later version: what lies between them is old as well.
    if (novelty == Novelty::kSame && now.sequence > before->sequence) {
      now.said = before->said;
      memory.put(key, encode(now));
    }
    return true;
  }
  if (before) now.said = sequence_of_change(*before, now);
  if (now.said > static_cast<int64_t>(base::kSourceSequenceMax)) {
    refuse_row(line, {Reason::kValue, "sequence: no greater one is left for a correction"}, refuse);
    return false;
  }
  if (novelty == Novelty::kMoved) {
    ++counts_.moved;
    BELLWETHER_RETURN_IF_ERROR(say(retraction(mapping_, event, now.said)));
  }
  std::string const value = now.said == event.sequence
                                ? event.value
                                : with_sequence(mapping_.topic, event.value, now.said);
  BELLWETHER_RETURN_IF_ERROR(say({mapping_.topic, event.key, value, event.published}));
  ++counts_.said;
  ++counts_.by_kind[domain::name(event.kind)];
  memory.put(key, encode(now));
  return true;
}

}  // namespace bellwether::connect::table
