// Purpose: the facts of a company as records, with the ids and versions that the bulk file and the
// stream of Companies House share.
//
//   id                              says                                as of
//   NUMBER:registered               Registered                          date of incorporation
//   NUMBER:ceased:N, restored:N     StatusChanged; N counts from 1      the day it happened
//   NUMBER:status:N                 StatusChanged while registered      the day it happened
//   NUMBER:address:N                Changed: the postcode               the day it happened
//   NUMBER:activities:N, form:N     Changed: activities, legal form     the day it happened
//   NUMBER:accounts-due             FilingDue; the later one counts     (none)
//   NUMBER:confirmation-due         FilingDue; the later one counts     (none)
//   NUMBER:accounts:PERIOD_END      FilingRecorded                      the day of filing
//   NUMBER:confirmation:PERIOD_END  FilingRecorded                      the day of filing
//   NUMBER:charge:K:created         ChargeChanged; K: charge number     the day it happened
//   NUMBER:charge-satisfied:N       ChargeChanged; N counts from 1      the day it happened
//
// The bulk file does not say which charge was satisfied, so satisfactions are counted.
// A file shows the register at the end of one day. What differs from the file before happened on an
// unknown day in between; its date is that of the file's day. The stream knows the day. So a
// version is the time of publication in milliseconds, and kDated is added for a fact whose day is
// known: then that fact wins, whichever was published first. What is due has no day of its own:
// there the later one wins.
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
static_assert((kDated << 1) - 1 <= base::kSourceSequenceMax);

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
};
inline constexpr size_t kFacts = 13;
// In ids.
inline constexpr std::array<std::string_view, kFacts> kFactIds = {
    "registered",   "ceased", "restored",        "status",           "address",
    "activities",   "form",   "accounts-due",    "confirmation-due", "accounts",
    "confirmation", "charge", "charge-satisfied"};
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
    "charges satisfied"};

// Where, since when and in which form a company is registered.
struct Attributes {
  events::v1::LegalForm form{};
  std::string_view postcode;
  std::span<const std::string_view> activities;
};

class Facts {
 public:
  // `day`: the source shows the register at its end. `say` must outlive this object.
  Facts(base::Days day, Say say);

  base::Days day() const { return day_; }
  // The company of the facts that follow.
  void about(const Number& number);

  void registered(base::Days born, const Attributes& attributes);
  // `on`: the day if the source states it.
  void ceased(int n, events::v1::RegisterStatus status, std::optional<base::Days> on);
  void restored(int n, events::v1::RegisterStatus status, events::v1::StatusDetail detail);
  void status_changed(int n, events::v1::RegisterStatus status, events::v1::StatusDetail detail);
  void moved(int n, std::string_view postcode);
  void activities_changed(int n, std::span<const std::string_view> activities);
  void form_changed(int n, events::v1::LegalForm form);
  // `fact`: kAccountsDue or kConfirmationDue. nullopt: nothing is due any more.
  void due(Fact fact, std::optional<base::Days> next_due);
  // `fact`: kAccounts or kConfirmation. `was_due`: if it was known.
  void filed(Fact fact, base::Days period_end, std::optional<base::Days> was_due);
  void charge_created(int number);
  void charge_satisfied(int n);

  // The first error of `say`; nothing is said after it.
  const absl::Status& status() const { return status_; }
  const std::array<int64_t, kFacts>& counts() const { return counts_; }

 private:
  events::v1::RegistrationEvent& begin(Fact fact, std::string_view rest);
  void numbered(Fact fact, int n, std::optional<base::Days> on);
  void finish(Fact fact);

  base::Days const day_;
  Say const say_;
  Said said_;
  std::string number_;
  std::string id_;
  events::v1::RegistrationEvent event_;
  absl::Status status_;
  std::array<int64_t, kFacts> counts_{};
};

}  // namespace bellwether::connect::companies_house
