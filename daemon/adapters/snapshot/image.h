// Purpose: what a snapshot holds: where it belongs, each partition between two records, and the
// evaluation at a tick, and the alert book. Saved from pieces that stand still while the daemon
// goes on, read back as pieces that it goes on from. Not in it: fitted baselines and scores, which
// the panel gives. Thread safety: values.
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
#include "core/engine/partition_engine.h"
#include "core/indicators/panel.h"
#include "core/ledger/ledger.h"
#include "core/reference/reference.h"

namespace bellwether::snapshot {

// What must be the same where it is restored.
struct Identity {
  std::string cluster;    // Kafka's id of it
  std::string calendar;   // "week", "month"
  std::string reference;  // reference_digest()
  int32_t history_periods = 0;
  std::vector<std::string> topics;  // by input
  int32_t partitions = 0;
  friend bool operator==(const Identity&, const Identity&) = default;
};

// Areas and sectors are stored by their place in the reference files: 16 hexadecimal digits over
// the codes, parents and levels in their order.
std::string reference_digest(const reference::Reference& reference);

// Of the last record of an input that is in the snapshot; it identifies the topic.
using base::LogMark;

struct Manifest {
  Identity identity;
  base::UnixMillis taken_at;
  base::PeriodIndex tick;  // through which the evaluation is
  base::JournalOffset journal{
      -1};  // the journal was at least so long: the last record that the book has folded
  LogMark journal_mark;  // that record; none in a snapshot of format 1, or when nothing was folded
  int64_t journal_next =
      0;  // the journal is read on from here; records through `journal` are folded already
  std::vector<alerts::CutOffset> cut;  // of the tick
  std::vector<uint64_t> file_bytes;    // of the evaluation, then of each partition
  uint64_t book_bytes = 0;             // of the book; 0: none is in it
  std::vector<std::string>
      lacking;  // records that were gone before they could be read, as coverage warnings say it
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// To be saved.
struct PartitionImage {
  engine::PartitionState state;
  std::vector<LogMark> marks;  // by input
  ledger::FrozenLedger ledger;
};
struct Image {
  Manifest manifest;  // file_bytes and book_bytes are not looked at
  engine::EvaluatorState evaluation;
  std::vector<PartitionImage> partitions;
  std::shared_ptr<const alerts::Book> book;  // null: the journal gives it
};

// Read back.
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
};
struct Restored {
  Manifest manifest;
  RestoredEvaluation evaluation;
  std::vector<RestoredPartition> partitions;
  std::optional<alerts::Book> book;  // nullopt: the journal gives it from its beginning
};

}  // namespace bellwether::snapshot
