// Checks the documentation of the contracts: a reader of proto/ alone must learn what everything
// means. The test reads the files line by line, which their formatting allows.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include "support/paths.h"

namespace bellwether {
namespace {

namespace fs = std::filesystem;

std::string trimmed(const std::string& line) {
  size_t const begin = line.find_first_not_of(' ');
  return begin == std::string::npos ? ""
                                    : line.substr(begin, line.find_last_not_of(' ') - begin + 1);
}

// Calls use(file, line number, declaration, the line before it).
template <class Use>
int each_declaration(const fs::path& path, Use use) {
  static std::regex const declaration(
      "(message|enum|service|rpc) \\w+.*"             // a type or a method
      "|(repeated |optional )?[\\w.]+ \\w+ = \\d+.*"  // a field
      "|[A-Z][A-Z0-9_]* = \\d+;.*");                  // a value
  std::ifstream file(path);
  std::string before;
  int number = 0;
  int found = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    std::string const text = trimmed(line);
    if (text.empty()) continue;
    if (std::regex_match(text, declaration)) {
      use(number, text, before);
      ++found;
    }
    before = text;
  }
  return found;
}

template <class Use>
void each_contract(Use use) {
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(testing::in_source("proto")))) {
    if (entry.path().extension() == ".proto") use(entry.path());
  }
}

TEST(ContractsTest, EveryMessageFieldValueAndMethodHasAComment) {
  int found = 0;
  each_contract([&](const fs::path& path) {
    found +=
        each_declaration(path, [&](int line, const std::string& text, const std::string& before) {
          EXPECT_TRUE(before.starts_with("//"))
              << path << ":" << line << ": " << text << " has no comment";
        });
  });
  EXPECT_GT(found, 500) << "the declarations were not found";
}

// Checks the lint rules of buf, as far as single lines show them.
TEST(ContractsTest, NamesFollowTheConventions) {
  static std::regex const method("rpc (\\w+)\\((\\w+)\\) returns \\((stream )?(\\w+)\\);");
  static std::regex const field("(repeated |optional )?[\\w.]+ ([a-z][a-z0-9_]*) = \\d+.*");
  each_contract([&](const fs::path& path) {
    std::string prefix;  // of the values of the current enum
    each_declaration(path, [&](int line, const std::string& text, const std::string&) {
      std::smatch parts;
      if (text.starts_with("rpc ")) {
        ASSERT_TRUE(std::regex_match(text, parts, method)) << path << ":" << line;
        EXPECT_EQ(parts[2], parts[1].str() + "Request") << path << ":" << line;
        EXPECT_EQ(parts[4], parts[1].str() + "Response") << path << ":" << line;
      } else if (text.starts_with("enum ")) {
        prefix.clear();
        for (char const c : text.substr(5, text.find(' ', 5) - 5)) {
          if (c >= 'A' && c <= 'Z' && !prefix.empty()) prefix += '_';
          prefix += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        }
      } else if (text[0] >= 'A' && text[0] <= 'Z' && text.find(' ') == text.find(" = ")) {
        EXPECT_TRUE(text.starts_with(prefix + "_")) << path << ":" << line << ": " << text;
        if (text.find(" = 0;") != std::string::npos) {
          EXPECT_TRUE(text.starts_with(prefix + "_UNSPECIFIED ")) << path << ":" << line;
        }
      } else if (text.find(" = ") != std::string::npos) {
        EXPECT_TRUE(std::regex_match(text, parts, field)) << path << ":" << line << ": " << text;
      }
    });
  });
}

// Without the option, Go needs a flag for every file. The path is in the domain "internal", which
// is reserved for private use, so that no stranger can publish a module under it.
TEST(ContractsTest, EveryFileNamesItsGoPackage) {
  int found = 0;
  each_contract([&](const fs::path& path) {
    std::string const folder = path.parent_path().parent_path().filename();
    std::string const wanted =
        "option go_package = \"bellwether.internal/api/" + folder + "/v1;" + folder + "v1\";";
    std::ifstream file(path);
    int options = 0;
    for (std::string line; std::getline(file, line);) options += line == wanted;
    EXPECT_EQ(options, 1) << path << ": add " << wanted;
    ++found;
  });
  EXPECT_GE(found, 12);
}

}  // namespace
}  // namespace bellwether
