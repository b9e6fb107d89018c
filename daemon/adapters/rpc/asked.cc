#include "adapters/rpc/asked.h"

#include "adapters/rpc/periods.h"
#include "core/base/text.h"

namespace bellwether::rpc {

std::optional<engine::AsOfRevision> read_as_of(const Backend& backend,
                                               const common::v1::AsOf& as_of, BadRequest& bad) {
  if (as_of.revision() < 0)
    bad.add("as_of.revision", "must be the basis.revision of an earlier response, or 0 for now");
  if (as_of.silences_at_ms() < 0) {
    bad.add("as_of.silences_at_ms",
            "must be the basis.silences_at_ms of an earlier response, or 0 for now");
  }
  if (as_of.period().empty()) {
    if (as_of.revision() == 0) return std::nullopt;
    return engine::AsOfRevision{base::JournalOffset(as_of.revision()), std::nullopt, std::nullopt};
  }
  if (as_of.revision() != 0) bad.add("as_of", "give a revision or a period, not both");
  auto const tick = parse_period(backend.view()->calendar, as_of.period());
  if (tick.ok()) return engine::AsOfRevision{{}, *tick, std::nullopt};
  bad.add("as_of.period", base::from_absl(tick.status().message()));
  return std::nullopt;
}

base::UnixMillis silences_at(const Backend& backend, const common::v1::AsOf& as_of) {
  return as_of.silences_at_ms() == 0 ? backend.now() : base::UnixMillis(as_of.silences_at_ms());
}

grpc::Status ask(const Backend& backend, const common::v1::AsOf& as_of, Asked& asked,
                 std::optional<domain::Measure> forecast) {
  BadRequest bad;
  auto question = read_as_of(backend, as_of, bad);
  if (!bad.empty()) return bad.status();
  asked.now = silences_at(backend, as_of);
  if (!question) {
    asked.view = backend.view();
    return grpc::Status::OK;
  }
  question->forecast = forecast;
  auto view = backend.as_of(*question);
  if (!view.ok()) return to_grpc(view.status());
  asked.view = *std::move(view);
  return grpc::Status::OK;
}

std::string page_key(const common::v1::AsOf& as_of) {
  return base::cat("|", as_of.revision(), "|", as_of.period());
}

}  // namespace bellwether::rpc
