// Purpose: notices that an input topic has other partitions than when this replica started: what is
// written to new ones is read by nobody, and a business's records would be in two. Thread safety:
// all public functions may be called from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "adapters/kafka/producer.h"
#include "core/base/log.h"

namespace bellwether::runtime {

inline constexpr absl::Duration kTopicWatchEvery = absl::Seconds(10);

class TopicWatch {
 public:
  // `partitions` of each topic are read.
  TopicWatch(kafka::Producer& producer, std::vector<std::string> topics, int partitions,
             base::LogFn log);
  ~TopicWatch();

  // For people, one a topic that has more than are read; empty when all are.
  std::vector<std::string> warnings() const;
  // By topic, how many partitions are read by nobody.
  std::map<std::string, int> unread() const;

 private:
  void run();
  void look(const std::string& topic);

  kafka::Producer& producer_;
  std::vector<std::string> const topics_;
  int const partitions_;
  base::LogFn log_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::map<std::string, int> unread_;
  std::thread thread_;
};

}  // namespace bellwether::runtime
