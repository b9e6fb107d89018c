// A wrapper of librdkafka's mock broker: one node on loopback that refuses requests on demand.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/kafka/client.h"
#include "core/base/check.h"
#include "core/base/log.h"
#include "support/eventually.h"

namespace bellwether::kafka::testing {

// Kafka's API keys of requests.
inline constexpr int16_t kProduceRequest = 0;
inline constexpr int16_t kFindCoordinatorRequest = 10;
inline constexpr int16_t kInitProducerIdRequest = 22;

class MockBroker {
 public:
  MockBroker() {
    char error[256];
    host_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), error, sizeof error));
    BELLWETHER_CHECK(host_ != nullptr);
    cluster_ = rd_kafka_mock_cluster_new(host_.get(), 1);
    BELLWETHER_CHECK(cluster_ != nullptr);
  }
  ~MockBroker() { rd_kafka_mock_cluster_destroy(cluster_); }
  MockBroker(const MockBroker&) = delete;
  MockBroker& operator=(const MockBroker&) = delete;

  ClientOptions client() const {
    ClientOptions options;
    options.bootstrap_servers = rd_kafka_mock_cluster_bootstraps(cluster_);
    return options;
  }
  void make(const std::string& topic, int partitions = 1) {
    BELLWETHER_CHECK(rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1) ==
                     RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  // The next requests of this type get these errors, one each.
  void refuse(int16_t request, const std::vector<rd_kafka_resp_err_t>& errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, request, errors.size(), errors.data());
  }
  void accept(int16_t request) { rd_kafka_mock_clear_request_errors(cluster_, request); }
  void go_down() { rd_kafka_mock_broker_set_down(cluster_, kNode); }
  void come_back() { rd_kafka_mock_broker_set_up(cluster_, kNode); }

 private:
  static constexpr int32_t kNode = 1;
  Client host_;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

inline base::LogFn no_log() {
  return [](base::LogLevel, std::string_view, std::string_view) {};
}

// Polls until `done` returns true. `seconds` is the timeout.
inline bool eventually(const std::function<bool()>& done, int seconds = 30) {
  return bellwether::testing::eventually(done, seconds, std::chrono::milliseconds(0));
}

}  // namespace bellwether::kafka::testing
