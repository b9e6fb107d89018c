// Purpose: the limits on requests, and on the data kept for a client.
// Thread safety: constants.
#pragma once

#include <cstddef>

namespace bellwether::rpc {

inline constexpr int kPageSizeDefault = 100;
inline constexpr int kPageSizeMax = 1000;
inline constexpr int kSeriesNamesMax = 20;
inline constexpr int kCompareNodesMax = 100;
inline constexpr int kRequestBytesMax = 256 * 1024;
inline constexpr int kFilterBytesMax = 1024;
inline constexpr int kForecastLevelsMax = 5;
inline constexpr int kActorBytesMax = 128;
inline constexpr int kCommentBytesMax = 1024;
// A watch ends if it lags by more than this number of transitions. The client may resume it.
inline constexpr size_t kWatcherLagMax = 10'000;

}  // namespace bellwether::rpc
