// Deliveries to a webhook: their order, their failures, and restarts in every state.
#include "cli/notify/courier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/client/notify/state_folder.h"
#include "core/base/text.h"
#include "support/memory_disk.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::notify {
namespace {

using ::testing::HasSubstr;
using Step = Courier::Step;

constexpr UnixMillis kCourierTime(1'700'000'000'000);
const http::Answer kTaken = {.status = 204};
const http::Answer kDown = {.status = 503, .body = "try later"};

Event event(const std::string& id) {
  return {id, "raised", "alerts/" + id, kCourierTime, "{}"};
}
Courier courier(const std::string& saved = "7") {
  return Courier("http://a/b", "/bellwether/test", saved);
}

TEST(CourierTest, TheTokenIsSavedOnlyAfterTheDelivery) {
  Courier c = courier();
  EXPECT_EQ(c.next(kCourierTime), Step::kTake);
  c.take(event("8.0"), "8.0");
  EXPECT_EQ(c.next(kCourierTime), Step::kPost);
  EXPECT_THAT(c.request("").body, HasSubstr(R"("id":"8.0")"));
  (void)c.answered(kTaken, kCourierTime, 0);
  EXPECT_EQ(c.next(kCourierTime), Step::kSave);
  EXPECT_EQ(c.token(), "8.0");
  c.saved();
  EXPECT_EQ(c.next(kCourierTime), Step::kTake);
}

TEST(CourierTest, AFailedDeliveryIsRepeatedAfterItsWait) {
  Courier c = courier();
  c.take(event("8.0"), "8.0");
  std::string const body = c.request("").body;
  (void)c.answered(kDown, kCourierTime, 0);
  EXPECT_EQ(c.next(kCourierTime), Step::kWait);
  EXPECT_EQ(c.next(UnixMillis(c.due().value - 1)), Step::kWait);
  EXPECT_EQ(c.next(c.due()), Step::kPost);
  EXPECT_EQ(c.request("").body, body);
}

TEST(CourierTest, WhatIsGivenUpIsBuriedBeforeTheTokenIsSaved) {
  Courier c = courier();
  c.take(event("8.0"), "8.0");
  for (int i = 0; i < kRefusalsMax; ++i)
    (void)c.answered({.status = 422, .body = "no such rule"}, kCourierTime, 0);
  ASSERT_EQ(c.next(kCourierTime), Step::kBury);
  auto const letter = nlohmann::json::parse(c.dead_letter(kCourierTime));
  EXPECT_EQ(letter["given_up_at"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(letter["reason"], "answered 422: no such rule");
  EXPECT_EQ(letter["attempts"], kRefusalsMax);
  EXPECT_EQ(letter["event"]["id"], "8.0");
  EXPECT_TRUE(c.dead_letter(kCourierTime).ends_with("}\n"));
  c.buried();
  EXPECT_EQ(c.next(kCourierTime), Step::kSave);
  c.saved();
  c.take(event("9.0"), "9.0");  // the attempts begin again
  EXPECT_EQ(c.next(kCourierTime), Step::kPost);
  EXPECT_EQ(c.attempts(), 0);
}

TEST(CourierTest, ATokenWithoutAnEventIsSavedIfItIsNew) {
  Courier c = courier();
  c.take(std::nullopt, "7");
  EXPECT_EQ(c.next(kCourierTime), Step::kTake);
  c.take(std::nullopt, "11");
  EXPECT_EQ(c.next(kCourierTime), Step::kSave);
}

TEST(CourierTest, AnEventWithoutATokenLeavesTheSavedOne) {
  Courier c = courier("");
  c.take(event("5/R1"), "");
  (void)c.answered(kTaken, kCourierTime, 0);
  EXPECT_EQ(c.next(kCourierTime), Step::kTake);
  EXPECT_EQ(c.token(), "");
}

// A receiver and a disk that fail by chance, and a process that is killed or loses its power at any
// moment. The journal has kEvents transitions; "n" is the token after the n-th.
class World {
 public:
  static constexpr int kEvents = 40;
  explicit World(uint64_t seed) : random_(seed) {}

  void run() {
    for (int lives = 0; !done_; ++lives) {
      ASSERT_LT(lives, 10'000) << "no progress";
      live();
    }
  }
  // The first time that each event was delivered or buried, in order.
  const std::vector<int>& ends() const { return ends_; }
  int repeats() const { return repeats_; }
  int buried() const { return buried_; }

 private:
  // One life of the process.
  void live() {
    auto state = cli::StateFolder::open(disk_, "state");
    if (!state.ok()) return disk_.heal();
    std::string const token = testing::must(state->load_token());
    int position = token.empty() ? 0 : std::atoi(token.c_str());
    ASSERT_LE(position, static_cast<int>(ends_.size())) << "the token passed an undelivered event";
    Courier c = courier(token);
    while (!random_.chance(0.02)) {
      disk_.heal();
      if (random_.chance(0.1)) {
        disk_.fail_from(disk_.operations() + random_.between(0, 3),
                        random_.chance(0.5) ? testing::MemoryDisk::Fault::kShortWrite
                                            : testing::MemoryDisk::Fault::kError);
      }
      switch (c.next(now_)) {
        case Step::kTake:
          if (position == kEvents) return void(done_ = true);
          ++position;
          c.take(event(base::cat(position)), base::cat(position));
          break;
        case Step::kPost:
          if (post(c)) return;
          break;
        case Step::kWait:
          now_ = c.due();
          break;
        case Step::kBury:
          if (!state->add_dead_letter(c.dead_letter(now_)).ok()) break;
          end_of(*c.event());
          ++buried_;
          c.buried();
          break;
        case Step::kSave:
          if (state->save_token(c.token()).ok()) c.saved();
          break;
      }
    }
    disk_.heal();
    if (random_.chance(0.5)) disk_.lose_power(random_);
  }

  // True if the process is killed before it has the answer.
  bool post(Courier& c) {
    int const id = std::atoi(c.event()->id.c_str());
    bool const poison = id % 7 == 0;
    int const status = poison ? 422 : random_.chance(0.6) ? 200 : random_.between(0, 1) * 503;
    if (status == 200) end_of(*c.event());
    if (random_.chance(0.05)) return true;
    (void)c.answered({.status = status, .retry_after = "3"}, now_, random_.uniform());
    return false;
  }

  void end_of(const Event& e) {
    int const id = std::atoi(e.id.c_str());
    if (id <= static_cast<int>(ends_.size())) {
      EXPECT_EQ(id, static_cast<int>(ends_.size())) << "an event before the last one came again";
      ++repeats_;
      return;
    }
    EXPECT_EQ(id, static_cast<int>(ends_.size()) + 1) << "an event was passed over";
    ends_.push_back(id);
  }

  testing::Random random_;
  testing::MemoryDisk disk_;
  UnixMillis now_ = kCourierTime;
  std::vector<int> ends_;
  int repeats_ = 0;
  int buried_ = 0;
  bool done_ = false;
};

TEST(CourierTest, EveryEventIsDeliveredOrBuriedInOrderThroughFailuresAndRestarts) {
  int repeats = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(base::cat("seed ", seed));
    World world(seed);
    world.run();
    ASSERT_EQ(world.ends().size(), static_cast<size_t>(World::kEvents));
    EXPECT_GE(world.buried(), World::kEvents / 7);
    repeats += world.repeats();
    if (HasFailure()) return;
  }
  EXPECT_GT(repeats, 0) << "no restart fell between a delivery and its token";
}

}  // namespace
}  // namespace bellwether::notify
