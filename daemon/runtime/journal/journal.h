// Purpose: this replica's access to the journal: a thread that folds the journal's records, and
// appending a record with the outcome of its fold.
// Thread safety: all public functions may be called from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/kafka/journal.h"
#include "adapters/kafka/producer.h"
#include "core/base/log.h"
#include "runtime/journal/book_keeper.h"
#include "runtime/journal/journal_parts.h"

namespace bellwether::runtime {

struct Appended {
  base::JournalOffset offset;
  alerts::FoldOutcome outcome{};
};

// The part of the journal that the book already holds.
struct JournalStart {
  int64_t next = RD_KAFKA_OFFSET_BEGINNING;  // offset to read from
  base::JournalOffset folded{-1};            // records through this one are folded already
};

class Journal {
 public:
  // `news` is called after records were folded and published. `fatal` is called if the process must
  // not continue: a record has a newer format, or the journal was truncated or recreated while it
  // was read.
  static absl::StatusOr<std::unique_ptr<Journal>> open(
      const kafka::ClientOptions& client, std::string topic, std::string writer, JournalStart start,
      kafka::Producer& producer, BookKeeper& keeper, std::function<void()> news,
      std::function<void(std::string)> fatal, base::LogFn log);
  ~Journal();

  // Appends and waits until this replica has folded the record. Errors: DeadlineExceeded,
  // Unavailable, Cancelled, DataLoss if the journal was recreated.
  absl::StatusOr<Appended> append(const alerts::JournalEntry& entry, absl::Time deadline);
  int64_t unreadable() const { return unreadable_.load(); }
  void stop();

 private:
  Journal(std::string topic, std::string writer, JournalStart start, kafka::Producer& producer,
          BookKeeper& keeper, std::function<void()> news, std::function<void(std::string)> fatal,
          base::LogFn log);
  void run();
  void take(const kafka::Record& record);
  void made_anew(std::string_view what);

  std::string topic_;
  std::string writer_;
  JournalStart const start_;
  kafka::Producer& producer_;
  BookKeeper& keeper_;
  std::function<void()> news_;
  std::function<void(std::string)> fatal_;
  base::LogFn log_;
  std::unique_ptr<kafka::JournalReader> reader_;
  JournalParts parts_;  // journal thread only
  std::atomic<int64_t> next_id_{0};
  std::mutex parts_mutex_;  // held while a record is written in parts
  std::atomic<bool> stop_{false};
  std::atomic<int64_t> unreadable_{0};
  std::thread thread_;
};

}  // namespace bellwether::runtime
