#include "connect/companies_house/compare.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/hash.h"

namespace bellwether::connect::companies_house {
namespace {

using events::v1::LegalForm;
using events::v1::REGISTER_STATUS_ACTIVE;
using events::v1::REGISTER_STATUS_REMOVED;
using events::v1::RegisterStatus;
using events::v1::STATUS_DETAIL_UNSPECIFIED;
using events::v1::StatusDetail;

std::span<const std::string_view> activities_of(const Row& row) {
  return {row.activities.data(), row.activity_count};
}

// The same for "B15 2TT" and "b152tt"; 0 for none.
uint64_t digest_of_postcode(std::string_view postcode) {
  std::array<char, kPostcodeBytesMax> text;
  size_t bytes = 0;
  for (char const c : postcode) {
    if (c == ' ') continue;
    text[bytes++] = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return bytes == 0 ? 0 : base::hash64({text.data(), bytes});
}

uint64_t digest_of(std::span<const std::string_view> activities) {
  uint64_t digest = 0;
  for (std::string_view const code : activities) digest = base::hash64(code, digest);
  return digest;
}

void set_status(Record& record, RegisterStatus status, StatusDetail detail) {
  record.status = static_cast<uint8_t>(status);
  record.detail = static_cast<uint8_t>(detail);
}

void tell_status(const Row& row, Record& record, Facts& facts) {
  RegisterStatus const status = row.status->status;
  StatusDetail const detail = row.status->detail;
  if (has_ceased(record) != has_ceased(status)) {
    if (has_ceased(status)) {
      facts.ceased(record.cessations.next(), status, row.dissolved);
      record.ceased = ShortDay(row.dissolved.value_or(facts.day()));
      record.undated &= static_cast<uint8_t>(~kCeasedUndated);
      if (!row.dissolved) record.undated |= kCeasedUndated;
    } else {
      facts.restored(record.restorations.next(), status, detail);
      record.undated |= kRestoredUndated;
    }
  } else if (has_ceased(status) && row.dissolved && (record.undated & kCeasedUndated) != 0) {
    // The day of a cessation that was only seen as an absence.
    facts.ceased(record.cessations.value(), status, row.dissolved);
    record.ceased = ShortDay(row.dissolved);
    record.undated &= static_cast<uint8_t>(~kCeasedUndated);
  } else if (!has_ceased(status) && (record.status != status || record.detail != detail)) {
    facts.status_changed(record.statuses.next(), status, detail);
    record.undated |= kStatusUndated;
  }
  set_status(record, status, detail);
}

void tell_attributes(const Row& row, Record& record, Facts& facts) {
  // A row without a postcode or without a code says nothing about a change.
  uint64_t const postcode = digest_of_postcode(row.postcode);
  if (postcode != 0 && postcode != record.postcode) {
    facts.moved(record.addresses.next(), row.postcode);
    record.postcode = postcode;
    record.undated |= kAddressUndated;
  }
  uint64_t const activities = digest_of(activities_of(row));
  if (activities != 0 && activities != record.activities) {
    facts.activities_changed(record.activity_changes.next(), activities_of(row));
    record.activities = activities;
    record.undated |= kActivitiesUndated;
  }
  if (record.form != row.form) {
    facts.form_changed(record.forms.next(), row.form);
    record.form = static_cast<uint8_t>(row.form);
    record.undated |= kFormUndated;
  }
}

std::optional<base::Days> day_of(ShortDay day) {
  return day.stated() ? std::optional(day.day()) : std::nullopt;
}

void tell_due(Fact fact, std::optional<base::Days> stated, ShortDay& remembered, Facts& facts) {
  ShortDay const now(stated);
  if (now == remembered) return;
  facts.due(fact, day_of(now));
  remembered = now;
}

// REQUIRES: it is told before what is due, because the old due date is that of this filing.
void tell_filed(Fact fact, std::optional<base::Days> stated, ShortDay due, ShortDay& remembered,
                Facts& facts) {
  ShortDay const now(stated);
  if (now == remembered) return;
  if (now.stated()) facts.filed(fact, now.day(), day_of(due));
  remembered = now;
}

void tell_charges(const Row& row, Record& record, Facts& facts) {
  for (; record.charges < row.charges; ++record.charges) facts.charge_created(record.charges + 1);
  for (; record.satisfied < row.satisfied; ++record.satisfied) {
    facts.charge_satisfied(record.satisfied + 1);
  }
}

void tell_birth(const Row& row, Record& record, Facts& facts) {
  facts.registered(row.born, {row.form, row.postcode, activities_of(row)});
  record.born = row.born.value;
}

Record tell_first(const Row& row, Facts& facts) {
  Record record;
  tell_birth(row, record, facts);
  record.form = static_cast<uint8_t>(row.form);
  record.postcode = digest_of_postcode(row.postcode);
  record.activities = digest_of(activities_of(row));
  set_status(record, REGISTER_STATUS_ACTIVE, STATUS_DETAIL_UNSPECIFIED);
  tell_status(row, record, facts);
  record.accounts_made_up = ShortDay(row.accounts_made_up);
  record.confirmation_made_up = ShortDay(row.confirmation_made_up);
  tell_due(Fact::kAccountsDue, row.accounts_due, record.accounts_due, facts);
  tell_due(Fact::kConfirmationDue, row.confirmation_due, record.confirmation_due, facts);
  record.charges = row.charges;
  record.satisfied = row.satisfied;
  return record;
}

}  // namespace

bool has_ceased(const Record& known) {
  return has_ceased(static_cast<RegisterStatus>(known.status));
}

Record tell_row(const Row& row, const std::optional<Record>& known, Facts& facts) {
  facts.about(row.number);
  if (!known) return tell_first(row, facts);
  Record record = *known;
  if (row.born.value != record.born) tell_birth(row, record, facts);
  tell_status(row, record, facts);
  tell_attributes(row, record, facts);
  tell_filed(Fact::kAccounts, row.accounts_made_up, record.accounts_due, record.accounts_made_up,
             facts);
  tell_filed(Fact::kConfirmation, row.confirmation_made_up, record.confirmation_due,
             record.confirmation_made_up, facts);
  tell_due(Fact::kAccountsDue, row.accounts_due, record.accounts_due, facts);
  tell_due(Fact::kConfirmationDue, row.confirmation_due, record.confirmation_due, facts);
  tell_charges(row, record, facts);
  return record;
}

Record tell_gone(const Record& known, Facts& facts) {
  Record record = known;
  facts.ceased(record.cessations.next(), REGISTER_STATUS_REMOVED, std::nullopt);
  record.ceased = ShortDay(facts.day());
  record.undated |= kCeasedUndated;
  set_status(record, REGISTER_STATUS_REMOVED, STATUS_DETAIL_UNSPECIFIED);
  return record;
}

}  // namespace bellwether::connect::companies_house
