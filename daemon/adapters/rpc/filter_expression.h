// Purpose: the filter language of the services, modelled on AIP-160: comparisons joined by AND, OR
// and NOT. This file parses the language; a filter (filter.h) says which fields there are and what
// they are compared with.
//   filter     = [ joined ]
//   joined     = part { "AND" part } | part { "OR" part }
//   part       = "NOT" part | "(" joined ")" | comparison
//   comparison = FIELD ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) VALUE
//              | FIELD "IN" "(" VALUE { "," VALUE } ")"
//              | FIELD "IN" "descendants" "(" VALUE ")"
//   AND beside OR needs parentheses: AIP-160 and SQL read such a line in different ways. Keywords
//   may be written in capitals or not. A value is a word (letters, digits, '_', '-', '.') or is in
//   double quotes.
// Limits: kFilterBytesMax, kFilterTermsMax, kFilterDepthMax (limits.h).
// Thread safety: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bellwether::rpc {

enum class FilterOp : uint8_t { kEqual, kNotEqual, kLess, kAtMost, kMore, kAtLeast, kIn };

struct FilterComparison {
  std::string field;
  FilterOp op{};
  std::string op_text;  // as written, for errors
  bool descendants = false;
  std::vector<std::string> values;  // one, or those of an IN list
};

// Errors of a comparison that every filter gives: InvalidArgument, with the correction.
absl::Status no_such_field(const FilterComparison& comparison, std::string_view fields);
// OK if the operator is =, != or IN.
absl::Status check_equality(const FilterComparison& comparison);

class FilterExpression {
 public:
  // Error: InvalidArgument, with the correction.
  static absl::StatusOr<FilterExpression> parse(std::string_view text);

  const std::vector<FilterComparison>& comparisons() const { return comparisons_; }
  // `holds(i)`: whether the comparison i holds. True if the filter is empty.
  template <class Holds>
  bool evaluate(Holds holds) const {
    return nodes_.empty() || evaluate(0, holds);
  }

 private:
  friend class FilterParser;
  enum class Kind : uint8_t { kAnd, kOr, kNot, kComparison };
  // The nodes of a subtree follow its root.
  struct Node {
    Kind kind{};
    size_t end = 0;         // behind the last node of the subtree
    size_t comparison = 0;  // for kComparison
  };

  template <class Holds>
  bool evaluate(size_t at, Holds& holds) const {
    const Node& node = nodes_[at];
    if (node.kind == Kind::kComparison) return holds(node.comparison);
    if (node.kind == Kind::kNot) return !evaluate(at + 1, holds);
    bool const decisive = node.kind == Kind::kOr;  // one part with this value decides
    for (size_t part = at + 1; part < node.end; part = nodes_[part].end) {
      if (evaluate(part, holds) == decisive) return decisive;
    }
    return !decisive;
  }

  std::vector<Node> nodes_;  // empty: everything matches
  std::vector<FilterComparison> comparisons_;
};

}  // namespace bellwether::rpc
