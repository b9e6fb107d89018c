#include "connect/companies_house/files.h"

#include <algorithm>

#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::connect::companies_house {
namespace {

constexpr int kPartsMax = 99;
constexpr size_t kDateBytes = 10;

std::string_view name_of(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

// "part3_7" somewhere in the name.
void read_part(std::string_view name, FileName& out) {
  constexpr std::string_view kWord = "part";
  size_t const at = name.rfind(kWord);
  if (at == std::string_view::npos) return;
  std::string_view const rest = name.substr(at + kWord.size());
  size_t const underscore = rest.find('_');
  if (underscore == std::string_view::npos) return;
  std::string_view const after = rest.substr(underscore + 1);
  auto const part = base::parse_number<int>(rest.substr(0, underscore));
  auto const parts =
      base::parse_number<int>(after.substr(0, after.find_first_not_of("0123456789")));
  if (!part || !parts || *part < 1 || *part > *parts || *parts > kPartsMax) return;
  out.part = *part;
  out.parts = *parts;
}

absl::Status check_parts(const std::vector<std::string>& paths) {
  std::vector<int> seen;
  int const parts = read_file_name(paths.front()).parts;
  for (const std::string& path : paths) {
    FileName const name = read_file_name(path);
    if (name.parts != parts) {
      return absl::InvalidArgumentError(
          base::cat(path, ": is one of ", name.parts, ", but ", paths.front(), " is one of ", parts,
                    "; give the parts of one download, or the one whole file"));
    }
    if (std::ranges::count(seen, name.part) > 0) {
      return absl::InvalidArgumentError(
          parts == 1 ? base::cat(path, ": is a second whole file; give one month at a time")
                     : base::cat(path, ": part ", name.part, " is there twice"));
    }
    seen.push_back(name.part);
  }
  std::string missing;
  for (int part = 1; part <= parts; ++part) {
    if (std::ranges::count(seen, part) > 0) continue;
    base::append(missing, missing.empty() ? "" : ", ", part);
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      base::cat("of ", parts, " parts these are missing: ", missing,
                "; without them their companies would seem to have ceased; give all parts"));
}

}  // namespace

FileName read_file_name(std::string_view path) {
  std::string_view const name = name_of(path);
  FileName out;
  for (size_t i = 0; i + kDateBytes <= name.size() && !out.date; ++i) {
    auto const date = base::parse_date(name.substr(i, kDateBytes));
    if (date.ok()) out.date = *date;
  }
  read_part(name, out);
  return out;
}

absl::StatusOr<base::Days> date_of_load(const std::vector<std::string>& paths,
                                        std::optional<base::Days> as_of, base::Days today) {
  BELLWETHER_RETURN_IF_ERROR(check_parts(paths));
  std::optional<base::Days> date = as_of;
  for (const std::string& path : paths) {
    FileName const name = read_file_name(path);
    if (!name.date && as_of) continue;
    if (!name.date) {
      return absl::InvalidArgumentError(
          base::cat(path,
                    ": the name has no date as in BasicCompanyDataAsOneFile-2026-11-01.zip; state "
                    "it with --as-of 2026-11-01"));
    }
    if (date && *date != *name.date) {
      return absl::InvalidArgumentError(base::cat(
          path, ": is of ", base::format_date(*name.date), ", but ",
          as_of ? std::string("--as-of") : paths.front(), " is of ", base::format_date(*date),
          as_of ? "; leave --as-of out, or rename the file" : "; give one month at a time"));
    }
    date = name.date;
  }
  if (*date <= today) return *date;
  return absl::InvalidArgumentError(base::cat(
      paths.front(), ": is of ", base::format_date(*date), ", which is in the future; today is ",
      base::format_date(today), ". Is the date of the file right?"));
}

}  // namespace bellwether::connect::companies_house
