// Reads the journal of a test, and writes records to another one.
#pragma once

#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/base/ids.h"
#include "runtime/journal/journal_codec.h"
#include "runtime/journal/journal_parts.h"
#include "support/cluster.h"
#include "support/must.h"

namespace bellwether::testing {

// All records, in order of offset. REQUIRES: no entry is split into several records.
inline std::vector<runtime::JournalRecord> read_journal(const std::string& topic) {
  std::vector<runtime::JournalRecord> out;
  for (const DeadLetterCopy& record : read_all(broker(), topic)) {
    BELLWETHER_CHECK(record.offset == static_cast<int64_t>(out.size()));
    out.push_back(must(runtime::decode_record(record.value)));
  }
  return out;
}

inline void write_journal(Source& source, const std::string& topic,
                          const runtime::JournalRecord& record) {
  std::string const bytes = runtime::encode(record.entry, record.writer, record.written_at);
  BELLWETHER_CHECK(bytes.size() <= runtime::kJournalRecordBytesMax);
  source.raw(topic, "", bytes, record.written_at, 0);
  source.flush();
}

}  // namespace bellwether::testing
