// Purpose: the content of a snapshot: its identity, the state of each partition between two
// records, the evaluation at a tick, and the alert book. It is saved from pieces that do not change
// while the daemon continues, and read as pieces from which the daemon resumes. Fitted baselines
// and scores are not in it, because they are computed from the panel.
// Thread safety: values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/alerts/book.h"
#include "core/alerts/entry.h"
#include "core/base/calendar.h"
#include "core/base/log_place.h"
#include "core/engine/evaluator.h"
#include "core/engine/figures.h"
#include "core/engine/partition_engine.h"
#include "core/indicators/panel.h"
#include "core/ledger/ledger.h"
#include "core/reference/reference.h"

namespace bellwether::snapshot {

// These must be equal where the snapshot is restored.
struct Identity {
  std::string cluster;    // Kafka's cluster id
  std::string calendar;   // "week", "month"
  std::string reference;  // reference_digest()
  int32_t history_periods = 0;
  std::vector<std::string> topics;  // by input
  int32_t partitions = 0;
  int32_t figures = engine::kFiguresVersionUnnamed;  // engine::kFiguresVersion of its build
  std::string codes;                                 // codes_digest(); empty in formats 1 and 2
  uint64_t working_hours = 0;  // reference::Desks::digest(); formats 1 and 2 have the default's
  friend bool operator==(const Identity&, const Identity&) = default;
};

// Areas and sectors are stored by their index in the reference files. The digest identifies these
// files: 16 hexadecimal digits over codes, levels and ancestors, in their order.
std::string reference_digest(const reference::Reference& reference);
// The postcodes and activity codes decide in which area and sector a fact is stored. 16 hexadecimal
// digits over all of them.
std::string codes_digest(const reference::Reference& reference);

// The mark of an input's last record in the snapshot. It identifies the log of the topic.
using base::LogMark;

struct Manifest {
  Identity identity;
  base::UnixMillis taken_at;
  base::PeriodIndex tick;  // the evaluation's tick
  base::JournalOffset journal{
      -1};  // the last record that the book has folded; the journal was at least this long
  LogMark journal_mark;  // the mark of that record; none in a snapshot of format 1, or if no record
                         // was folded
  int64_t journal_next =
      0;  // the journal is read from here; records up to `journal` are folded already
  std::vector<alerts::CutOffset> cut;  // the cut of the tick
  std::vector<uint64_t> file_bytes;    // sizes of the files: evaluation, then each partition
  uint64_t book_bytes = 0;             // size of the book's file; 0: no book
  std::vector<std::string>
      lacking;              // coverage warnings: records that were gone before they could be read
  uint64_t past_bytes = 0;  // size of the file of the past; 0: there is none
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// A record of the journal that the book of an earlier revision needs.
struct PastRecord {
  base::JournalOffset offset;
  std::optional<base::PeriodIndex> tick;  // the tick that it settled; nullopt for other records
  std::string packed;                     // an encoded journal record, packed (packed.h)
};
// A book of the past, and the records that were folded after it.
struct PastBook {
  std::shared_ptr<const alerts::Book> before;  // null: nothing is kept
  std::vector<std::shared_ptr<const PastRecord>> records;
};

// The data to save.
struct PartitionImage {
  engine::PartitionState state;
  std::vector<LogMark> marks;  // by input
  ledger::FrozenLedger ledger;
};
struct Image {
  Manifest manifest;  // file_bytes and book_bytes are ignored
  engine::EvaluatorState evaluation;
  std::vector<PartitionImage> partitions;
  std::shared_ptr<const alerts::Book> book;  // null: the book comes from the journal
  PastBook past_book;
};

// The data read.
struct RestoredPartition {
  engine::PartitionState state;
  std::vector<LogMark> marks;
  ledger::Ledger ledger;
};
struct RestoredEvaluation {
  base::PeriodIndex tick;
  indicators::Panel panel;
  std::vector<indicators::Report> reports;
  uint64_t cells_digest = 0;
  engine::PanelChanges changes;  // empty in formats 1 and 2
};
struct Restored {
  Manifest manifest;
  RestoredEvaluation evaluation;
  std::vector<RestoredPartition> partitions;
  std::optional<alerts::Book> book;  // nullopt: the book is folded from the whole journal
  PastBook past_book;                // nothing in formats 1 and 2
};

}  // namespace bellwether::snapshot
