#include "adapters/config/document.h"

#include <yaml-cpp/eventhandler.h>

#include <sstream>
#include <string>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/base/text_file_format.h"

namespace bellwether::config {
namespace {

// Finds the line of the first content in a document.
class FirstContent : public YAML::EventHandler {
 public:
  std::optional<int> line() const { return line_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { at(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string&) override {
    at(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    at(mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    at(mark);
  }
  void OnMapEnd() override {}

 private:
  void at(const YAML::Mark& mark) {
    if (!line_) line_ = mark.line + 1;
  }
  std::optional<int> line_;
};

void add_settings(const YAML::Node& node, const std::string& path,
                  std::map<std::string, uint64_t>& out) {
  if (!node.IsMap()) {
    out[path] = base::hash64(node.IsScalar() ? node.Scalar() : YAML::Dump(node));
    return;
  }
  for (const auto& entry : node) {
    auto const key = entry.first.as<std::string>("");
    add_settings(entry.second, path.empty() ? key : base::cat(path, ".", key), out);
  }
}

}  // namespace

// Parses at most two documents, one by one. If a text begins with a comma, yaml-cpp 0.7 finds an
// endless number of empty documents, and YAML::LoadAll asks for all of them.
std::optional<YAML::Node> read_document(std::string_view text, base::LineErrors& errors) {
  // YAML may be UTF-16 or UTF-32, too. yaml-cpp replaces other bytes without a word.
  if (auto const wrong = base::find_not_utf8(text); wrong && !base::other_format(text)) {
    errors.add(wrong->line, wrong->what);
    return std::nullopt;
  }
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    FirstContent first;
    FirstContent second;
    bool const goes_on = parser.HandleNextDocument(first) && parser.HandleNextDocument(second);
    if (second.line()) {
      errors.add(*second.line(), "a second YAML document is not read; keep only one document");
      return std::nullopt;
    }
    if (goes_on && !first.line()) {
      errors.add(1, "not YAML: begin with a mapping of keys to values");
      return std::nullopt;
    }
    return YAML::Load(std::string(text));
  } catch (const YAML::Exception& e) {
    errors.add(e.mark.line + 1, base::cat("not YAML: ", e.msg));
    return std::nullopt;
  }
}

std::map<std::string, uint64_t> settings_of(const YAML::Node& document) {
  std::map<std::string, uint64_t> out;
  add_settings(document, "", out);
  return out;
}

}  // namespace bellwether::config
