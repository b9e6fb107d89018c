#include "connect/companies_house/stream.h"

#include <algorithm>
#include <cstring>

#include "connect/companies_house/compare.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::connect::companies_house {
namespace {

namespace pb = events::v1;

// Behind the company's key, so that a fact is beside its company.
constexpr char kFactMark = 'f';
constexpr size_t kFactBytes = 8;

// What is remembered of a fact: its day, and a digest of what else it says.
struct Known {
  int32_t day = 0;
  uint32_t content = 0;
  friend bool operator==(const Known&, const Known&) = default;
};
static_assert(sizeof(Known) == kFactBytes);
// The content of a satisfaction: whether the company's record counts it.
constexpr uint32_t kCounted = 1;

std::string fact_key(const Number& number, std::string_view id) {
  uint64_t const hash = base::hash64(id);
  std::string key(number.state_key());
  key += kFactMark;
  key.append(reinterpret_cast<const char*>(&hash), sizeof hash);
  return key;
}

}  // namespace

absl::Status count_streamed(const Row& row, const StreamState& state, Record& record) {
  for (int k = 1; k <= row.charges && record.satisfied < row.satisfied; ++k) {
    std::string const key = fact_key(row.number, base::cat("charge:", k, ":satisfied"));
    BELLWETHER_ASSIGN_OR_RETURN(auto const bytes, state.get(key));
    if (!bytes || bytes->size() != kFactBytes) continue;
    Known known;
    std::memcpy(&known, bytes->data(), kFactBytes);
    if (known.content == kCounted) continue;
    known.content = kCounted;
    state.put(key, {reinterpret_cast<const char*>(&known), kFactBytes});
    ++record.satisfied;
  }
  return absl::OkStatus();
}

std::string text_of(const Mark& mark) {
  return base::cat(mark.timepoint, " ", mark.published.value);
}

Mark mark_of(std::string_view text) {
  size_t const blank = std::min(text.find(' '), text.size());
  auto const timepoint = base::parse_number<int64_t>(text.substr(0, blank));
  auto const published = base::parse_number<int64_t>(text.substr(std::min(blank + 1, text.size())));
  if (!timepoint || !published || *timepoint < 0) return {};
  return {*timepoint, base::UnixMillis(*published)};
}

struct StreamConnector::Use {
  const Number& number;
  const StreamState& state;
  Facts facts;

  base::Days day() const { return facts.day(); }
  absl::StatusOr<std::optional<Record>> record() const {
    BELLWETHER_ASSIGN_OR_RETURN(auto const bytes, state.get(number.state_key()));
    if (!bytes) return std::nullopt;
    auto const out = record_of(*bytes);
    if (out) return out;
    return absl::DataLossError(base::cat("the state of ", number.text(), " ", kDamagedState));
  }
  void remember(const Record& record) { state.put(number.state_key(), bytes_of(record)); }
};

absl::Status StreamConnector::take(const StreamLine& line, const StreamState& state, Say say,
                                   Refuse refuse, const Refused& place) {
  ++lines_;
  if (line.stream && line.timepoint > 0 && line.timepoint <= mark(*line.stream).timepoint) {
    count_unused(kReadBefore);
    return absl::OkStatus();
  }
  base::UnixMillis const published = in_order(line);
  if (const auto* const problem = std::get_if<LineProblem>(&line.content)) {
    refuse({place.file, place.line, problem->reason, problem->what});
  } else if (const auto* const unused = std::get_if<Unused>(&line.content)) {
    count_unused(unused->why);
  } else {
    Use of_line{*line.number, state, Facts(published, say)};
    of_line.facts.about(*line.number);
    BELLWETHER_RETURN_IF_ERROR(use(line, of_line));
    BELLWETHER_RETURN_IF_ERROR(of_line.facts.status());
    for (size_t i = 0; i < kFacts; ++i) counts_[i] += of_line.facts.counts()[i];
  }
  if (line.stream && line.timepoint > 0) set_mark(*line.stream, {line.timepoint, published});
  return absl::OkStatus();
}

base::UnixMillis StreamConnector::in_order(const StreamLine& line) const {
  if (!line.stream) return line.published;
  int64_t const back = mark(*line.stream).published.value - line.published.value;
  if (back < 0 || back > kClockBackMsMax) return line.published;
  return base::UnixMillis(line.published.value + back + 1);
}

absl::Status StreamConnector::use(const StreamLine& line, Use& use) {
  if (const auto* const row = std::get_if<Row>(&line.content)) return profile(*row, use);
  if (const auto* const filed = std::get_if<Document>(&line.content)) return document(*filed, use);
  if (const auto* const stated = std::get_if<Notice>(&line.content)) return notice(*stated, use);
  if (const auto* const found = std::get_if<Appointment>(&line.content)) {
    return appointment(*found, use);
  }
  if (const auto* const found = std::get_if<std::vector<Case>>(&line.content)) {
    return cases(*found, use);
  }
  return charge(std::get<Charge>(line.content), use);
}

absl::StatusOr<StreamConnector::Novelty> StreamConnector::novelty(std::string_view id,
                                                                  base::Days day, uint64_t content,
                                                                  bool earliest, Use& use) {
  if (day.value < use.day().value - kOldDays) {
    count_unused(kOldFact);
    return Novelty::kNone;
  }
  std::string const key = fact_key(use.number, id);
  Known const now{day.value, static_cast<uint32_t>(content)};
  BELLWETHER_ASSIGN_OR_RETURN(auto const bytes, use.state.get(key));
  if (bytes && bytes->size() == kFactBytes) {
    Known before;
    std::memcpy(&before, bytes->data(), kFactBytes);
    if (before == now || (earliest && before.day <= now.day)) {
      count_unused(kRepeated);
      return Novelty::kNone;
    }
  }
  use.state.put(key, {reinterpret_cast<const char*>(&now), kFactBytes});
  return bytes ? Novelty::kChanged : Novelty::kNew;
}

absl::Status StreamConnector::profile(const Row& row, Use& use) {
  BELLWETHER_ASSIGN_OR_RETURN(auto const known, use.record());
  auto const now = tell_profile(row, known, filed_through_, use.facts);
  if (!now) count_unused(kCeasedBefore);
  if (now && (!known || *known != *now)) use.remember(*now);
  return absl::OkStatus();
}

absl::Status StreamConnector::document(const Document& document, Use& use) {
  std::string const id = base::cat(kFactIds[static_cast<size_t>(document.fact)], ":",
                                   base::format_date(document.period_end));
  BELLWETHER_ASSIGN_OR_RETURN(Novelty const said, novelty(id, document.filed, 0, true, use));
  if (said == Novelty::kNone) return absl::OkStatus();
  BELLWETHER_ASSIGN_OR_RETURN(auto record, use.record());
  std::optional<base::Days> was_due;
  if (record) {
    was_due = tell_document(document.fact, document.period_end, *record);
    use.remember(*record);
  }
  use.facts.filed({document.fact, document.period_end, document.filed, was_due,
                   document.description, Certainty::kExactDay});
  return absl::OkStatus();
}

absl::Status StreamConnector::notice(const Notice& notice, Use& use) {
  std::string const rest = base::cat(notice.word->id, ":", base::format_date(notice.on));
  BELLWETHER_ASSIGN_OR_RETURN(Novelty const said,
                              novelty(base::cat("strike-off:", rest), notice.on,
                                      static_cast<uint64_t>(notice.word->kind), false, use));
  if (said == Novelty::kNone) return absl::OkStatus();
  pb::StrikeOffNotice stated;
  stated.set_kind(notice.word->kind);
  stated.set_action(notice.word->action);
  use.facts.strike_off(rest, stated, notice.on);
  return absl::OkStatus();
}

absl::Status StreamConnector::appointment(const Appointment& appointment, Use& use) {
  struct Part {
    std::string_view word;
    pb::OfficerAction action;
    std::optional<base::Days> on;
  };
  for (const Part& part : {Part{"appointed", pb::OFFICER_ACTION_APPOINTED, appointment.appointed},
                           Part{"resigned", pb::OFFICER_ACTION_RESIGNED, appointment.resigned}}) {
    std::string const rest = base::cat(appointment.id, ":", part.word);
    if (appointment.deleted) {
      BELLWETHER_RETURN_IF_ERROR(retract(rest, use));
      continue;
    }
    if (!part.on) continue;
    BELLWETHER_ASSIGN_OR_RETURN(Novelty const said,
                                novelty(base::cat("officer:", rest), *part.on,
                                        static_cast<uint64_t>(appointment.role), false, use));
    if (said == Novelty::kNone) continue;
    pb::OfficerChanged change;
    change.set_role(appointment.role);
    change.set_action(part.action);
    use.facts.officer(rest, change, *part.on);
  }
  return absl::OkStatus();
}

// Retracts what was said of an appointment.
absl::Status StreamConnector::retract(std::string_view rest, Use& use) {
  std::string const key = fact_key(use.number, base::cat("officer:", rest));
  Known const none;
  std::string_view const forgotten(reinterpret_cast<const char*>(&none), kFactBytes);
  BELLWETHER_ASSIGN_OR_RETURN(auto const bytes, use.state.get(key));
  if (!bytes || *bytes == forgotten) return absl::OkStatus();
  use.state.put(key, forgotten);
  use.facts.retract_officer(rest);
  return absl::OkStatus();
}

absl::Status StreamConnector::cases(const std::vector<Case>& cases, Use& use) {
  for (const Case& each : cases) {
    if (!each.opened) {
      count_unused(kNoOpening);
      continue;
    }
    BELLWETHER_ASSIGN_OR_RETURN(Novelty const said,
                                novelty(base::cat("insolvency:", each.number), *each.opened,
                                        static_cast<uint64_t>(each.type), false, use));
    if (said == Novelty::kNone) continue;
    pb::InsolvencyCase stated;
    stated.set_type(each.type);
    stated.set_solvent(each.type == pb::INSOLVENCY_TYPE_MEMBERS_VOLUNTARY_LIQUIDATION);
    use.facts.insolvency(each.number, stated, *each.opened);
  }
  return absl::OkStatus();
}

absl::Status StreamConnector::charge(const Charge& charge, Use& use) {
  BELLWETHER_ASSIGN_OR_RETURN(auto record, use.record());
  // A satisfaction is told once; a company of which nothing is known yet does not count it.
  auto const say = [&](std::string_view word, pb::ChargeAction action,
                       base::Days on) -> absl::StatusOr<Novelty> {
    std::string const rest = base::cat(charge.number, ":", word);
    bool const satisfies = action == pb::CHARGE_ACTION_SATISFIED;
    BELLWETHER_ASSIGN_OR_RETURN(Novelty const said,
                                novelty(base::cat("charge:", rest), on,
                                        satisfies && record ? kCounted : 0, satisfies, use));
    if (said != Novelty::kNone) use.facts.charge(rest, action, on);
    return said;
  };
  auto satisfied = Novelty::kNone;
  if (charge.created) {
    BELLWETHER_RETURN_IF_ERROR(say("created", pb::CHARGE_ACTION_CREATED, *charge.created).status());
  }
  if (charge.satisfied) {
    BELLWETHER_ASSIGN_OR_RETURN(satisfied,
                                say("satisfied", pb::CHARGE_ACTION_SATISFIED, *charge.satisfied));
  }
  if (!record) return absl::OkStatus();
  bool const next = charge.number == record->charges + 1;
  if (next) ++record->charges;
  bool changed = next;
  if (satisfied == Novelty::kNew)
    changed |= tell_satisfied(use.day(), filed_through_, *record, use.facts);
  if (changed) use.remember(*record);
  return absl::OkStatus();
}

}  // namespace bellwether::connect::companies_house
