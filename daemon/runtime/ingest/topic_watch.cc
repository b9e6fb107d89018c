#include "runtime/ingest/topic_watch.h"

#include <algorithm>

#include "core/base/text.h"

namespace bellwether::runtime {
namespace {

constexpr absl::Duration kAnswerWait = absl::Seconds(2);

std::string describe(const std::string& topic, int unread, int read) {
  return base::cat("topic ", topic, " has ", unread + read, " partitions and ", read,
                   " are read: records in the others are not counted");
}

}  // namespace

TopicWatch::TopicWatch(kafka::Producer& producer, std::vector<std::string> topics, int partitions,
                       base::LogFn log)
    : producer_(producer),
      topics_(std::move(topics)),
      partitions_(partitions),
      log_(std::move(log)) {
  thread_ = std::thread([this] { run(); });
}

TopicWatch::~TopicWatch() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void TopicWatch::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, absl::ToChronoMilliseconds(kTopicWatchEvery),
                            [this] { return stop_; })) {
    lock.unlock();
    for (const std::string& topic : topics_) look(topic);
    lock.lock();
  }
}

// An unreachable broker is reported by other parts.
void TopicWatch::look(const std::string& topic) {
  auto const partitions = producer_.partitions(topic, kAnswerWait);
  if (!partitions.ok()) return;
  int const unread = std::max(0, *partitions - partitions_);
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(unread_[topic], unread) == unread) return;
  }
  if (unread > 0)
    log_(base::LogLevel::kError, "input",
         base::cat(describe(topic, unread, partitions_), "; see the runbook"));
}

std::vector<std::string> TopicWatch::warnings() const {
  std::vector<std::string> out;
  for (const auto& [topic, unread] : unread()) {
    if (unread > 0) out.push_back(describe(topic, unread, partitions_));
  }
  return out;
}

std::map<std::string, int> TopicWatch::unread() const {
  std::lock_guard lock(mutex_);
  return unread_;
}

}  // namespace bellwether::runtime
