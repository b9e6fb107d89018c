// Purpose: the transfers of snapshots that a server has under way: how many at once, at what rate,
// and none that blocks others because its reader has stopped reading.
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
// One that has not moved for so long is ended when another asks.
inline constexpr absl::Duration kTransferStallMax = absl::Seconds(30);
// A piece is what goes in kPieceTime, within these bounds.
inline constexpr size_t kPieceBytesMin = 4 << 10;
inline constexpr size_t kPieceBytesMax = 256 << 10;
inline constexpr absl::Duration kPieceTime = absl::Milliseconds(50);

class Transfers {
 public:
  class Transfer {
   public:
    ~Transfer();
    // Waits behind the other transfers' bytes; to be waited for before `bytes` are sent.
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
  // Null when kTransfersMax are under way. `end` makes the call return; it is called at most while
  // the Transfer lives.
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
