#include "connect/companies_house/row.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/events/decoder.h"

namespace bellwether::connect::companies_house {
namespace {

struct ColumnName {
  Column column;
  std::string_view name;
};
constexpr auto kNames = std::to_array<ColumnName>({
    {Column::kNumber, "CompanyNumber"},
    {Column::kPostcode, "RegAddress.PostCode"},
    {Column::kCategory, "CompanyCategory"},
    {Column::kStatus, "CompanyStatus"},
    {Column::kIncorporated, "IncorporationDate"},
    {Column::kAccountsDue, "Accounts.NextDueDate"},
    {Column::kAccountsMadeUp, "Accounts.LastMadeUpDate"},
    {Column::kConfirmationDue, "ConfStmtNextDueDate"},
    {Column::kConfirmationMadeUp, "ConfStmtLastMadeUpDate"},
    {Column::kCharges, "Mortgages.NumMortCharges"},
    {Column::kSatisfied, "Mortgages.NumMortSatisfied"},
    {Column::kActivity1, "SICCode.SicText_1"},
    {Column::kActivity2, "SICCode.SicText_2"},
    {Column::kActivity3, "SICCode.SicText_3"},
    {Column::kActivity4, "SICCode.SicText_4"},
    {Column::kDissolved, "DissolutionDate"},
});
static_assert(kNames.size() == kColumns);

// Until June 2016 companies filed annual returns.
constexpr auto kReturnNames = std::to_array<ColumnName>({
    {Column::kConfirmationDue, "Returns.NextDueDate"},
    {Column::kConfirmationMadeUp, "Returns.LastMadeUpDate"},
});

// The columns that are not read.
constexpr auto kOtherNames = std::to_array<std::string_view>(
    {"CompanyName", "RegAddress.CareOf", "RegAddress.POBox", "RegAddress.AddressLine1",
     "RegAddress.AddressLine2", "RegAddress.PostTown", "RegAddress.County", "RegAddress.Country",
     "CountryOfOrigin", "Accounts.AccountRefDay", "Accounts.AccountRefMonth",
     "Accounts.AccountCategory", "Mortgages.NumMortOutstanding", "Mortgages.NumMortPartSatisfied",
     "LimitedPartnerships.NumGenPartners", "LimitedPartnerships.NumLimPartners", "URI"});
constexpr std::string_view kPreviousName = "PreviousName_";

std::string_view trimmed(std::string_view text) {
  size_t const begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

char lower(char c) {
  return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_known(std::string_view name) {
  auto const is = [&](std::string_view other) { return same(name, other); };
  return std::ranges::any_of(kOtherNames, is) ||
         std::ranges::any_of(kReturnNames, is, &ColumnName::name) ||
         same(name.substr(0, kPreviousName.size()), kPreviousName);
}

bool is_absent(std::string_view text) {
  return text.empty() || text == "NA";
}

// The number before `separator`, which is removed with it; nullopt if there is none.
std::optional<int> take_number(std::string_view& text, char separator) {
  size_t const end = text.find(separator);
  auto const number = base::parse_number<int>(text.substr(0, end));
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return number;
}

uint16_t count_in(std::string_view text) {
  auto const number = base::parse_number<uint32_t>(trimmed(text));
  return static_cast<uint16_t>(std::min<uint32_t>(number.value_or(0), UINT16_MAX));
}

}  // namespace

void each_number_in(std::string_view line, absl::FunctionRef<void(const Number&)> use) {
  constexpr size_t kNumberBytes = 8;
  while (!line.empty()) {
    size_t const end = std::min(line.find(','), line.size());
    std::string_view field = trimmed(line.substr(0, end));
    if (field.starts_with('"')) field.remove_prefix(1);
    if (field.ends_with('"')) field.remove_suffix(1);
    if (field.size() == kNumberBytes) {
      if (auto const number = Number::parse(field)) use(*number);
    }
    line.remove_prefix(std::min(end + 1, line.size()));
  }
}

void add_code(std::string_view text, Row& row) {
  text = trimmed(text);
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  constexpr size_t kOldDigits = 4;
  constexpr size_t kDigits = 5;
  if (digits == kDigits) row.activities[row.activity_count++] = text.substr(0, digits);
  if (digits > 0 && digits <= kOldDigits) ++row.old_codes;
}

absl::StatusOr<Header> read_header(std::span<const std::string_view> fields) {
  Header header;
  header.columns = fields.size();
  header.at.fill(Header::kAbsent);
  for (size_t i = 0; i < fields.size(); ++i) {
    std::string_view const name = trimmed(fields[i]);
    auto const found = std::ranges::find_if(
        kNames, [&](const ColumnName& column) { return same(column.name, name); });
    if (found != kNames.end()) {
      header.at[static_cast<size_t>(found->column)] = i;
    } else if (!is_known(name)) {
      header.unknown.push_back(base::excerpt(name));
    }
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    for (const ColumnName& column : kReturnNames) {
      size_t& at = header.at[static_cast<size_t>(column.column)];
      if (at == Header::kAbsent && same(column.name, trimmed(fields[i]))) at = i;
    }
  }
  std::string missing;
  for (const ColumnName& column : kNames) {
    if (column.column == Column::kDissolved) continue;
    if (header.at[static_cast<size_t>(column.column)] != Header::kAbsent) continue;
    base::append(missing, missing.empty() ? "" : ", ", column.name);
  }
  if (missing.empty()) return header;
  return absl::InvalidArgumentError(
      base::cat("the header lacks the columns ", missing,
                "; is this the file BasicCompanyData of Companies House?"));
}

std::optional<base::Days> read_day(std::string_view text, bool& valid) {
  text = trimmed(text);
  if (is_absent(text)) return std::nullopt;
  bool const iso = text.find('/') == std::string_view::npos;
  char const separator = iso ? '-' : '/';
  auto const first = take_number(text, separator);
  auto const month = take_number(text, separator);
  auto const last = take_number(text, separator);
  auto const year = iso ? first : last;
  auto const day = iso ? last : first;
  valid = text.empty() && year && month && day && *year >= events::kEarliestYear &&
          *year <= events::kLatestYear;
  if (!valid) return std::nullopt;
  base::Days const out = base::days_from_civil(*year, *month, *day);
  valid = base::civil_date(out) == base::CivilDate{*year, *month, *day};
  return valid ? std::optional(out) : std::nullopt;
}

std::variant<Row, RowProblem> read_row(const Header& header,
                                       std::span<const std::string_view> fields) {
  auto const field = [&](Column column) {
    size_t const at = header.at[static_cast<size_t>(column)];
    return at == Header::kAbsent ? std::string_view() : trimmed(fields[at]);
  };
  auto const number = Number::parse(field(Column::kNumber));
  if (!number) {
    return RowProblem{kNoNumber, base::cat("\"", base::excerpt(field(Column::kNumber)), "\""),
                      std::nullopt};
  }
  const CategoryWord* const category = find_category(field(Column::kCategory));
  if (category != nullptr && category->kept == Kept::kOverseasEntity) {
    return RowProblem{kOverseasEntity, std::string(number->text()), number};
  }
  Row row{*number};
  row.form = category == nullptr ? events::v1::LEGAL_FORM_OTHER : category->form;
  row.category_known = category != nullptr;
  const StatusWord* const status = find_status(field(Column::kStatus));
  if (status == nullptr) {
    return RowProblem{kUnknownStatus,
                      base::cat(number->text(), " \"", base::excerpt(field(Column::kStatus)), "\""),
                      number};
  }
  row.status = *status;
  bool valid = true;
  auto const born = read_day(field(Column::kIncorporated), valid);
  if (!born) {
    return RowProblem{
        valid ? kNoIncorporation : kBadIncorporation,
        base::cat(number->text(), " \"", base::excerpt(field(Column::kIncorporated)), "\""),
        number};
  }
  row.born = *born;
  auto const day = [&](Column column) {
    bool is_day = true;
    auto const out = read_day(field(column), is_day);
    if (!is_day) ++row.odd_dates;
    return out;
  };
  row.dissolved = day(Column::kDissolved);
  row.accounts_due = day(Column::kAccountsDue);
  row.accounts_made_up = day(Column::kAccountsMadeUp);
  row.confirmation_due = day(Column::kConfirmationDue);
  row.confirmation_made_up = day(Column::kConfirmationMadeUp);
  row.charges = count_in(field(Column::kCharges));
  row.satisfied = count_in(field(Column::kSatisfied));
  std::string_view const postcode = field(Column::kPostcode);
  bool const plain = std::ranges::all_of(postcode, [](char c) { return c >= ' ' && c <= '~'; });
  if (!is_absent(postcode) && postcode.size() <= kPostcodeBytesMax && plain)
    row.postcode = postcode;
  for (Column const column :
       {Column::kActivity1, Column::kActivity2, Column::kActivity3, Column::kActivity4}) {
    add_code(field(column), row);
  }
  return row;
}

}  // namespace bellwether::connect::companies_house
