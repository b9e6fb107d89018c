#include "adapters/rpc/filter.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "adapters/rpc/limits.h"
#include "adapters/rpc/periods.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/base/utf8.h"

namespace bellwether::rpc {
namespace {

using base::cat;
using base::excerpt;

// Quoted text is always a value, whatever it contains.
enum class TokenKind { kWord, kQuoted, kOperator };
struct Token {
  std::string text;
  TokenKind kind{};
};

absl::StatusOr<std::vector<Token>> split(std::string_view text) {
  std::vector<Token> tokens;
  size_t i = 0;
  auto const is_word = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
  };
  while (i < text.size()) {
    char const c = text[i];
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
      ++i;
    } else if (c == '"') {
      size_t const end = text.find('"', i + 1);
      if (end == std::string_view::npos) {
        return absl::InvalidArgumentError("a quotation mark is not closed; add the second one");
      }
      tokens.push_back({std::string(text.substr(i + 1, end - i - 1)), TokenKind::kQuoted});
      i = end + 1;
    } else if (c == '=' || c == '<' || c == '>') {
      size_t const n = c != '=' && i + 1 < text.size() && text[i + 1] == '=' ? 2 : 1;
      tokens.push_back({std::string(text.substr(i, n)), TokenKind::kOperator});
      i += n;
    } else if (is_word(c)) {
      size_t const begin = i;
      while (i < text.size() && is_word(text[i])) ++i;
      tokens.push_back({std::string(text.substr(begin, i - begin)), TokenKind::kWord});
    } else {
      std::string_view const character =
          text.substr(i, std::max<size_t>(base::utf8_length(text.substr(i)), 1));
      return absl::InvalidArgumentError(
          cat("'", excerpt(character),
              "' is not allowed here; write for example: open = true AND severity = RED AND "
              "area = \"SG\" (with straight quotation marks)"));
    }
  }
  return tokens;
}

std::optional<int64_t> severity_number(std::string text) {
  absl::AsciiStrToLower(&text);
  auto const found = std::ranges::find(alerts::kSeverityNames, text);
  if (found == alerts::kSeverityNames.end()) return std::nullopt;
  return found - alerts::kSeverityNames.begin();
}

}  // namespace

// Parses the operator after `field`.
absl::StatusOr<AlertFilter::Op> AlertFilter::read_op(std::string_view field, bool ordered,
                                                     std::string_view text, bool is_operator) {
  if (is_operator && text == "=") return Op::kEqual;
  if (is_operator && ordered && text == ">=") return Op::kAtLeast;
  if (is_operator && ordered && text == "<=") return Op::kAtMost;
  return absl::InvalidArgumentError(cat("'", excerpt(text), "' cannot be used with ", field,
                                        "; use =", ordered ? ", >= or <=" : ""));
}

// Checks c.text. Sets c.number if the field compares numbers.
absl::Status AlertFilter::read_value(std::string_view field, base::Calendar calendar,
                                     Comparison& c) {
  switch (c.field) {
    case Field::kOpen:
    case Field::kHistorical:
    case Field::kAcknowledged:
      if (c.text != "true" && c.text != "false") {
        return absl::InvalidArgumentError(
            cat(field, " is true or false, not '", excerpt(c.text), "'"));
      }
      c.number = c.text == "true";
      break;
    case Field::kSeverity: {
      auto const severity = severity_number(c.text);
      if (!severity || *severity == 0) {
        return absl::InvalidArgumentError(
            cat("'", excerpt(c.text), "' is no severity; say OPS, AMBER or RED"));
      }
      c.number = *severity;
      break;
    }
    case Field::kRaised: {
      BELLWETHER_ASSIGN_OR_RETURN(base::PeriodIndex const period, parse_period(calendar, c.text));
      c.number = period.value;
      break;
    }
    case Field::kRule:
    case Field::kArea:
    case Field::kSector:
      break;
  }
  return absl::OkStatus();
}

absl::StatusOr<AlertFilter> AlertFilter::parse(std::string_view text, base::Calendar calendar) {
  if (text.size() > kFilterBytesMax) {
    return absl::InvalidArgumentError(
        cat("is longer than ", kFilterBytesMax, " bytes; shorten it"));
  }
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<Token> const tokens, split(text));
  static constexpr std::array<std::string_view, 8> kFields = {
      "open", "rule", "severity", "area", "sector", "historical", "acknowledged", "raised_period"};
  AlertFilter filter;
  for (size_t i = 0; i < tokens.size(); i += 4) {
    if (i + 3 > tokens.size()) {
      return absl::InvalidArgumentError("ends in the middle of a comparison; write FIELD = VALUE");
    }
    Comparison c;
    const std::string& name = tokens[i].text;
    auto const field = std::ranges::find(kFields, name);
    if (field == kFields.end() || tokens[i].kind != TokenKind::kWord) {
      return absl::InvalidArgumentError(
          cat("'", excerpt(name),
              "' is no field; there are open, rule, severity, area, sector, historical, "
              "acknowledged, raised_period"));
    }
    c.field = static_cast<Field>(field - kFields.begin());
    bool const ordered = c.field == Field::kSeverity || c.field == Field::kRaised;
    BELLWETHER_ASSIGN_OR_RETURN(c.op, read_op(name, ordered, tokens[i + 1].text,
                                              tokens[i + 1].kind == TokenKind::kOperator));
    c.text = tokens[i + 2].text;
    if (tokens[i + 2].kind == TokenKind::kOperator) {
      return absl::InvalidArgumentError(
          cat("'", excerpt(c.text), "' is no value; write FIELD = VALUE"));
    }
    BELLWETHER_RETURN_IF_ERROR(read_value(name, calendar, c));
    filter.all_.push_back(std::move(c));
    if (i + 3 < tokens.size() &&
        (tokens[i + 3].text != "AND" || tokens[i + 3].kind != TokenKind::kWord)) {
      return absl::InvalidArgumentError(
          cat("'", excerpt(tokens[i + 3].text), "': join comparisons by AND"));
    }
    if (i + 4 == tokens.size()) {
      return absl::InvalidArgumentError("ends with AND; add a comparison");
    }
  }
  return filter;
}

bool AlertFilter::matches(const alerts::Alert& alert) const {
  auto const compare = [](const Comparison& c, int64_t value) {
    return c.op == Op::kEqual     ? value == c.number
           : c.op == Op::kAtLeast ? value >= c.number
                                  : value <= c.number;
  };
  return std::ranges::all_of(all_, [&](const Comparison& c) {
    switch (c.field) {
      case Field::kOpen:
        return compare(c, alert.state.open);
      case Field::kRule:
        return alert.state.key.rule == c.text;
      case Field::kSeverity:
        return compare(c, static_cast<int64_t>(alert.state.severity));
      case Field::kArea:
        return alert.state.key.area == c.text;
      case Field::kSector:
        return alert.state.key.sector == c.text;
      case Field::kHistorical:
        return compare(c, alert.state.historical);
      case Field::kAcknowledged:
        return compare(c, alert.acknowledgement.has_value());
      case Field::kRaised:
        return compare(c, alert.state.raised.value);
    }
    return false;
  });
}

}  // namespace bellwether::rpc
