#include "support/cluster.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "adapters/kafka/consumer.h"
#include "adapters/kafka/topics.h"
#include "core/base/text.h"
#include "support/http_ask.h"
#include "support/must.h"
#include "support/paths.h"
#include "support/world.h"

namespace bellwether::testing {
namespace {

constexpr absl::Duration kWait = absl::Seconds(120);

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void check(const absl::Status& status) {
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  BELLWETHER_CHECK(status.ok());
}

int number_after(const std::string& text, const std::string& words) {
  size_t const at = text.find(words);
  return at == std::string::npos ? 0 : std::atoi(text.c_str() + at + words.size());
}

void set(events::v1::Date& out, base::Days day) {
  std::string const text = base::format_date(day);
  out.set_year(std::stoi(text.substr(0, 4)));
  out.set_month(std::stoi(text.substr(5, 2)));
  out.set_day(std::stoi(text.substr(8, 2)));
}

}  // namespace

kafka::ClientOptions client_options(const std::string& broker) {
  kafka::ClientOptions o;
  o.bootstrap_servers = broker;
  o.client_id = "test";
  return o;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "bellwether-test.XXXXXX").string();
  BELLWETHER_CHECK(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}
std::string TemporaryFolder::write(const std::string& name, std::string_view text) const {
  std::string const path = (path_ / name).string();
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

Child::Child(const std::vector<std::string>& command,
             const std::map<std::string, std::string>& environment, std::string log)
    : log_(std::move(log)) {
  std::vector<char*> arguments;
  for (const std::string& a : command) arguments.push_back(const_cast<char*>(a.c_str()));
  arguments.push_back(nullptr);
  pid_ = fork();
  BELLWETHER_CHECK(pid_ >= 0);
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // no process survives a test that crashes
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  int const out = open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}
Child::~Child() {
  if (!status_) {
    kill(pid_, SIGKILL);
    wait(10);
  }
}
void Child::signal(int number) const {
  kill(pid_, number);
}
std::optional<int> Child::wait(double seconds) {
  eventually(
      [&] {
        if (status_) return true;
        int raw = 0;
        if (waitpid(pid_, &raw, WNOHANG) != pid_) return false;
        status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
        return true;
      },
      seconds);
  return status_;
}
bool Child::running() {
  return !wait(0).has_value();
}
std::string Child::log() const {
  return read_file(log_);
}

std::string broker() {
  const char* const address = std::getenv("BELLWETHER_TEST_BROKER");
  if (address == nullptr) {
    std::fputs(
        "set BELLWETHER_TEST_BROKER to host:port of a broker, or use tests/run integration\n",
        stderr);
    std::abort();
  }
  return address;
}
base::LogFn no_log() {
  return [](base::LogLevel, std::string_view, std::string_view) {};
}

OwnBroker::OwnBroker(int proxy) {
  if (proxy > 0) setenv("BELLWETHER_BROKER_PROXY", std::to_string(proxy).c_str(), 1);
  run("start");
  unsetenv("BELLWETHER_BROKER_PROXY");
}
OwnBroker::~OwnBroker() {
  run("kill");
}
void OwnBroker::run(const std::string& verb) const {
  std::string const command = base::cat(testing::in_source("third_party/broker "), verb, " ",
                                        folder_.path().string(), "/broker");
  BELLWETHER_CHECK(std::system(command.c_str()) == 0);
}
std::string OwnBroker::file(const std::string& name) const {
  std::string text = read_file((folder_.path() / "broker" / name).string());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}
std::string OwnBroker::address() const {
  return "127.0.0.1:" + file("port");
}
std::string OwnBroker::behind_proxy() const {
  return "127.0.0.1:" + file("proxied");
}

void delete_records(const std::string& broker, const std::string& topic, int partitions,
                    int64_t before) {
  using Records = kafka::Handle<rd_kafka_DeleteRecords_t, rd_kafka_DeleteRecords_destroy>;
  using Event = kafka::Handle<rd_kafka_event_t, rd_kafka_event_destroy>;
  kafka::Callbacks callbacks;
  auto made = must(kafka::make_client(RD_KAFKA_PRODUCER, client_options(broker), {}, &callbacks));
  static_assert(RD_KAFKA_OFFSET_END == -1);
  kafka::PartitionList list(rd_kafka_topic_partition_list_new(partitions));
  for (int p = 0; p < partitions; ++p) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset = before;
  }
  Records const records(rd_kafka_DeleteRecords_new(list.get()));
  kafka::Queue const queue(rd_kafka_queue_new(made.get()));
  rd_kafka_DeleteRecords_t* raw = records.get();
  rd_kafka_DeleteRecords(made.get(), &raw, 1, nullptr, queue.get());
  Event const done(rd_kafka_queue_poll(queue.get(), 60'000));
  BELLWETHER_CHECK(done != nullptr &&
                   rd_kafka_event_error(done.get()) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

void delete_topics(const std::string& broker, const std::vector<std::string>& topics) {
  using Unwanted = kafka::Handle<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>;
  using Options = kafka::Handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
  using Event = kafka::Handle<rd_kafka_event_t, rd_kafka_event_destroy>;
  kafka::Callbacks callbacks;
  auto made = must(kafka::make_client(RD_KAFKA_PRODUCER, client_options(broker), {}, &callbacks));
  Options const options(rd_kafka_AdminOptions_new(made.get(), RD_KAFKA_ADMIN_OP_DELETETOPICS));
  char error[256];
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), 30'000, error, sizeof error);
  std::vector<Unwanted> unwanted;
  std::vector<rd_kafka_DeleteTopic_t*> raw;
  for (const std::string& name : topics) {
    unwanted.emplace_back(rd_kafka_DeleteTopic_new(name.c_str()));
    raw.push_back(unwanted.back().get());
  }
  kafka::Queue const queue(rd_kafka_queue_new(made.get()));
  rd_kafka_DeleteTopics(made.get(), raw.data(), raw.size(), options.get(), queue.get());
  Event const done(rd_kafka_queue_poll(queue.get(), 60'000));
  BELLWETHER_CHECK(done != nullptr &&
                   rd_kafka_event_error(done.get()) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

void add_partitions(const std::string& broker, const std::string& topic, int partitions) {
  using Wanted = kafka::Handle<rd_kafka_NewPartitions_t, rd_kafka_NewPartitions_destroy>;
  using Event = kafka::Handle<rd_kafka_event_t, rd_kafka_event_destroy>;
  kafka::Callbacks callbacks;
  auto made = must(kafka::make_client(RD_KAFKA_PRODUCER, client_options(broker), {}, &callbacks));
  char error[256];
  Wanted const wanted(rd_kafka_NewPartitions_new(topic.c_str(), static_cast<size_t>(partitions),
                                                 error, sizeof error));
  BELLWETHER_CHECK(wanted != nullptr);
  kafka::Queue const queue(rd_kafka_queue_new(made.get()));
  rd_kafka_NewPartitions_t* raw = wanted.get();
  rd_kafka_CreatePartitions(made.get(), &raw, 1, nullptr, queue.get());
  Event const done(rd_kafka_queue_poll(queue.get(), 60'000));
  BELLWETHER_CHECK(done != nullptr &&
                   rd_kafka_event_error(done.get()) == RD_KAFKA_RESP_ERR_NO_ERROR);
  BELLWETHER_CHECK(eventually([&] {
    auto const cluster = kafka::describe(client_options(broker), {topic}, kWait, no_log());
    return cluster.ok() && cluster->topics[0].partitions == partitions;
  }));
}

void set_timestamp_type(const std::string& broker, const std::string& topic,
                        const std::string& type) {
  using Resource = kafka::Handle<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
  using Event = kafka::Handle<rd_kafka_event_t, rd_kafka_event_destroy>;
  kafka::Callbacks callbacks;
  auto made = must(kafka::make_client(RD_KAFKA_PRODUCER, client_options(broker), {}, &callbacks));
  Resource const resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  rd_kafka_ConfigResource_set_config(resource.get(), "retention.ms", "-1");
  rd_kafka_ConfigResource_set_config(resource.get(), "message.timestamp.type", type.c_str());
  kafka::Queue const queue(rd_kafka_queue_new(made.get()));
  rd_kafka_ConfigResource_t* raw = resource.get();
  rd_kafka_AlterConfigs(made.get(), &raw, 1, nullptr, queue.get());
  Event const done(rd_kafka_queue_poll(queue.get(), 60'000));
  BELLWETHER_CHECK(done != nullptr &&
                   rd_kafka_event_error(done.get()) == RD_KAFKA_RESP_ERR_NO_ERROR);
  size_t n = 0;
  const rd_kafka_ConfigResource_t** const changed =
      rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(done.get()), &n);
  BELLWETHER_CHECK(n == 1 &&
                   rd_kafka_ConfigResource_error(changed[0]) == RD_KAFKA_RESP_ERR_NO_ERROR);
  // A broker learns the new setting a moment after the controller.
  BELLWETHER_CHECK(eventually([&] {
    auto const cluster = kafka::describe(client_options(broker), {topic}, kWait, no_log());
    return cluster.ok() && cluster->topics[0].timestamp_type == type;
  }));
}

Topics make_topics(const std::string& broker, int partitions, int support_partitions) {
  static std::atomic<int> number{0};
  std::string const prefix = base::cat("test.", getpid(), ".", number.fetch_add(1));
  Topics t{prefix + ".registrations", prefix + ".support", prefix + ".journal",
           prefix + ".dead-letters"};
  check(kafka::create_topics(
      client_options(broker),
      {{t.registrations, partitions, 1, -1},
       {t.support, support_partitions > 0 ? support_partitions : partitions, 1, -1},
       {t.journal, 1, 1, -1},
       {t.dead_letters, 1, 1, -1}},
      kWait, no_log()));
  // A broker learns of topics a moment after the controller.
  BELLWETHER_CHECK(eventually([&] {
    return kafka::describe(client_options(broker),
                           {t.registrations, t.support, t.journal, t.dead_letters}, kWait, no_log())
        .ok();
  }));
  return t;
}

Daemon::Daemon(DaemonOptions options) : options_(std::move(options)) {
  if (options_.group.empty()) options_.group = options_.topics.journal;
  folder_.write("areas.csv", kWorldAreas);
  folder_.write("sets.csv", kWorldSets);
  folder_.write("sectors.csv",
                options_.sectors.empty() ? kWorldSectors : std::string_view(options_.sectors));
  config_ = folder_.write("bellwetherd.yaml", yaml());
  child_ = std::make_unique<Child>(
      std::vector<std::string>{testing::program("bellwetherd"), "--config", config_},
      options_.environment, (folder_.path() / "log").string());
}

std::string Daemon::yaml() const {
  return base::cat(
      "kafka:\n  bootstrap_servers: ", options_.broker,
      "\n  registrations_topic: ", options_.topics.registrations,
      "\n  support_topic: ", options_.topics.support,
      "\n  journal_topic: ", options_.topics.journal,
      "\n  dead_letters_topic: ", options_.topics.dead_letters, "\n  observations_topic: \"",
      options_.topics.observations, "\"\n  group: ", options_.group,
      "\n  session_timeout_ms: ", options_.session_timeout_ms, "\ntime:\n", options_.time,
      "reference:\n  areas: areas.csv\n  area_sets: sets.csv\n  sectors: sectors.csv\n"
      "serve:\n  grpc_address: ",
      options_.grpc_address, "\n  metrics_address: 127.0.0.1:0\n", options_.more);
}

void Daemon::rewrite(const std::string& more) {
  options_.more = more;
  folder_.write("bellwetherd.yaml", yaml());
}

bool Daemon::serves(double seconds) {
  return eventually(
             [&] {
               if (!child_->running()) return true;
               std::string const log = child_->log();
               grpc_port_ = number_after(log, "gRPC on port ");
               metrics_port_ = number_after(log, "metrics on port ");
               return grpc_port_ > 0 && metrics_port_ > 0;
             },
             seconds) &&
         child_->running();
}

std::shared_ptr<grpc::Channel> Daemon::channel() const {
  return grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
}

std::string Daemon::http(const std::string& path, int* status) const {
  return http_request(metrics_port_, "GET", path, "", status);
}

std::string http_request(int port, const std::string& method, const std::string& path,
                         const std::string& body, int* status) {
  std::string const answer = http_ask(method, port, path, body);
  if (status != nullptr) *status = answer.size() > 12 ? std::atoi(answer.c_str() + 9) : 0;
  size_t const begin = answer.find("\r\n\r\n");
  return begin == std::string::npos ? "" : answer.substr(begin + 4);
}

status::v1::GetStatusResponse Daemon::status() const {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
  status::v1::GetStatusResponse response;
  (void)status::v1::StatusService::NewStub(channel())->GetStatus(&context, {}, &response);
  return response;
}

bool Daemon::through(const std::string& period, double seconds) {
  return eventually(
      [&] {
        auto const s = status();
        if (s.basis().data_through() < period) return false;
        for (const auto& in : s.inputs()) {
          if (in.lag_events() > 0 && !in.held()) return false;
        }
        return s.inputs_size() > 0;
      },
      seconds);
}

std::map<std::string, double> Daemon::series(const std::string& measure, const std::string& area,
                                             const std::string& sector) const {
  auto const stub = indicators::v1::IndicatorService::NewStub(channel());
  indicators::v1::QuerySeriesRequest request;
  request.add_names(measure);
  request.mutable_node()->set_area(area);
  request.mutable_node()->set_sector(sector);
  request.set_from_period("2010-01");
  request.set_page_size(1000);
  std::map<std::string, double> out;
  do {
    grpc::ClientContext context;
    indicators::v1::QuerySeriesResponse response;
    grpc::Status const status = stub->QuerySeries(&context, request, &response);
    if (!status.ok()) {
      ADD_FAILURE() << measure << " " << area << " " << sector << ": " << status.error_message();
      return {{"", -1}};
    }
    for (const auto& value : response.series(0).values()) {
      if (value.value() != 0) out[value.period()] = value.value();
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return out;
}

double Daemon::total(const std::string& measure, const std::string& area,
                     const std::string& sector) const {
  double sum = 0;
  for (const auto& [period, value] : series(measure, area, sector)) sum += value;
  return sum;
}

std::vector<alerts::v1::Transition> Daemon::transitions() const {
  auto const stub = alerts::v1::AlertService::NewStub(channel());
  alerts::v1::WatchAlertsRequest request;
  request.set_resume_token("0");
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  auto const stream = stub->WatchAlerts(&context, request);
  std::vector<alerts::v1::Transition> out;
  alerts::v1::WatchAlertsResponse event;
  while (stream->Read(&event)) {
    if (event.has_caught_up()) break;
    out.push_back(event.transition());
  }
  context.TryCancel();
  (void)stream->Finish();
  return out;
}

Source::Source(const std::string& broker, const Topics& topics, int partitions)
    : topics_(topics), partitions_(partitions) {
  kafka::ProducerTuning tuning;
  tuning.message_timeout_ms = 0;  // no limit: it waits until the broker is back
  producer_ = must(kafka::Producer::create(client_options(broker), tuning, no_log()));
}

events::v1::RegistrationEvent Source::about(const std::string& business,
                                            const std::string& event_id, base::Days on) {
  events::v1::RegistrationEvent e;
  e.set_event_id(event_id);
  e.set_source("companies-house");
  e.mutable_business()->set_jurisdiction("GB");
  e.mutable_business()->set_register_("companies-house");
  e.mutable_business()->set_id(business);
  set(*e.mutable_effective_date(), on);
  return e;
}
void Source::registered(const std::string& business, const std::string& area,
                        const std::string& activity, base::Days on) {
  auto e = about(business, business + "/registered", on);
  e.mutable_registered()->set_area_code(area);
  auto& a = *e.mutable_registered()->add_activities();
  a.set_scheme("UKSIC");
  a.set_version("2007");
  a.set_code(activity);
  send(e, noon(on));
}
void Source::ceased(const std::string& business, base::Days on) {
  auto e = about(business, business + "/ceased", on);
  e.mutable_status_changed()->set_status(events::v1::REGISTER_STATUS_DISSOLVED);
  send(e, noon(on));
}
void Source::interaction(const std::string& business, const std::string& event_id, base::Days on) {
  events::v1::SupportEvent e;
  e.set_event_id(event_id);
  e.set_source("growth-hub");
  *e.mutable_business() = about(business, "", on).business();
  set(*e.mutable_effective_date(), on);
  e.mutable_interaction()->add_topics(events::v1::SUPPORT_TOPIC_CASH_FLOW);
  send(e, key(business), noon(on));
}
void Source::send(const events::v1::RegistrationEvent& event, base::UnixMillis at) {
  raw(topics_.registrations, key(event.business().id()), event.SerializeAsString(), at);
}
void Source::send(const events::v1::SupportEvent& event, const std::string& record_key,
                  base::UnixMillis at) {
  raw(topics_.support, record_key, event.SerializeAsString(), at);
}
void Source::raw(const std::string& topic, const std::string& record_key, std::string_view value,
                 base::UnixMillis at, int partition) {
  check(producer_->produce_bulk(producer_->topic(topic), partition, record_key, value, at.value));
}
void Source::tombstone(const std::string& topic, const std::string& record_key,
                       base::UnixMillis at) {
  // A record without a value. The daemon's own producer never writes one.
  kafka::Callbacks callbacks;
  auto made = must(kafka::make_client(RD_KAFKA_PRODUCER, client_options(broker()), {}, &callbacks));
  BELLWETHER_CHECK(rd_kafka_producev(made.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
                                     RD_KAFKA_V_VALUE(nullptr, 0),
                                     RD_KAFKA_V_KEY(record_key.data(), record_key.size()),
                                     RD_KAFKA_V_TIMESTAMP(at.value),
                                     RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR_NO_ERROR);
  BELLWETHER_CHECK(rd_kafka_flush(made.get(), 30'000) == RD_KAFKA_RESP_ERR_NO_ERROR);
}
void Source::heartbeat(base::UnixMillis complete_to) {
  events::v1::RegistrationEvent r;
  r.set_source("companies-house");
  r.mutable_heartbeat()->set_complete_to(complete_to.value);
  events::v1::SupportEvent s;
  s.set_source("growth-hub");
  s.mutable_heartbeat()->set_complete_to(complete_to.value);
  for (int p = 0; p < partitions_; ++p) {
    raw(topics_.registrations, "", r.SerializeAsString(), complete_to, p);
    raw(topics_.support, "", s.SerializeAsString(), complete_to, p);
  }
  flush();
}
void Source::flush() {
  check(producer_->flush(kWait));
  BELLWETHER_CHECK(producer_->failures() == 0);
}

base::UnixMillis noon(base::Days day) {
  return base::UnixMillis(base::start_of(day).value + 12 * 3'600'000);
}

std::vector<DeadLetterCopy> read_all(const std::string& broker, const std::string& topic,
                                     int partition) {
  auto const consumer = must(kafka::InputConsumer::create(
      client_options(broker), {{topic, partition, RD_KAFKA_OFFSET_BEGINNING}}, {}, no_log()));
  std::vector<DeadLetterCopy> out;
  bool at_end = false;
  eventually([&] {
    kafka::Batch batch;
    consumer->poll(0, batch);
    for (const kafka::Record& r : batch.records()) {
      DeadLetterCopy copy{r.offset, {}, std::string(r.key), std::string(r.value)};
      rd_kafka_headers_t* headers = nullptr;
      if (rd_kafka_message_headers(r.message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char* name = nullptr;
        const void* value = nullptr;
        size_t size = 0;
        for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) ==
                           RD_KAFKA_RESP_ERR_NO_ERROR;
             ++i) {
          copy.headers[name] = std::string(static_cast<const char*>(value), size);
        }
      }
      out.push_back(std::move(copy));
    }
    at_end = batch.at_end();
    return at_end;
  });
  BELLWETHER_CHECK(at_end);
  return out;
}

}  // namespace bellwether::testing
