// What Alertmanager is told of alerts that begin, go on, change and end.
#include "cli/notify/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "cli/notify/revision_guard.h"
#include "core/base/text.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr UnixMillis kBoardTime(1'700'000'000'000);
constexpr int64_t kMinute = 60'000;
constexpr int64_t kDay = 24 * 60 * kMinute;

UnixMillis later(int64_t ms) {
  return UnixMillis(kBoardTime.value + ms);
}
OpenAlert alert(const std::string& name, const std::string& severity = "amber") {
  return {name,
          {{"alertname", "births falling"}, {"alert", name}, {"severity", severity}, {"area", ""}},
          {{"summary", "births falling in " + name}},
          UnixMillis(kBoardTime.value - kDay)};
}
// All alerts that the board sends, by name and severity.
std::map<std::string, nlohmann::json> sent(const Board& board, UnixMillis now) {
  std::map<std::string, nlohmann::json> out;
  for (const Board::Batch& batch : board.batches("http://a", now)) {
    EXPECT_EQ(batch.request.url, "http://a/api/v2/alerts");
    for (const auto& each : nlohmann::json::parse(batch.request.body)) {
      out[base::cat(each["labels"]["alert"].get<std::string>(), " ",
                    each["labels"]["severity"].get<std::string>())] = each;
    }
  }
  return out;
}
void tell(Board& board, UnixMillis now) {
  for (const Board::Batch& batch : board.batches("http://a", now)) board.told(batch);
}

TEST(BoardTest, AnOpenAlertIsToldWithAnEndInTheFutureEachTime) {
  Board board;
  EXPECT_TRUE(board.look({alert("a")}, {}, kBoardTime));
  auto const first = sent(board, kBoardTime).at("a amber");
  EXPECT_EQ(first["startsAt"], base::format_instant(later(-kDay)));
  EXPECT_EQ(first["endsAt"], base::format_instant(later(kEndsAfterMs)));
  EXPECT_EQ(first["annotations"]["summary"], "births falling in a");
  EXPECT_FALSE(first["labels"].contains("area")) << "an empty label";
  EXPECT_FALSE(board.look({alert("a")}, {}, later(kMinute))) << "nothing to save";
  EXPECT_EQ(sent(board, later(kMinute)).at("a amber")["endsAt"],
            base::format_instant(later(kMinute + kEndsAfterMs)));
}

TEST(BoardTest, TellsWhatItHasToldOfAlertsThatAreOpen) {
  Board board;
  board.look({alert("a"), alert("b"), alert("c")}, {}, kBoardTime);
  board.look({alert("a"), alert("b", "red")}, {}, later(kMinute));
  std::vector<OpenAlert> const told = board.as_told({"b", "c", "d"});
  EXPECT_THAT(told, ElementsAre(alert("b", "red"))) << "c has ended, d was never told";
}

TEST(BoardTest, AlertmanagerNeverEndsAnAlertBetweenTwoTellings) {
  EXPECT_GE(kEndsAfterMs, 4 * kResendMsMax);
  EXPECT_LE(kResendMsDefault, kResendMsMax);
  EXPECT_LE(kResendMsMax, kMinute);
}

TEST(BoardTest, AClearedAlertIsToldAsResolvedForAQuarterOfAnHour) {
  Board board;
  board.look({alert("a")}, {}, kBoardTime);
  EXPECT_THAT(board.gone({}), ElementsAre("a"));
  EXPECT_TRUE(board.look({}, {{"a", later(-kMinute)}}, later(kMinute)));
  EXPECT_THAT(board.gone({}), IsEmpty());
  EXPECT_EQ(board.open(), 0);
  for (int64_t after : {int64_t{0}, kResolvedForMs - 1}) {
    EXPECT_FALSE(board.forget(later(kMinute + after)));
    EXPECT_EQ(sent(board, later(kMinute + after)).at("a amber")["endsAt"],
              base::format_instant(later(-kMinute)));
    tell(board, later(kMinute + after));
  }
  EXPECT_TRUE(board.forget(later(kMinute + kResolvedForMs)));
  EXPECT_TRUE(board.batches("http://a", later(kMinute + kResolvedForMs)).empty());
}

TEST(BoardTest, AnEndThatNobodyTookIsToldForADay) {
  Board board;
  board.look({alert("a")}, {}, kBoardTime);
  board.look({}, {}, kBoardTime);
  EXPECT_FALSE(board.forget(later(kResolvedForMsMax - 1)));
  EXPECT_TRUE(board.forget(later(kResolvedForMsMax)));
}

TEST(BoardTest, WithoutATimeOfClearingTheEndIsNow) {
  Board board;
  board.look({alert("a")}, {}, kBoardTime);
  // Before its beginning, in the future, or not known at all.
  board.look({}, {{"a", later(-2 * kDay)}}, kBoardTime);
  EXPECT_EQ(sent(board, kBoardTime).at("a amber")["endsAt"], base::format_instant(kBoardTime));
}

TEST(BoardTest, AnAlertThatEscalatesIsResolvedAsWhatItWas) {
  Board board;
  board.look({alert("a", "amber")}, {}, kBoardTime);
  board.look({alert("a", "red")}, {}, later(kMinute));
  auto const both = sent(board, later(kMinute));
  EXPECT_EQ(both.at("a amber")["endsAt"], base::format_instant(later(kMinute)));
  EXPECT_EQ(both.at("a red")["endsAt"], base::format_instant(later(kMinute + kEndsAfterMs)));
  EXPECT_EQ(board.open(), 1);
}

TEST(BoardTest, AnAlertThatComesBackIsOpenAgain) {
  Board board;
  board.look({alert("a")}, {}, kBoardTime);
  board.look({}, {}, later(kMinute));
  board.look({alert("a")}, {}, later(2 * kMinute));
  EXPECT_EQ(sent(board, later(2 * kMinute)).at("a amber")["endsAt"],
            base::format_instant(later(2 * kMinute + kEndsAfterMs)));
}

TEST(BoardTest, AStartInTheFutureIsNotAfterTheEnd) {
  Board board;
  OpenAlert early = alert("a");
  early.starts_at = later(kDay);
  board.look({early}, {}, kBoardTime);
  auto const told = sent(board, kBoardTime).at("a amber");
  EXPECT_EQ(told["startsAt"], told["endsAt"]);
}

TEST(BoardTest, ManyAlertsAreSentInParts) {
  Board board;
  std::vector<OpenAlert> open;
  for (size_t i = 0; i < 2 * kAlertsPerPost + 1; ++i) open.push_back(alert(base::cat("a", i)));
  board.look(open, {}, kBoardTime);
  auto const batches = board.batches("http://a", kBoardTime);
  ASSERT_EQ(batches.size(), 3);
  EXPECT_EQ(batches[0].keys.size(), kAlertsPerPost);
  EXPECT_EQ(batches[2].keys.size(), 1);
  EXPECT_EQ(sent(board, kBoardTime).size(), open.size());
}

TEST(BoardTest, MoreAlertsThanItHoldsAreCountedAndLeftOut) {
  Board board;
  std::vector<OpenAlert> open;
  for (size_t i = 0; i < kBoardMax + 2; ++i) open.push_back(alert(base::cat("a", i)));
  board.look(open, {}, kBoardTime);
  EXPECT_EQ(board.open(), kBoardMax);
  EXPECT_EQ(board.left_out(), 2);
  open.resize(3);
  board.look(open, {}, kBoardTime);
  EXPECT_EQ(board.left_out(), 0);
}

TEST(BoardTest, ItsTextIsTheBoard) {
  Board board;
  board.look({alert("a"), alert("b")}, {}, kBoardTime);
  board.look({alert("b", "red")}, {}, later(kMinute));
  tell(board, later(kMinute));
  Board again = testing::must(Board::parse(board.text()));
  EXPECT_EQ(again.text(), board.text());
  EXPECT_EQ(sent(again, later(kMinute)), sent(board, later(kMinute)));
  EXPECT_FALSE(again.forget(later(kMinute + kResolvedForMs - 1)));
  EXPECT_TRUE(again.forget(later(kMinute + kResolvedForMs)));
}

TEST(BoardTest, ADamagedTextIsAnError) {
  Board board;
  board.look({alert("a")}, {}, kBoardTime);
  std::string const text = board.text();
  for (const std::string& bad :
       {std::string(), std::string("[]"), std::string("{}"), text.substr(0, text.size() / 2),
        std::string(R"({"version":2,"alerts":[]})"),
        std::string(R"({"version":1,"alerts":[{"name":1}]})")}) {
    EXPECT_FALSE(Board::parse(bad).ok()) << bad;
  }
}

// An Alertmanager that is away at times, a daemon that is away at times, and restarts: whenever all
// are there, Alertmanager holds what is open and nothing else.
TEST(BoardTest, AlertmanagerHoldsWhatIsOpenThroughFailuresAndRestarts) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(base::cat("seed ", seed));
    testing::Random random(seed);
    Board board;
    std::string saved = board.text();
    std::map<std::string, int64_t> ends;  // at Alertmanager: alert and severity → endsAt
    std::map<std::string, std::string> open;
    UnixMillis now = kBoardTime;
    for (int round = 0; round < 200; ++round) {
      now = UnixMillis(now.value + kResendMsDefault);
      std::string const name(1, static_cast<char>('a' + random.below(5)));
      if (random.chance(0.2)) open[name] = random.chance(0.5) ? "red" : "amber";
      if (random.chance(0.15)) open.erase(name);
      if (random.chance(0.1)) board = testing::must(Board::parse(saved));
      bool const daemon = random.chance(0.8);
      bool const alertmanager = random.chance(0.8);
      if (daemon) {
        std::vector<OpenAlert> list;
        for (const auto& [which, severity] : open) list.push_back(alert(which, severity));
        board.look(list, {}, now);
      }
      board.forget(now);
      saved = board.text();
      if (!alertmanager || random.chance(0.05)) continue;  // away, or this process is killed
      for (const Board::Batch& batch : board.batches("http://a", now)) {
        for (const auto& each : nlohmann::json::parse(batch.request.body)) {
          ends[base::cat(each["labels"]["alert"].get<std::string>(), " ",
                         each["labels"]["severity"].get<std::string>())] =
              each["endsAt"] > base::format_instant(now) ? now.value + kEndsAfterMs : now.value;
        }
        board.told(batch);
      }
      if (!daemon) continue;
      std::set<std::string> held;
      for (const auto& [what, end] : ends) {
        if (end > now.value) held.insert(what);
      }
      std::set<std::string> wanted;
      for (const auto& [which, severity] : open) wanted.insert(base::cat(which, " ", severity));
      ASSERT_EQ(held, wanted) << "round " << round;
    }
  }
}

TEST(RevisionGuardTest, AnAnswerThatLeadsBackIsNotBelievedUnlessItStays) {
  RevisionGuard guard;
  EXPECT_TRUE(guard.take(10, kBoardTime));
  EXPECT_FALSE(guard.take(9, later(1)));
  EXPECT_TRUE(guard.take(10, later(2)));
  EXPECT_FALSE(guard.take(3, later(3)));
  EXPECT_FALSE(guard.take(4, later(3 + kBehindMsMax - 1)));
  EXPECT_TRUE(guard.take(4, later(3 + kBehindMsMax)));
  EXPECT_TRUE(guard.take(5, later(4 + kBehindMsMax)));
}

}  // namespace
}  // namespace bellwether::notify
