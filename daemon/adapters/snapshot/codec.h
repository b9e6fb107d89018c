// Purpose: the pieces of a snapshot as frames and back. What is in a frame stands in codec.cc,
// beside the code that writes it; numbers are as in bytes.h, lists begin with their length. Errors:
// as FrameReader's; DataLoss too for frames that hold what cannot be (a sector that the reference
// does not have, facts out of order): a checksum tells of damage, not of mistakes. Thread safety:
// pure but for the files.
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
