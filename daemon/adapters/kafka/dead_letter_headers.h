// Purpose: the names of a dead letter's headers. A header uses Kafka Connect's name if there is
// one, so that Connect's tools can read it.
// Thread safety: constants.
#pragma once

namespace bellwether::kafka {

inline constexpr char kTopicHeader[] = "__connect.errors.topic";
inline constexpr char kPartitionHeader[] = "__connect.errors.partition";
inline constexpr char kOffsetHeader[] = "__connect.errors.offset";
inline constexpr char kMessageHeader[] = "__connect.errors.exception.message";
inline constexpr char kTimestampHeader[] = "bellwether.timestamp";
inline constexpr char kReasonHeader[] = "bellwether.reason";
// Present only if the value or the key was truncated or left out. Holds its original length in
// bytes.
inline constexpr char kTruncatedHeader[] = "bellwether.truncated_from";
inline constexpr char kKeyTruncatedHeader[] = "bellwether.key_truncated_from";

}  // namespace bellwether::kafka
