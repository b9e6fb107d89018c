#include "runtime/service/status_board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Part objects(std::string why) {
  Part part;
  part.not_ready = [why = std::move(why)](bool) {
    return why.empty() ? std::nullopt
                       : std::optional(NotReady{NotReadyReason::kReadingJournal, why});
  };
  return part;
}

TEST(StatusBoardTest, WarningsOfPresentPartsAreListedOnce) {
  StatusBoard board;
  auto const warns = [](std::vector<std::string> what) {
    Part part;
    part.warnings = [what = std::move(what)] { return what; };
    return part;
  };
  auto first = board.post(warns({"a", "b"}));
  auto const second = board.post(warns({"b", "c"}));
  auto const silent = board.post({});
  EXPECT_THAT(board.warnings(), ElementsAre("a", "b", "c"));
  first.reset();
  EXPECT_THAT(board.warnings(), ElementsAre("b", "c"));
}

TEST(StatusBoardTest, ALaterPartOverwritesAnEarlierOne) {
  StatusBoard board;
  auto const plays = [](status::v1::Role role) {
    Part part;
    part.status = [role](status::v1::GetStatusResponse& out) { out.set_role(role); };
    part.scrape = [role](Scrape& s) { s.leader = role == status::v1::ROLE_LEADER; };
    return part;
  };
  auto const follower = board.post(plays(status::v1::ROLE_FOLLOWER));
  auto leader = board.post(plays(status::v1::ROLE_LEADER));
  status::v1::GetStatusResponse out;
  board.fill(out);
  EXPECT_EQ(out.role(), status::v1::ROLE_LEADER);
  EXPECT_TRUE(board.scrape().leader);
  leader.reset();
  board.fill(out);
  EXPECT_EQ(out.role(), status::v1::ROLE_FOLLOWER);
  EXPECT_FALSE(board.scrape().leader);
}

TEST(StatusBoardTest, IsReadyOnceNoPartObjects) {
  StatusBoard board;
  EXPECT_EQ(text_of(board.not_ready()), "starting") << "no part was asked yet";
  EXPECT_EQ(board.scrape().not_ready, NotReadyReason::kStarting);
  auto booting = board.post(objects("reading the journal"));
  auto const running = board.post(objects(""));
  EXPECT_FALSE(board.refresh()) << "unchanged: not ready";
  EXPECT_EQ(text_of(board.not_ready()), "reading the journal");
  EXPECT_EQ(board.scrape().not_ready, NotReadyReason::kReadingJournal);
  status::v1::GetStatusResponse out;
  board.fill(out);
  EXPECT_FALSE(out.ready());
  EXPECT_EQ(out.not_ready(), "reading the journal");
  booting.reset();
  EXPECT_TRUE(board.refresh());
  EXPECT_TRUE(board.ready());
  EXPECT_EQ(board.scrape().not_ready, std::nullopt);
  EXPECT_FALSE(board.refresh());
  board.fill(out);
  EXPECT_TRUE(out.ready());
  EXPECT_THAT(out.not_ready(), IsEmpty());
}

TEST(StatusBoardTest, PartsLearnWhetherTheReplicaWasReady) {
  StatusBoard board;
  std::vector<bool> told;
  Part part;
  part.not_ready = [&](bool was_ready) {
    told.push_back(was_ready);
    return std::optional<NotReady>();
  };
  auto const posting = board.post(part);
  board.refresh();
  board.refresh();
  EXPECT_THAT(told, ElementsAre(false, true));
}

TEST(StatusBoardTest, AClosedBoardIsNeverReadyAgain) {
  StatusBoard board;
  auto const posting = board.post(objects(""));
  board.refresh();
  board.close({NotReadyReason::kDraining, "draining"});
  EXPECT_FALSE(board.refresh());
  EXPECT_EQ(text_of(board.not_ready()), "draining");
}

}  // namespace
}  // namespace bellwether::runtime
