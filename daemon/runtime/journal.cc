#include "runtime/journal.h"

#include "absl/time/clock.h"
#include "base/text.h"
#include "runtime/journal_codec.h"

namespace bellwether::runtime {
namespace {

constexpr int kPollMs = 100;

}  // namespace

Journal::Journal(std::string topic, std::string writer, kafka::Producer& producer,
                 BookKeeper& keeper, std::function<void()> news,
                 std::function<void(std::string)> fatal, kafka::LogFn log)
    : topic_(std::move(topic)),
      writer_(std::move(writer)),
      producer_(producer),
      keeper_(keeper),
      news_(std::move(news)),
      fatal_(std::move(fatal)),
      log_(std::move(log)) {}

absl::StatusOr<std::unique_ptr<Journal>> Journal::open(
    const kafka::ClientOptions& client, std::string topic, std::string writer,
    kafka::Producer& producer, BookKeeper& keeper, std::function<void()> news,
    std::function<void(std::string)> fatal, kafka::LogFn log) {
  std::unique_ptr<Journal> journal(new Journal(std::move(topic), std::move(writer), producer, keeper,
                                               std::move(news), std::move(fatal), log));
  auto reader =
      kafka::JournalReader::create(client, journal->topic_, RD_KAFKA_OFFSET_BEGINNING, std::move(log));
  if (!reader.ok()) return reader.status();
  journal->reader_ = *std::move(reader);
  journal->thread_ = std::thread([raw = journal.get()] { raw->run(); });
  return journal;
}

Journal::~Journal() { stop(); }

void Journal::stop() {
  stop_.store(true);
  if (thread_.joinable()) thread_.join();
}

void Journal::run() {
  kafka::Batch batch;
  std::string last_error;
  while (!stop_.load()) {
    reader_->poll(kPollMs, batch);
    if (!batch.error().ok()) {
      std::string const text(batch.error().message());
      if (text != last_error) log_(3, "journal", text);
      last_error = text;
      continue;
    }
    for (const kafka::Record& record : batch.records()) {
      base::JournalOffset const offset(record.offset);
      auto const entry = decode(record.value);
      if (entry.ok()) {
        keeper_.fold(offset, *entry);
      } else if (absl::IsUnimplemented(entry.status())) {
        fatal_(base::cat("journal record ", record.offset, ": ", base::from_absl(entry.status().message())));
        return;
      } else {
        unreadable_.fetch_add(1);
        log_(4, "journal", base::cat("record ", record.offset, " passed over: ",
                                     base::from_absl(entry.status().message())));
        keeper_.skip(offset);
      }
    }
    if (!batch.records().empty() || batch.at_end()) {
      keeper_.publish(batch.at_end());
      news_();
    }
  }
}

absl::StatusOr<Appended> Journal::append(const alerts::JournalEntry& entry, absl::Time deadline) {
  std::string const value =
      encode(entry, writer_, base::UnixMillis(absl::ToUnixMillis(absl::Now())));
  kafka::OutgoingRecord record;
  record.topic = topic_;
  record.partition = 0;
  record.value = value;
  auto const offset = producer_.produce_and_wait(record, deadline);
  if (!offset.ok()) {
    return absl::Status(offset.status().code(),
                        base::cat("the journal did not take the record: ",
                                  base::from_absl(offset.status().message())));
  }
  auto const outcome = keeper_.wait_for(base::JournalOffset(*offset), deadline);
  if (!outcome) {
    return absl::DeadlineExceededError(
        base::cat("record ", *offset, " is in the journal but was not read back in time"));
  }
  return Appended{base::JournalOffset(*offset), *outcome};
}

}  // namespace bellwether::runtime
