// `bellwether connect companies-house --stream` between a server that plays a made-up register and
// a real broker: cut, stalled, refused and killed again and again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "bellwether/events/v1/registration.pb.h"
#include "core/base/text.h"
#include "support/certificate.h"
#include "support/cluster.h"
#include "support/company_world.h"
#include "support/eventually.h"
#include "support/paths.h"
#include "support/random.h"
#include "support/scratch_folder.h"
#include "support/stream_server.h"

namespace bellwether::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Millis = std::chrono::milliseconds;
using StreamFacts = std::map<std::pair<std::string, std::string>, std::string>;

constexpr int kStreamPartitions = 3;
constexpr int kStreamCompanies = 40;
constexpr int kStreamKills = 25;
constexpr double kStreamSeconds = 60;
constexpr char kKey[] = "not-a-real-key-0123456789";

// Plays the lines of a made-up register, from the time point on that is asked for, that one
// included. `mangle`: what is done to the connection, if anything.
class Register {
 public:
  using Mangle = std::function<bool(const StreamServer::Request&, StreamServer::Reply&)>;
  explicit Register(const CompanyWorld& world, Mangle mangle = {},
                    StreamServer::Certificate certificate = {})
      : world_(world), mangle_(std::move(mangle)), certificate_(std::move(certificate)) {}

  std::string url() const { return server_.url(); }
  std::vector<StreamServer::Request> requests() const { return server_.requests(); }
  int64_t last(const std::string& stream) const {
    int64_t out = 0;
    for (const auto& line : world_.lines()) {
      if (line.stream == stream) out = line.timepoint;
    }
    return out;
  }
  // "companies" and the time point of "/companies?timepoint=7".
  static std::pair<std::string, int64_t> asked(const std::string& target) {
    size_t const end = std::min(target.find('?'), target.size());
    size_t const equals = target.find('=');
    return {target.substr(1, end - 1),
            equals == std::string::npos ? 0 : std::stoll(target.substr(equals + 1))};
  }
  std::vector<std::string> lines(const std::string& target) const {
    auto const [stream, timepoint] = asked(target);
    std::vector<std::string> out;
    for (const auto& line : world_.lines()) {
      if (line.stream == stream && line.timepoint >= timepoint) out.push_back(line.text + "\n");
    }
    return out;
  }

 private:
  void play(const StreamServer::Request& request, StreamServer::Reply& reply) {
    if (mangle_ && mangle_(request, reply)) return;
    reply.begin();
    for (const std::string& line : lines(request.target)) {
      if (!reply.chunk(line)) return;
    }
    while (reply.chunk("\n") && reply.rest(Millis(50))) {
    }
  }

  const CompanyWorld& world_;
  Mangle const mangle_;
  StreamServer::Certificate const certificate_;
  StreamServer server_{[this](const auto& request, auto& reply) { play(request, reply); },
                       certificate_};
};

class Follower {
 public:
  Follower() : topics_(make_topics(broker(), kStreamPartitions)) {
    key_ = folder_.write("key", std::string(kKey) + "\nwhat follows is not read\n");
  }

  Child start(const std::vector<std::string>& more) const {
    std::vector<std::string> command = {program("bellwether"),
                                        "connect",
                                        "companies-house",
                                        "--state",
                                        folder_.path() / "state",
                                        "--brokers",
                                        broker(),
                                        "--registrations-topic",
                                        topics_.registrations,
                                        "--support-topic",
                                        topics_.support,
                                        "--api-key-file",
                                        key_};
    command.insert(command.end(), more.begin(), more.end());
    return Child(command, {}, folder_.path() / base::cat("log", ++starts_));
  }
  Child follow(const std::string& url, std::vector<std::string> more = {}) const {
    std::vector<std::string> options = {"--stream-url", url, "--metrics-port", "0"};
    options.insert(options.end(), more.begin(), more.end());
    options.emplace_back("--stream");
    return start(options);
  }
  std::string file(const CompanyWorld::File& month) const {
    return folder_.write(month.name(), month.csv);
  }

  // Waits until every stream is read to its end, and for good.
  static bool reads_all(const Child& child, const Register& from) {
    return eventually(
        [&] {
          std::string const log = child.log();
          size_t const at = log.find("serves /metrics on port ");
          if (at == std::string::npos) return false;
          std::string const metrics =
              http_request(std::atoi(log.c_str() + at + 24), "GET", "/metrics");
          return std::ranges::all_of(
              std::vector<std::string>{"companies", "filings", "officers", "insolvency-cases",
                                       "charges"},
              [&](const std::string& stream) {
                return metrics.find(base::cat("bellwether_connect_last_timepoint{stream=\"", stream,
                                              "\"} ", from.last(stream), "\n")) !=
                       std::string::npos;
              });
        },
        30);
  }
  static void end(Child& child) {
    child.signal(SIGTERM);
    EXPECT_EQ(child.wait(kStreamSeconds), 0) << child.log();
  }

  // By key and fact: the last version, as the fold keeps it, without retracted facts. Which due
  // date a filing states depends on which stream was faster; it is left out.
  StreamFacts facts() const {
    std::map<std::pair<std::string, std::string>, events::v1::RegistrationEvent> latest;
    records_ = 0;
    for (int p = 0; p < kStreamPartitions; ++p) {
      for (const DeadLetterCopy& record : read_all(broker(), topics_.registrations, p)) {
        events::v1::RegistrationEvent event;
        EXPECT_TRUE(event.ParseFromString(record.value));
        ++records_;
        if (event.has_heartbeat()) continue;
        std::string const id =
            event.has_retracted() ? event.retracted().event_id() : event.event_id();
        if (event.has_filing_recorded()) event.mutable_filing_recorded()->clear_due();
        auto& known = latest[{record.key, id}];
        if (event.source_sequence() >= known.source_sequence()) known = event;
      }
    }
    StreamFacts out;
    for (const auto& [fact, event] : latest) {
      if (!event.has_retracted()) out[fact] = event.SerializeAsString();
    }
    return out;
  }
  int records() const { return records_; }  // of the last facts()
  const Topics& topics() const { return topics_; }

 private:
  Topics topics_;
  TemporaryFolder folder_;
  std::string key_;
  mutable int starts_ = 0;
  mutable int records_ = 0;
};

// What an undisturbed run says of this world after its first file.
StreamFacts undisturbed(const CompanyWorld& world) {
  Follower whole;
  Register const calm(world);
  Child child = whole.follow(calm.url(), {"--bulk", whole.file(world.files()[0])});
  EXPECT_TRUE(Follower::reads_all(child, calm)) << child.log();
  Follower::end(child);
  EXPECT_THAT(child.log(), Not(HasSubstr(kKey)));
  EXPECT_EQ(calm.requests().size(), 5u);
  return whole.facts();
}

void expect_same(const StreamFacts& found, const StreamFacts& expected) {
  EXPECT_EQ(found.size(), expected.size());
  for (const auto& [fact, value] : expected) {
    auto const other = found.find(fact);
    ASSERT_NE(other, found.end()) << fact.second;
    ASSERT_EQ(other->second, value) << fact.second;
  }
}

TEST(ConnectStreamTest, KillsAndCutsLoseNothingAndSayNothingElse) {
  CompanyWorld const world(11, kStreamCompanies);
  StreamFacts const expected = undisturbed(world);
  ASSERT_GT(expected.size(), 3u * kStreamCompanies);

  std::mutex mutex;
  Random chance(12);
  // Every second connection is cut, inside a line or between two.
  auto const cut = [&](const StreamServer::Request& request, StreamServer::Reply& reply) {
    std::unique_lock lock(mutex);
    if (request.number % 2 == 0) return false;
    uint64_t const most = 1 + chance.below(60);
    size_t const half = chance.below(400);
    lock.unlock();
    auto const [stream, timepoint] = Register::asked(request.target);
    reply.begin();
    uint64_t sent = 0;
    for (const auto& line : world.lines()) {
      if (line.stream != stream || line.timepoint < timepoint) continue;
      if (++sent > most) {
        reply.chunk(std::string_view(line.text).substr(0, half));
        return true;
      }
      if (!reply.chunk(line.text + "\n")) return true;
      if (!reply.rest(Millis(2))) return true;
    }
    return true;
  };
  Register const rough(world, cut);
  Follower killed;
  std::string const file = killed.file(world.files()[0]);
  Random random(13);
  int kills = 0;
  for (int i = 0; i < kStreamKills; ++i) {
    Child child = killed.follow(rough.url(), {"--bulk", file});
    usleep(static_cast<useconds_t>(300'000 + random.below(1'200'000)));
    child.signal(SIGKILL);
    kills += child.wait(kStreamSeconds) == 128 + SIGKILL ? 1 : 0;
  }
  EXPECT_EQ(kills, kStreamKills) << "a stream does not end by itself";
  Child child = killed.follow(rough.url(), {"--bulk", file});
  ASSERT_TRUE(Follower::reads_all(child, rough)) << child.log();
  Follower::end(child);
  expect_same(killed.facts(), expected);
  EXPECT_GT(killed.records(), static_cast<int>(expected.size()))
      << "no run was killed after it had published";
}

TEST(ConnectStreamTest, FilesBetweenSayTheSame) {
  CompanyWorld const world(21, kStreamCompanies);
  Register const calm(world);
  Follower mixed;
  std::vector<CompanyWorld::File> const files = world.files();
  for (size_t i = 0; i < files.size(); ++i) {
    Child child = mixed.follow(calm.url(), {"--bulk", mixed.file(files[i])});
    // The stream is ahead of the second file, and the later ones say nothing new.
    if (i == 0) {
      EXPECT_TRUE(
          eventually([&] { return child.log().find("connected; reads") != std::string::npos; }, 30))
          << child.log();
    } else {
      ASSERT_TRUE(Follower::reads_all(child, calm)) << child.log();
    }
    Follower::end(child);
  }
  StreamFacts const facts = mixed.facts();
  size_t stated = 0;
  for (const auto& [number, truth] : world.truth()) {
    std::string const key = "GB/companies-house/" + number;
    EXPECT_TRUE(facts.contains({key, number + ":registered"})) << number;
    for (const auto& [id, on] : truth.single) {
      EXPECT_TRUE(facts.contains({key, number + ":" + id})) << id;
      ++stated;
    }
    for (const auto& [id, filed] : truth.filings) {
      EXPECT_TRUE(facts.contains({key, number + ":" + id})) << id;
    }
  }
  EXPECT_GT(stated, 50u);
}

TEST(ConnectStreamTest, ItWaitsAndComesBackAfterEveryKindOfTrouble) {
  CompanyWorld const world(31, kStreamCompanies);
  std::mutex mutex;
  std::map<std::string, int> tried;
  auto const trouble = [&](const StreamServer::Request& request, StreamServer::Reply& reply) {
    std::unique_lock lock(mutex);
    int const number = ++tried[Register::asked(request.target).first];
    lock.unlock();
    switch (number) {
      case 1:
        reply.status(429, "Retry-After: 1\r\n");
        return true;
      case 2:
        reply.status(503);
        return true;
      case 3:  // silence after a line that is not whole
        reply.begin();
        reply.chunk("{\"resource_kind\":\"comp");
        while (reply.rest(Millis(20))) {
        }
        return true;
      case 4:  // nonsense
        reply.begin();
        reply.chunk("nonsense\n{\"a\":\n");
        return true;
      default:
        return false;
    }
  };
  Register const bad(world, trouble);
  Follower follower;
  Child child = follower.follow(
      bad.url(), {"--stall-timeout", "0.5", "--bulk", follower.file(world.files()[0])});
  ASSERT_TRUE(Follower::reads_all(child, bad)) << child.log();
  Follower::end(child);
  for (const char* const words : {"it answered 429; connects again", "it answered 503",
                                  "no answer in time", "unreadable line"}) {
    EXPECT_THAT(child.log(), HasSubstr(words));
  }
  EXPECT_THAT(child.log(), Not(HasSubstr(kKey)));
  EXPECT_THAT(child.log(), Not(HasSubstr(absl::Base64Escape(std::string(kKey) + ":"))));
  for (const auto& request : bad.requests()) {
    EXPECT_EQ(request.authorization, "Basic " + absl::Base64Escape(std::string(kKey) + ":"));
  }
  for (const auto& [stream, count] : tried) EXPECT_GE(count, 4) << stream;
}

TEST(ConnectStreamTest, EventsThatAreGoneEndItWithAStatusOfTheirOwn) {
  CompanyWorld const world(41, kStreamCompanies);
  Follower follower;
  {
    Register const calm(world);
    Child child = follower.follow(calm.url());
    ASSERT_TRUE(Follower::reads_all(child, calm)) << child.log();
    Follower::end(child);
  }
  Register const forgetful(world, [](const auto& request, auto& reply) {
    if (request.target.find("/filings?") == std::string::npos) return false;
    reply.status(416);
    return true;
  });
  Child gone = follower.follow(forgetful.url());
  EXPECT_EQ(gone.wait(kStreamSeconds), 6) << gone.log();
  EXPECT_THAT(gone.log(), HasSubstr("no longer has the events after time point"));
  EXPECT_THAT(gone.log(), HasSubstr("load the newest monthly file (--bulk)"));
  Child again = follower.follow(forgetful.url(), {"--from-now"});
  ASSERT_TRUE(eventually([&] { return forgetful.requests().size() >= 8; }, 30)) << again.log();
  Follower::end(again);
}

TEST(ConnectStreamTest, AWrongKeyAndAWrongUrlEndIt) {
  CompanyWorld const world(51, 5);
  Register const strict(world, [](const auto& request, auto& reply) {
    reply.status(request.target == "/companies" ? 401 : 404);
    return true;
  });
  Follower follower;
  Child child = follower.start({"--stream-url", strict.url(), "--stream", "companies"});
  EXPECT_EQ(child.wait(kStreamSeconds), 2);
  EXPECT_THAT(child.log(), HasSubstr("it does not take the API key"));
  EXPECT_THAT(child.log(), Not(HasSubstr(kKey)));
  Child other = follower.start({"--stream-url", strict.url(), "--stream", "filings"});
  EXPECT_EQ(other.wait(kStreamSeconds), 2);
  EXPECT_THAT(other.log(), HasSubstr("is --stream-url right?"));
  Child plain = follower.start({"--stream-url", "http://stream.example.org", "--stream"});
  EXPECT_EQ(plain.wait(kStreamSeconds), 2);
  EXPECT_THAT(plain.log(), HasSubstr("would send the API key readable"));
}

TEST(ConnectStreamTest, OnlyTheRightServerGetsTheKey) {
  CompanyWorld const world(61, kStreamCompanies);
  TemporaryFolder folder;
  auto const certificate = [&](const std::string& host) {
    StreamServer::Certificate out{folder.path() / (host + ".pem"), folder.path() / (host + ".key")};
    write_certificate(host, out.chain, out.key);
    return out;
  };
  StreamServer::Certificate const right = certificate("localhost");
  StreamServer::Certificate const wrong = certificate("other.example.org");
  Register const known(world, {}, right);
  Register const impostor(world, {}, wrong);
  Follower follower;
  for (const auto& [url, ca] : std::vector<std::pair<std::string, std::string>>{
           {known.url(), ""}, {impostor.url(), wrong.chain}}) {
    std::vector<std::string> more;
    if (!ca.empty()) more = {"--ca-file", ca};
    Child child = follower.follow(url, more);
    EXPECT_TRUE(eventually(
        [&] { return child.log().find("no TLS: certificate verify failed") != std::string::npos; },
        30))
        << child.log();
    Follower::end(child);
  }
  EXPECT_TRUE(known.requests().empty());
  EXPECT_TRUE(impostor.requests().empty());
  Child child = follower.follow(known.url(), {"--ca-file", right.chain});
  EXPECT_TRUE(Follower::reads_all(child, known)) << child.log();
  Follower::end(child);
}

TEST(ConnectStreamTest, ADayFileIsReadOnceAndADryRunLeavesNothing) {
  std::string const file = in_source("tests/data/companies_house/stream/2024-12.jsonl");
  Follower follower;
  Child dry = follower.start({"--day-file", file, "--dry-run"});
  EXPECT_EQ(dry.wait(kStreamSeconds), 0) << dry.log();
  EXPECT_THAT(dry.log(), HasSubstr("GB/companies-house/04142000  04142000:registered  2019-05-03"));
  EXPECT_THAT(dry.log(), HasSubstr("14  lines of the stream"));
  EXPECT_TRUE(follower.facts().empty());
  Child child = follower.start({"--day-file", file});
  EXPECT_EQ(child.wait(kStreamSeconds), 0) << child.log();
  EXPECT_EQ(follower.facts().size(), 16u);
  int const records = follower.records();
  Child again = follower.start({"--day-file", file});
  EXPECT_EQ(again.wait(kStreamSeconds), 0) << again.log();
  EXPECT_THAT(again.log(), HasSubstr("13  left out: not newer than what was read before"));
  (void)follower.facts();
  EXPECT_EQ(follower.records() - records, kStreamPartitions) << "one more heartbeat";
}

TEST(ConnectStreamTest, DayFilesAreReadInTheOrderOfTheirEvents) {
  TemporaryFolder const folder;
  std::string const whole = bytes_of(in_source("tests/data/companies_house/stream/2024-12.jsonl"));
  size_t const middle = whole.find('\n', whole.size() / 2) + 1;
  std::string const early = folder.write("z.jsonl", whole.substr(0, middle));
  std::string const late = folder.write("a.jsonl", whole.substr(middle));
  Follower follower;
  Child child = follower.start({"--day-file", late, "--day-file", early});
  EXPECT_EQ(child.wait(kStreamSeconds), 0) << child.log();
  EXPECT_EQ(follower.facts().size(), 16u) << child.log();

  std::string const other = folder.write("other.jsonl", "name,number\nOLD MILL LTD,01234567\n");
  Child refused = follower.start({"--day-file", other});
  EXPECT_NE(refused.wait(kStreamSeconds), 0);
  EXPECT_THAT(refused.log(), HasSubstr("other.jsonl: none of its 2 lines is an event of the "
                                       "streams; is it a file of their lines?"));
}

}  // namespace
}  // namespace bellwether::testing
