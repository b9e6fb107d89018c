#include "adapters/rpc/transfers.h"

#include <algorithm>

namespace bellwether::rpc {
namespace {

size_t piece_bytes_at(double bytes_per_second) {
  double const bytes =
      std::min(bytes_per_second * absl::ToDoubleSeconds(kPieceTime), 1.0 * kPieceBytesMax);
  return std::max(static_cast<size_t>(bytes), kPieceBytesMin);
}

}  // namespace

Transfers::Transfers(double bytes_per_second)
    : piece_bytes_(piece_bytes_at(bytes_per_second)), pace_(bytes_per_second) {}

std::unique_ptr<Transfers::Transfer> Transfers::begin(std::function<void()> end, absl::Time now) {
  std::lock_guard lock(mutex_);
  if (open_.size() >= kTransfersMax) {
    ++counts_.refused;
    for (Transfer* transfer : open_) {
      if (now - transfer->moved_ > kTransferStallMax) transfer->end_();
    }
    return nullptr;
  }
  auto made = std::unique_ptr<Transfer>(new Transfer(*this, std::move(end), now));
  open_.push_back(made.get());
  return made;
}

Transfers::Transfer::~Transfer() {
  std::lock_guard lock(owner_.mutex_);
  owner_.open_.remove(this);
  ++(whole_ ? owner_.counts_.files : owner_.counts_.broken);
}

absl::Duration Transfers::Transfer::reserve(size_t bytes, absl::Time now) {
  std::lock_guard lock(owner_.mutex_);
  moved_ = now;
  return owner_.pace_.reserve(bytes, now);
}

void Transfers::Transfer::sent(size_t bytes, absl::Time now) {
  std::lock_guard lock(owner_.mutex_);
  moved_ = now;
  owner_.counts_.bytes += static_cast<int64_t>(bytes);
}

void Transfers::Transfer::whole() {
  whole_ = true;
}

TransferCounts Transfers::counts() const {
  std::lock_guard lock(mutex_);
  TransferCounts out = counts_;
  out.open = static_cast<int>(open_.size());
  return out;
}

}  // namespace bellwether::rpc
