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

}  // namespace
}  // namespace bellwether::log
