#include "connect/lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bellwether::connect {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> cut(std::string_view text, size_t piece, size_t bytes_max = 100) {
  std::vector<std::string> out;
  auto const use = [&](std::string_view line) { out.emplace_back(line); };
  LineCutter lines(bytes_max);
  for (size_t at = 0; at < text.size(); at += piece) lines.feed(text.substr(at, piece), use);
  lines.finish(use);
  return out;
}

TEST(LineCutterTest, TheLinesDoNotDependOnThePieces) {
  for (size_t piece = 1; piece < 20; ++piece) {
    EXPECT_THAT(cut("one\r\n\ntwo\nthree", piece), ElementsAre("one", "", "two", "three"));
  }
}

TEST(LineCutterTest, OfALongLineOneByteMoreThanTheLimitIsGiven) {
  for (size_t piece = 1; piece < 20; ++piece) {
    EXPECT_THAT(cut("0123456789\nab\n", piece, 4), ElementsAre("01234", "ab"));
  }
}

TEST(LineCutterTest, ALineThatBrokeOffIsForgotten) {
  std::vector<std::string> out;
  auto const use = [&](std::string_view line) { out.emplace_back(line); };
  LineCutter lines(100);
  lines.feed("whole\nhal", use);
  lines.forget();
  lines.feed("again\n", use);
  EXPECT_THAT(out, ElementsAre("whole", "again"));
}

}  // namespace
}  // namespace bellwether::connect
