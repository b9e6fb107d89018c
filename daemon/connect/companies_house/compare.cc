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

// The register says at the latest so many days later that a company has ceased.
constexpr int32_t kVoidDaysMax = 31;

std::span<const std::string_view> activities_of(const Row& row) {
  return {row.activities.data(), row.activity_count};
}

// The same for "B15 2TT" and "b152tt"; 0 for none.
uint32_t digest_of_postcode(std::string_view postcode) {
  std::array<char, kPostcodeBytesMax> text;
  size_t bytes = 0;
  for (char const c : postcode) {
    if (c == ' ') continue;
    text[bytes++] = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return bytes == 0 ? 0 : static_cast<uint32_t>(base::hash64({text.data(), bytes}));
}

uint32_t digest_of(std::span<const std::string_view> activities) {
  uint64_t digest = 0;
  for (std::string_view const code : activities) digest = base::hash64(code, digest);
  return static_cast<uint32_t>(digest);
}

RegisterStatus status_of(const Shown& shown) {
  return static_cast<RegisterStatus>(shown.status);
}

// What the row shows. What it does not state is as in `before`.
Shown shown_by(const Row& row, const Shown& before) {
  Shown out;
  out.postcode = digest_of_postcode(row.postcode);
  if (out.postcode == 0) out.postcode = before.postcode;
  out.activities = digest_of(activities_of(row));
  if (out.activities == 0) out.activities = before.activities;
  out.form = static_cast<uint8_t>(row.form);
  out.status = static_cast<uint8_t>(row.status.status);
  out.detail = static_cast<uint8_t>(row.status.detail);
  return out;
}

// `before`, of which only that is stated which `other` shows, too.
Shown certain(Shown before, const Shown& other) {
  if (before.postcode != other.postcode) before.postcode = 0;
  if (before.activities != other.activities) before.activities = 0;
  if (before.form != other.form) before.form = 0;
  if (before.status != other.status || before.detail != other.detail) before.status = 0;
  return before;
}

// The company was shown alive on a day when it had ceased already: the register said so some days
// later. REQUIRES: the stream says so now. `behind`: several files were loaded since, and it is not
// remembered which of them showed it; so all days are voided.
void void_alive(base::Days ceased, bool behind, Record& record, Facts& facts) {
  int32_t const until = std::min(facts.day().value, ceased.value + kVoidDaysMax);
  for (int32_t day = ceased.value + 1; behind && day <= until; ++day) {
    facts.retract_status(base::Days(day));
  }
  for (ShortDay* const alive : {&record.alive_in_file, &record.alive_in_stream}) {
    if (*alive <= ShortDay(ceased) || *alive > ShortDay(facts.day())) continue;
    if (!behind) facts.retract_status(alive->day());
    *alive = ShortDay();
  }
}

// Says in what `row` differs from `before`. `behind`: the stream is behind the files.
void tell_status(const Row& row, const Shown& before, bool behind, Record& record, Facts& facts) {
  RegisterStatus const status = row.status.status;
  bool const ceases = has_ceased(status);
  bool const had_ceased = has_ceased(status_of(before));
  if (ceases) {
    bool const day_is_new = row.dissolved && record.has(kCeasedUndated);
    if (had_ceased && !day_is_new) return;
    facts.ceased(status, row.dissolved);
    record.set(kCeasedUndated, !row.dissolved && !facts.is_stream());
    if (row.dissolved && facts.is_stream()) void_alive(*row.dissolved, behind, record, facts);
    return;
  }
  if (had_ceased) {
    facts.restored(status, row.status.detail);
  } else if (before.status != status || before.detail != row.status.detail) {
    facts.status_changed(status, row.status.detail);
  } else {
    return;
  }
  (facts.is_stream() ? record.alive_in_stream : record.alive_in_file) = ShortDay(facts.day());
}

void tell_attributes(const Row& row, const Shown& before, Facts& facts) {
  Shown const now = shown_by(row, before);
  // A row without a postcode or without a code says nothing about a change.
  if (now.postcode != before.postcode) facts.moved(row.postcode);
  if (now.activities != before.activities) facts.activities_changed(activities_of(row));
  if (now.form != before.form) facts.form_changed(row.form);
}

// How a row tells of the documents of one kind.
struct DocumentKind {
  Fact filed;
  Fact due;
  Flag undated;
  Flag stale;
  Documents Record::*documents;
  std::optional<base::Days> Row::*next_due;
  std::optional<base::Days> Row::*made_up;
};
constexpr std::array<DocumentKind, 2> kDocumentKinds = {{
    {Fact::kAccounts, Fact::kAccountsDue, kAccountsUndated, kAccountsDueStale, &Record::accounts,
     &Row::accounts_due, &Row::accounts_made_up},
    {Fact::kConfirmation, Fact::kConfirmationDue, kConfirmationUndated, kConfirmationDueStale,
     &Record::confirmation, &Row::confirmation_due, &Row::confirmation_made_up},
}};

// The period of the last document. One that has not ended is not believed.
ShortDay made_up_by(const Row& row, const DocumentKind& kind, const Facts& facts) {
  auto const stated = row.*kind.made_up;
  return stated && *stated <= facts.day() ? ShortDay(stated) : ShortDay();
}

void tell_filed(const DocumentKind& kind, Record& record, Facts& facts) {
  const Documents& documents = record.*kind.documents;
  Filing filing{kind.filed, documents.made_up.day(), facts.day(), day_of(documents.was_due)};
  filing.certainty = facts.is_stream() ? Certainty::kPublicationDay : Certainty::kFileDay;
  facts.filed(filing);
  record.set(kind.undated, !facts.is_stream());
}

// Says what was filed since. `newest`: nothing newer is known of the company. Unless a file is
// older than a profile, the due date that is known is the one that was in force until now.
void tell_filings(const Row& row, bool newest, Record& record, Facts& facts) {
  for (const DocumentKind& kind : kDocumentKinds) {
    Documents& documents = record.*kind.documents;
    ShortDay const made_up = made_up_by(row, kind, facts);
    if (made_up > documents.made_up) {
      documents.made_up = made_up;
      bool const in_force = newest || facts.is_stream();
      documents.was_due = in_force && !record.has(kind.stale) ? documents.due : ShortDay();
      tell_filed(kind, record, facts);
    } else if (!newest && facts.is_stream()) {
      // An older profile: it knows the due date of what a file has already told.
      if (made_up < documents.made_up) documents.was_due = ShortDay(row.*kind.next_due);
      bool const is_that = made_up.stated() && made_up == documents.made_up;
      if (is_that && record.has(kind.undated)) tell_filed(kind, record, facts);
    }
  }
}

void tell_due(const Row& row, Record& record, Facts& facts) {
  for (const DocumentKind& kind : kDocumentKinds) {
    ShortDay& remembered = (record.*kind.documents).due;
    ShortDay const now(row.*kind.next_due);
    // A profile may be published once more before it knows of a document that was filed.
    if (made_up_by(row, kind, facts) >= (record.*kind.documents).made_up) {
      record.set(kind.stale, false);
    }
    if (now == remembered) continue;
    facts.due(kind.due, day_of(now));
    remembered = now;
  }
}

// The charges that a file tells are those that are not known yet.
void tell_charges(const Row& row, Record& record, Facts& facts) {
  for (; record.charges < row.charges; ++record.charges) facts.charge_created(record.charges + 1);
  for (; record.satisfied < row.satisfied; ++record.satisfied) {
    facts.charge_satisfied(record.satisfied + 1);
    if (record.satisfied_undated < UINT8_MAX) ++record.satisfied_undated;
  }
}

// What had happened before the first file has no date, and is only remembered. So are the
// satisfactions that the stream told before: they may be among those of the file or not, and none
// is told twice.
void remember_charges(const Row& row, Record& record) {
  record.charges = std::max(record.charges, row.charges);
  record.satisfied = static_cast<uint16_t>(
      std::min<uint32_t>(uint32_t{record.satisfied} + row.satisfied, UINT16_MAX));
}

void tell_birth(const Row& row, Certainty seen, Record& record, Facts& facts) {
  facts.registered(row.born, {row.form, row.postcode, activities_of(row)}, seen);
  record.born = row.born.value;
  record.set(kUnregistered, false);
}

void remember_documents(const Row& row, const Facts& facts, Record& record) {
  for (const DocumentKind& kind : kDocumentKinds) {
    ShortDay& made_up = (record.*kind.documents).made_up;
    made_up = std::max(made_up, made_up_by(row, kind, facts));
  }
}

// What a registration alone says.
Shown plainly_active() {
  Shown out;
  out.status = REGISTER_STATUS_ACTIVE;
  return out;
}

Record tell_first(const Row& row, Facts& facts) {
  Record record;
  bool const stream = facts.is_stream();
  bool const new_born = stream && facts.day() == row.born;
  tell_birth(
      row,
      new_born ? Certainty::kExactDay : (stream ? Certainty::kFileDay : Certainty::kPublicationDay),
      record, facts);
  Shown const active = plainly_active();
  // A file that shows the company earlier may come later: what the stream shows holds from now on.
  bool const late = stream && !new_born;
  tell_status(row, late ? Shown() : active, false, record, facts);
  if (late) tell_attributes(row, Shown(), facts);
  record.now = record.streamed = shown_by(row, active);
  remember_documents(row, facts, record);
  tell_due(row, record, facts);
  if (!stream) {
    remember_charges(row, record);
    record.set(kFiled, true);
  }
  return record;
}

// A company that has ceased, of which nothing else is known yet. A file that shows it before may
// still come; only then it counts.
std::optional<Record> tell_ceased_first(const Row& row, Facts& facts) {
  if (!row.dissolved || row.dissolved->value < facts.day().value - kOldDays) return std::nullopt;
  Record record;
  record.born = row.born.value;
  record.set(kUnregistered, true);
  record.now = record.streamed = shown_by(row, plainly_active());
  facts.ceased(row.status.status, row.dissolved);
  remember_documents(row, facts, record);
  tell_due(row, record, facts);
  return record;
}

const DocumentKind& kind_of(Fact filed) {
  return kDocumentKinds[filed == Fact::kAccounts ? 0 : 1];
}

// The first file that has a company of which only the stream has told. Its status is said if the
// stream did not know the company then.
void tell_opening(const Row& row, Record& record, Facts& facts) {
  tell_birth(row, Certainty::kPublicationDay, record, facts);
  if (record.streamed_from > ShortDay(facts.day())) {
    Record then = record;
    tell_status(row, plainly_active(), false, then, facts);
  }
  remember_charges(row, record);
  record.set(kFiled, true);
}

}  // namespace

std::optional<base::Days> tell_document(Fact filed, base::Days period_end, Record& record) {
  const DocumentKind& kind = kind_of(filed);
  Documents& documents = record.*kind.documents;
  ShortDay const period(period_end);
  if (period < documents.made_up) return std::nullopt;
  if (period > documents.made_up) {
    documents.made_up = period;
    documents.was_due = record.has(kind.stale) ? ShortDay() : documents.due;
    record.set(kind.stale, true);
  }
  record.set(kind.undated, false);
  return day_of(documents.was_due);
}

bool tell_satisfied(base::Days published, std::optional<base::Days> filed_through, Record& record,
                    Facts& facts) {
  bool const before = record.has(kFiled) && filed_through && published <= *filed_through;
  if (before && record.satisfied_undated > 0) {
    facts.retract_charge_satisfied(record.satisfied - record.satisfied_undated + 1);
    --record.satisfied_undated;
    return true;
  }
  // The last file counts it already, if it has the company.
  bool const in_file = before && !record.has(kNotInFile);
  bool const is_new = !in_file || published == *filed_through;
  if (is_new && record.satisfied < UINT16_MAX) ++record.satisfied;
  return is_new;
}

bool has_ceased(const Record& known) {
  return has_ceased(status_of(known.now));
}

Absence absence_of(const Record& known, base::Days day) {
  bool const can_be_there = known.born < day.value && known.streamed_on < ShortDay(day);
  if (!has_ceased(known) && can_be_there) return Absence::kGone;
  bool const new_absence = known.has(kFiled) && !known.has(kNotInFile);
  return new_absence ? Absence::kAbsent : Absence::kKnown;
}

Record remember_absent(const Record& known) {
  Record record = known;
  record.set(kNotInFile, true);
  return record;
}

Record tell_row(const Row& row, const std::optional<Record>& known, Facts& facts) {
  facts.about(row.number);
  if (!known) return tell_first(row, facts);
  Record record = *known;
  record.set(kNotInFile, false);
  bool const newest = record.streamed_on < ShortDay(facts.day());
  if (!record.has(kFiled)) {
    tell_opening(row, record, facts);
  } else if (newest && row.born.value != record.born) {
    tell_birth(row, Certainty::kExactDay, record, facts);
  }
  if (newest) {
    tell_status(row, record.now, false, record, facts);
    tell_attributes(row, record.now, facts);
    record.now = shown_by(row, record.now);
  }
  tell_filings(row, newest, record, facts);
  if (newest) tell_due(row, record, facts);
  tell_charges(row, record, facts);
  return record;
}

Record tell_gone(const Record& known, Facts& facts) {
  Record record = known;
  facts.ceased(REGISTER_STATUS_REMOVED, std::nullopt);
  record.set(kCeasedUndated, true);
  record.set(kNotInFile, true);
  record.now.status = static_cast<uint8_t>(REGISTER_STATUS_REMOVED);
  record.now.detail = static_cast<uint8_t>(STATUS_DETAIL_UNSPECIFIED);
  return record;
}

std::optional<Record> tell_profile(const Row& row, const std::optional<Record>& known,
                                   std::optional<base::Days> filed_through, Facts& facts) {
  facts.about(row.number);
  if (!known) {
    auto record = has_ceased(row.status.status) ? tell_ceased_first(row, facts)
                                                : std::optional(tell_first(row, facts));
    if (record) record->streamed_from = record->streamed_on = ShortDay(facts.day());
    return record;
  }
  Record record = *known;
  bool const newest = !record.has(kFiled) || !filed_through || facts.day() >= *filed_through;
  const Shown before = newest ? record.now : record.streamed;
  // Where the files and the stream differ, it is not certain which of several changes this one is:
  // at the stream's first profile if it is behind the files, and when it has caught up with them.
  bool const first = !record.streamed_on.stated();
  Shown compared = before;
  if (first != newest) compared = certain(before, newest ? record.streamed : record.now);
  bool const new_born = first && facts.day() == row.born;
  if (new_born) compared = shown_by(row, before);
  if (new_born || (newest && row.born.value != record.born)) {
    tell_birth(row, Certainty::kExactDay, record, facts);
  }
  tell_status(row, compared, !newest, record, facts);
  if (record.has(kUnregistered) && !has_ceased(row.status.status)) {
    tell_birth(row, Certainty::kFileDay, record, facts);
    compared = Shown();
  }
  tell_attributes(row, compared, facts);
  record.streamed = shown_by(row, before);
  if (newest) record.now = record.streamed;
  tell_filings(row, newest, record, facts);
  // A file that does not have the company says nothing of what is due.
  if (newest || has_ceased(record)) tell_due(row, record, facts);
  record.streamed_on = std::max(record.streamed_on, ShortDay(facts.day()));
  return record;
}

}  // namespace bellwether::connect::companies_house
