// Purpose: the facts of a company as records, with the ids and versions that the bulk file and the
// stream of Companies House share.
//
//   id                               says                                 as of
//   NUMBER:registered                Registered                           date of incorporation
//   NUMBER:status:DAY                StatusChanged                        the day it happened
//   NUMBER:address:DAY               Changed: the postcode                the day it happened
//   NUMBER:activities:DAY, form:DAY  Changed: activities, legal form      the day it happened
//   NUMBER:accounts-due              FilingDue; the later one counts      (none)
//   NUMBER:confirmation-due          FilingDue; the later one counts      (none)
//   NUMBER:accounts:PERIOD_END       FilingRecorded                       the day of filing
//   NUMBER:confirmation:PERIOD_END   FilingRecorded                       the day of filing
//   NUMBER:charge:K:created          ChargeChanged; K: charge number      the day it happened
//   NUMBER:charge:K:satisfied        ChargeChanged, by the stream         the day it happened
//   NUMBER:charge-satisfied:N        ChargeChanged, by a file             the day it happened
//   NUMBER:strike-off:KIND:DAY       StrikeOffNotice, by the stream       the day of the notice
//   NUMBER:insolvency:CASE           InsolvencyCase, by the stream        the day it was opened
//   NUMBER:officer:ID:appointed      OfficerChanged, by the stream        the day it happened
//   NUMBER:officer:ID:resigned       OfficerChanged, by the stream        the day it happened
//
// A statement of a status, postcode, activity or form says what holds from its day on. So the
// statements of a file and of the stream may be mixed in any order, and one that repeats what holds
// already counts nothing. Of those of one day, the last one counts.
// A file does not say which charge was satisfied, so its satisfactions are counted; a satisfaction
// that the stream tells later retracts the one that only a file told.
// A file shows the register at the end of one day. What differs from the file before happened on an
// unknown day in between; its date is that of the file's day. The stream knows the day. So a
// version is the time of publication in milliseconds, and kDated is added for a fact whose day is
// known: then that fact wins, whichever was published first. kNearlyDated is added if only the day
// of publication is known. What is due has no day of its own: there the later one wins.
// Thread safety: one thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "bellwether/events/v1/registration.pb.h"
#include "connect/companies_house/number.h"
#include "connect/said.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"

namespace bellwether::connect::companies_house {

inline constexpr std::string_view kSource = "companies-house";
inline constexpr std::string_view kScheme = "UKSIC";
inline constexpr std::string_view kSchemeVersion = "2007";

inline constexpr uint64_t kDated = uint64_t{1} << 47;
inline constexpr uint64_t kNearlyDated = uint64_t{1} << 46;
static_assert((kDated << 1) - 1 <= base::kSourceSequenceMax);

// How well the day of a fact is known.
enum class Certainty : uint8_t { kFileDay, kPublicationDay, kExactDay };

enum class Fact : uint8_t {
  kRegistered,
  kCeased,
  kRestored,
  kStatus,
  kAddress,
  kActivities,
  kForm,
  kAccountsDue,
  kConfirmationDue,
  kAccounts,
  kConfirmation,
  kChargeCreated,
  kChargeSatisfied,
  kStrikeOff,
  kInsolvency,
  kOfficer,
};
inline constexpr size_t kFacts = 16;
// In ids.
inline constexpr std::array<std::string_view, kFacts> kFactIds = {
    "registered", "status",       "status",           "status",   "address",      "activities",
    "form",       "accounts-due", "confirmation-due", "accounts", "confirmation", "charge",
    "charge",     "strike-off",   "insolvency",       "officer"};
// For people, as a plural.
inline constexpr std::array<std::string_view, kFacts> kFactNames = {
    "registrations",
    "cessations",
    "restorations",
    "changes of status",
    "changes of postcode",
    "changes of activities",
    "changes of legal form",
    "due dates of accounts",
    "due dates of confirmation statements",
    "accounts filed",
    "confirmation statements filed",
    "charges created",
    "charges satisfied",
    "strike-off notices",
    "insolvency cases",
    "changes of officers"};

// Where, since when and in which form a company is registered.
struct Attributes {
  events::v1::LegalForm form{};
  std::string_view postcode;
  std::span<const std::string_view> activities;
};

// A document that was filed.
struct Filing {
  Fact fact{};  // kAccounts or kConfirmation
  base::Days period_end;
  base::Days filed;
  std::optional<base::Days> was_due;  // if it was known
  std::string_view description;       // the register's name for it; may be empty
  Certainty certainty{};
};

class Facts {
 public:
  // Facts of a file. `day`: it shows the register at the end of this day. `say` must outlive this
  // object.
  // `correction`: how many other files of this day were read before; what this one says wins over
  // what they said.
  Facts(base::Days day, Say say, int64_t correction = 0);
  // Facts of the stream, published at this instant.
  Facts(base::UnixMillis published, Say say);

  base::Days day() const { return day_; }
  bool is_stream() const { return stream_; }
  // The company of the facts that follow.
  void about(const Number& number);

  // `seen`: when the company was seen with these attributes. Of several registrations, the one that
  // was seen best wins: on its first day or as a correction (kExactDay), in its first file
  // (kPublicationDay), or in the stream at any time (kFileDay).
  void registered(base::Days born, const Attributes& attributes, Certainty seen);
  // `on`: the day if the source states it. Otherwise it is that of the source.
  void ceased(events::v1::RegisterStatus status, std::optional<base::Days> on);
  void restored(events::v1::RegisterStatus status, events::v1::StatusDetail detail);
  void status_changed(events::v1::RegisterStatus status, events::v1::StatusDetail detail);
  // By the stream: the status of that day did not hold, because the company had ceased before.
  void retract_status(base::Days on);
  void moved(std::string_view postcode);
  void activities_changed(std::span<const std::string_view> activities);
  void form_changed(events::v1::LegalForm form);
  // `fact`: kAccountsDue or kConfirmationDue. nullopt: nothing is due any more.
  void due(Fact fact, std::optional<base::Days> next_due);
  void filed(const Filing& filing);
  // By a file. `number`, `n`: from 1.
  void charge_created(int number);
  void charge_satisfied(int n);
  // By the stream: a satisfaction that a file told is now told with its day.
  void retract_charge_satisfied(int n);
  // By the stream: what has a day of its own. `rest`: the id after the name of the fact.
  void charge(std::string_view rest, events::v1::ChargeAction action, base::Days on);
  void strike_off(std::string_view rest, const events::v1::StrikeOffNotice& notice, base::Days on);
  void insolvency(std::string_view rest, const events::v1::InsolvencyCase& stated, base::Days on);
  void officer(std::string_view rest, const events::v1::OfficerChanged& change, base::Days on);
  void retract_officer(std::string_view rest);

  // The first error of `say`; nothing is said after it.
  const absl::Status& status() const { return status_; }
  const std::array<int64_t, kFacts>& counts() const { return counts_; }

 private:
  events::v1::RegistrationEvent& begin(Fact fact, std::string_view rest);
  // Begins a fact whose id is its day: `on`, or else that of the source.
  events::v1::RegistrationEvent& begin_daily(Fact fact, std::optional<base::Days> on);
  events::v1::RegistrationEvent& begin_dated(Fact fact, std::string_view rest, base::Days on);
  void add_certainty(Certainty certainty);
  // Names the event that was begun as the n-th satisfaction that a file tells.
  void name_counted(int n);
  // Makes the event that was begun a retraction of its fact.
  void retract();
  void finish(Fact fact);

  base::Days const day_;
  bool const stream_;
  int64_t const correction_ = 0;
  Say const say_;
  Said said_;
  std::string number_;
  std::string id_;
  events::v1::RegistrationEvent event_;
  absl::Status status_;
  std::array<int64_t, kFacts> counts_{};
};

}  // namespace bellwether::connect::companies_house
