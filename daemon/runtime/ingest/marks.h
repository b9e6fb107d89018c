// Purpose: a record's mark as the Kafka adapter makes it and as snapshots keep it: the two do not
// know each other. Thread safety: pure.
#pragma once

#include "adapters/kafka/log_marks.h"
#include "adapters/snapshot/image.h"

namespace bellwether::runtime {

inline snapshot::Mark to_snapshot(const kafka::LogMark& m) {
  return {m.offset, m.timestamp_ms, m.digest};
}
inline kafka::LogMark to_kafka(const snapshot::Mark& m) {
  return {m.offset, m.timestamp_ms, m.digest};
}

}  // namespace bellwether::runtime
