// Purpose: notices that an input topic has more partitions than when this replica started. Nobody
// reads the new partitions, and the records of one business would be in two partitions.
// Thread safety: all public functions may be called from any thread.
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
  // `partitions`: the number of partitions of each topic that are read.
  TopicWatch(kafka::Producer& producer, std::vector<std::string> topics, int partitions,
             base::LogFn log);
  ~TopicWatch();

  // Texts for people, one per topic with partitions that are not read; empty if all are read.
  std::vector<std::string> warnings() const;
  // By topic, the number of partitions that are not read.
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
