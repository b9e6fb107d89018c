#include "cli/series/series_command.h"

#include <cstdio>

#include "absl/strings/str_format.h"
#include "cli/text_file.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

// Prints the message as it is, because it names the file already.
std::nullopt_t refuse(const absl::Status& status, Context& context) {
  print_error(base::cat(status.message(), "\n"));
  context.exit_code = static_cast<int>(Exit::kUsage);
  return std::nullopt;
}

}  // namespace

CLI::Validator within(double low, double high) {
  std::string const range = absl::StrFormat("%g to %g", low, high);
  return {[=](std::string& text) {
            auto const x = base::parse_number<double>(text);
            return x && *x >= low && *x <= high ? std::string() : "must be a number from " + range;
          },
          range};
}

std::optional<analysis::SeriesTable> read_series(const std::string& file,
                                                 const analysis::PeriodScale& scale,
                                                 analysis::Values values, Context& context) {
  auto const text = read_text_file(file);
  if (!text.ok()) return refuse(text.status(), context);
  auto table = analysis::parse_series(*text, file, scale, values);
  if (!table.ok()) return refuse(table.status(), context);
  for (const base::LineError& e : table->bad) {
    print_error(base::cat(file, ":", e.line, ": ", e.what, "\n"));
  }
  if (!table->bad.empty()) context.exit_code = static_cast<int>(Exit::kUsage);
  return *std::move(table);
}

void add_holidays(CLI::App& app, std::vector<std::string>& files, const std::string& group) {
  app.add_option("--holidays", files,
                 "CSV file with columns date,effect,name (deploy/reference/README.md); several "
                 "files are united")
      ->group(group);
}

absl::StatusOr<base::BusinessCalendar> read_holidays(const std::vector<std::string>& files) {
  base::SpecialDays days;
  for (const std::string& file : files) {
    BELLWETHER_ASSIGN_OR_RETURN(std::string const text, read_text_file(file));
    BELLWETHER_ASSIGN_OR_RETURN(base::SpecialDays const more, base::parse_special_days(text, file));
    days = base::united(days, more);
  }
  auto calendar = base::BusinessCalendar::make(std::move(days));
  if (calendar.ok()) return calendar;
  return absl::InvalidArgumentError(
      base::cat("--holidays: ", base::from_absl(calendar.status().message())));
}

void write_rows(const std::string& csv, const std::string& file, Context& context) {
  if (!file.empty()) {
    absl::Status const written = write_text_file(file, csv);
    if (!written.ok()) context.fail(Exit::kFailure, base::from_absl(written.message()));
  } else if (std::fwrite(csv.data(), 1, csv.size(), stdout) != csv.size() ||
             std::fflush(stdout) != 0) {
    context.fail(Exit::kFailure,
                 "standard output cannot be written; write to a file with --output-file");
  }
}

void write_figure(const analysis::PlotFigure& figure, const std::string& file, Context& context) {
  if (!figure.note.empty()) std::fprintf(stderr, "%s: %s\n", file.c_str(), figure.note.c_str());
  auto const bytes = analysis::draw(figure, *analysis::plot_format(file));
  absl::Status const written = bytes.ok() ? write_text_file(file, *bytes) : bytes.status();
  if (!written.ok()) context.fail(Exit::kFailure, base::from_absl(written.message()));
}

}  // namespace bellwether::cli
