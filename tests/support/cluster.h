// The parts of integration tests: a broker, new topics, a daemon as a child process, a source of
// events, and clients. Everything uses loopback and temporary folders.
#pragma once

#include <grpcpp/grpcpp.h>
#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/kafka/client.h"
#include "adapters/kafka/producer.h"
#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "bellwether/events/v1/registration.pb.h"
#include "bellwether/events/v1/support.pb.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "bellwether/status/v1/status.grpc.pb.h"
#include "core/base/calendar.h"
#include "core/base/log.h"
#include "support/eventually.h"

namespace bellwether::testing {

kafka::ClientOptions client_options(const std::string& broker);

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }
  std::string write(const std::string& name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

class Child {
 public:
  // `environment` is added to the test's environment. Output goes to the file `log`.
  Child(const std::vector<std::string>& command,
        const std::map<std::string, std::string>& environment, std::string log);
  ~Child();  // SIGKILL if it still runs
  void signal(int number) const;
  // Exit status (128 + signal number if killed); nullopt if it still runs after `seconds`.
  std::optional<int> wait(double seconds);
  bool running();
  pid_t pid() const { return pid_; }
  std::string log() const;

 private:
  pid_t pid_ = -1;
  std::string log_;
  std::optional<int> status_;
};

// host:port of the broker that tests/run started.
std::string broker();
// A log function that drops all lines.
base::LogFn no_log();

// A separate broker that a test may stop and kill.
class OwnBroker {
 public:
  // `proxy` is the port on which a proxy will listen; 0 for no proxy.
  explicit OwnBroker(int proxy = 0);
  ~OwnBroker();
  std::string address() const;
  std::string behind_proxy() const;         // the address to which the proxy forwards
  void run(const std::string& verb) const;  // start, stop, kill, restart

 private:
  std::string file(const std::string& name) const;
  TemporaryFolder folder_;
};

// Sends a request to a port of this machine and returns the body. `status` is 0 if there is no
// answer.
std::string http_request(int port, const std::string& method, const std::string& path,
                         const std::string& body = "", int* status = nullptr);

// Deletes a topic's records before an offset, as retention does. −1 deletes all present records.
void delete_records(const std::string& broker, const std::string& topic, int partitions = 3,
                    int64_t before = -1);

// Deletes topics with all their records, as an operator can.
void delete_topics(const std::string& broker, const std::vector<std::string>& topics);

// Adds partitions to a topic. Operators should never do this.
void add_partitions(const std::string& broker, const std::string& topic, int partitions);

// Sets message.timestamp.type of a topic; its other settings are those of the broker, but retention
// stays without limit.
void set_timestamp_type(const std::string& broker, const std::string& topic,
                        const std::string& type);

struct Topics {
  std::string registrations;
  std::string support;
  std::string journal;
  std::string dead_letters;
  std::string observations = {};  // empty: not consumed
};
// Creates topics with new names; none of observations.
Topics make_topics(const std::string& broker, int partitions = 3, int support_partitions = 0);

struct DaemonOptions {
  std::string broker;
  Topics topics;
  std::string time = "  calendar: month\n  history_years: 30\n  idle: heartbeat\n";
  std::string more;     // more YAML for the configuration
  std::string sectors;  // text of the sectors file; empty: that of the small world
  std::string group;
  int session_timeout_ms = 6000;
  std::string grpc_address = "127.0.0.1:0";
  std::map<std::string, std::string> environment;
};

class Daemon {
 public:
  // Starts bellwetherd over the small world of world.h.
  explicit Daemon(DaemonOptions options);

  Child& child() { return *child_; }
  // Returns false if the daemon ended before it served.
  bool serves(double seconds = 20);
  std::string address() const { return "127.0.0.1:" + std::to_string(grpc_port_); }
  std::shared_ptr<grpc::Channel> channel() const;
  std::string http(const std::string& path, int* status = nullptr) const;
  void rewrite(const std::string& more);                 // the configuration, for SIGHUP
  const std::string& config() const { return config_; }  // path of the file

  status::v1::GetStatusResponse status() const;
  // Waits until all records are read and the data reach `period`. False after `seconds`.
  bool through(const std::string& period, double seconds = 60);
  // A measure by period at a node. Omits zeros; a withheld figure counts as zero.
  std::map<std::string, double> series(const std::string& measure, const std::string& area,
                                       const std::string& sector) const;
  // The sum of a measure over all kept periods.
  double total(const std::string& measure, const std::string& area,
               const std::string& sector) const;
  std::vector<alerts::v1::Transition> transitions() const;

 private:
  std::string yaml() const;
  DaemonOptions options_;
  TemporaryFolder folder_;
  std::string config_;
  std::unique_ptr<Child> child_;
  int grpc_port_ = 0;
  int metrics_port_ = 0;
};

// Publishes events as a register and a support desk do.
class Source {
 public:
  Source(const std::string& broker, const Topics& topics, int partitions = 3);

  static std::string key(const std::string& business) { return "GB/companies-house/" + business; }
  static events::v1::RegistrationEvent about(const std::string& business,
                                             const std::string& event_id, base::Days on);
  void registered(const std::string& business, const std::string& area, const std::string& activity,
                  base::Days on);
  void ceased(const std::string& business, base::Days on);
  void interaction(const std::string& business, const std::string& event_id, base::Days on);
  void send(const events::v1::RegistrationEvent& event, base::UnixMillis at);
  void send(const events::v1::SupportEvent& event, const std::string& key, base::UnixMillis at);
  void raw(const std::string& topic, const std::string& key, std::string_view value,
           base::UnixMillis at, int partition = kafka::kAnyPartition);
  void tombstone(const std::string& topic, const std::string& key, base::UnixMillis at);
  const Topics& topics() const { return topics_; }
  // Sends a heartbeat on every partition of both topics.
  void heartbeat(base::UnixMillis complete_to);
  void flush();

 private:
  Topics topics_;
  int partitions_;
  std::unique_ptr<kafka::Producer> producer_;
};

// Noon of a day: the time of publication of that day's events.
base::UnixMillis noon(base::Days day);

struct DeadLetterCopy {
  int64_t offset = 0;
  std::map<std::string, std::string> headers;
  std::string key;
  std::string value;
};
// All records of a partition, from beginning to end.
std::vector<DeadLetterCopy> read_all(const std::string& broker, const std::string& topic,
                                     int partition = 0);

}  // namespace bellwether::testing
