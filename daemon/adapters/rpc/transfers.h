// Purpose: the transfers of snapshots that a server runs: their maximum number and their shared
// rate. A transfer whose reader has stopped reading does not block others.
// Thread safety: all functions may be called from any thread; a Transfer belongs to its call.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "absl/time/time.h"
#include "adapters/rpc/pace.h"
#include "adapters/rpc/snapshots.h"

namespace bellwether::rpc {

inline constexpr size_t kTransfersMax = 2;
// A transfer without progress for this long is ended when another replica asks.
inline constexpr absl::Duration kTransferStallMax = absl::Seconds(30);
// A piece has the number of bytes sent in kPieceTime, within these limits.
inline constexpr size_t kPieceBytesMin = 4 << 10;
inline constexpr size_t kPieceBytesMax = 256 << 10;
inline constexpr absl::Duration kPieceTime = absl::Milliseconds(50);

class Transfers {
 public:
  class Transfer {
   public:
    ~Transfer();
    // How long to wait before `bytes` are sent, because the bytes of other transfers go first.
    absl::Duration reserve(size_t bytes, absl::Time now);
    void sent(size_t bytes, absl::Time now);
    void whole();

   private:
    friend class Transfers;
    Transfer(Transfers& owner, std::function<void()> end, absl::Time now)
        : owner_(owner), end_(std::move(end)), moved_(now) {}
    Transfers& owner_;
    std::function<void()> end_;
    absl::Time moved_;
    bool whole_ = false;
  };

  explicit Transfers(double bytes_per_second);
  // Null if kTransfersMax are running. `end` makes the call return. It is called only while the
  // Transfer exists.
  std::unique_ptr<Transfer> begin(std::function<void()> end, absl::Time now);
  size_t piece_bytes() const { return piece_bytes_; }
  TransferCounts counts() const;

 private:
  size_t const piece_bytes_;
  mutable std::mutex mutex_;
  Pace pace_;
  std::list<Transfer*> open_;
  TransferCounts counts_;
};

}  // namespace bellwether::rpc
