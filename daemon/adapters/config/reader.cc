#include "adapters/config/reader.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_join.h"
#include "core/base/text.h"

namespace bellwether::config {
namespace {

using base::cat;

int line_of(const YAML::Node& node) {
  return node.Mark().line + 1;
}

// The inverse of parse_duration_ms(), with the largest unit that divides it.
std::string duration_text(int64_t ms) {
  for (auto const& [unit, letter] :
       {std::pair{int64_t{86'400'000}, "d"}, std::pair{int64_t{3'600'000}, "h"},
        std::pair{int64_t{60'000}, "m"}}) {
    if (ms > 0 && ms % unit == 0) return cat(ms / unit, letter);
  }
  return cat(ms / 1'000, "s");
}

}  // namespace

std::optional<int64_t> parse_duration_ms(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  int64_t unit = 0;
  switch (text.back()) {
    case 's':
      unit = 1'000;
      break;
    case 'm':
      unit = 60'000;
      break;
    case 'h':
      unit = 3'600'000;
      break;
    case 'd':
      unit = 86'400'000;
      break;
    default:
      return std::nullopt;
  }
  auto const count = base::parse_number<int32_t>(text.substr(0, text.size() - 1));
  if (!count) return std::nullopt;
  return *count * unit;
}

Section::Section(YAML::Node node, std::string path, base::LineErrors& errors)
    : node_(std::move(node)), path_(std::move(path)), errors_(errors) {
  if (node_.IsDefined() && !node_.IsNull() && !node_.IsMap()) {
    errors_.add(line_of(node_),
                cat(path_.empty() ? "the file" : path_.substr(0, path_.size() - 1),
                    ": must be a mapping of keys to values; indent its keys below it"));
    node_ = YAML::Node();
  }
  if (!node_.IsMap()) return;
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    std::string const key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (!seen.insert(key).second) {
      errors_.add(line_of(entry.first), cat(path_, key, ": is given twice; keep one"));
    }
  }
}

int Section::line() const {
  return std::max(1, line_of(node_));  // an absent mapping has no line
}
bool Section::has(const std::string& key) const {
  return node_.IsMap() && node_[key].IsDefined();
}

YAML::Node Section::take(const std::string& key) {
  known_.insert(key);
  if (!node_.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
  const YAML::Node& map = node_;  // the non-const operator[] would insert the key
  YAML::Node value = map[key];
  return value.IsDefined() ? value : YAML::Node(YAML::NodeType::Undefined);
}

void Section::error(const std::string& key, std::string_view what) {
  int const at = has(key) ? line_of(node_[key]) : node_.IsMap() ? line_of(node_) : 1;
  errors_.add(at, cat(path_, key, ": ", what));
}

void Section::refuse(const std::string& key, std::string_view what) {
  if (!has(key)) return;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar() || entry.first.Scalar() != key) continue;
    errors_.add(line_of(entry.first), cat(path_, key, ": ", what));
  }
  refused_.insert(key);
}

std::optional<std::string> Section::scalar(const std::string& key) {
  YAML::Node const value = take(key);
  if (!value.IsDefined()) return std::nullopt;
  if (!value.IsScalar()) {
    error(key, "must be a single value");
    return std::nullopt;
  }
  return value.Scalar();
}

void Section::text(const std::string& key, std::string& to) {
  if (auto value = scalar(key)) to = *std::move(value);
}

void Section::boolean(const std::string& key, bool& to) {
  auto const value = scalar(key);
  if (!value) return;
  if (*value == "true") {
    to = true;
  } else if (*value == "false") {
    to = false;
  } else {
    error(key, cat("\"", *value, "\" is neither true nor false"));
  }
}

void Section::number(const std::string& key, double& to, double least, double most) {
  auto const value = scalar(key);
  if (!value) return;
  auto const number = base::parse_number<double>(*value);
  if (!number || !std::isfinite(*number) || *number < least || *number > most) {
    error(key, cat("\"", *value, "\" must be a number from ", least, " to ", most));
  } else {
    to = *number;
  }
}

void Section::integer(const std::string& key, int64_t& to, int64_t least, int64_t most) {
  auto const value = scalar(key);
  if (!value) return;
  auto const number = base::parse_number<int64_t>(*value);
  if (!number || *number < least || *number > most) {
    error(key, cat("\"", *value, "\" must be a whole number from ", least, " to ", most));
  } else {
    to = *number;
  }
}

void Section::integer(const std::string& key, int32_t& to, int32_t least, int32_t most) {
  int64_t wide = to;
  integer(key, wide, int64_t{least}, int64_t{most});
  to = static_cast<int32_t>(wide);
}

void Section::duration(const std::string& key, int64_t& to_ms, int64_t least_ms, int64_t most_ms) {
  auto const value = scalar(key);
  if (!value) return;
  auto const ms = parse_duration_ms(*value);
  if (!ms || *ms < least_ms || *ms > most_ms) {
    error(key, cat("\"", *value, "\" must be a duration from ", duration_text(least_ms), " to ",
                   duration_text(most_ms), ", such as 90s, 15m, 1h or 2d"));
  } else {
    to_ms = *ms;
  }
}

void Section::texts(const std::string& key, std::vector<std::string>& to,
                    std::string_view example) {
  YAML::Node const value = take(key);
  if (!value.IsDefined()) return;
  if (!value.IsSequence()) {
    error(key, cat("must be a list, for example ", example));
    return;
  }
  to.clear();
  for (const auto& entry : value) {
    if (entry.IsScalar()) {
      to.push_back(entry.Scalar());
    } else {
      error(key, "each entry of the list must be a single value");
    }
  }
}

bool Section::each_text(const std::string& key,
                        const std::function<absl::Status(const std::string&)>& use) {
  YAML::Node const value = take(key);
  if (!value.IsDefined()) return true;
  if (!value.IsScalar() && !value.IsSequence()) {
    refuse(key, "must be a text or a list of texts");  // at the key: an empty value has no line
    return false;
  }
  bool sound = true;
  auto const read = [&](const YAML::Node& entry) {
    absl::Status const used = entry.IsScalar()
                                  ? use(entry.Scalar())
                                  : absl::InvalidArgumentError("must be a single value");
    if (used.ok()) return;
    errors_.add(line_of(entry), cat(path_, key, ": ", base::from_absl(used.message())));
    sound = false;
  };
  if (value.IsScalar()) read(value);
  if (value.IsSequence()) std::for_each(value.begin(), value.end(), read);
  return sound;
}

void Section::choice(const std::string& key, size_t& to, const std::vector<std::string>& words) {
  auto const value = scalar(key);
  if (!value) return;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == *value) {
      to = i;
      return;
    }
  }
  error(key, cat("\"", *value, "\" is not known; write ", absl::StrJoin(words, " or ")));
}

void Section::pairs(const std::string& key, std::vector<std::pair<std::string, std::string>>& to) {
  YAML::Node const value = take(key);
  if (!value.IsDefined() || value.IsNull()) return;
  if (!value.IsMap()) {
    error(key, "must be a mapping of keys to values");
    return;
  }
  for (const auto& entry : value) {
    if (entry.first.IsScalar() && entry.second.IsScalar()) {
      to.emplace_back(entry.first.Scalar(), entry.second.Scalar());
    } else {
      error(key, "keys and values must be single values");
    }
  }
}

Section Section::section(const std::string& key) {
  return Section(take(key), cat(path_, key, "."), errors_);
}

void Section::each(const std::function<void(const std::string&, Section)>& use) {
  if (!node_.IsMap()) return;
  std::set<std::string> const others = known_;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar() || others.contains(entry.first.Scalar())) continue;
    std::string const name = entry.first.Scalar();
    known_.insert(name);
    if (entry.second.IsMap()) {
      use(name, Section(entry.second, cat(path_, name, "."), errors_));
    } else {
      errors_.add(line_of(entry.first),
                  cat(path_, name, ": must be a mapping of keys to values",
                      others.empty() ? "" : ", such as enabled: false; the other keys here are ",
                      absl::StrJoin(others, " and ")));
    }
  }
}

void Section::finish() {
  if (!node_.IsMap()) return;
  for (const auto& entry : node_) {
    std::string const key = entry.first.IsScalar() ? entry.first.Scalar() : "(not a word)";
    if (known_.contains(key) || refused_.contains(key)) continue;
    errors_.add(line_of(entry.first),
                cat(path_, key, ": no such key; known here: ", absl::StrJoin(known_, ", ")));
  }
}

}  // namespace bellwether::config
