#include "adapters/rpc/filter_expression.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "adapters/rpc/limits.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/base/utf8.h"

namespace bellwether::rpc {

// Quoted text is always a value, whatever it contains.
enum class FilterTokenKind { kWord, kQuoted, kOperator, kMark, kEnd };
struct FilterToken {
  std::string text;
  FilterTokenKind kind = FilterTokenKind::kEnd;
  bool is(std::string_view mark) const { return kind == FilterTokenKind::kMark && text == mark; }
  bool keyword(std::string_view word) const {
    return kind == FilterTokenKind::kWord && absl::EqualsIgnoreCase(text, base::to_absl(word));
  }
  bool value() const { return kind == FilterTokenKind::kWord || kind == FilterTokenKind::kQuoted; }
};

namespace {

using base::cat;
using base::excerpt;

constexpr std::string_view kExample =
    "open = true AND (severity = RED OR area IN descendants(\"SG\"))";

absl::Status wrong(std::string_view what) {
  return absl::InvalidArgumentError(base::to_absl(what));
}

std::string shown(std::string_view text) {
  return cat("'", excerpt(text), "'");
}

bool is_word(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
}

// The length of the operator at the start of `text`; 0 if there is none.
size_t operator_length(std::string_view text) {
  for (std::string_view op : {"!=", "<=", ">="}) {
    if (text.starts_with(op)) return op.size();
  }
  return !text.empty() && (text[0] == '=' || text[0] == '<' || text[0] == '>') ? 1 : 0;
}

absl::StatusOr<std::vector<FilterToken>> split(std::string_view text) {
  std::vector<FilterToken> tokens;
  size_t i = 0;
  while (i < text.size()) {
    char const c = text[i];
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
      ++i;
    } else if (c == '"') {
      size_t const end = text.find('"', i + 1);
      if (end == std::string_view::npos) {
        return wrong("a quotation mark is not closed; add the second one");
      }
      tokens.push_back({std::string(text.substr(i + 1, end - i - 1)), FilterTokenKind::kQuoted});
      i = end + 1;
    } else if (size_t const n = operator_length(text.substr(i)); n > 0) {
      tokens.push_back({std::string(text.substr(i, n)), FilterTokenKind::kOperator});
      i += n;
    } else if (c == '(' || c == ')' || c == ',') {
      tokens.push_back({std::string(1, c), FilterTokenKind::kMark});
      ++i;
    } else if (is_word(c)) {
      size_t const begin = i;
      while (i < text.size() && is_word(text[i])) ++i;
      tokens.push_back({std::string(text.substr(begin, i - begin)), FilterTokenKind::kWord});
    } else {
      size_t const bytes = std::max<size_t>(base::utf8_length(text.substr(i)), 1);
      return wrong(cat(shown(text.substr(i, bytes)), " is not allowed here; write for example: ",
                       kExample, " (with straight quotation marks)"));
    }
  }
  tokens.emplace_back();
  return tokens;
}

FilterOp operator_of(std::string_view text) {
  return text == "="    ? FilterOp::kEqual
         : text == "!=" ? FilterOp::kNotEqual
         : text == "<"  ? FilterOp::kLess
         : text == "<=" ? FilterOp::kAtMost
         : text == ">"  ? FilterOp::kMore
                        : FilterOp::kAtLeast;
}

}  // namespace

class FilterParser {
 public:
  explicit FilterParser(std::vector<FilterToken> tokens) : tokens_(std::move(tokens)) {}

  absl::StatusOr<FilterExpression> parse() {
    if (token().kind == FilterTokenKind::kEnd) return std::move(out_);
    BELLWETHER_RETURN_IF_ERROR(joined(0));
    if (token().is(")")) return wrong("a ) closes nothing; remove it, or add the ( before it");
    return std::move(out_);
  }

 private:
  using Kind = FilterExpression::Kind;

  const FilterToken& token() const { return tokens_[at_]; }
  // The last token is the end, which is never passed.
  void pass() { at_ += at_ + 1 < tokens_.size() ? 1 : 0; }
  size_t open(Kind kind) {
    out_.nodes_.push_back({kind, 0, 0});
    return out_.nodes_.size() - 1;
  }
  void close(size_t node) { out_.nodes_[node].end = out_.nodes_.size(); }

  // One part, or several that are joined by the same word.
  absl::Status joined(int depth) {
    size_t const root = open(Kind::kAnd);
    BELLWETHER_RETURN_IF_ERROR(part(depth));
    std::string_view join;
    while (token().kind != FilterTokenKind::kEnd && !token().is(")")) {
      std::string_view const next = token().keyword("AND")  ? "AND"
                                    : token().keyword("OR") ? "OR"
                                                            : "";
      if (next.empty()) return wrong(cat(shown(token().text), ": join comparisons by AND or OR"));
      if (!join.empty() && join != next) {
        return wrong(
            cat("AND stands beside OR; say with parentheses which comes first, as in: ", kExample));
      }
      join = next;
      pass();
      if (token().kind == FilterTokenKind::kEnd) {
        return wrong(cat("ends with ", join, "; add a comparison"));
      }
      BELLWETHER_RETURN_IF_ERROR(part(depth));
    }
    if (join == "OR") out_.nodes_[root].kind = Kind::kOr;
    close(root);
    return absl::OkStatus();
  }

  absl::Status part(int depth) {
    bool const negated = token().keyword("NOT");
    if (!negated && !token().is("(")) return comparison();
    if (depth == kFilterDepthMax) {
      return wrong(cat("has more than ", kFilterDepthMax,
                       " levels of parentheses and NOT; write it in fewer"));
    }
    pass();
    if (negated) {
      size_t const root = open(Kind::kNot);
      BELLWETHER_RETURN_IF_ERROR(part(depth + 1));
      close(root);
      return absl::OkStatus();
    }
    BELLWETHER_RETURN_IF_ERROR(joined(depth + 1));
    if (!token().is(")")) return wrong("a ( is not closed; add the )");
    pass();
    return absl::OkStatus();
  }

  absl::Status comparison() {
    size_t const node = open(Kind::kComparison);
    out_.nodes_[node].comparison = out_.comparisons_.size();
    FilterComparison c;
    if (token().kind == FilterTokenKind::kEnd) return unfinished();
    if (token().kind != FilterTokenKind::kWord) {
      return wrong(cat(shown(token().text), " is no field; write FIELD = VALUE"));
    }
    c.field = token().text;
    pass();
    c.op_text = token().text;
    if (token().keyword("IN")) {
      c.op = FilterOp::kIn;
      pass();
      BELLWETHER_RETURN_IF_ERROR(list(c));
    } else {
      if (token().kind == FilterTokenKind::kEnd) return unfinished();
      if (token().kind != FilterTokenKind::kOperator) {
        return wrong(cat(shown(token().text), " cannot be used with ", excerpt(c.field),
                         "; write FIELD = VALUE or FIELD IN (VALUE, …)"));
      }
      c.op = operator_of(token().text);
      pass();
      BELLWETHER_RETURN_IF_ERROR(value(c));
    }
    out_.comparisons_.push_back(std::move(c));
    close(node);
    return absl::OkStatus();
  }

  absl::Status list(FilterComparison& c) {
    if (token().keyword("descendants")) {
      c.descendants = true;
      pass();
    }
    if (!token().is("(")) {
      return wrong(cat("after IN write a list, as in ", excerpt(c.field), " IN (A, B), or ",
                       excerpt(c.field), " IN descendants(A)"));
    }
    do {
      pass();
      BELLWETHER_RETURN_IF_ERROR(value(c));
    } while (token().is(","));
    if (!token().is(")")) return wrong("the list after IN is not closed; add the )");
    if (c.descendants && c.values.size() != 1) return wrong("descendants() takes one code");
    pass();
    return absl::OkStatus();
  }

  absl::Status value(FilterComparison& c) {
    if (token().kind == FilterTokenKind::kEnd) return unfinished();
    if (!token().value()) {
      return wrong(cat(shown(token().text), " is no value; write FIELD = VALUE"));
    }
    if (++terms_ > kFilterTermsMax) {
      return wrong(cat("compares with more than ", kFilterTermsMax, " values; ask several times"));
    }
    c.values.push_back(token().text);
    pass();
    return absl::OkStatus();
  }

  static absl::Status unfinished() {
    return wrong("ends in the middle of a comparison; write FIELD = VALUE");
  }

  std::vector<FilterToken> const tokens_;
  size_t at_ = 0;
  int terms_ = 0;
  FilterExpression out_;
};

absl::StatusOr<FilterExpression> FilterExpression::parse(std::string_view text) {
  if (text.size() > kFilterBytesMax) {
    return wrong(cat("is longer than ", kFilterBytesMax, " bytes; shorten it"));
  }
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<FilterToken> tokens, split(text));
  return FilterParser(std::move(tokens)).parse();
}

absl::Status no_such_field(const FilterComparison& c, std::string_view fields) {
  return absl::InvalidArgumentError(
      base::cat("'", base::excerpt(c.field), "' is no field; there are ", fields));
}

absl::Status check_equality(const FilterComparison& c) {
  if (c.op == FilterOp::kEqual || c.op == FilterOp::kNotEqual || c.op == FilterOp::kIn)
    return absl::OkStatus();
  return absl::InvalidArgumentError(
      base::cat("'", c.op_text, "' cannot be used with ", c.field, "; use =, != or IN"));
}

}  // namespace bellwether::rpc
