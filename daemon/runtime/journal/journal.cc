#include "runtime/journal/journal.h"

#include "absl/time/clock.h"
#include "adapters/kafka/log_marks.h"
#include "core/base/text.h"
#include "runtime/journal/journal_codec.h"

namespace bellwether::runtime {
namespace {

constexpr int kPollMs = 100;

}  // namespace

Journal::Journal(std::string topic, std::string writer, JournalStart start,
                 kafka::Producer& producer, BookKeeper& keeper, std::function<void()> news,
                 std::function<void(std::string)> fatal, base::LogFn log)
    : topic_(std::move(topic)),
      writer_(std::move(writer)),
      start_(start),
      producer_(producer),
      keeper_(keeper),
      news_(std::move(news)),
      fatal_(std::move(fatal)),
      log_(std::move(log)) {}

absl::StatusOr<std::unique_ptr<Journal>> Journal::open(
    const kafka::ClientOptions& client, std::string topic, std::string writer, JournalStart start,
    kafka::Producer& producer, BookKeeper& keeper, std::function<void()> news,
    std::function<void(std::string)> fatal, base::LogFn log) {
  std::unique_ptr<Journal> journal(new Journal(std::move(topic), std::move(writer), start, producer,
                                               keeper, std::move(news), std::move(fatal), log));
  auto reader = kafka::JournalReader::create(client, journal->topic_, start.next, std::move(log));
  if (!reader.ok()) return reader.status();
  journal->reader_ = *std::move(reader);
  journal->thread_ = std::thread([raw = journal.get()] { raw->run(); });
  return journal;
}

Journal::~Journal() {
  stop();
}

void Journal::stop() {
  stop_.store(true);
  if (thread_.joinable()) thread_.join();
}

void Journal::run() {
  kafka::Batch batch;
  std::string last_error;
  JournalPlace place;
  while (!stop_.load()) {
    reader_->poll(kPollMs, batch);
    if (!batch.error().ok()) {
      std::string const text(batch.error().message());
      if (text != last_error) log_(base::LogLevel::kError, "journal", text);
      last_error = text;
      if (absl::IsOutOfRange(batch.error())) return made_anew(text);
      continue;
    }
    for (const kafka::Record& record : batch.records()) {
      take(record);
      if (stop_.load()) return;
    }
    if (!batch.records().empty()) {
      const kafka::Record& last = batch.records().back();
      place = {kafka::mark_of(last), parts_.resume(last.offset + 1)};
    }
    if (!batch.records().empty() || batch.at_end()) {
      keeper_.publish(batch.at_end(), place);
      news_();
    }
  }
}

void Journal::take(const kafka::Record& record) {
  base::JournalOffset const offset(record.offset);
  auto const whole = parts_.add(record.offset, record.value);
  if (offset <= start_.folded) return;
  if (whole.ok() && !*whole) return keeper_.skip(offset);
  auto const entry = whole.ok() ? decode(**whole) : whole.status();
  if (entry.ok()) {
    keeper_.fold(offset, *entry, base::UnixMillis(record.timestamp_ms));
  } else if (absl::IsUnimplemented(entry.status())) {
    stop_.store(true);
    fatal_(base::cat("journal record ", record.offset, ": ",
                     base::from_absl(entry.status().message())));
  } else {
    unreadable_.fetch_add(1);
    log_(base::LogLevel::kWarning, "journal",
         base::cat("record ", record.offset,
                   " skipped: ", base::from_absl(entry.status().message())));
    keeper_.skip(offset);
  }
}

// The book in memory was folded from records that are gone. Only a restart can fold the present
// records.
void Journal::made_anew(std::string_view what) {
  fatal_(base::cat("the journal was truncated or recreated while it was being read (", what,
                   "); a restart folds it from its beginning"));
}

absl::StatusOr<Appended> Journal::append(const alerts::JournalEntry& entry, absl::Time deadline) {
  base::UnixMillis const at(absl::ToUnixMillis(absl::Now()));
  auto const parts = split_record(encode(entry, writer_, at), writer_, next_id_.fetch_add(1));
  if (!parts.ok()) return parts.status();
  base::JournalOffset const before = keeper_.view()->offset();
  // The parts of two records of one writer must not mix.
  std::unique_lock lock(parts_mutex_, std::defer_lock);
  if (parts->size() > 1) lock.lock();
  absl::StatusOr<int64_t> offset = 0;
  for (const std::string& value : *parts) {
    kafka::OutgoingRecord record;
    record.topic = topic_;
    record.partition = 0;
    record.value = value;
    offset = producer_.produce_and_wait(record, deadline);
    if (!offset.ok()) {
      return absl::Status(offset.status().code(),
                          base::cat("the journal did not take the record: ",
                                    base::from_absl(offset.status().message())));
    }
  }
  if (lock.owns_lock()) lock.unlock();
  if (*offset <= before.value) {
    made_anew(base::cat("a new record has offset ", *offset, ", the book is at ", before.value));
    return absl::DataLossError("the journal was recreated; this replica restarts");
  }
  auto const outcome = keeper_.wait_for(base::JournalOffset(*offset), deadline);
  if (!outcome) {
    return absl::DeadlineExceededError(
        base::cat("record ", *offset, " is in the journal but was not read back in time"));
  }
  return Appended{base::JournalOffset(*offset), *outcome};
}

}  // namespace bellwether::runtime
