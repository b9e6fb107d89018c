// Purpose: reads a YAML document and collects all errors with their lines, so that an operator can
// correct the whole file at once.
// Thread safety: one thread.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "core/base/csv.h"

namespace bellwether::config {

// "90s", "15m", "1h", "2d" → milliseconds. nullopt for any other text.
std::optional<int64_t> parse_duration_ms(std::string_view text);

// One mapping of the document. finish() reports the keys that were never read as errors.
class Section {
 public:
  Section(YAML::Node node, std::string path, base::LineErrors& errors);

  bool has(const std::string& key) const;
  // Each function reads `key` into `to`. If the key is absent or wrong, `to` does not change.
  void text(const std::string& key, std::string& to);
  void boolean(const std::string& key, bool& to);
  void number(const std::string& key, double& to, double least, double most);
  void integer(const std::string& key, int64_t& to, int64_t least, int64_t most);
  void integer(const std::string& key, int32_t& to, int32_t least, int32_t most);
  void duration(const std::string& key, int64_t& to_ms, int64_t least_ms, int64_t most_ms);
  // `example`: a list as the file may have it, for the error message.
  void texts(const std::string& key, std::vector<std::string>& to,
             std::string_view example = "[section, division]");
  // Calls `use` for each text of a list, or for a single text. An error that `use` returns is
  // reported with the line of that text. False if there was an error.
  bool each_text(const std::string& key,
                 const std::function<absl::Status(const std::string& text)>& use);
  // Sets `to` to the index of the value in `words`.
  void choice(const std::string& key, size_t& to, const std::vector<std::string>& words);
  // A mapping of words to words, not interpreted.
  void pairs(const std::string& key, std::vector<std::pair<std::string, std::string>>& to);
  // The value of `key`, for a caller that reads it itself. Undefined if the key is absent.
  YAML::Node value(const std::string& key) { return take(key); }
  // The mapping below `key`; empty if the key is absent.
  Section section(const std::string& key);
  // For keys that are names: calls `use` for every key of this mapping that holds a mapping, in
  // their order. Every other key is an error, except those read before.
  void each(const std::function<void(const std::string& name, Section section)>& use);
  // The number of errors of the document so far.
  size_t errors() const { return errors_.count(); }
  void error(const std::string& key, std::string_view what);
  // Adds an error at the key, if the file has it: the key is known, but not allowed in this
  // section.
  void refuse(const std::string& key, std::string_view what);
  // Reports an error for each key that was not read.
  void finish();
  int line() const;

 private:
  std::optional<std::string> scalar(const std::string& key);
  YAML::Node take(const std::string& key);

  YAML::Node node_;
  std::string path_;
  base::LineErrors& errors_;
  std::set<std::string> known_;
  std::set<std::string> refused_;
};

}  // namespace bellwether::config
