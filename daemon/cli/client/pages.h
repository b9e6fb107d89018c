// Purpose: reads every page of a list from the server. Thread safety: one thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include "cli/context.h"

namespace bellwether::cli {

inline constexpr int kPageSize = 1000;  // the most that a server sends

// Requests page after page, and calls `page` on each. `call` is a method of a stub:
// grpc::Status(ClientContext*, const Request&, Response*). False after an error, which is told.
template <class Response, class Request, class Call, class Page>
bool pages(Context& context, Request request, Call call, Page page) {
  do {
    grpc::ClientContext c;
    context.set_deadline(c);
    Response response;
    if (!context.ok(call(&c, request, &response))) return false;
    page(response);
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return true;
}

}  // namespace bellwether::cli
