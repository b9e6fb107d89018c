// Purpose: the table of measures, one row per measure: what is counted by cell and period, the
// topics that a count depends on, and its privacy. Thread safety: the table is constant.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/response_hours.h"
#include "core/domain/divisions.h"
#include "core/domain/kinds.h"
#include "core/domain/table.h"
#include "core/domain/topics.h"

namespace bellwether::domain {

// Additive counts per cell and period. Snapshots contain the numbers, so only append.
enum class Measure : uint8_t {
  kBirths,
  kDeaths,
  kRestorations,
  // Businesses that enter a node from an area outside it, or leave it for one. A move inside a node
  // is none of it.
  kMovesIn,
  kMovesOut,
  // Deaths by age in whole years, counted in the period of the birth. The deaths within k years are
  // the sum of the first k measures.
  kDeathsAge0,
  kDeathsAge1,
  kDeathsAge2,
  kDeathsAge3,
  kDeathsAge4,
  kInsolvencies,         // creditors' procedures
  kInsolvenciesSolvent,  // members' voluntary liquidations
  kStrikeOffCompulsory,
  kStrikeOffVoluntary,
  kStrikeOffDiscontinued,
  kChargesCreated,
  kChargesSatisfied,
  kDirectorsAppointed,
  kDirectorsResigned,
  kInteractions,
  // Interactions by family, in the order of TopicFamily. An interaction may have several families.
  kInteractionsDistress,
  kInteractionsStartUp,
  kInteractionsFinance,
  kInteractionsCompliance,
  kInteractionsGrowth,
  kInteractionsPeople,
  kInteractionsInnovation,
  kInteractionsOther,
  kInteractionMinutes,
  kResponse1,  // first responses by bucket of working hours, see base::kResponseHours
  kResponse2,
  kResponse3,
  kResponse4,
  kResponse5,
  kResponse6,
  kResponse7,
  kResponse8,
  kResponse9,
  kResponse10,
  kResponse11,
  kResponse12,
  kResponse13,
  kResponse14,
  kResponse15,
  // Change of the number of supported businesses, which are part of the stock: +1 when support of a
  // living business begins, −1 when it ends. It ends after a year without further support, or at
  // the death of the business; a restoration within that year continues it. A move counts −1 in the
  // old cell and +1 in the new cell.
  kSupported,
  kEnquiries,  // interactions of a type for which is_enquiry() holds
  kEnquiriesDistress,
  // Businesses that enter or leave a node by a new sector, in an area that stays inside the node.
  kReclassifiedIn,
  kReclassifiedOut,
  kSizeChanges,  // from one known size band to another
  // Changes of the number of businesses whose accounts, or confirmation statement, are overdue.
  // They are part of the stock. A move counts −1 in the old cell and +1 in the new cell.
  kAccountsOverdue,
  kConfirmationOverdue,
  kReferralsOpened,
  kReferralsCompleted,
  kReferralsDeclined,
  kReferralsCompletedByOpening,  // referrals that were completed, in the period of their opening
  kRedundancyNotices,
  kJobsAtRisk,
  // Outcomes by kind, in the order of OutcomeKind.
  kOutcomesStartedTrading,
  kOutcomesJobsCreated,
  kOutcomesJobsSafeguarded,
  kOutcomesFinanceRaised,
  kOutcomesGrantAwarded,
  kOutcomesExportStarted,
  kOutcomesProductLaunched,
  kOutcomesObligationMet,
  kOutcomesCeasedTrading,
  kOutcomesOther,
  kJobsCreated,
  kJobsSafeguarded,
  kJobsLost,
  kFinanceMinor,         // money of outcomes, in minor units
  kInteractionsRefused,  // they count in no other measure
  // Creditors' procedures by type, in the order of Insolvency. They are part of kInsolvencies.
  kInsolvenciesCompulsory,
  kInsolvenciesCreditorsVoluntary,
  kInsolvenciesAdministration,
  kInsolvenciesArrangement,
  kInsolvenciesReceivership,
  // Changes of the number of businesses with at least ten employees, and of those among them that
  // went up a size band within three years.
  kTenOrMore,
  kTenOrMoreGrown,
  // Changes of the number of businesses of the stock by what their status says (Standing). A level
  // ends with the next status. A move counts −1 in the old cell and +1 in the new cell.
  kStrikeOffProposed,
  kInProcedure,
  // Businesses of the stock that enter a size band or legal form, less those that leave it. It only
  // exists by class: both count where the business was, so their sum is 0.
  kClassChanges,
  kInteractionsTimed,  // interactions whose minutes are stated
};
inline constexpr int kSurvivalYearsMax = 5;

// How confidential a figure is. A figure has the greatest, that is strictest, privacy of its parts.
enum class Privacy : uint8_t {
  kPublic = 1,  // a public register shows the data, so every figure may be shown
  kPeople,      // people who asked for help: small figures are withheld, other figures are rounded,
                // and no figure is forecast
};

// Whether a measure is part of its topics' volume. A source is silent if its volume is far too low.
enum class Volume : uint8_t { kNotOfVolume, kOfVolume };

// How the cells of a measure make up the figures of nodes.
enum class Adding : uint8_t {
  kAddsUp,     // an amount in a cell counts in all nodes above the cell
  kNodeAlone,  // the ledger names each node in which an amount counts, because what enters a part
               // of a node need not enter the node
  kByClassAlone,  // as kAddsUp, but only in the classes of nodes
};

// The facts that a measure counts, by kind and Event::code. Each fact counts once, in the cell and
// the period in which it happens.
struct Facts {
  std::optional<EventKind> kind;  // nullopt: the ledger derives it from the life of a business
  uint16_t codes = 0;             // one bit per code; the last bit also covers all greater codes
};
inline constexpr size_t kFactCodes = 11;
inline constexpr uint16_t kEveryCode = (1 << kFactCodes) - 1;

constexpr Facts every(EventKind kind) {
  return {kind, kEveryCode};
}
template <class Code>
constexpr Facts only(EventKind kind, Code code) {
  return {kind, static_cast<uint16_t>(1 << static_cast<unsigned>(code))};
}
template <class Code>
constexpr Facts all_but(EventKind kind, Code code) {
  return {kind, static_cast<uint16_t>(kEveryCode & ~(1 << static_cast<unsigned>(code)))};
}

struct MeasureInfo {
  Measure id;
  std::string_view name;   // in the API and in metrics
  std::string_view title;  // for people
  TopicSet topics;         // that the count depends on
  Privacy privacy;
  Volume volume = Volume::kNotOfVolume;
  Facts facts = {};
  Adding adding = Adding::kAddsUp;
  // How the measure is divided by a class of what it counts. A measure by legal form is divided by
  // size band, too.
  Division division = Division::kNone;
};

inline constexpr auto kMeasures = [] {
  using enum Topic;
  using enum Privacy;
  using enum Volume;
  using enum Measure;
  using enum EventKind;
  constexpr Facts kOfLife = {};  // the ledger derives it from the life of a business
  auto rows = std::to_array<MeasureInfo>({
      {kBirths, "births", "Births", kRegistrations, kPublic, kOfVolume, every(kRegistered)},
      {kDeaths, "deaths", "Deaths", kRegistrations, kPublic, kOfVolume,
       only(kStatusChanged, Status::kCeased)},
      {kRestorations, "restorations", "Restorations to the register", kRegistrations, kPublic,
       kOfVolume, all_but(kStatusChanged, Status::kCeased)},
      {kMovesIn, "moves_in", "Moves in from other areas", kRegistrations, kPublic, kNotOfVolume,
       kOfLife, Adding::kNodeAlone},
      {kMovesOut, "moves_out", "Moves out to other areas", kRegistrations, kPublic, kNotOfVolume,
       kOfLife, Adding::kNodeAlone},
      {kDeathsAge0, "deaths_age_0", "Deaths in the first year, by period of birth", kRegistrations,
       kPublic},
      {kDeathsAge1, "deaths_age_1", "Deaths in the second year, by period of birth", kRegistrations,
       kPublic},
      {kDeathsAge2, "deaths_age_2", "Deaths in the third year, by period of birth", kRegistrations,
       kPublic},
      {kDeathsAge3, "deaths_age_3", "Deaths in the fourth year, by period of birth", kRegistrations,
       kPublic},
      {kDeathsAge4, "deaths_age_4", "Deaths in the fifth year, by period of birth", kRegistrations,
       kPublic},
      {kInsolvencies, "insolvencies", "Insolvencies, creditors' procedures", kRegistrations,
       kPublic, kNotOfVolume, all_but(kInsolvencyCase, Insolvency::kSolvent)},
      {kInsolvenciesSolvent, "insolvencies_solvent", "Solvent liquidations", kRegistrations,
       kPublic, kNotOfVolume, only(kInsolvencyCase, Insolvency::kSolvent)},
      {kStrikeOffCompulsory, "strike_off_compulsory", "Compulsory strike-off notices",
       kRegistrations, kPublic, kNotOfVolume, only(kStrikeOffNotice, StrikeOff::kCompulsory)},
      {kStrikeOffVoluntary, "strike_off_voluntary", "Voluntary strike-off notices", kRegistrations,
       kPublic, kNotOfVolume, only(kStrikeOffNotice, StrikeOff::kVoluntary)},
      {kStrikeOffDiscontinued, "strike_off_discontinued", "Strike-offs discontinued",
       kRegistrations, kPublic, kNotOfVolume, only(kStrikeOffNotice, StrikeOff::kDiscontinued)},
      {kChargesCreated, "charges_created", "Charges created", kRegistrations, kPublic, kNotOfVolume,
       only(kChargeChanged, Charge::kCreated)},
      {kChargesSatisfied, "charges_satisfied", "Charges satisfied", kRegistrations, kPublic,
       kNotOfVolume, all_but(kChargeChanged, Charge::kCreated)},
      {kDirectorsAppointed, "directors_appointed", "Directors appointed", kRegistrations, kPublic,
       kNotOfVolume, only(kOfficerChanged, Officer::kAppointed)},
      {kDirectorsResigned, "directors_resigned", "Directors resigned", kRegistrations, kPublic,
       kNotOfVolume, only(kOfficerChanged, Officer::kResigned)},
      {kInteractions, "interactions", "Support interactions", kSupport, kPeople, kOfVolume},
      {kInteractionsDistress, "interactions_distress", "Interactions about distress", kSupport,
       kPeople},
      {kInteractionsStartUp, "interactions_start_up", "Interactions about starting up", kSupport,
       kPeople},
      {kInteractionsFinance, "interactions_finance", "Interactions about finance", kSupport,
       kPeople},
      {kInteractionsCompliance, "interactions_compliance", "Interactions about compliance",
       kSupport, kPeople},
      {kInteractionsGrowth, "interactions_growth", "Interactions about growth", kSupport, kPeople},
      {kInteractionsPeople, "interactions_people", "Interactions about people and skills", kSupport,
       kPeople},
      {kInteractionsInnovation, "interactions_innovation", "Interactions about innovation",
       kSupport, kPeople},
      {kInteractionsOther, "interactions_other", "Interactions about other topics", kSupport,
       kPeople},
      {kInteractionMinutes, "interaction_minutes", "Minutes of support", kSupport, kPeople},
      {kResponse1, "response_to_30min", "First responses within half a working hour", kSupport,
       kPeople},
      {kResponse2, "response_to_1h", "First responses in 0.5–1 working hours", kSupport, kPeople},
      {kResponse3, "response_to_2h", "First responses in 1–2 working hours", kSupport, kPeople},
      {kResponse4, "response_to_3h", "First responses in 2–3 working hours", kSupport, kPeople},
      {kResponse5, "response_to_4h", "First responses in 3–4 working hours", kSupport, kPeople},
      {kResponse6, "response_to_6h", "First responses in 4–6 working hours", kSupport, kPeople},
      {kResponse7, "response_to_8h", "First responses in 6–8 working hours", kSupport, kPeople},
      {kResponse8, "response_to_12h", "First responses in 8–12 working hours", kSupport, kPeople},
      {kResponse9, "response_to_16h", "First responses in 12–16 working hours", kSupport, kPeople},
      {kResponse10, "response_to_24h", "First responses in 16–24 working hours", kSupport, kPeople},
      {kResponse11, "response_to_32h", "First responses in 24–32 working hours", kSupport, kPeople},
      {kResponse12, "response_to_40h", "First responses in 32–40 working hours", kSupport, kPeople},
      {kResponse13, "response_to_60h", "First responses in 40–60 working hours", kSupport, kPeople},
      {kResponse14, "response_to_80h", "First responses in 60–80 working hours", kSupport, kPeople},
      {kResponse15, "response_over_80h", "First responses after 80 working hours", kSupport,
       kPeople},
      {kSupported, "supported", "Change of businesses supported in the last year", kSupport,
       kPeople},
      {kEnquiries, "enquiries", "Enquiries", kSupport, kPeople},
      {kEnquiriesDistress, "enquiries_distress", "Enquiries about distress", kSupport, kPeople},
      {kReclassifiedIn, "reclassified_in", "Changes of sector into this one", kRegistrations,
       kPublic, kNotOfVolume, kOfLife, Adding::kNodeAlone},
      {kReclassifiedOut, "reclassified_out", "Changes of sector out of this one", kRegistrations,
       kPublic, kNotOfVolume, kOfLife, Adding::kNodeAlone},
      {kSizeChanges, "size_changes", "Changes of size band", kRegistrations, kPublic},
      {kAccountsOverdue, "accounts_overdue", "Change of businesses with overdue accounts",
       kRegistrations, kPublic},
      {kConfirmationOverdue, "confirmation_overdue",
       "Change of businesses with an overdue confirmation statement", kRegistrations, kPublic},
      {kReferralsOpened, "referrals_opened", "Referrals opened", kSupport, kPeople},
      {kReferralsCompleted, "referrals_completed", "Referrals completed", kSupport, kPeople},
      {kReferralsDeclined, "referrals_declined", "Referrals declined", kSupport, kPeople},
      {kReferralsCompletedByOpening, "referrals_completed_by_opening",
       "Completed referrals, by period of opening", kSupport, kPeople},
      {kRedundancyNotices, "redundancy_notices", "Redundancy notices", kSupport, kPeople,
       kNotOfVolume, every(kRedundancyNotice)},
      {kJobsAtRisk, "jobs_at_risk", "Jobs at risk by redundancy notices", kSupport, kPeople},
      {kOutcomesStartedTrading, "outcomes_started_trading", "Outcomes: started trading", kSupport,
       kPeople, kNotOfVolume, only(kOutcome, OutcomeKind::kStartedTrading)},
      {kOutcomesJobsCreated, "outcomes_jobs_created", "Outcomes: jobs created", kSupport, kPeople,
       kNotOfVolume, only(kOutcome, OutcomeKind::kJobsCreated)},
      {kOutcomesJobsSafeguarded, "outcomes_jobs_safeguarded", "Outcomes: jobs safeguarded",
       kSupport, kPeople, kNotOfVolume, only(kOutcome, OutcomeKind::kJobsSafeguarded)},
      {kOutcomesFinanceRaised, "outcomes_finance_raised", "Outcomes: finance raised", kSupport,
       kPeople, kNotOfVolume, only(kOutcome, OutcomeKind::kFinanceRaised)},
      {kOutcomesGrantAwarded, "outcomes_grant_awarded", "Outcomes: grants awarded", kSupport,
       kPeople, kNotOfVolume, only(kOutcome, OutcomeKind::kGrantAwarded)},
      {kOutcomesExportStarted, "outcomes_export_started", "Outcomes: first sales abroad", kSupport,
       kPeople, kNotOfVolume, only(kOutcome, OutcomeKind::kExportStarted)},
      {kOutcomesProductLaunched, "outcomes_product_launched", "Outcomes: new products or services",
       kSupport, kPeople, kNotOfVolume, only(kOutcome, OutcomeKind::kProductLaunched)},
      {kOutcomesObligationMet, "outcomes_obligation_met", "Outcomes: obligations met", kSupport,
       kPeople, kNotOfVolume, only(kOutcome, OutcomeKind::kObligationMet)},
      {kOutcomesCeasedTrading, "outcomes_ceased_trading", "Outcomes: stopped trading", kSupport,
       kPeople, kNotOfVolume, only(kOutcome, OutcomeKind::kCeasedTrading)},
      {kOutcomesOther, "outcomes_other", "Outcomes: other", kSupport, kPeople, kNotOfVolume,
       only(kOutcome, OutcomeKind::kOther)},
      {kJobsCreated, "jobs_created", "Jobs created, by outcomes of that kind", kSupport, kPeople},
      {kJobsSafeguarded, "jobs_safeguarded", "Jobs safeguarded, by outcomes of that kind", kSupport,
       kPeople},
      {kJobsLost, "jobs_lost", "Jobs lost, by outcomes of every kind", kSupport, kPeople},
      {kFinanceMinor, "finance_minor", "Money raised or granted, in minor units", kSupport,
       kPeople},
      {kInteractionsRefused, "interactions_refused", "Interactions whose use was refused", kSupport,
       kPeople},
      {kInsolvenciesCompulsory, "insolvencies_compulsory", "Compulsory liquidations",
       kRegistrations, kPublic},
      {kInsolvenciesCreditorsVoluntary, "insolvencies_creditors_voluntary",
       "Creditors' voluntary liquidations", kRegistrations, kPublic},
      {kInsolvenciesAdministration, "insolvencies_administration", "Administrations",
       kRegistrations, kPublic},
      {kInsolvenciesArrangement, "insolvencies_arrangement", "Company voluntary arrangements",
       kRegistrations, kPublic},
      {kInsolvenciesReceivership, "insolvencies_receivership", "Receiverships", kRegistrations,
       kPublic},
      {kTenOrMore, "ten_or_more", "Change of businesses with 10 or more employees", kRegistrations,
       kPublic},
      {kTenOrMoreGrown, "ten_or_more_grown",
       "Change of businesses with 10 or more employees that went up a size band within three years",
       kRegistrations, kPublic},
      {kStrikeOffProposed, "strike_off_proposed",
       "Change of businesses with a proposal to strike them off", kRegistrations, kPublic},
      {kInProcedure, "in_procedure",
       "Change of businesses in liquidation, receivership, arrangement or administration",
       kRegistrations, kPublic},
      {kClassChanges, "class_changes", "Net changes into a size band or legal form", kRegistrations,
       kPublic, kNotOfVolume, kOfLife, Adding::kByClassAlone},
      {kInteractionsTimed, "interactions_timed", "Interactions with stated minutes", kSupport,
       kPeople},
  });
  auto const divide = [&](Division division, std::initializer_list<Measure> measures) {
    for (Measure m : measures) rows[static_cast<size_t>(m)].division = division;
  };
  divide(Division::kLegalForm,
         {kBirths, kDeaths, kRestorations, kMovesIn, kMovesOut, kReclassifiedIn, kReclassifiedOut,
          kClassChanges, kInsolvencies, kInsolvenciesSolvent, kStrikeOffCompulsory,
          kStrikeOffVoluntary, kSupported});
  divide(Division::kChannel, {kInteractions});
  divide(Division::kIntensity, {kInteractionMinutes, kInteractionsTimed});
  divide(Division::kTeam,
         {kEnquiries, kEnquiriesDistress, kResponse1, kResponse2, kResponse3, kResponse4,
          kResponse5, kResponse6, kResponse7, kResponse8, kResponse9, kResponse10, kResponse11,
          kResponse12, kResponse13, kResponse14, kResponse15});
  return rows;
}();
inline constexpr size_t kMeasureCount = kMeasures.size();
static_assert(is_complete<kMeasures>());
static_assert(all_differ(kMeasures, &MeasureInfo::name));
static_assert(
    [] {
      for (const MeasureInfo& m : kMeasures) {
        if (m.topics.empty() || m.privacy < Privacy::kPublic) return false;
      }
      return true;
    }(),
    "every measure has topics and a privacy");

constexpr const MeasureInfo& info(Measure measure) {
  return kMeasures[static_cast<size_t>(measure)];
}
constexpr bool adds_up(Measure measure) {
  return info(measure).adding == Adding::kAddsUp;
}
// True if the counts of the measure are kept by the classes of the division.
constexpr bool divides(Division division, Measure measure) {
  Division const own = info(measure).division;
  return division != Division::kNone &&
         (own == division || (division == Division::kSizeBand && own == Division::kLegalForm));
}
// The measure that counts the acts of which `measure` is an amount; nullopt: it is a count itself.
// What may be told of an amount is decided by the acts.
constexpr std::optional<Measure> counted_by(Measure measure) {
  if (measure == Measure::kInteractionMinutes) return Measure::kInteractionsTimed;
  return std::nullopt;
}
constexpr Measure measure_at(Measure first, size_t step) {
  return static_cast<Measure>(static_cast<size_t>(first) + step);
}
// True if the working hours of the support desks decide in which measure a fact counts.
constexpr bool is_in_working_hours(Measure measure) {
  return Measure::kResponse1 <= measure &&
         measure < measure_at(Measure::kResponse1, base::kResponseBuckets);
}
constexpr std::optional<Measure> find_measure(std::string_view name) {
  for (const MeasureInfo& m : kMeasures) {
    if (m.name == name) return m.id;
  }
  return std::nullopt;
}

// The measure that counts a fact, by kind and code. nullopt if no measure counts it.
inline constexpr auto kMeasureByCode = [] {
  std::array<std::array<std::optional<Measure>, kFactCodes>, kKindCount> kinds;
  for (const MeasureInfo& m : kMeasures) {
    for (size_t code = 0; code < kFactCodes; ++code) {
      if ((m.facts.codes >> code & 1) == 0) continue;
      kinds[static_cast<size_t>(m.facts.kind.value())][code] = m.id;
    }
  }
  return kinds;
}();
constexpr std::optional<Measure> measure_of(EventKind kind, uint8_t code) {
  return kMeasureByCode[static_cast<size_t>(kind)][std::min<size_t>(code, kFactCodes - 1)];
}
// The measure under which the reporting delay of a fact counts. nullopt: its delay is not counted.
constexpr std::optional<Measure> reported_as(EventKind kind, uint8_t code) {
  if (kind == EventKind::kInteraction) return Measure::kInteractions;
  if (kind == EventKind::kChanged) return Measure::kMovesIn;
  if (kind == EventKind::kFilingRecorded) {
    if (code == static_cast<uint8_t>(Filing::kAccounts)) return Measure::kAccountsOverdue;
    if (code == static_cast<uint8_t>(Filing::kConfirmationStatement))
      return Measure::kConfirmationOverdue;
    return std::nullopt;
  }
  // The delays of support are those of its interactions.
  bool const other_support = kind == EventKind::kOutcome || kind == EventKind::kRedundancyNotice;
  return other_support ? std::nullopt : measure_of(kind, code);
}
constexpr bool is_within(Measure first, Measure measure, Measure last) {
  return first <= measure && measure <= last;
}
// The measure whose reporting delays are those of the events behind `measure`.
constexpr Measure delays_of(Measure measure) {
  using enum Measure;
  if (info(measure).topics == TopicSet(Topic::kSupport)) return kInteractions;
  if (is_within(kInsolvenciesCompulsory, measure, kInsolvenciesReceivership)) return kInsolvencies;
  if (is_within(kStrikeOffProposed, measure, kInProcedure)) return kRestorations;
  bool const by_changes =
      measure == kSizeChanges || is_within(kTenOrMore, measure, kTenOrMoreGrown);
  if (!adds_up(measure) || by_changes) return kMovesIn;
  return is_within(kDeathsAge0, measure, kDeathsAge4) ? kDeaths : measure;
}
// True if each event counts in the period in which it happened, and only there.
constexpr bool is_dated(Measure measure) {
  using enum Measure;
  bool const by_other_event = is_within(kDeathsAge0, measure, kDeathsAge4) ||  // by the birth
                              measure == kReferralsCompletedByOpening;
  bool const is_level = measure == kSupported ||  // counts at its end, too
                        is_within(kAccountsOverdue, measure, kConfirmationOverdue) ||
                        is_within(kTenOrMore, measure, kInProcedure);
  return !by_other_event && !is_level;
}
static_assert(
    [] {
      for (const MeasureInfo& m : kMeasures) {
        if (!m.facts.kind) continue;
        auto const topic = info(*m.facts.kind).topic;
        if (!topic || !m.topics.contains(*topic)) return false;
        for (size_t code = 0; code < kFactCodes; ++code) {
          bool const counts = (m.facts.codes >> code & 1) != 0;
          if (counts && measure_of(*m.facts.kind, static_cast<uint8_t>(code)) != m.id) return false;
        }
      }
      return true;
    }(),
    "a fact counts in one measure, which depends on the topic of the fact's kind");

inline constexpr auto kKept = [] {
  std::array<bool, kKindCount> kept{};
  for (const KindInfo& k : kKinds) {
    kept[static_cast<size_t>(k.id)] = k.keeping == Keeping::kAlways;
  }
  for (const MeasureInfo& m : kMeasures) {
    if (m.facts.kind) kept[static_cast<size_t>(*m.facts.kind)] = true;
  }
  return kept;
}();
// True if the ledger keeps facts of the kind with this code. Of a document that is neither accounts
// nor a confirmation statement nothing is counted, and a company files several a year.
constexpr bool is_kept(EventKind kind, uint8_t code) {
  bool const other_document =
      (kind == EventKind::kFilingRecorded || kind == EventKind::kFilingDue) &&
      code == static_cast<uint8_t>(Filing::kOther);
  return kKept[static_cast<size_t>(kind)] && !other_document;
}

// A list of measures.
struct MeasureList {
  std::array<Measure, kMeasureCount> measures{};
  size_t size = 0;
  constexpr void add(Measure m) { measures[size++] = m; }
  constexpr std::span<const Measure> all() const { return std::span(measures).first(size); }
};

inline constexpr auto kVolumes = [] {
  std::array<MeasureList, kTopicCount> lists;
  for (const MeasureInfo& m : kMeasures) {
    if (m.volume == Volume::kNotOfVolume) continue;
    for (const TopicInfo& t : kTopics) {
      if (m.topics.contains(t.id)) lists[static_cast<size_t>(t.id)].add(m.id);
    }
  }
  return lists;
}();
// The measures whose sum is the volume of `topic`. The volume shows if the source is silent.
constexpr std::span<const Measure> volume_of(Topic topic) {
  return kVolumes[static_cast<size_t>(topic)].all();
}
static_assert(
    [] {
      for (const TopicInfo& t : kTopics) {
        if (is_consumable(t) && t.pace == Pace::kSteady && volume_of(t.id).empty()) return false;
      }
      return true;
    }(),
    "a topic whose silence is judged needs a measure of its volume");

// The number of businesses active at the end of a period is the signed sum of these flows from the
// beginning to the end of that period.
struct StockFlow {
  Measure measure;
  int sign;
};
inline constexpr std::array kStockFlows = {
    StockFlow{Measure::kBirths, 1},           StockFlow{Measure::kRestorations, 1},
    StockFlow{Measure::kMovesIn, 1},          StockFlow{Measure::kReclassifiedIn, 1},
    StockFlow{Measure::kDeaths, -1},          StockFlow{Measure::kMovesOut, -1},
    StockFlow{Measure::kReclassifiedOut, -1},
};

}  // namespace bellwether::domain
