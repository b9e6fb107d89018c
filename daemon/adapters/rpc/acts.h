// Purpose: the common parts of requests for human acts: the actor, the comment, and the wait for
// the journal.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "adapters/rpc/errors.h"
#include "adapters/rpc/services.h"

namespace bellwether::rpc {

// 1 to kActorBytesMax bytes.
void check_actor(const std::string& actor, std::string_view field, BadRequest& bad);
// At most kCommentBytesMax bytes.
void check_comment(const std::string& comment, std::string_view field, BadRequest& bad);

// An act may name what this replica does not know yet: the client heard of it from a replica that
// has read more of the journal. So many acts wait so long for it; more are refused at once.
inline constexpr absl::Duration kActKnownWait = absl::Seconds(1);
inline constexpr int kActsWaitingMax = 16;

// The view, as soon as `known` holds for its book, at the latest after kActKnownWait.
std::shared_ptr<const engine::View> view_that_knows(
    const Shared& shared, const std::function<bool(const alerts::Book&)>& known);

// Calls Backend::append. Waits until the caller's deadline, but at most ten seconds.
absl::StatusOr<base::JournalOffset> journal_act(const Shared& shared,
                                                const grpc::ServerContext& context,
                                                const alerts::JournalEntry& act);

// Removes the collection from a resource name, which is optional: "alerts/X" or "X".
std::string_view without_prefix(std::string_view name, std::string_view prefix);

}  // namespace bellwether::rpc
