#include "cli/broker/replay.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "core/base/check.h"
#include "core/base/csv.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/events/decoder.h"

namespace bellwether::cli {
namespace {

// Periods whose births set the size of a cell's opening stock, beyond what early deaths need.
constexpr int64_t kOpeningPeriods = 24;

// Writes `code` so that no two codes are equal in upper case (number_prefix()).
std::string without_case(std::string_view code) {
  std::string out;
  bool lower = false;
  for (char const c : code) {
    auto const byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalpha(byte) && absl::ascii_islower(byte) != lower) {
      lower = !lower;
      out += '_';
    }
    if (absl::ascii_isalnum(byte) || c == '-') {
      out += absl::ascii_toupper(byte);
    } else {
      base::append(out, absl::StrFormat("=%02X", byte));
    }
  }
  return out;
}

}  // namespace

absl::StatusOr<std::vector<CountRow>> parse_counts(std::string_view csv, std::string_view file,
                                                   base::Calendar calendar) {
  BELLWETHER_ASSIGN_OR_RETURN(
      std::vector<base::CsvRow> const rows,
      base::parse_csv(csv, file, {"period", "area", "sector", "births", "deaths"}));
  base::LineErrors errors(file);
  std::vector<CountRow> out;
  std::map<std::tuple<base::PeriodIndex, std::string, std::string>, int> lines;
  for (const base::CsvRow& row : rows) {
    auto const period = calendar.parse(row[0]);
    if (!period.ok()) {
      errors.add(row.line, base::from_absl(period.status().message()));
      continue;
    }
    auto const [first, is_new] = lines.try_emplace({*period, row[1], row[2]}, row.line);
    if (!is_new) {
      errors.add(row.line,
                 base::cat("period ", row[0], " of area \"", row[1], "\" and sector \"", row[2],
                           "\" is in line ", first->second, " already; keep one of them"));
      continue;
    }
    CountRow count{*period, row[1], row[2], 0, 0};
    for (auto [column, to] : {std::pair{3, &count.births}, std::pair{4, &count.deaths}}) {
      auto const number = base::parse_number<int64_t>(row[static_cast<size_t>(column)]);
      if (!number || *number < 0 || *number > kCountMax) {
        errors.add(row.line, base::cat("\"", row[static_cast<size_t>(column)],
                                       "\" must be a whole number from 0 to ", kCountMax));
      } else {
        *to = *number;
      }
    }
    out.push_back(std::move(count));
  }
  if (out.empty() && errors.empty()) errors.add(1, "there are no counts below the header");
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  return out;
}

Replay::Replay(std::vector<CountRow> rows, base::Calendar calendar) : calendar_(calendar) {
  BELLWETHER_CHECK(!rows.empty());
  auto const [first, last] =
      std::ranges::minmax(rows, {}, [](const CountRow& r) { return r.period; });
  for (int32_t p = first.period.value; p <= last.period.value; ++p) periods_.emplace_back(p);
  std::map<std::pair<std::string, std::string>, size_t> cell_of;
  for (const CountRow& r : rows) {
    if (cell_of.try_emplace({r.area, r.sector}, cells_.size()).second) {
      cells_.push_back({r.area, r.sector, 0});
    }
  }
  counts_.assign(periods_.size(), std::vector<std::pair<int64_t, int64_t>>(cells_.size()));
  for (const CountRow& r : rows) {
    auto& [births, deaths] = counts_[static_cast<size_t>(r.period.value - first.period.value)]
                                    [cell_of.at({r.area, r.sector})];
    births += r.births;
    deaths += r.deaths;
    births_ += r.births;
    deaths_ += r.deaths;
  }
  for (size_t c = 0; c < cells_.size(); ++c) {
    int64_t alive = 0;
    int64_t least = 0;
    int64_t early_births = 0;
    for (size_t p = 0; p < counts_.size(); ++p) {
      alive -= counts_[p][c].second;  // a business dies only in a later period than its birth
      least = std::min(least, alive);
      alive += counts_[p][c].first;
      if (p < static_cast<size_t>(kOpeningPeriods)) early_births += counts_[p][c].first;
    }
    cells_[c].opening = early_births - least;
    Living living;
    living.random = base::hash64(base::cat(cells_[c].area, "/", cells_[c].sector));
    for (int64_t i = 0; i < cells_[c].opening; ++i) living.numbers.push_back(living.next++);
    living_.push_back(std::move(living));
  }
}

int64_t Replay::opening() const {
  int64_t sum = 0;
  for (const Cell& c : cells_) sum += c.opening;
  return sum;
}

void Replay::opening(base::Days born, const std::function<void(const LifeEvent&)>& use) const {
  base::UnixMillis const at = base::start_of(calendar_.first_day(periods_.front()));
  for (size_t c = 0; c < cells_.size(); ++c) {
    for (int64_t i = 0; i < cells_[c].opening; ++i) {
      use({true, c, static_cast<uint32_t>(i), at, born});
    }
  }
}

void Replay::period(size_t index, const std::function<void(const LifeEvent&)>& use) {
  base::UnixMillis const begin = base::start_of(calendar_.first_day(periods_[index]));
  int64_t const length = calendar_.end_of(periods_[index]).value - begin.value;
  std::vector<LifeEvent> events;
  for (size_t c = 0; c < cells_.size(); ++c) {
    auto const [births, deaths] = counts_[index][c];
    Living& living = living_[c];
    auto const spread = [&](int64_t i, int64_t of) {
      return base::UnixMillis(begin.value + (2 * i + 1) * length / (2 * of));
    };
    for (int64_t i = 0; i < deaths; ++i) {
      BELLWETHER_CHECK(!living.numbers.empty());
      living.random = base::mix64(living.random + 0x9e3779b97f4a7c15ULL);
      size_t const who = living.random % living.numbers.size();
      uint32_t const number = living.numbers[who];
      living.numbers[who] = living.numbers.back();
      living.numbers.pop_back();
      base::UnixMillis const at = spread(i, deaths);
      events.push_back({false, c, number, at, base::days_of(at)});
    }
    for (int64_t i = 0; i < births; ++i) {
      base::UnixMillis const at = spread(i, births);
      living.numbers.push_back(living.next);
      events.push_back({true, c, living.next++, at, base::days_of(at)});
    }
  }
  std::ranges::stable_sort(events, {}, [](const LifeEvent& e) { return e.at; });
  for (const LifeEvent& e : events) use(e);
}

std::string number_prefix(std::string_view area, std::string_view sector) {
  return base::cat(without_case(area), ".", without_case(sector), ".");
}

absl::StatusOr<std::vector<CellRecord>> cell_records(const std::vector<Replay::Cell>& cells,
                                                     const reference::Sectors& sectors) {
  std::vector<CellRecord> out;
  for (const Replay::Cell& cell : cells) {
    BELLWETHER_ASSIGN_OR_RETURN(base::SectorId const id, sectors.find(cell.sector));
    CellRecord record{number_prefix(cell.area, cell.sector), ""};
    if (record.number_prefix.size() + kNumberDigitsMax > events::kBusinessIdBytesMax) {
      return absl::InvalidArgumentError(base::cat(
          "area \"", cell.area, "\" and sector \"", cell.sector, "\": the register number ",
          record.number_prefix, "N is too long; use codes that are shorter, or in upper case"));
    }
    if (id != reference::kUnclassified) {
      BELLWETHER_ASSIGN_OR_RETURN(record.activity_code, sectors.activity_code(id));
    }
    out.push_back(std::move(record));
  }
  return out;
}

}  // namespace bellwether::cli
