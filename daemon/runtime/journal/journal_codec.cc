#include "runtime/journal/journal_codec.h"

#include <algorithm>
#include <initializer_list>

#include "bellwether/journal/v1/journal.pb.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "runtime/journal/rule_codec.h"

namespace bellwether::runtime {
namespace {

namespace pb = bellwether::journal::v1;
using alerts::kPeriodsFromEpochMax;
using base::PeriodIndex;
using base::UnixMillis;

constexpr size_t kArenaBlockBytes = 4096;

void put(const alerts::Evidence& e, pb::Evidence& out) {
  out.set_period(e.period.value);
  out.set_observed(e.observed);
  out.set_expected(e.expected);
  out.set_lower(e.lower);
  out.set_upper(e.upper);
  out.set_p(e.p);
  out.set_p_adjusted(e.p_adjusted);
  out.set_z(e.z);
  out.set_cusum(e.cusum);
  out.set_cusum_threshold(e.cusum_threshold);
  out.set_dispersion(e.dispersion);
  out.set_ratio(e.ratio);
  out.set_baseline_periods(e.baseline_periods);
  out.set_baseline_first(e.baseline_first.value);
  out.set_baseline_last(e.baseline_last.value);
  out.set_downweighted(e.downweighted);
  out.set_score_scale(e.score_scale);
  out.set_limit(e.limit);
  out.set_baseline_kind(static_cast<int>(e.baseline_kind));
  out.set_year_before(e.year_before);
  if (e.reported < 1) {
    out.set_reported(e.reported);
    out.set_nowcast(e.nowcast);
    out.set_nowcast_lower(e.nowcast_lower);
    out.set_nowcast_upper(e.nowcast_upper);
  }
  for (const alerts::Contribution& c : e.contributions) {
    pb::Contribution& to = *out.add_contributions();
    to.set_area(c.area);
    to.set_sector(c.sector);
    to.set_observed(c.observed);
    to.set_expected(c.expected);
    to.set_share(c.share);
    to.set_measure(c.measure);
    to.set_z(c.z);
  }
}

alerts::Evidence get(const pb::Evidence& e) {
  alerts::Evidence out;
  out.period = PeriodIndex(e.period());
  out.observed = e.observed();
  out.expected = e.expected();
  out.lower = e.lower();
  out.upper = e.upper();
  out.p = e.p();
  out.p_adjusted = e.p_adjusted();
  out.z = e.z();
  out.cusum = e.cusum();
  out.cusum_threshold = e.cusum_threshold();
  out.dispersion = e.dispersion();
  out.ratio = e.ratio();
  out.baseline_periods = e.baseline_periods();
  out.baseline_first = PeriodIndex(e.baseline_first());
  out.baseline_last = PeriodIndex(e.baseline_last());
  out.downweighted = e.downweighted();
  out.score_scale = e.score_scale() > 0 ? e.score_scale() : 1;
  out.limit = e.limit();
  out.baseline_kind = static_cast<detection::BaselineKind>(std::clamp(e.baseline_kind(), 0, 2));
  out.year_before = e.year_before();
  out.reported = e.reported() > 0 ? e.reported() : 1;
  out.nowcast = e.nowcast();
  out.nowcast_lower = e.nowcast_lower();
  out.nowcast_upper = e.nowcast_upper();
  for (const pb::Contribution& c : e.contributions()) {
    out.contributions.push_back(
        {c.area(), c.sector(), c.observed(), c.expected(), c.share(), c.measure(), c.z()});
  }
  return out;
}

void put(const alerts::AlertUpdate& u, pb::AlertUpdate& out) {
  out.set_rule(u.key.rule);
  out.set_area(u.key.area);
  out.set_sector(u.key.sector);
  out.set_raised(u.raised.value);
  out.set_severity(static_cast<int>(u.severity));
  out.set_severity_max(static_cast<int>(u.severity_max));
  out.set_open(u.open);
  out.set_onset(u.onset.value);
  out.set_quiet_ticks(u.quiet_ticks);
  out.set_frozen_ticks(u.frozen_ticks);
  out.set_suspended(u.suspended);
  out.set_transition(static_cast<int>(u.transition));
  out.set_recent_hits(static_cast<int32_t>(u.recent_hits));
  out.set_historical(u.historical);
  out.set_clear_reason(static_cast<int>(u.clear_reason));
  put(u.evidence, *out.mutable_evidence());
}

alerts::AlertUpdate get(const pb::AlertUpdate& u) {
  alerts::AlertUpdate out;
  out.key = {u.rule(), u.area(), u.sector()};
  out.raised = PeriodIndex(u.raised());
  out.severity = static_cast<alerts::Severity>(std::clamp(u.severity(), 0, 3));
  out.severity_max = static_cast<alerts::Severity>(std::clamp(u.severity_max(), 0, 3));
  out.open = u.open();
  out.onset = PeriodIndex(u.onset());
  out.quiet_ticks = u.quiet_ticks();
  out.frozen_ticks = u.frozen_ticks();
  out.suspended = u.suspended();
  out.transition = static_cast<alerts::TransitionKind>(
      std::clamp(u.transition(), 0, static_cast<int>(alerts::kTransitionNames.size()) - 1));
  out.recent_hits = static_cast<uint32_t>(u.recent_hits());
  out.historical = u.historical();
  out.clear_reason = static_cast<alerts::ClearReason>(
      std::clamp(u.clear_reason(), 0, static_cast<int>(alerts::kClearReasonNames.size()) - 1));
  out.evidence = get(u.evidence());
  return out;
}

// One overload an entry.
void put(const alerts::TickEvaluated& t, pb::JournalRecord& record) {
  pb::TickEvaluated& out = *record.mutable_tick_evaluated();
  out.set_tick(t.tick.value);
  out.set_tick_at_ms(t.tick_at.value);
  out.set_book_offset(t.book_offset.value);
  out.set_rule_set(t.rule_set);
  for (const alerts::CutOffset& c : t.cut) {
    pb::CutOffset& to = *out.add_cut();
    to.set_topic(c.topic);
    to.set_partition(c.partition);
    to.set_offset(c.offset);
  }
  out.set_cells_digest(t.cells_digest);
  out.set_verdict_digest(t.verdict_digest);
  out.set_historical(t.historical);
  for (const alerts::AlertUpdate& u : t.updates) put(u, *out.add_updates());
  for (const std::string& topic : t.silent_topics) out.add_silent_topics(topic);
  out.set_series_assessed(t.series_assessed);
}
void put(const alerts::AlertAcknowledged& a, pb::JournalRecord& record) {
  pb::AlertAcknowledged& out = *record.mutable_alert_acknowledged();
  out.set_alert(a.alert);
  out.set_actor(a.actor);
  out.set_comment(a.comment);
  out.set_at_ms(a.at.value);
}
void put(const alerts::SilenceCreated& s, pb::JournalRecord& record) {
  pb::SilenceCreated& out = *record.mutable_silence_created();
  out.set_rule(s.rule);
  out.set_area(s.area);
  out.set_sector(s.sector);
  out.set_until_ms(s.until.value);
  out.set_actor(s.actor);
  out.set_comment(s.comment);
  out.set_at_ms(s.at.value);
}
void put(const alerts::SilenceExpired& s, pb::JournalRecord& record) {
  pb::SilenceExpired& out = *record.mutable_silence_expired();
  out.set_silence(s.silence.value);
  out.set_actor(s.actor);
  out.set_at_ms(s.at.value);
}
void put(const alerts::RuleSetActivated& a, pb::JournalRecord& record) {
  pb::RuleSetActivated& out = *record.mutable_rule_set_activated();
  put_rules(a.rule_set, *out.mutable_rule_set());
  out.set_actor(a.actor);
  out.set_at_ms(a.at.value);
}
void put(const alerts::RegimeBreakDeclared& b, pb::JournalRecord& record) {
  pb::RegimeBreakDeclared& out = *record.mutable_regime_break_declared();
  out.set_first(b.periods.first.value);
  out.set_last(b.periods.last.value);
  out.set_reason(b.reason);
  out.set_actor(b.actor);
  out.set_at_ms(b.at.value);
}

void put(const alerts::RegimeBreakWithdrawn& w, pb::JournalRecord& record) {
  pb::RegimeBreakWithdrawn& out = *record.mutable_regime_break_withdrawn();
  out.set_regime_break(w.regime_break.value);
  out.set_actor(w.actor);
  out.set_at_ms(w.at.value);
}

absl::Status check_periods(std::initializer_list<PeriodIndex> periods) {
  for (PeriodIndex const p : periods) {
    if (p.value < -kPeriodsFromEpochMax || p.value > kPeriodsFromEpochMax) {
      return absl::DataLossError(base::cat("period ", p.value, " is in no calendar"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<alerts::TickEvaluated> get(const pb::TickEvaluated& t) {
  alerts::TickEvaluated out;
  out.tick = PeriodIndex(t.tick());
  out.tick_at = UnixMillis(t.tick_at_ms());
  out.book_offset = base::JournalOffset(t.book_offset());
  out.rule_set = t.rule_set();
  for (const pb::CutOffset& c : t.cut()) {
    out.cut.push_back({c.topic(), c.partition(), c.offset()});
  }
  out.cells_digest = t.cells_digest();
  out.verdict_digest = t.verdict_digest();
  out.historical = t.historical();
  BELLWETHER_RETURN_IF_ERROR(check_periods({out.tick}));
  for (const pb::AlertUpdate& u : t.updates()) {
    const alerts::AlertUpdate& update = out.updates.emplace_back(get(u));
    BELLWETHER_RETURN_IF_ERROR(
        check_periods({update.raised, update.onset, update.evidence.period,
                       update.evidence.baseline_first, update.evidence.baseline_last}));
  }
  out.silent_topics.assign(t.silent_topics().begin(), t.silent_topics().end());
  out.series_assessed = t.series_assessed();
  return out;
}

absl::StatusOr<alerts::JournalEntry> get(const pb::RuleSetActivated& a) {
  alerts::RuleSetActivated out;
  BELLWETHER_ASSIGN_OR_RETURN(out.rule_set, get_rules(a.rule_set()));
  out.actor = a.actor();
  out.at = UnixMillis(a.at_ms());
  return out;
}

absl::StatusOr<alerts::JournalEntry> entry_of(const pb::JournalRecord& record) {
  switch (record.body_case()) {
    case pb::JournalRecord::kTickEvaluated: {
      BELLWETHER_ASSIGN_OR_RETURN(alerts::TickEvaluated tick, get(record.tick_evaluated()));
      tick.writer = record.writer();
      return alerts::JournalEntry(std::move(tick));
    }
    case pb::JournalRecord::kAlertAcknowledged: {
      const auto& a = record.alert_acknowledged();
      return alerts::AlertAcknowledged{a.alert(), a.actor(), a.comment(), UnixMillis(a.at_ms())};
    }
    case pb::JournalRecord::kSilenceCreated: {
      const auto& s = record.silence_created();
      return alerts::SilenceCreated{
          s.rule(),  s.area(),    s.sector(),           UnixMillis(s.until_ms()),
          s.actor(), s.comment(), UnixMillis(s.at_ms())};
    }
    case pb::JournalRecord::kSilenceExpired: {
      const auto& s = record.silence_expired();
      return alerts::SilenceExpired{base::JournalOffset(s.silence()), s.actor(),
                                    UnixMillis(s.at_ms())};
    }
    case pb::JournalRecord::kRuleSetActivated:
      return get(record.rule_set_activated());
    case pb::JournalRecord::kRegimeBreakWithdrawn: {
      const auto& w = record.regime_break_withdrawn();
      return alerts::RegimeBreakWithdrawn{base::JournalOffset(w.regime_break()), w.actor(),
                                          UnixMillis(w.at_ms())};
    }
    case pb::JournalRecord::kRegimeBreakDeclared: {
      const auto& b = record.regime_break_declared();
      BELLWETHER_RETURN_IF_ERROR(check_periods({PeriodIndex(b.first()), PeriodIndex(b.last())}));
      return alerts::RegimeBreakDeclared{{PeriodIndex(b.first()), PeriodIndex(b.last())},
                                         b.reason(),
                                         b.actor(),
                                         UnixMillis(b.at_ms())};
    }
    case pb::JournalRecord::kPart:
      return absl::DataLossError("a part of a record stands where a whole one should");
    case pb::JournalRecord::BODY_NOT_SET:
      break;
  }
  return absl::DataLossError("the record has no body");
}

}  // namespace

std::string encode(const alerts::JournalEntry& entry, std::string_view writer,
                   UnixMillis written_at) {
  pb::JournalRecord record;
  record.set_format(kJournalFormat);
  record.set_writer(std::string(writer));
  record.set_written_at_ms(written_at.value);
  std::visit([&](const auto& e) { put(e, record); }, entry);
  return record.SerializeAsString();
}

absl::StatusOr<JournalRecord> decode_record(std::string_view bytes) {
  // An evaluation is thousands of small messages: made and thrown away in one piece they cost less.
  google::protobuf::ArenaOptions blocks;
  blocks.start_block_size = 2 * bytes.size() + kArenaBlockBytes;
  blocks.max_block_size = blocks.start_block_size;
  google::protobuf::Arena arena(blocks);
  pb::JournalRecord& record = *google::protobuf::Arena::CreateMessage<pb::JournalRecord>(&arena);
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the bytes are no JournalRecord");
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
