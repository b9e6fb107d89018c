// Purpose: the limits on requests, and on the data kept for a client.
// Thread safety: constants.
#pragma once

#include <cstddef>

namespace bellwether::rpc {

inline constexpr int kPageSizeDefault = 100;
inline constexpr int kPageSizeMax = 1000;
inline constexpr int kSeriesNamesMax = 20;
inline constexpr int kCompareNodesMax = 100;
inline constexpr int kLadderStepsDefault = 5;
inline constexpr int kLadderStepsMax = 100;
inline constexpr int kExportNamesMax = 100;
inline constexpr int kRequestBytesMax = 256 * 1024;
// Filters are tried on every alert, so the number of values that they compare with is bounded, too.
inline constexpr int kFilterBytesMax = 4096;
inline constexpr int kFilterTermsMax = 200;  // values of all comparisons and IN lists
inline constexpr int kFilterDepthMax = 10;   // parentheses and NOT inside each other
// The text of an error is sent twice, as message and in the details, and gRPC clients drop an
// answer whose trailing metadata have more than 8 KiB. Percent-encoding may treble the message.
inline constexpr size_t kErrorBytesMax = 1024;
// Questions of GetJudgement in work or waiting. They are answered one after the other, and the
// first one about a rule may take seconds.
inline constexpr int kJudgementsMax = 8;
inline constexpr int kForecastLevelsMax = 5;
inline constexpr int kActorBytesMax = 128;
inline constexpr int kCommentBytesMax = 1024;
inline constexpr size_t kHappeningPartsMax = 500;
// A watch ends if it lags by more than this number of transitions. The client may resume it.
inline constexpr size_t kWatcherLagMax = 10'000;

}  // namespace bellwether::rpc
