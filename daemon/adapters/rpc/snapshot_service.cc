#include "absl/time/clock.h"
#include "adapters/rpc/errors.h"
#include "adapters/rpc/services.h"
#include "bellwether/snapshots/v1/snapshots.grpc.pb.h"

namespace bellwether::rpc {
namespace {

namespace snapshots_pb = bellwether::snapshots::v1;

// The interval at which a waiting transfer checks whether it is still wanted.
constexpr absl::Duration kPause = absl::Milliseconds(50);

class SnapshotService final : public snapshots_pb::SnapshotService::Service {
 public:
  SnapshotService(const Shared& shared, Transfers& transfers)
      : shared_(shared), transfers_(transfers) {}

  grpc::Status ListSnapshots(grpc::ServerContext* context,
                             const snapshots_pb::ListSnapshotsRequest*,
                             snapshots_pb::ListSnapshotsResponse* response) override {
    return observed(shared_, *context, "ListSnapshots", [&] {
      if (!shared_.backend.snapshots.list) return none_given();
      auto const found = shared_.backend.snapshots.list();
      if (!found.ok()) return to_grpc(found.status());
      for (const OfferedSnapshot& s : *found) {
        snapshots_pb::Snapshot& out = *response->add_snapshots();
        out.set_name(s.name);
        out.set_manifest(s.manifest);
      }
      return grpc::Status::OK;
    });
  }

  grpc::Status Fetch(grpc::ServerContext* context, const snapshots_pb::FetchRequest* request,
                     grpc::ServerWriter<snapshots_pb::FetchResponse>* writer) override {
    auto const begin = absl::Now();
    grpc::Status status = shared_.access({"Fetch", *context});
    if (status.ok()) status = fetch(*context, *request, *writer);
    shared_.observer("Fetch", status.error_code(), absl::ToDoubleSeconds(absl::Now() - begin));
    return status;
  }

 private:
  static grpc::Status none_given() {
    return grpc::Status(
        grpc::StatusCode::PERMISSION_DENIED,
        "this replica gives no snapshots; set snapshots.folder and snapshots.peers there");
  }

  grpc::Status fetch(grpc::ServerContext& context, const snapshots_pb::FetchRequest& request,
                     grpc::ServerWriter<snapshots_pb::FetchResponse>& writer) {
    if (!shared_.backend.snapshots.open) return none_given();
    if (request.offset() < 0) {
      BadRequest bad;
      bad.add("offset", "must not be negative");
      return bad.status();
    }
    auto const transfer = transfers_.begin([&context] { context.TryCancel(); }, absl::Now());
    if (transfer == nullptr) {
      return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                          "the maximum number of replicas fetch from here already; try again "
                          "later, or ask another");
    }
    auto const next =
        shared_.backend.snapshots.open({request.name(), request.file(),
                                        static_cast<uint64_t>(request.offset()), request.crc32c()});
    if (!next.ok()) return to_grpc(next.status());
    snapshots_pb::FetchResponse response;
    while (true) {
      auto const piece = (*next)(transfers_.piece_bytes());
      if (!piece.ok()) return to_grpc(piece.status());
      if (piece->data.empty()) break;
      if (grpc::Status const s = wait(context, transfer->reserve(piece->data.size(), absl::Now()));
          !s.ok())
        return s;
      response.set_offset(static_cast<int64_t>(piece->offset));
      response.set_data(piece->data.data(), piece->data.size());
      response.set_crc32c(piece->crc32c);
      if (!writer.Write(response)) return grpc::Status::CANCELLED;
      transfer->sent(piece->data.size(), absl::Now());
    }
    transfer->whole();
    return grpc::Status::OK;
  }

  grpc::Status wait(const grpc::ServerContext& context, absl::Duration how_long) const {
    absl::Time const until = absl::Now() + how_long;
    while (true) {
      if (shared_.traffic->draining.load()) {
        return grpc::Status(grpc::StatusCode::UNAVAILABLE,
                            "this replica is stopping; resume later, or from another");
      }
      if (context.IsCancelled()) return grpc::Status::CANCELLED;
      absl::Duration const left = until - absl::Now();
      if (left <= absl::ZeroDuration()) return grpc::Status::OK;
      absl::SleepFor(std::min(left, kPause));
    }
  }

  const Shared& shared_;
  Transfers& transfers_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_snapshot_service(const Shared& shared, Transfers& transfers) {
  return std::make_unique<SnapshotService>(shared, transfers);
}

}  // namespace bellwether::rpc
