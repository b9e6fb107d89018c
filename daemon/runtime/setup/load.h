// Purpose: loads the configuration and its files, and derives the options of the parts from it.
// Thread safety: pure, except for the files that are read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/config/config.h"
#include "adapters/kafka/client.h"
#include "core/engine/evaluator.h"
#include "core/events/event.h"
#include "core/reference/reference.h"

namespace bellwether::runtime {

// Reads the file and the files that it names: secrets, the special days, which become part of the
// rules, and the holidays of the support desks. Errors: InvalidArgument with all errors, also those
// of Kafka properties that librdkafka does not know or does not take; NotFound if a file cannot be
// read.
absl::StatusOr<config::Config> load_config(const std::string& path);
// Reads the reference files, and takes the working hours of the desks from `config`.
absl::StatusOr<reference::Reference> load_reference(const config::Config& config,
                                                    const std::string& config_path);

// A rule on a level that no area or no sector has tests nothing. Error: InvalidArgument, one line
// for each such level, with the levels that the reference files have.
absl::Status check_levels(const alerts::RuleSet& rules, const reference::Reference& reference);

// The last holiday in the rules, or, if there are closures only, the last closure; nullopt without
// either.
std::optional<base::Days> last_holiday(const alerts::RuleSet& rules);
// The last holiday of the desks' tables; of the table that ends first if desks have several.
std::optional<base::Days> last_holiday(const config::DesksConfig& desks);
// What an operator must know of the holidays in the rules: empty, or that the last of them comes
// within a year from `today`, after which every Monday to Friday is a business day.
std::string note_on_holidays(const alerts::RuleSet& rules, base::Days today);
// The same of the holidays of the support desks.
std::vector<std::string> notes_on_desk_holidays(const config::DesksConfig& desks, base::Days today);

kafka::ClientOptions kafka_client(const config::Config& config);

// The topics that are consumed, and the kind of each.
struct Inputs {
  std::vector<std::string> topics;
  std::vector<events::Topic> kinds;
};
Inputs inputs_of(const config::Config& config);

engine::EvaluatorOptions evaluator_options(const config::Config& config);
// The measures that are forecast between ticks.
std::vector<domain::Measure> forecast_measures(const config::ForecastsConfig& config);

}  // namespace bellwether::runtime
