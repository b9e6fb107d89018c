// bellwether feed: replays counts of births and deaths as single events through Kafka.
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "absl/strings/str_format.h"
#include "adapters/kafka/producer.h"
#include "bellwether/events/v1/registration.pb.h"
#include "cli/broker/replay.h"
#include "cli/broker/topics.h"
#include "cli/context.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "cli/text_file.h"
#include "connect/messages.h"
#include "core/base/display.h"
#include "core/base/text.h"
#include "core/events/decoder.h"

namespace bellwether::cli {
namespace {

namespace events_pb = bellwether::events::v1;

struct Options {
  KafkaOptions kafka;
  std::string counts;
  std::string sectors;
  std::string calendar = "month";
  std::string jurisdiction = "SG";
  std::string register_name = "acra";
  std::string source = "register-replay";
  std::string born = "1950-01-01";
  double rate = 0;
};

constexpr absl::Duration kWait = absl::Seconds(30);
constexpr absl::Duration kFlushWait = absl::Seconds(120);

// Turns the lives of businesses into records: registered, then status changed to removed.
class Feeder {
 public:
  // `cells` are those of the replay, in its order.
  Feeder(const Options& options, const reference::Sectors& sectors, std::vector<CellRecord> cells,
         kafka::Producer& producer, int partitions)
      : options_(options),
        producer_(producer),
        partitions_(partitions),
        scheme_(sectors.scheme()),
        version_(sectors.version()),
        cells_(std::move(cells)),
        topic_(producer.topic(options.kafka.topics[domain::Topic::kRegistrations])) {}

  absl::Status send(const Replay& replay, const LifeEvent& life) {
    const CellRecord& cell = cells_[life.cell];
    event_.Clear();
    std::string const id = absl::StrFormat("%s%07u", cell.number_prefix, life.business);
    event_.set_event_id(base::cat(id, life.birth ? "-registered" : "-removed"));
    event_.set_source(options_.source);
    events_pb::BusinessRef& business = *event_.mutable_business();
    business.set_jurisdiction(options_.jurisdiction);
    business.set_register_(options_.register_name);
    business.set_id(id);
    connect::set_date(*event_.mutable_effective_date(), life.effective);
    if (life.birth) {
      events_pb::Registered& registered = *event_.mutable_registered();
      registered.set_area_code(replay.cells()[life.cell].area);
      if (!cell.activity_code.empty()) {
        events_pb::Activity& activity = *registered.add_activities();
        activity.set_scheme(scheme_);
        activity.set_version(version_);
        activity.set_code(cell.activity_code);
      }
    } else {
      event_.mutable_status_changed()->set_status(events_pb::REGISTER_STATUS_REMOVED);
    }
    event_.SerializeToString(&value_);
    std::string const key =
        events::canonical_business_id(options_.jurisdiction, options_.register_name, id);
    ++sent_;
    return producer_.produce_bulk(topic_, kafka::kAnyPartition, key, value_, life.at.value);
  }

  // Sends a heartbeat to every partition of every input: all records before `complete_to` are
  // published.
  absl::Status heartbeat(base::UnixMillis complete_to) {
    std::string const value = connect::heartbeat(options_.source, complete_to);
    for (const std::string& topic : input_topics(options_.kafka)) {
      for (int p = 0; p < partitions_; ++p) {
        auto const status =
            producer_.produce_bulk(producer_.topic(topic), p, "", value, complete_to.value);
        if (!status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  int64_t sent() const { return sent_; }

 private:
  const Options& options_;
  kafka::Producer& producer_;
  int const partitions_;
  std::string const scheme_;
  std::string const version_;
  std::vector<CellRecord> const cells_;
  rd_kafka_topic_t* const topic_;
  events_pb::RegistrationEvent event_;
  std::string value_;
  int64_t sent_ = 0;
};

absl::Status run(const Options& options) {
  base::Calendar const calendar(
      base::calendar_unit(options.calendar).value_or(base::CalendarUnit::kMonth));
  auto const sectors_csv = read_text_file(options.sectors);
  if (!sectors_csv.ok()) return sectors_csv.status();
  auto const sectors = reference::Sectors::parse(*sectors_csv, options.sectors);
  if (!sectors.ok()) return sectors.status();
  auto const counts_csv = read_text_file(options.counts);
  if (!counts_csv.ok()) return counts_csv.status();
  auto rows = parse_counts(*counts_csv, options.counts, calendar);
  if (!rows.ok()) return rows.status();
  auto const born = base::parse_date(options.born);
  if (!born.ok()) return born.status();
  Replay replay(*std::move(rows), calendar);
  auto cells = cell_records(replay.cells(), *sectors);
  if (!cells.ok()) return cells.status();
  auto const cluster =
      kafka::describe(options.kafka.client(), {options.kafka.topics[domain::Topic::kRegistrations]},
                      kWait, quiet_log());
  if (!cluster.ok()) return cluster.status();
  if (auto const timed = kafka::check_timestamps(cluster->topics); !timed.ok()) return timed;
  kafka::ProducerTuning tuning;
  tuning.message_timeout_ms = 120'000;
  auto producer = kafka::Producer::create(options.kafka.client(), tuning, quiet_log());
  if (!producer.ok()) return producer.status();

  Feeder feeder(options, *sectors, *std::move(cells), **producer, cluster->topics[0].partitions);
  Progress progress(replay.opening() + replay.births() + replay.deaths(), "events");
  auto const begin = std::chrono::steady_clock::now();
  absl::Status status;
  std::string where = "opening stock";
  auto const send = [&](const LifeEvent& life) {
    if (!status.ok()) return;
    status = feeder.send(replay, life);
    if (options.rate > 0) {
      std::this_thread::sleep_until(
          begin +
          std::chrono::duration_cast<std::chrono::nanoseconds>(
              std::chrono::duration<double>(static_cast<double>(feeder.sent()) / options.rate)));
    }
    if (feeder.sent() % 1024 == 0) progress.tell(feeder.sent(), where, false);
  };
  replay.opening(*born, send);
  for (size_t p = 0; p < replay.periods().size() && status.ok(); ++p) {
    where = calendar.name(replay.periods()[p]);
    replay.period(p, send);
    if (status.ok()) status = feeder.heartbeat(calendar.end_of(replay.periods()[p]));
  }
  if (status.ok()) status = (*producer)->flush(kFlushWait);
  progress.tell(feeder.sent(), where, true);
  if (!status.ok()) return status;
  if ((*producer)->failures() > 0) {
    return absl::UnavailableError(
        base::cat((*producer)->failures(), " records were not delivered"));
  }
  std::printf(
      "%s registrations, %s cessations and an opening stock of %s businesses, in %zu series\n",
      base::grouped(replay.births()).c_str(), base::grouped(replay.deaths()).c_str(),
      base::grouped(replay.opening()).c_str(), replay.cells().size());
  return absl::OkStatus();
}

}  // namespace

void add_feed(CLI::App& app, Context& context) {
  CLI::App* const sub = app.add_subcommand(
      "feed", "replay counts of births and deaths as single events; timestamps are event times");
  sub->fallthrough();
  auto options = std::make_shared<Options>();
  add_kafka_options(*sub, options->kafka);
  sub->add_option("counts", options->counts, "CSV: period,area,sector,births,deaths")->required();
  sub->add_option("--sectors", options->sectors, "CSV of the classification, the daemon's file")
      ->required();
  sub->add_option("--calendar", options->calendar, "calendar of the periods in the file")
      ->check(CLI::IsMember({"month", "week"}))
      ->capture_default_str();
  sub->add_option("--jurisdiction", options->jurisdiction)->capture_default_str();
  sub->add_option("--register", options->register_name)->capture_default_str();
  sub->add_option("--source", options->source, "name of the source in the events")
      ->capture_default_str();
  sub->add_option("--born", options->born, "date of birth of the opening stock")
      ->capture_default_str();
  sub->add_option("--rate", options->rate, "events per second; 0 = as fast as possible")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  sub->callback([&context, options] {
    absl::Status const status = run(*options);
    if (status.ok()) return;
    context.fail(exit_of(status), std::string(status.message()));
  });
}

}  // namespace bellwether::cli
