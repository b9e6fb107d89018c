// Purpose: Export: streams the series of many nodes and indicators from one view. Each export keeps
// one message of about kExportMessageBytes, whatever the client asks for; the next one is made only
// when the client has taken the last. A client that stops reading is told to read faster.
// Thread safety: all public functions may be called from any thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "absl/time/time.h"
#include "adapters/rpc/calls.h"
#include "adapters/rpc/server.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"

namespace bellwether::rpc {

// Limit of exports at the same time. Each holds the panel of its view, which the daemon otherwise
// frees after the next tick, and takes up to one processor.
inline constexpr int kExportsMax = 4;
// A message ends with the series that reaches this size.
inline constexpr size_t kExportMessageBytes = 64 << 10;
// Limit of the whole time. ServerOptions::export_stall_max is that of a single message.
inline constexpr absl::Duration kExportTimeMax = absl::Hours(1);

class RunningExport;

class Exports {
 public:
  Exports(Backend backend, CallNoter observer, absl::Duration stall_max);
  ~Exports();

  // The reactor of a new export, which deletes itself. A refused export finishes at once with the
  // reason. `access`: whether the caller may export.
  grpc::ServerWriteReactor<indicators::v1::ExportResponse>* start(
      const indicators::v1::ExportRequest& request, const grpc::Status& access);
  int count() const;
  // Ends all exports with UNAVAILABLE and refuses new ones.
  void stop();

 private:
  friend class RunningExport;
  void remove(RunningExport* one);
  void run();

  Backend const backend_;
  CallNoter const observer_;
  absl::Duration const stall_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<RunningExport*> all_;
  bool stopped_ = false;
  std::thread thread_;  // ends the exports that exceed a limit
};

}  // namespace bellwether::rpc
