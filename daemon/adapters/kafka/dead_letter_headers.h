// Purpose: the names of a dead letter's headers. Where Kafka Connect has a name for one it is used,
// so that Connect's tools read them. Thread safety: constants.
#pragma once

namespace bellwether::kafka {

inline constexpr char kTopicHeader[] = "__connect.errors.topic";
inline constexpr char kPartitionHeader[] = "__connect.errors.partition";
inline constexpr char kOffsetHeader[] = "__connect.errors.offset";
inline constexpr char kMessageHeader[] = "__connect.errors.exception.message";
inline constexpr char kTimestampHeader[] = "bellwether.timestamp";
inline constexpr char kReasonHeader[] = "bellwether.reason";
// There when the value or the key was cut or left out: how many bytes it had.
inline constexpr char kTruncatedHeader[] = "bellwether.truncated_from";
inline constexpr char kKeyTruncatedHeader[] = "bellwether.key_truncated_from";

}  // namespace bellwether::kafka
