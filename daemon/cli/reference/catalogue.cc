#include "cli/reference/catalogue.h"

#include <string_view>
#include <variant>
#include <vector>

#include "core/alerts/rules.h"
#include "core/base/text.h"
#include "core/domain/indicators.h"
#include "core/domain/measures.h"

namespace bellwether::cli {
namespace {

using Row = std::vector<std::string>;

void add_row(std::string& out, const Row& cells) {
  for (const std::string& cell : cells) base::append(out, "| ", cell, " ");
  out += "|\n";
}

void add_head(std::string& out, const Row& titles) {
  add_row(out, titles);
  for (size_t i = 0; i < titles.size(); ++i) out += "|---";
  out += "|\n";
}

std::string code(std::string_view text) {
  return text.empty() ? "" : base::cat("`", text, "`");
}

std::string window_name(domain::Window window) {
  switch (window) {
    case domain::Window::kNow:
      return "at the end of a period";
    case domain::Window::kFourWeeks:
      return "4 weeks or a month";
    case domain::Window::kQuarter:
      return "13 weeks or 3 months";
    case domain::Window::kYear:
      return "12 months";
    case domain::Window::kGrowing:
      return "4 weeks to 12 months, as short as has enough cases";
  }
  return "";
}

std::string_view harm_name(std::optional<base::Harm> harm) {
  return harm ? base::kHarmNames[static_cast<size_t>(*harm)] : "";
}

std::string privacy_name(domain::Privacy privacy) {
  return privacy == domain::Privacy::kPublic
             ? "public"
             : "about people: small figures are withheld, others rounded";
}

std::string divisions_of(domain::Measure measure) {
  std::string out;
  for (const domain::DivisionInfo& d : domain::kDivisions) {
    if (domain::divides(d.id, measure)) base::append(out, out.empty() ? "" : ", ", d.title);
  }
  return out;
}

std::string second_condition(const std::optional<alerts::SecondCondition>& second) {
  if (!second) return "";
  return base::cat("; and `", domain::info(second->indicator).name, "` below ", second->below);
}

// When a rule gives an alert.
struct Condition {
  base::Calendar calendar;

  std::string operator()(const alerts::SourceRule& r) const {
    return base::cat("a topic's count is at most ", r.limit, " of what its habit makes expected");
  }
  std::string operator()(const alerts::CountRule& r) const {
    return base::cat("`", domain::info(r.measure).name, "` implausibly ", harm_name(r.harm),
                     " against the same season of earlier years; at least ", r.expected_min,
                     " expected in a month", second_condition(r.second));
  }
  std::string operator()(const alerts::ShareRule& r) const {
    return base::cat("sums of the scores of `", domain::info(r.indicator).name, "`, harm is ",
                     harm_name(r.harm), ", reach ", r.cusum_threshold);
  }
  std::string operator()(const alerts::LimitRule& r) const {
    std::string const unit = calendar.unit() == base::CalendarUnit::kWeek ? "week" : "month";
    return base::cat(
        "`", domain::info(r.indicator).name, "` ",
        r.harm == base::Harm::kLow ? "at most " : "at least ", r.limit,
        r.persistence > 1 ? base::cat(", ", r.persistence, " ", unit, "s in a row") : "",
        second_condition(r.second));
  }
  std::string operator()(const alerts::CompositeRule& r) const {
    std::string out = base::cat("sums of the scores reach ", r.cusum_threshold, " of ");
    std::string_view separator;
    for (const alerts::CompositePart& part : r.parts) {
      base::append(out, separator, "`", domain::info(part.measure).name, "` ",
                   harm_name(part.harm));
      separator = ", ";
    }
    return out + second_condition(r.second);
  }
};

void add_indicators(std::string& out) {
  out += "\n## Indicators\n\n";
  add_head(out, {"no.", "name", "title", "formula", "unit", "window", "harm is", "base"});
  for (const domain::IndicatorInfo& i : domain::kIndicators) {
    add_row(out, {base::cat(i.number), code(i.name), std::string(i.title), std::string(i.formula),
                  std::string(i.unit), window_name(i.window), std::string(harm_name(i.harm)),
                  i.minimum_base > 0 ? base::cat(i.minimum_base) : ""});
  }
}

void add_rules(std::string& out, base::Calendar calendar) {
  out += "\n## Rules\n\n";
  add_head(out, {"rule", "title", "condition", "severity", "what to do"});
  for (const alerts::Rule& r : alerts::default_rules(calendar).rules) {
    add_row(out,
            {r.id, r.title + (r.enabled ? "" : " (off)"), std::visit(Condition{calendar}, r.detail),
             std::string(alerts::kSeverityNames[static_cast<size_t>(r.severity)]), r.action});
  }
}

void add_measures(std::string& out) {
  out += "\n## Measures\n\n";
  add_head(out, {"name", "title", "divided by", "who may see it"});
  for (const domain::MeasureInfo& m : domain::kMeasures)
    add_row(out, {code(m.name), std::string(m.title), divisions_of(m.id), privacy_name(m.privacy)});
}

}  // namespace

std::string catalogue(base::Calendar calendar) {
  std::string out =
      "# Catalogue\n\n"
      "Printed by `bellwether reference catalogue`. Numbers of indicators are those of the "
      "design;\n"
      "several indicators may share one. Without its base an indicator has no value. Rules are "
      "the\n"
      "defaults; the configuration can change each number.\n";
  add_indicators(out);
  add_rules(out, calendar);
  add_measures(out);
  return out;
}

}  // namespace bellwether::cli
