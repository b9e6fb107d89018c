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

Facts::Facts(base::Days day, Say say) : day_(day), say_(say) {
  said_.topic = domain::Topic::kRegistrations;
  said_.published = end_of_day(day);
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
  event_.set_source_sequence(static_cast<uint64_t>(said_.published.value));
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

// Begins the fact with number `n` of its kind, on the day `on` or else on that of the source.
void Facts::numbered(Fact fact, int n, std::optional<base::Days> on) {
  begin(fact, base::cat(n));
  set_date(*event_.mutable_effective_date(), on.value_or(day_));
  if (on) event_.set_source_sequence(event_.source_sequence() | kDated);
}

void Facts::registered(base::Days born, const Attributes& attributes) {
  begin(Fact::kRegistered, "");
  set_date(*event_.mutable_effective_date(), born);
  pb::Registered& registered = *event_.mutable_registered();
  registered.set_legal_form(attributes.form);
  registered.set_postcode(std::string(attributes.postcode));
  set_activities(*registered.mutable_activities(), attributes.activities);
  finish(Fact::kRegistered);
}

void Facts::ceased(int n, pb::RegisterStatus status, std::optional<base::Days> on) {
  numbered(Fact::kCeased, n, on);
  event_.mutable_status_changed()->set_status(status);
  finish(Fact::kCeased);
}

void Facts::restored(int n, pb::RegisterStatus status, pb::StatusDetail detail) {
  numbered(Fact::kRestored, n, std::nullopt);
  event_.mutable_status_changed()->set_status(status);
  event_.mutable_status_changed()->set_detail(detail);
  finish(Fact::kRestored);
}

void Facts::status_changed(int n, pb::RegisterStatus status, pb::StatusDetail detail) {
  numbered(Fact::kStatus, n, std::nullopt);
  event_.mutable_status_changed()->set_status(status);
  event_.mutable_status_changed()->set_detail(detail);
  finish(Fact::kStatus);
}

void Facts::moved(int n, std::string_view postcode) {
  numbered(Fact::kAddress, n, std::nullopt);
  event_.mutable_changed()->set_postcode(std::string(postcode));
  finish(Fact::kAddress);
}

void Facts::activities_changed(int n, std::span<const std::string_view> activities) {
  numbered(Fact::kActivities, n, std::nullopt);
  set_activities(*event_.mutable_changed()->mutable_activities(), activities);
  finish(Fact::kActivities);
}

void Facts::form_changed(int n, pb::LegalForm form) {
  numbered(Fact::kForm, n, std::nullopt);
  event_.mutable_changed()->set_legal_form(form);
  finish(Fact::kForm);
}

void Facts::due(Fact fact, std::optional<base::Days> next_due) {
  begin(fact, "");
  if (next_due) {
    pb::FilingDue& due = *event_.mutable_filing_due();
    due.set_category(category_of(fact));
    set_date(*due.mutable_next_due(), *next_due);
  } else {
    event_.mutable_retracted()->set_event_id(id_);
    event_.clear_event_id();
  }
  finish(fact);
}

void Facts::filed(Fact fact, base::Days period_end, std::optional<base::Days> was_due) {
  begin(fact, base::format_date(period_end));
  set_date(*event_.mutable_effective_date(), day_);
  pb::FilingRecorded& filing = *event_.mutable_filing_recorded();
  filing.set_category(category_of(fact));
  set_date(*filing.mutable_period_end(), period_end);
  if (was_due) set_date(*filing.mutable_due(), *was_due);
  finish(fact);
}

void Facts::charge_created(int number) {
  begin(Fact::kChargeCreated, base::cat(number, ":created"));
  set_date(*event_.mutable_effective_date(), day_);
  event_.mutable_charge_changed()->set_action(pb::CHARGE_ACTION_CREATED);
  finish(Fact::kChargeCreated);
}

void Facts::charge_satisfied(int n) {
  numbered(Fact::kChargeSatisfied, n, std::nullopt);
  event_.mutable_charge_changed()->set_action(pb::CHARGE_ACTION_SATISFIED);
  finish(Fact::kChargeSatisfied);
}

}  // namespace bellwether::connect::companies_house
