// Purpose: the columns and rows of the file BasicCompanyData of Companies House: from texts to one
// typed row, or the reason why the row cannot be used.
// Thread safety: pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "connect/companies_house/number.h"
#include "connect/companies_house/tables.h"
#include "core/base/calendar.h"

namespace bellwether::connect::companies_house {

inline constexpr size_t kActivitiesMax = 4;
inline constexpr size_t kPostcodeBytesMax = 16;  // longer texts are no postcodes

// Where the columns are in the file.
enum class Column : uint8_t {
  kNumber,
  kPostcode,
  kCategory,
  kStatus,
  kIncorporated,
  kAccountsDue,
  kAccountsMadeUp,
  kConfirmationDue,
  kConfirmationMadeUp,
  kCharges,
  kSatisfied,
  kActivity1,
  kActivity2,
  kActivity3,
  kActivity4,
  kDissolved,  // may be absent
};
inline constexpr size_t kColumns = 16;

struct Header {
  static constexpr size_t kAbsent = SIZE_MAX;
  std::array<size_t, kColumns> at{};  // by Column
  size_t columns = 0;
  std::vector<std::string> unknown;  // columns that no file had so far; they are not read
};
// Names are compared without regard to case and to blanks at their ends. Files from before June
// 2016 have the columns of annual returns instead of those of confirmation statements. Error:
// InvalidArgument, with every missing column.
absl::StatusOr<Header> read_header(std::span<const std::string_view> fields);

struct Row {
  Number number;
  events::v1::LegalForm form{};
  bool category_known = true;
  StatusWord status{};
  base::Days born;
  std::optional<base::Days> dissolved;
  std::optional<base::Days> accounts_due;
  std::optional<base::Days> accounts_made_up;
  std::optional<base::Days> confirmation_due;
  std::optional<base::Days> confirmation_made_up;
  uint16_t charges = 0;
  uint16_t satisfied = 0;
  std::string_view postcode;  // without blanks at its ends; may be empty
  std::array<std::string_view, kActivitiesMax> activities;  // codes of SIC 2007
  size_t activity_count = 0;
  size_t old_codes = 0;  // codes of SIC 2003, which are left out
  size_t odd_dates = 0;  // due dates and periods that are no dates of our time, left out
};

// Why a row says nothing. The number of the company may be readable nevertheless: it is then still
// on the register.
struct RowProblem {
  std::string_view reason;
  std::string what;
  std::optional<Number> number;
};
// The reasons, for tests and documentation.
inline constexpr std::string_view kNoNumber = "no company number";
inline constexpr std::string_view kUnknownStatus = "unknown status";
inline constexpr std::string_view kNoIncorporation = "no date of incorporation";
inline constexpr std::string_view kBadIncorporation = "impossible date of incorporation";
inline constexpr std::string_view kOverseasEntity = "overseas entity, no business here";
inline constexpr std::string_view kTwice = "number twice in the file";
inline constexpr std::string_view kCeasedUndatedReason = "ceased on an unknown day";
inline constexpr std::string_view kUnreadable = "unreadable row";

// REQUIRES: `fields` are as many as the header's columns. The views of the result are in `fields`.
std::variant<Row, RowProblem> read_row(const Header& header,
                                       std::span<const std::string_view> fields);

// Calls use(number) for each field of an unreadable row that may be a company number. The columns
// are not known, so a field of eight characters may be taken for one that it is not.
void each_number_in(std::string_view line, absl::FunctionRef<void(const Number&)> use);

// Adds the code of "62012" or "62012 - Business and domestic software development". A code of four
// digits is one of SIC 2003, which the register keeps for companies that have not filed since 2011.
// REQUIRES: row.activity_count < kActivitiesMax. The row refers to `text`.
void add_code(std::string_view text, Row& row);

// "31/12/2019", "1/2/2019" or "2019-12-31". Empty and "NA": nullopt. `valid` becomes false if the
// text is no day of the years 1700 to 2078.
std::optional<base::Days> read_day(std::string_view text, bool& valid);

}  // namespace bellwether::connect::companies_house
