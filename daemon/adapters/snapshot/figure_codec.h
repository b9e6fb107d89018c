// Purpose: the frames of official figures in a snapshot: the facts of a partition, the changes of a
// tick, and the table of an evaluation. Errors: DataLoss for figures that cannot be.
// Thread safety: pure.
#pragma once

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "adapters/snapshot/frames.h"
#include "core/base/bytes.h"
#include "core/indicators/official_figures.h"
#include "core/ledger/figure_store.h"
#include "core/reference/reference.h"

namespace bellwether::snapshot {

absl::Status write(std::span<const ledger::KeptFigure> facts, FrameWriter& out);
absl::Status write(std::span<const indicators::FigureChange> changes, FrameWriter& out);
absl::Status write(const indicators::FigureTable& table, FrameWriter& out);

// Each adds the content of one frame.
absl::Status read(base::ByteReader in, const reference::Reference& reference,
                  std::vector<ledger::KeptFigure>& out);
absl::Status read(base::ByteReader in, const reference::Reference& reference,
                  std::vector<indicators::FigureChange>& out);
// `last`: no tick brought a version later.
absl::Status read(base::ByteReader in, const reference::Reference& reference,
                  base::PeriodIndex last, indicators::FigureTable& out);

}  // namespace bellwether::snapshot
