// Purpose: reads the parts of a mapping that say where a value comes from: constants, columns,
// templates and code lists.
// Thread safety: one thread.
#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/config/reader.h"
#include "connect/table/mapping.h"

namespace bellwether::connect::table {

// What a value is for.
struct Target {
  FieldType type = FieldType::kText;
  const google::protobuf::FieldDescriptor* field = nullptr;  // nullptr: a key of the mapping's own
  std::string path;                                          // for messages and limits
  bool repeated = false;
};
Target target_of(const google::protobuf::FieldDescriptor& field, std::string path);

// A constant of the mapping as a value of the target. Error: InvalidArgument.
absl::StatusOr<Scalar> read_scalar(const Target& target, const std::string& text);

class ValueReader {
 public:
  ValueReader(base::LineErrors& errors, std::vector<Column>& columns)
      : errors_(errors), columns_(columns) {}

  // Reads `lists:`. Values are checked when a field uses the list.
  void read_lists(config::Section lists);
  // Lists that no field uses are errors, because they are usually misspelt.
  void finish();

  // nullopt after an error.
  std::optional<Value> read(const YAML::Node& node, const Target& target);
  std::optional<Template> read_template(const std::string& text, int line, const std::string& path);
  // The list of conditions of `key`; empty if the key is absent.
  std::vector<Condition> read_conditions(config::Section& section, const std::string& key);
  // The kinds of a column's values.
  void read_kinds(config::Section& section, domain::Topic topic, EventRule& to);
  // The number of a column.
  size_t column(const std::string& name, int line, bool optional = false);

 private:
  struct Entry {
    std::string code;
    std::string value;
    int line = 0;
  };
  struct List {
    std::vector<Entry> entries;
    std::optional<Entry> otherwise;
    int line = 0;
    bool used = false;
  };

  void read_source(config::Section& section, const Target& target, Value& to);
  void read_form(config::Section& section, const Target& target, Value& to);
  void read_number(config::Section& section, NumberForm& to);
  void read_time(config::Section& section, const Target& target, Value& to);
  std::optional<CodeList> read_codes(config::Section& section, const Target& target);
  void add_code(const Entry& entry, const Scalar& value, CodeList& to);

  base::LineErrors& errors_;
  std::vector<Column>& columns_;
  std::map<std::string, List> lists_;
};

}  // namespace bellwether::connect::table
