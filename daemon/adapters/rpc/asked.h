// Purpose: the view that a request asks for: the present one, or that of an earlier revision.
// Thread safety: pure.
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapters/rpc/errors.h"
#include "adapters/rpc/server.h"
#include "bellwether/common/v1/common.pb.h"
#include "core/base/ids.h"
#include "core/domain/measures.h"
#include "core/engine/revision.h"
#include "core/engine/view.h"

namespace bellwether::rpc {

struct Asked {
  std::shared_ptr<const engine::View> view;
  base::UnixMillis now;  // decides which silences are in force
};

// Sets `asked`. For a question about the past, `forecast` names the measure whose forecasts are
// needed. Errors: INVALID_ARGUMENT with the field; those of Backend::as_of.
grpc::Status ask(const Backend& backend, const common::v1::AsOf& as_of, Asked& asked,
                 std::optional<domain::Measure> forecast = std::nullopt);

// The revision that the request asks about; nullopt means now. Adds what is wrong to `bad`.
std::optional<engine::AsOfRevision> read_as_of(const Backend& backend,
                                               const common::v1::AsOf& as_of, BadRequest& bad);
base::UnixMillis silences_at(const Backend& backend, const common::v1::AsOf& as_of);

// What a page token has to hold of the question: pages of one revision are pages of one list.
std::string page_key(const common::v1::AsOf& as_of);

}  // namespace bellwether::rpc
