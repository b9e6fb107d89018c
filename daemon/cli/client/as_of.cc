#include "cli/client/as_of.h"

#include <cstdio>

#include "core/base/text.h"

namespace bellwether::cli {

void add_as_of(CLI::App& command, Context& context) {
  command
      .add_option("--as-of", context.as_of,
                  "answer as it was then: a period, when it had just been judged, or the revision "
                  "that an earlier answer tells; whether a silence is over is told as of now")
      ->check([](const std::string& text) {
        auto const revision = base::parse_number<int64_t>(text);
        return revision && *revision <= 0 ? "must be a period or a revision above 0"
                                          : std::string();
      });
}

void set_as_of(const Context& context, common::v1::AsOf& to) {
  if (context.as_of.empty()) return;
  if (auto const revision = base::parse_number<int64_t>(context.as_of)) {
    to.set_revision(*revision);
  } else {
    to.set_period(context.as_of);
  }
}

std::string data_through(const common::v1::Basis& basis) {
  std::string const through =
      basis.data_through().empty() ? "(no period yet)" : basis.data_through();
  return base::cat("data through ", through, ", revision ", basis.revision(),
                   basis.catching_up() ? " (still reading)" : "");
}

void print_basis(const common::v1::Basis& basis) {
  std::printf("\n%s%s%s\n", data_through(basis).c_str(),
              basis.rounded() ? ", counts of cases rounded to 5" : "",
              basis.suppressed() ? ", small counts withheld" : "");
  if (!basis.working_hours().empty())
    std::printf("working hours: %s\n", basis.working_hours().c_str());
  for (const std::string& warning : basis.coverage_warnings())
    std::printf("warning: %s\n", warning.c_str());
}

}  // namespace bellwether::cli
