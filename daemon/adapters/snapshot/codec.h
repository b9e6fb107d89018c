// Purpose: writes the pieces of a snapshot as frames, and reads them. The content of each frame is
// described in codec.cc, next to the code that writes it. Numbers are as in bytes.h, and lists
// begin with their length. Errors: those of FrameReader; DataLoss also for frames with impossible
// content (a sector that the reference does not have, facts out of order), because a checksum finds
// damage but not mistakes.
// Thread safety: pure, except for the files.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/snapshot/frames.h"
#include "adapters/snapshot/image.h"

namespace bellwether::snapshot {

absl::Status write(const Manifest& manifest, FrameWriter& out);
absl::Status write(const PartitionImage& partition, FrameWriter& out);
absl::Status write(const engine::EvaluatorState& evaluation, FrameWriter& out);

absl::StatusOr<Manifest> read_manifest(FrameReader& in);
absl::StatusOr<RestoredPartition> read_partition(FrameReader& in,
                                                 const reference::Reference& reference,
                                                 base::Calendar calendar);
absl::StatusOr<RestoredEvaluation> read_evaluation(FrameReader& in,
                                                   const reference::Reference& reference,
                                                   base::Calendar calendar);

}  // namespace bellwether::snapshot
