// Journal records of every kind: their bytes and the resulting book must not change, whatever
// changes in the code. The records are in tests/data/journals.
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "adapters/snapshot/book_codec.h"
#include "bellwether/journal/v1/journal.pb.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "runtime/journal/journal_codec.h"
#include "support/data.h"
#include "support/memory_disk.h"
#include "support/must.h"

namespace bellwether::runtime {
namespace {

using alerts::FoldOutcome;
using testing::must;

struct Recorded {
  const char* name;
  FoldOutcome outcome;
  uint64_t book;            // digest of the book after this record
  uint64_t snapshot;        // hash of the frames of the saved book
  const char* digest = "";  // of a rule set
};
const std::vector<Recorded> kRecorded = {
    {"00_no_rules", FoldOutcome::kApplied, 653776924727484304u, 17224496929753356661u,
     "436335ae86c6e31e"},
    {"01_rules_of_every_kind", FoldOutcome::kApplied, 6630473179875178405u, 9339760630364448971u,
     "bfb541a21d18d0eb"},
    {"02_rules_with_keys_without_effect", FoldOutcome::kApplied, 14711874349410041307u,
     18177616585734008637u, "3ccfe9346915fbd7"},
    {"03_regime_break_declared", FoldOutcome::kApplied, 3278301928015215648u,
     16601148691149263811u},
    {"04_evaluation_with_every_field", FoldOutcome::kApplied, 1553496267457793916u,
     7622076244440890634u},
    {"05_alert_acknowledged", FoldOutcome::kApplied, 12043041364976500055u, 4684694027876673109u},
    {"06_silence_created", FoldOutcome::kApplied, 2476057337265356933u, 10741076583545947407u},
    {"07_silence_of_everything", FoldOutcome::kApplied, 3181311611589486196u,
     13356908080853530608u},
    {"08_silence_expired", FoldOutcome::kApplied, 10619564190097899041u, 10450500132783479139u},
    {"09_evaluation_with_every_transition", FoldOutcome::kApplied, 12059046290133021672u,
     6646055616549482252u},
    {"10_evaluation_of_nothing", FoldOutcome::kRulesChanged, 12059046290133021672u,
     5650002425913135339u},
    {"11_regime_break_withdrawn", FoldOutcome::kApplied, 5045874637818295715u,
     13757807779311074506u},
    {"12_regime_break_declared_again", FoldOutcome::kApplied, 11508444852109802253u,
     7095740996359810545u},
    {"13_rules_with_special_days", FoldOutcome::kApplied, 11708557926910473525u,
     16074172101825153742u, "b4e7169aac8b22b7"},
};

std::string text_of(const Recorded& recorded) {
  return testing::data_file(base::cat("journals/", recorded.name, ".txtpb"));
}
std::string bytes_of(const Recorded& recorded) {
  std::string bytes;
  EXPECT_TRUE(absl::Base64Unescape(
      testing::data_file(base::cat("journals/", recorded.name, ".base64")), &bytes));
  return bytes;
}

journal::v1::JournalRecord message_of(const std::string& bytes) {
  journal::v1::JournalRecord message;
  EXPECT_TRUE(message.ParseFromString(bytes));
  return message;
}

// The hash of tags and unpacked payloads, because zstd determines the packed bytes.
uint64_t saved(const alerts::Book& book) {
  testing::MemoryDisk disk;
  {
    auto const file = must(disk.create("/book"));
    snapshot::FrameWriter frames(*file, snapshot::FileKind::kBook);
    EXPECT_TRUE(snapshot::write(book, frames).ok());
  }
  auto const file = must(disk.open("/book"));
  snapshot::FrameReader frames(*file, snapshot::FileKind::kBook);
  uint64_t hash = 0;
  while (auto const frame = must(frames.next()))
    hash = base::hash64(frame->payload, hash + frame->tag);
  return hash;
}

TEST(RecordedJournalsTest, EachRecordIsWrittenAsItWasRead) {
  for (const Recorded& recorded : kRecorded) {
    SCOPED_TRACE(recorded.name);
    std::string const bytes = bytes_of(recorded);
    JournalRecord const record = must(decode_record(bytes));
    std::string const again = encode(record.entry, record.writer, record.written_at);
    EXPECT_EQ(absl::BytesToHexString(again), absl::BytesToHexString(bytes))
        << message_of(again).DebugString();
  }
}

TEST(RecordedJournalsTest, EachRecordIsWhatItsTextDescribes) {
  for (const Recorded& recorded : kRecorded) {
    SCOPED_TRACE(recorded.name);
    journal::v1::JournalRecord described;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text_of(recorded), &described));
    EXPECT_EQ(message_of(bytes_of(recorded)).DebugString(), described.DebugString());
  }
}

TEST(RecordedJournalsTest, RuleSetsHaveTheirDigests) {
  for (const Recorded& recorded : kRecorded) {
    SCOPED_TRACE(recorded.name);
    std::string const bytes = bytes_of(recorded);
    EXPECT_EQ(message_of(bytes).rule_set_activated().rule_set().digest(), recorded.digest);
    alerts::JournalEntry const entry = must(decode(bytes));
    const auto* const rules = std::get_if<alerts::RuleSetActivated>(&entry);
    EXPECT_EQ(rules == nullptr ? "" : alerts::digest(rules->rule_set), recorded.digest);
  }
}

TEST(RecordedJournalsTest, TheirBookIsUnchanged) {
  alerts::Book book(base::Calendar(base::CalendarUnit::kMonth));
  for (size_t i = 0; i < kRecorded.size(); ++i) {
    const Recorded& recorded = kRecorded[i];
    SCOPED_TRACE(recorded.name);
    auto const entry = must(decode(bytes_of(recorded)));
    EXPECT_EQ(book.fold(base::JournalOffset(static_cast<int64_t>(i)), entry), recorded.outcome);
    EXPECT_EQ(book.digest(), recorded.book);
    EXPECT_EQ(saved(book), recorded.snapshot);
  }
}

}  // namespace
}  // namespace bellwether::runtime
