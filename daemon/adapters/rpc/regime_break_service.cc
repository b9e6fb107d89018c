#include "adapters/rpc/acts.h"
#include "adapters/rpc/asked.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/requests.h"
#include "adapters/rpc/services.h"
#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "core/base/request_times.h"
#include "core/base/text.h"

namespace bellwether::rpc {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
using alerts::RegimeBreakDeclared;
using base::cat;

void fill(const engine::View& view, int64_t id, const RegimeBreakDeclared& declared,
          alerts_pb::RegimeBreak& out) {
  out.set_name(cat("regimeBreaks/", id));
  out.set_first_period(view.calendar.name(declared.periods.first));
  out.set_last_period(view.calendar.name(declared.periods.last));
  out.set_reason(declared.reason);
  out.set_actor(declared.actor);
  out.set_declared_at_ms(declared.at.value);
}

base::PeriodIndex read_any_period(const engine::View& view, const std::string& text,
                                  std::string_view field, BadRequest& bad) {
  auto const period = parse_period(view.calendar, text);
  if (period.ok()) return *period;
  bad.add(field, base::from_absl(period.status().message()));
  return {};
}

detection::PeriodRange read_periods(const engine::View& view, const alerts_pb::RegimeBreak& wanted,
                                    base::UnixMillis now, BadRequest& bad) {
  base::PeriodIndex const first =
      read_any_period(view, wanted.first_period(), "regime_break.first_period", bad);
  base::PeriodIndex const last =
      read_any_period(view, wanted.last_period(), "regime_break.last_period", bad);
  if (!bad.empty()) return {first, last};
  int const most = base::kRegimeBreakYearsMax * view.calendar.periods_per_year();
  base::PeriodIndex const latest(view.calendar.period_of(base::days_of(now)).value + most);
  if (last < first) {
    bad.add("regime_break.last_period", "is before first_period; swap them");
  } else if (last.value - first.value >= most) {
    bad.add("regime_break.last_period", cat("a regime break has at most ", most, " periods"));
  } else if (latest < last) {
    bad.add("regime_break.last_period", cat("must not lie after ", view.calendar.name(latest), ", ",
                                            base::kRegimeBreakYearsMax, " years from now"));
  }
  return {first, last};
}

class RegimeBreakService final : public alerts_pb::RegimeBreakService::Service {
 public:
  explicit RegimeBreakService(const Shared& shared) : shared_(shared) {}

  grpc::Status DeclareRegimeBreak(grpc::ServerContext* context,
                                  const alerts_pb::DeclareRegimeBreakRequest* request,
                                  alerts_pb::DeclareRegimeBreakResponse* response) override {
    return observed(shared_, *context, "DeclareRegimeBreak", [&] {
      auto const view = shared_.backend.view();
      const alerts_pb::RegimeBreak& wanted = request->regime_break();
      BadRequest bad;
      detection::PeriodRange const periods =
          read_periods(*view, wanted, shared_.backend.now(), bad);
      check_actor(wanted.actor(), "regime_break.actor", bad);
      check_comment(wanted.reason(), "regime_break.reason", bad);
      if (wanted.reason().empty())
        bad.add("regime_break.reason", "give a reason, for later readers");
      if (!bad.empty()) return bad.status();
      RegimeBreakDeclared const act{periods, wanted.reason(), wanted.actor(),
                                    shared_.backend.now()};
      auto const offset = journal_act(shared_, *context, act);
      if (!offset.ok()) return to_grpc(offset.status());
      fill(*view, offset->value, act, *response->mutable_regime_break());
      rpc::fill(*shared_.backend.view(), shared_.backend.now(), *response->mutable_basis());
      return grpc::Status::OK;
    });
  }

  grpc::Status WithdrawRegimeBreak(grpc::ServerContext* context,
                                   const alerts_pb::WithdrawRegimeBreakRequest* request,
                                   alerts_pb::WithdrawRegimeBreakResponse* response) override {
    return observed(shared_, *context, "WithdrawRegimeBreak", [&] {
      BadRequest bad;
      check_actor(request->actor(), "actor", bad);
      auto const id = base::parse_number<int64_t>(without_prefix(request->name(), "regimeBreaks/"));
      if (!id) bad.add("name", "must be as in regimeBreaks/17; ListRegimeBreaks names them all");
      if (!bad.empty()) return bad.status();
      auto const view = view_that_knows(
          shared_, [&](const alerts::Book& book) { return book.declared_breaks().contains(*id); });
      auto const found = view->book->declared_breaks().find(*id);
      if (found == view->book->declared_breaks().end()) {
        return grpc::Status(
            grpc::StatusCode::NOT_FOUND,
            cat("no regime break \"regimeBreaks/", *id, "\"; ListRegimeBreaks names them all"));
      }
      auto const offset =
          journal_act(shared_, *context,
                      alerts::RegimeBreakWithdrawn{base::JournalOffset(*id), request->actor(),
                                                   shared_.backend.now()});
      if (!offset.ok()) return to_grpc(offset.status());
      fill(*view, *id, found->second, *response->mutable_regime_break());
      rpc::fill(*shared_.backend.view(), shared_.backend.now(), *response->mutable_basis());
      return grpc::Status::OK;
    });
  }

  grpc::Status ListRegimeBreaks(grpc::ServerContext* context,
                                const alerts_pb::ListRegimeBreaksRequest* request,
                                alerts_pb::ListRegimeBreaksResponse* response) override {
    return observed(shared_, *context, "ListRegimeBreaks", [&] {
      Asked asked;
      if (auto refused = ask(shared_.backend, request->as_of(), asked); !refused.ok())
        return refused;
      auto const& view = asked.view;
      base::UnixMillis const now = asked.now;
      for (const auto& [id, declared] : view->book->declared_breaks()) {
        fill(*view, id, declared, *response->add_regime_breaks());
      }
      rpc::fill(*view, now, *response->mutable_basis());
      return grpc::Status::OK;
    });
  }

 private:
  const Shared& shared_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_regime_break_service(const Shared& shared) {
  return std::make_unique<RegimeBreakService>(shared);
}

}  // namespace bellwether::rpc
