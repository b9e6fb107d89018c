#include "connect/companies_house/facts.h"

#include "connect/messages.h"
#include "core/base/text.h"
#include "core/events/identity.h"

namespace bellwether::connect::companies_house {

namespace pb = events::v1;

namespace {

void set_activities(google::protobuf::RepeatedPtrField<pb::Activity>& to,
                    std::span<const std::string_view> codes) {
  for (std::string_view const code : codes) {
    pb::Activity& activity = *to.Add();
    activity.set_scheme(std::string(kScheme));
    activity.set_version(std::string(kSchemeVersion));
    activity.set_code(std::string(code));
  }
}

pb::FilingCategory category_of(Fact fact) {
  bool const accounts = fact == Fact::kAccounts || fact == Fact::kAccountsDue;
  return accounts ? pb::FILING_CATEGORY_ACCOUNTS : pb::FILING_CATEGORY_CONFIRMATION_STATEMENT;
}

}  // namespace

Facts::Facts(base::Days day, Say say, int64_t correction)
    : day_(day), stream_(false), correction_(correction), say_(say) {
  said_.topic = domain::Topic::kRegistrations;
  said_.published = end_of_day(day);
}

Facts::Facts(base::UnixMillis published, Say say)
    : day_(base::days_of(published)), stream_(true), say_(say) {
  said_.topic = domain::Topic::kRegistrations;
  said_.published = published;
}

void Facts::about(const Number& number) {
  number_ = number.text();
  said_.key = number.key();
}

pb::RegistrationEvent& Facts::begin(Fact fact, std::string_view rest) {
  event_.Clear();
  id_ = number_;
  id_ += ':';
  id_ += kFactIds[static_cast<size_t>(fact)];
  if (!rest.empty()) {
    id_ += ':';
    id_ += rest;
  }
  event_.set_event_id(id_);
  event_.set_source(std::string(kSource));
  event_.set_source_sequence(static_cast<uint64_t>(said_.published.value + correction_));
  pb::BusinessRef& business = *event_.mutable_business();
  business.set_jurisdiction(std::string(kJurisdiction));
  business.set_register_(std::string(events::kCompaniesHouse));
  business.set_id(number_);
  return event_;
}

void Facts::finish(Fact fact) {
  if (!status_.ok()) return;
  event_.SerializeToString(&said_.value);
  ++counts_[static_cast<size_t>(fact)];
  status_ = say_(said_);
}

pb::RegistrationEvent& Facts::begin_daily(Fact fact, std::optional<base::Days> on) {
  begin(fact, base::format_date(on.value_or(day_)));
  set_date(*event_.mutable_effective_date(), on.value_or(day_));
  if (on || stream_) add_certainty(Certainty::kExactDay);
  return event_;
}

pb::RegistrationEvent& Facts::begin_dated(Fact fact, std::string_view rest, base::Days on) {
  begin(fact, rest);
  set_date(*event_.mutable_effective_date(), on);
  add_certainty(Certainty::kExactDay);
  return event_;
}

void Facts::add_certainty(Certainty certainty) {
  constexpr std::array<uint64_t, 3> kBits = {0, kNearlyDated, kDated};
  event_.set_source_sequence(event_.source_sequence() | kBits[static_cast<size_t>(certainty)]);
}

void Facts::retract() {
  event_.mutable_retracted()->set_event_id(id_);
  event_.clear_event_id();
}

void Facts::registered(base::Days born, const Attributes& attributes, Certainty seen) {
  begin(Fact::kRegistered, "");
  add_certainty(seen);
  set_date(*event_.mutable_effective_date(), born);
  pb::Registered& registered = *event_.mutable_registered();
  registered.set_legal_form(attributes.form);
  registered.set_postcode(std::string(attributes.postcode));
  set_activities(*registered.mutable_activities(), attributes.activities);
  finish(Fact::kRegistered);
}

void Facts::ceased(pb::RegisterStatus status, std::optional<base::Days> on) {
  begin_daily(Fact::kCeased, on).mutable_status_changed()->set_status(status);
  finish(Fact::kCeased);
}

void Facts::restored(pb::RegisterStatus status, pb::StatusDetail detail) {
  pb::StatusChanged& changed = *begin_daily(Fact::kRestored, std::nullopt).mutable_status_changed();
  changed.set_status(status);
  changed.set_detail(detail);
  finish(Fact::kRestored);
}

void Facts::status_changed(pb::RegisterStatus status, pb::StatusDetail detail) {
  pb::StatusChanged& changed = *begin_daily(Fact::kStatus, std::nullopt).mutable_status_changed();
  changed.set_status(status);
  changed.set_detail(detail);
  finish(Fact::kStatus);
}

void Facts::retract_status(base::Days on) {
  begin(Fact::kStatus, base::format_date(on));
  add_certainty(Certainty::kExactDay);
  retract();
  finish(Fact::kStatus);
}

void Facts::moved(std::string_view postcode) {
  begin_daily(Fact::kAddress, std::nullopt).mutable_changed()->set_postcode(std::string(postcode));
  finish(Fact::kAddress);
}

void Facts::activities_changed(std::span<const std::string_view> activities) {
  set_activities(
      *begin_daily(Fact::kActivities, std::nullopt).mutable_changed()->mutable_activities(),
      activities);
  finish(Fact::kActivities);
}

void Facts::form_changed(pb::LegalForm form) {
  begin_daily(Fact::kForm, std::nullopt).mutable_changed()->set_legal_form(form);
  finish(Fact::kForm);
}

void Facts::due(Fact fact, std::optional<base::Days> next_due) {
  begin(fact, "");
  if (next_due) {
    pb::FilingDue& due = *event_.mutable_filing_due();
    due.set_category(category_of(fact));
    set_date(*due.mutable_next_due(), *next_due);
  } else {
    retract();
  }
  finish(fact);
}

void Facts::filed(const Filing& filing) {
  begin(filing.fact, base::format_date(filing.period_end));
  set_date(*event_.mutable_effective_date(), filing.filed);
  add_certainty(filing.certainty);
  pb::FilingRecorded& recorded = *event_.mutable_filing_recorded();
  recorded.set_category(category_of(filing.fact));
  recorded.set_description(std::string(filing.description));
  set_date(*recorded.mutable_period_end(), filing.period_end);
  if (filing.was_due) set_date(*recorded.mutable_due(), *filing.was_due);
  finish(filing.fact);
}

void Facts::charge_created(int number) {
  begin(Fact::kChargeCreated, base::cat(number, ":created"));
  set_date(*event_.mutable_effective_date(), day_);
  event_.mutable_charge_changed()->set_action(pb::CHARGE_ACTION_CREATED);
  finish(Fact::kChargeCreated);
}

void Facts::charge_satisfied(int n) {
  begin(Fact::kChargeSatisfied, "");
  name_counted(n);
  set_date(*event_.mutable_effective_date(), day_);
  event_.mutable_charge_changed()->set_action(pb::CHARGE_ACTION_SATISFIED);
  finish(Fact::kChargeSatisfied);
}

void Facts::retract_charge_satisfied(int n) {
  begin(Fact::kChargeSatisfied, "");
  name_counted(n);
  add_certainty(Certainty::kExactDay);
  retract();
  finish(Fact::kChargeSatisfied);
}

void Facts::name_counted(int n) {
  id_ = base::cat(number_, ":charge-satisfied:", n);
  event_.set_event_id(id_);
}

void Facts::charge(std::string_view rest, pb::ChargeAction action, base::Days on) {
  Fact const fact =
      action == pb::CHARGE_ACTION_CREATED ? Fact::kChargeCreated : Fact::kChargeSatisfied;
  begin_dated(fact, rest, on).mutable_charge_changed()->set_action(action);
  finish(fact);
}

void Facts::strike_off(std::string_view rest, const pb::StrikeOffNotice& notice, base::Days on) {
  *begin_dated(Fact::kStrikeOff, rest, on).mutable_strike_off_notice() = notice;
  finish(Fact::kStrikeOff);
}

void Facts::insolvency(std::string_view rest, const pb::InsolvencyCase& stated, base::Days on) {
  *begin_dated(Fact::kInsolvency, rest, on).mutable_insolvency_case() = stated;
  finish(Fact::kInsolvency);
}

void Facts::officer(std::string_view rest, const pb::OfficerChanged& change, base::Days on) {
  *begin_dated(Fact::kOfficer, rest, on).mutable_officer_changed() = change;
  finish(Fact::kOfficer);
}

void Facts::retract_officer(std::string_view rest) {
  begin(Fact::kOfficer, rest);
  add_certainty(Certainty::kExactDay);
  retract();
  finish(Fact::kOfficer);
}

}  // namespace bellwether::connect::companies_house
