#include "adapters/rpc/snapshot_client.h"

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "absl/time/clock.h"
#include "adapters/rpc/limits.h"
#include "bellwether/snapshots/v1/snapshots.grpc.pb.h"
#include "core/base/text.h"

namespace bellwether::rpc {
namespace {

namespace snapshots_pb = bellwether::snapshots::v1;

constexpr auto kWaitSlice = std::chrono::milliseconds(50);

absl::Status from_grpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      base::excerpt(status.error_message(), kErrorBytesMax));
}

// One stream. It reads one piece at a time, so that a slow disk slows the sender.
class Reader final : public grpc::ClientReadReactor<snapshots_pb::FetchResponse> {
 public:
  void OnReadDone(bool ok) override {
    std::lock_guard lock(mutex_);
    (ok ? arrived_ : ended_) = true;
    changed_.notify_one();
  }
  void OnDone(const grpc::Status& status) override {
    std::lock_guard lock(mutex_);
    status_ = status;
    done_ = true;
    changed_.notify_one();
  }

  void begin(snapshots_pb::SnapshotService::Stub& stub, const snapshots_pb::FetchRequest& request) {
    stub.async()->Fetch(&context_, &request, this);
    AddHold();  // reads start on another thread: the call must not end between two reads
    StartRead(&response_);
    StartCall();
  }
  // The next piece; null at the end, or if `stop` returns true.
  const snapshots_pb::FetchResponse* next(const std::function<bool()>& stop) {
    while (!stop()) {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, kWaitSlice, [this] { return arrived_ || ended_; })) {
        return arrived_ ? &response_ : nullptr;
      }
    }
    return nullptr;
  }
  void go_on() {
    {
      std::lock_guard lock(mutex_);
      arrived_ = false;
    }
    StartRead(&response_);
  }
  // Ends the call if it has not ended yet. Returns its status.
  absl::Status end(bool cancel) {
    if (cancel) context_.TryCancel();
    RemoveHold();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
    return from_grpc(status_);
  }

 private:
  grpc::ClientContext context_;
  snapshots_pb::FetchResponse response_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool arrived_ = false;
  bool ended_ = false;
  bool done_ = false;
  grpc::Status status_;
};

}  // namespace

struct SnapshotClient::Stub {
  std::unique_ptr<snapshots_pb::SnapshotService::Stub> service;
};

SnapshotClient::SnapshotClient(std::string address)
    : address_(std::move(address)), stub_(std::make_unique<Stub>()) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kOffersBytesMax);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // replicas are in the same network
  stub_->service = snapshots_pb::SnapshotService::NewStub(
      grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments));
}
SnapshotClient::~SnapshotClient() = default;

absl::Status SnapshotClient::fetch(const FileRequest& request,
                                   const std::function<absl::Status(const FilePiece&)>& take,
                                   absl::Duration wait, const std::function<bool()>& stopping) {
  snapshots_pb::FetchRequest message;
  message.set_name(request.name);
  message.set_file(request.file);
  message.set_offset(static_cast<int64_t>(request.offset));
  message.set_crc32c(request.crc32c);
  Reader reader;
  reader.begin(*stub_->service, message);
  absl::Status own;
  while (true) {
    absl::Time const until = absl::Now() + wait;
    const snapshots_pb::FetchResponse* const response = reader.next([&] {
      if (stopping()) {
        own = absl::CancelledError("this process is stopping");
      } else if (absl::Now() > until) {
        own = absl::UnavailableError("nothing came for " + absl::FormatDuration(wait));
      }
      return !own.ok();
    });
    if (response == nullptr) break;
    own = take({static_cast<uint64_t>(response->offset()), response->data(), response->crc32c()});
    if (!own.ok()) break;
    reader.go_on();
  }
  absl::Status const theirs = reader.end(!own.ok());
  if (!own.ok()) return own;
  return absl::IsCancelled(theirs) ? absl::UnavailableError("the other replica ended the transfer")
                                   : theirs;
}

std::vector<absl::StatusOr<std::vector<OfferedSnapshot>>> list_snapshots(
    const std::vector<std::unique_ptr<SnapshotClient>>& clients, absl::Duration wait,
    const std::function<bool()>& stopping) {
  struct ListCall {
    grpc::ClientContext context;
    snapshots_pb::ListSnapshotsRequest request;
    snapshots_pb::ListSnapshotsResponse response;
    grpc::Status status;
  };
  std::mutex mutex;
  std::condition_variable changed;
  size_t left = clients.size();
  std::deque<ListCall> calls(clients.size());
  for (size_t i = 0; i < clients.size(); ++i) {
    ListCall& call = calls[i];
    call.context.set_deadline(absl::ToChronoTime(absl::Now() + wait));
    clients[i]->stub_->service->async()->ListSnapshots(&call.context, &call.request, &call.response,
                                                       [&](grpc::Status status) {
                                                         std::lock_guard lock(mutex);
                                                         call.status = std::move(status);
                                                         --left;
                                                         changed.notify_one();
                                                       });
  }
  std::unique_lock lock(mutex);
  while (!changed.wait_for(lock, kWaitSlice, [&] { return left == 0; })) {
    lock.unlock();  // a cancelled call may answer at once
    if (stopping()) {
      for (ListCall& call : calls) call.context.TryCancel();
    }
    lock.lock();
  }
  std::vector<absl::StatusOr<std::vector<OfferedSnapshot>>> out;
  for (ListCall& call : calls) {
    if (!call.status.ok()) {
      out.emplace_back(from_grpc(call.status));
      continue;
    }
    std::vector<OfferedSnapshot> offers;
    for (snapshots_pb::Snapshot& s : *call.response.mutable_snapshots()) {
      offers.push_back({std::move(*s.mutable_name()), std::move(*s.mutable_manifest())});
    }
    out.emplace_back(std::move(offers));
  }
  return out;
}

}  // namespace bellwether::rpc
