#include "adapters/log/log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace bellwether::log {
namespace {

nlohmann::json parsed(std::string_view part, std::string_view message) {
  return nlohmann::json::parse("{" + json_members(part, message) + "}");
}

TEST(LogTest, AMessageIsParsedBackUnchanged) {
  std::string const message = "line 1\nline 2\t\"quoted\" \\ \x01 Zürich";
  auto const line = parsed("start", message);
  EXPECT_EQ(line["part"], "start");
  EXPECT_EQ(line["message"], message);
  EXPECT_EQ(json_members("start", message).find('\n'), std::string::npos) << "one line per message";
}

TEST(LogTest, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_EQ(parsed("input",
                   "a\xff"
                   "b")["message"],
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(parsed("in\xc3", "cut off: \xe2\x82")["part"], "in\xef\xbf\xbd");
}

TEST(LogTest, F6_ALineOfTextShowsOnlyCharacters) {
  EXPECT_EQ(text_line("reload", "the old rules stay:\nb.yaml:3: Zürich"),
            "reload: the old rules stay:\nb.yaml:3: Zürich");
  EXPECT_EQ(text_line("input", "a\xff \x1b[31m\r"), "input: a\ufffd \ufffd[31m\ufffd");
  EXPECT_EQ(text_line("input", std::string(kLineBytesMax + 1, 'x')).size(),
            kLineBytesMax + std::string("input: ").size());
}

}  // namespace
}  // namespace bellwether::log
