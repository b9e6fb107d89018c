#include "runtime/setup/load.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "absl/strings/str_join.h"
#include "adapters/tzdata/tzdata.h"
#include "core/base/business_calendar.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"

extern char** environ;

namespace bellwether::runtime {
namespace {

// A larger file is a mistake: no national table of postcodes is this large.
constexpr std::uintmax_t kFileBytesMax = 512ull << 20;

absl::StatusOr<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return absl::NotFoundError(base::cat(path.string(), ": is a folder; name a file"));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(
        base::cat(path.string(), ": cannot be read; check path and permissions"));
  }
  auto const size = std::filesystem::file_size(path, error);
  if (!error && size > kFileBytesMax) {
    return absl::InvalidArgumentError(base::cat(path.string(), ": is larger than 512 MiB"));
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::pair<std::string, std::string>> environment() {
  std::vector<std::pair<std::string, std::string>> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view const text = *entry;
    size_t const equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

// The days of the tables. `folder`: of the configuration file.
absl::StatusOr<base::SpecialDays> load_holidays(const std::vector<std::string>& files,
                                                const std::filesystem::path& folder) {
  base::SpecialDays days;
  std::string errors;
  for (const std::string& file : files) {
    BELLWETHER_ASSIGN_OR_RETURN(std::string const csv, read_file(folder / file));
    auto const read = base::parse_special_days(csv, file);
    if (read.ok()) {
      days = base::united(days, *read);
    } else {
      base::append(errors, errors.empty() ? "" : "\n", base::from_absl(read.status().message()));
    }
  }
  if (!errors.empty()) return absl::InvalidArgumentError(errors);
  return days;
}

// The days of time.holidays and time.closures.
absl::StatusOr<base::BusinessCalendar> load_business_calendar(const config::TimeConfig& time,
                                                              const std::filesystem::path& folder) {
  BELLWETHER_ASSIGN_OR_RETURN(base::SpecialDays const holidays,
                              load_holidays(time.holidays, folder));
  base::SpecialDays own;
  own.closures = time.closures;
  auto calendar = base::BusinessCalendar::make(base::united(holidays, own));
  if (calendar.ok()) return calendar;
  return absl::InvalidArgumentError(
      base::cat("time.holidays and time.closures: ", calendar.status().message()));
}

// Adds the holidays of the desk's files to its closed days. On a closure the register rests, which
// does not mean that the desk is closed. A change of the files is a change of `setting`, which
// names them.
absl::Status add_holidays(const std::filesystem::path& folder, const std::string& setting,
                          config::Settings& settings, config::DeskConfig& desk) {
  BELLWETHER_ASSIGN_OR_RETURN(base::SpecialDays const days, load_holidays(desk.holidays, folder));
  if (!days.holidays.empty()) desk.last_holiday = days.holidays.back();
  std::vector<base::Days> closed;
  std::ranges::set_union(days.holidays, desk.hours.closed, std::back_inserter(closed));
  desk.hours.closed = std::move(closed);
  auto const found = settings.find(setting);
  if (found == settings.end()) return absl::OkStatus();
  for (base::Days const day : days.holidays)
    found->second = base::mix64(found->second + static_cast<uint32_t>(day.value));
  return absl::OkStatus();
}

absl::Status load_desks(const std::filesystem::path& folder, config::Config& config) {
  config::Settings& settings = config.fixed_settings;
  BELLWETHER_RETURN_IF_ERROR(add_holidays(folder, "desk.holidays", settings, config.desks.common));
  for (auto& [source, desk] : config.desks.by_source) {
    BELLWETHER_RETURN_IF_ERROR(
        add_holidays(folder, base::cat("desk.sources.", source, ".holidays"), settings, desk));
  }
  return absl::OkStatus();
}

// True if the operator must add the holidays of the coming years.
bool ends_soon(base::Days last, base::Days today) {
  constexpr int32_t kDaysAhead = 365;
  return last.value <= today.value + kDaysAhead;
}

reference::Desks desks_of(const config::DesksConfig& config) {
  std::map<std::string, reference::DeskHours> by_source;
  for (const auto& [source, desk] : config.by_source) by_source.emplace(source, desk.hours);
  return reference::Desks(config.common.hours, by_source, config.teams);
}

}  // namespace

absl::StatusOr<config::Config> load_config(const std::string& path) {
  BELLWETHER_ASSIGN_OR_RETURN(std::string const text, read_file(path));
  kafka::PropertyCheck properties;
  auto const property_error = [&](const std::string& name,
                                  const std::optional<std::string>& value) {
    return properties.error(name, value);
  };
  BELLWETHER_ASSIGN_OR_RETURN(
      config::Config config,
      config::parse(text, path, environment(), property_error, tzdata::read_time_zone));
  for (const auto& [property, file] : config.kafka.secret_files) {
    BELLWETHER_ASSIGN_OR_RETURN(std::string secret, read_file(file));
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
    // librdkafka's own words repeat the value.
    if (!property_error(property, secret).empty()) {
      return absl::InvalidArgumentError(base::cat(path, ": kafka.secret_files.", property,
                                                  ": librdkafka refuses the value in ", file));
    }
    config.kafka.properties.emplace_back(property, std::move(secret));
  }
  std::filesystem::path const folder = std::filesystem::path(path).parent_path();
  BELLWETHER_ASSIGN_OR_RETURN(config.rules.business_calendar,
                              load_business_calendar(config.time, folder));
  BELLWETHER_RETURN_IF_ERROR(load_desks(folder, config));
  return config;
}

absl::StatusOr<reference::Reference> load_reference(const config::Config& config,
                                                    const std::string& config_path) {
  std::filesystem::path const folder = std::filesystem::path(config_path).parent_path();
  auto const read = [&](const std::string& file) -> absl::StatusOr<std::string> {
    if (file.empty()) return std::string();
    return read_file(folder / file);
  };
  const config::ReferenceConfig& r = config.reference;
  std::string errors;
  auto const keep = [&](const absl::Status& status) {
    if (!status.ok())
      base::append(errors, errors.empty() ? "" : "\n", base::from_absl(status.message()));
  };
  auto const areas_csv = read(r.areas);
  auto const sets_csv = read(r.area_sets);
  auto const sectors_csv = read(r.sectors);
  auto const postcodes_csv = read(r.postcodes);
  auto const mass_csv = read(r.mass_addresses);
  auto const deprivation_csv = read(r.deprivation);
  for (const auto* text :
       {&areas_csv, &sets_csv, &sectors_csv, &postcodes_csv, &mass_csv, &deprivation_csv})
    keep(text->status());
  if (!errors.empty()) return absl::NotFoundError(errors);
  auto areas = reference::Areas::parse(*areas_csv, r.areas, *sets_csv, r.area_sets);
  keep(areas.status());
  auto sectors = reference::Sectors::parse(*sectors_csv, r.sectors);
  keep(sectors.status());
  reference::Postcodes postcodes;
  if (areas.ok() && !r.postcodes.empty()) {
    auto parsed = reference::Postcodes::parse(*postcodes_csv, r.postcodes, *areas);
    keep(parsed.status());
    if (parsed.ok()) postcodes = *std::move(parsed);
  }
  reference::MassAddresses mass;
  if (areas.ok() && !r.mass_addresses.empty()) {
    auto parsed = reference::MassAddresses::parse(*mass_csv, r.mass_addresses, postcodes);
    keep(parsed.status());
    if (parsed.ok() && errors.empty()) {
      mass = *std::move(parsed);
      areas = areas->divide(mass.areas());
      keep(areas.status());
    }
  }
  reference::Deprivation deprivation;
  if (areas.ok() && !r.deprivation.empty()) {
    auto parsed = reference::Deprivation::parse(*deprivation_csv, r.deprivation, *areas);
    keep(parsed.status());
    if (parsed.ok()) deprivation = *std::move(parsed);
  }
  if (!errors.empty()) return absl::InvalidArgumentError(errors);
  return reference::Reference{*std::move(areas),      *std::move(sectors),    std::move(postcodes),
                              desks_of(config.desks), std::move(deprivation), r.deprivation_index,
                              std::move(mass)};
}

absl::Status check_levels(const alerts::RuleSet& rules, const reference::Reference& reference) {
  std::set<std::string> areas;
  std::set<std::string> sectors;
  for (uint16_t i = 0; i < reference.areas.size(); ++i) {
    areas.insert(reference.areas.at(base::AreaId(i)).level);
  }
  for (uint16_t i = 0; i < reference.sectors.size(); ++i) {
    sectors.insert(reference.sectors.at(base::SectorId(i)).level);
  }
  std::string errors;
  auto const check = [&](const alerts::Rule& rule, const char* key,
                         const std::vector<std::string>& wanted,
                         const std::set<std::string>& known) {
    for (const std::string& level : wanted) {
      if (known.contains(level)) continue;
      base::append(errors, errors.empty() ? "" : "\n", "rules.", rule.id, ".", key,
                   ": the reference files have no level \"", level, "\"; there are ",
                   absl::StrJoin(known, ", "));
    }
  };
  for (const alerts::Rule& rule : rules.rules) {
    const alerts::NodeScope* const nodes = alerts::node_scope(rule);
    if (nodes == nullptr) continue;
    check(rule, "area_levels", nodes->area_levels, areas);
    check(rule, "sector_levels", nodes->sector_levels, sectors);
  }
  if (errors.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(errors);
}

std::optional<base::Days> last_holiday(const alerts::RuleSet& rules) {
  const base::SpecialDays& days = rules.business_calendar.days();
  if (!days.holidays.empty()) return days.holidays.back();
  if (!days.closures.empty()) return days.closures.back();
  return std::nullopt;
}

std::optional<base::Days> last_holiday(const config::DesksConfig& desks) {
  std::optional<base::Days> out = desks.common.last_holiday;
  for (const auto& [source, desk] : desks.by_source) {
    if (desk.last_holiday && (!out || *desk.last_holiday < *out)) out = desk.last_holiday;
  }
  return out;
}

std::string note_on_holidays(const alerts::RuleSet& rules, base::Days today) {
  const std::vector<base::Days>& holidays = rules.business_calendar.days().holidays;
  if (holidays.empty() || !ends_soon(holidays.back(), today)) return "";
  return base::cat("time.holidays: the last is ", base::format_date(holidays.back()),
                   "; later periods are judged without holidays: add the coming years");
}

std::vector<std::string> notes_on_desk_holidays(const config::DesksConfig& desks,
                                                base::Days today) {
  std::vector<std::string> notes;
  auto const note = [&](const config::DeskConfig& desk, std::string_view setting) {
    if (!desk.last_holiday || !ends_soon(*desk.last_holiday, today)) return;
    notes.push_back(base::cat(setting, "holidays: the last is ",
                              base::format_date(*desk.last_holiday),
                              "; later holidays count as working days: add the coming years"));
  };
  note(desks.common, "desk.");
  for (const auto& [source, desk] : desks.by_source) {
    if (desk.holidays != desks.common.holidays) note(desk, base::cat("desk.sources.", source, "."));
  }
  return notes;
}

kafka::ClientOptions kafka_client(const config::Config& config) {
  kafka::ClientOptions out;
  out.bootstrap_servers = config.kafka.bootstrap_servers;
  out.client_id = config.kafka.client_id;
  out.properties = config.kafka.properties;
  return out;
}

Inputs inputs_of(const config::Config& config) {
  Inputs out;
  for (const domain::TopicInfo& topic : domain::kTopics) {
    const std::string& name = config.kafka.topics[topic.id];
    if (name.empty()) continue;
    out.topics.push_back(name);
    out.kinds.push_back(topic.id);
  }
  return out;
}

std::vector<domain::Measure> forecast_measures(const config::ForecastsConfig& config) {
  std::vector<domain::Measure> out;
  for (const std::string& name : config.measures) out.push_back(*domain::find_measure(name));
  return out;
}

engine::EvaluatorOptions evaluator_options(const config::Config& config) {
  return {base::Calendar(config.time.calendar), config.time.history_periods,
          inputs_of(config).kinds};
}

}  // namespace bellwether::runtime
