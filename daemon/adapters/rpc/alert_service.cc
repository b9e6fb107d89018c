#include <algorithm>
#include <tuple>

#include "adapters/rpc/acts.h"
#include "adapters/rpc/asked.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/page.h"
#include "adapters/rpc/privacy.h"
#include "adapters/rpc/requests.h"
#include "adapters/rpc/services.h"
#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "core/base/request_times.h"
#include "core/base/text.h"
#include "core/engine/explain.h"

namespace bellwether::rpc {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
using alerts::Alert;
using alerts::AlertPtr;
using base::cat;
using ViewPtr = std::shared_ptr<const engine::View>;

// Number of periods of the path that ExplainAlert returns.
constexpr int kPathPeriods = 60;
// The longest part of an unknown alert's name that an error repeats.
constexpr size_t kAlertNameBytesTold = 128;

grpc::Status no_alert(const std::string& name) {
  return grpc::Status(grpc::StatusCode::NOT_FOUND,
                      cat("no alert \"", base::excerpt(name, kAlertNameBytesTold),
                          "\"; ListAlerts names them all"));
}

// Protects the support counts in a path in the same way as the indicators. If a period must not be
// shown, its scores are removed too.
void protect(engine::PathPoint& p, common::v1::Basis& basis) {
  if (p.denominator <= 0) return;
  indicators::Value v;
  v.value = p.observed;
  v.numerator = p.numerator;
  v.denominator = p.denominator;
  protect_cases(v, basis);
  if (v.ok()) {
    p.observed = v.value;
  } else {
    base::PeriodIndex const period = p.period;
    p = {};
    p.period = period;
    p.not_assessed = v.not_available;
  }
}

void check_until(int64_t until_ms, base::UnixMillis now, BadRequest& bad) {
  base::UnixMillis const latest(now.value + base::kSilenceDaysMax * base::kMillisPerDay);
  if (now.value < until_ms && until_ms <= latest.value) return;
  bad.add("silence.until_ms",
          cat("must lie after ", base::format_instant(now), " and at most ", base::kSilenceDaysMax,
              " days later: from ", now.value + 1, " to ", latest.value, " (",
              base::format_instant(latest),
              "); to be rid of a rule for good, disable it in the configuration"));
}

class AlertService final : public alerts_pb::AlertService::WithCallbackMethod_WatchAlerts<
                               alerts_pb::AlertService::Service> {
 public:
  AlertService(const Shared& shared, Watchers& watchers) : shared_(shared), watchers_(watchers) {}

  grpc::Status ListAlerts(grpc::ServerContext* context, const alerts_pb::ListAlertsRequest* request,
                          alerts_pb::ListAlertsResponse* response) override {
    return observed(shared_, *context, "ListAlerts", [&] {
      Asked asked;
      if (auto refused = ask(shared_.backend, request->as_of(), asked); !refused.ok())
        return refused;
      ViewPtr const& view = asked.view;
      base::UnixMillis const now = asked.now;
      FilterNames const names = names_known(shared_.backend);
      BadRequest bad;
      auto const filter =
          AlertFilter::parse(request->filter(), *view->book, view->reference, names);
      if (!filter.ok()) bad.add("filter", base::from_absl(filter.status().message()));
      std::string const key = cat("ListAlerts|", request->filter(), page_key(request->as_of()));
      Page const page = read_page(request->page_size(), request->page_token(), key, bad);
      if (!bad.empty()) return bad.status();
      std::vector<AlertPtr> found;
      for (const auto& [name, alert] : view->book->alerts()) {
        if (filter->matches(*alert, *view->happenings)) found.push_back(alert);
      }
      // Newest first, then by name. A page continues after the last alert of the previous page, so
      // that alerts raised in the meantime shift nothing.
      auto const rank = [](const Alert& a) {
        return std::tuple(-a.raised_at.value, std::string_view(a.name));
      };
      std::ranges::sort(found, [&](const auto& a, const auto& b) { return rank(*a) < rank(*b); });
      size_t begin = 0;
      if (!page.after.empty()) {
        size_t const slash = page.after.find('/');
        int64_t const at = base::parse_number<int64_t>(page.after.substr(0, slash)).value_or(0);
        std::string const name = page.after.substr(slash + 1);
        auto const last = std::tuple(at, std::string_view(name));
        while (begin < found.size() && rank(*found[begin]) <= last) ++begin;
      }
      size_t const end = std::min(found.size(), begin + static_cast<size_t>(page.size));
      for (size_t i = begin; i < end; ++i) fill(*view, *found[i], now, *response->add_alerts());
      if (end < found.size()) {
        const Alert& last = *found[end - 1];
        response->set_next_page_token(page_token(key, cat(-last.raised_at.value, "/", last.name)));
      }
      response->set_total_size(static_cast<int32_t>(found.size()));
      rpc::fill(*view, now, *response->mutable_basis());
      return grpc::Status::OK;
    });
  }

  grpc::Status GetAlert(grpc::ServerContext* context, const alerts_pb::GetAlertRequest* request,
                        alerts_pb::GetAlertResponse* response) override {
    return observed(shared_, *context, "GetAlert", [&] {
      Asked asked;
      if (auto refused = ask(shared_.backend, request->as_of(), asked); !refused.ok())
        return refused;
      ViewPtr const& view = asked.view;
      base::UnixMillis const now = asked.now;
      AlertPtr const alert = view->book->find(without_prefix(request->name(), "alerts/"));
      if (alert == nullptr) return no_alert(request->name());
      fill(*view, *alert, now, *response->mutable_alert());
      fill_happening(*view, *alert, *response->mutable_happening());
      rpc::fill(*view, now, *response->mutable_basis());
      transitions_of(*view, *alert, now, *response->mutable_transitions());
      return grpc::Status::OK;
    });
  }

  grpc::ServerWriteReactor<alerts_pb::WatchAlertsResponse>* WatchAlerts(
      grpc::CallbackServerContext* context, const alerts_pb::WatchAlertsRequest* request) override {
    return watchers_.watch(*request, shared_.access({"WatchAlerts", *context}));
  }

  grpc::Status ExplainAlert(grpc::ServerContext* context,
                            const alerts_pb::ExplainAlertRequest* request,
                            alerts_pb::ExplainAlertResponse* response) override {
    return observed(shared_, *context, "ExplainAlert", [&] {
      Asked asked;
      if (auto refused = ask(shared_.backend, request->as_of(), asked); !refused.ok())
        return refused;
      ViewPtr const& view = asked.view;
      base::UnixMillis const now = asked.now;
      AlertPtr const alert = view->book->find(without_prefix(request->name(), "alerts/"));
      if (alert == nullptr) return no_alert(request->name());
      fill(*view, *alert, now, *response->mutable_alert());
      for (std::string& paragraph : engine::explain(*view, *alert))
        response->add_text(std::move(paragraph));
      auto const before = judged_by(request->as_of(), *view);
      for (engine::PathPoint& p : engine::trace(*view, *alert, kPathPeriods, before.get())) {
        protect(p, *response->mutable_basis());
        alerts_pb::PathPoint& out = *response->add_path();
        out.set_period(view->calendar.name(p.period));
        out.set_observed(p.observed);
        out.set_expected(p.expected);
        out.set_lower(p.lower);
        out.set_upper(p.upper);
        out.set_z(p.z);
        out.set_cusum(p.cusum);
        out.set_not_assessed(p.not_assessed);
        out.set_reported(p.reported);
        out.set_window_periods(p.window_periods);
      }
      fill_happening(*view, *alert, *response->mutable_happening());
      transitions_of(*view, *alert, now, *response->mutable_transitions());
      rpc::fill(*view, now, *response->mutable_basis());
      return grpc::Status::OK;
    });
  }

  grpc::Status AcknowledgeAlert(grpc::ServerContext* context,
                                const alerts_pb::AcknowledgeAlertRequest* request,
                                alerts_pb::AcknowledgeAlertResponse* response) override {
    return observed(shared_, *context, "AcknowledgeAlert", [&] {
      BadRequest bad;
      check_actor(request->actor(), "actor", bad);
      check_comment(request->comment(), "comment", bad);
      if (!bad.empty()) return bad.status();
      std::string const name(without_prefix(request->name(), "alerts/"));
      auto const known = [&](const alerts::Book& book) { return book.find(name) != nullptr; };
      if (!known(*view_that_knows(shared_, known)->book)) return no_alert(request->name());
      alerts::AlertAcknowledged const act{name, request->actor(), request->comment(),
                                          shared_.backend.now()};
      auto const offset = journal_act(shared_, *context, act);
      if (!offset.ok()) return to_grpc(offset.status());
      ViewPtr const view = shared_.backend.view();
      AlertPtr const alert = view->book->find(name);
      if (alert == nullptr) return no_alert(request->name());
      fill(*view, *alert, shared_.backend.now(), *response->mutable_alert());
      rpc::fill(*view, shared_.backend.now(), *response->mutable_basis());
      return grpc::Status::OK;
    });
  }

  grpc::Status CreateSilence(grpc::ServerContext* context,
                             const alerts_pb::CreateSilenceRequest* request,
                             alerts_pb::CreateSilenceResponse* response) override {
    return observed(shared_, *context, "CreateSilence", [&] {
      ViewPtr const before = shared_.backend.view();
      const alerts_pb::Silence& wanted = request->silence();
      base::UnixMillis const now = shared_.backend.now();
      BadRequest bad;
      check_actor(wanted.actor(), "silence.actor", bad);
      check_comment(wanted.comment(), "silence.comment", bad);
      common::v1::Node node;
      // An alert on a silent source has the topic in the place of an area.
      if (!domain::find_topic(wanted.area())) node.set_area(wanted.area());
      node.set_sector(wanted.sector());
      read_node(*before, node, "silence", bad);
      if (!wanted.rule().empty())
        read_rule(before->book->rule_set().get(), wanted.rule(), "silence.rule", bad);
      if (wanted.rule().empty() && wanted.area().empty() && wanted.sector().empty()) {
        bad.add("silence",
                "name a rule, an area or a sector; a silence over everything is refused");
      }
      check_until(wanted.until_ms(), now, bad);
      if (!bad.empty()) return bad.status();
      alerts::SilenceCreated const act{wanted.rule(),
                                       wanted.area(),
                                       wanted.sector(),
                                       base::UnixMillis(wanted.until_ms()),
                                       wanted.actor(),
                                       wanted.comment(),
                                       now};
      auto const offset = journal_act(shared_, *context, act);
      if (!offset.ok()) return to_grpc(offset.status());
      fill(alerts::Silence{*offset, act}, now, *response->mutable_silence());
      rpc::fill(*shared_.backend.view(), now, *response->mutable_basis());
      return grpc::Status::OK;
    });
  }

  grpc::Status ExpireSilence(grpc::ServerContext* context,
                             const alerts_pb::ExpireSilenceRequest* request,
                             alerts_pb::ExpireSilenceResponse* response) override {
    return observed(shared_, *context, "ExpireSilence", [&] {
      BadRequest bad;
      check_actor(request->actor(), "actor", bad);
      auto const id = base::parse_number<int64_t>(without_prefix(request->name(), "silences/"));
      if (!id) bad.add("name", "must be as in silences/17; ListSilences names them all");
      if (!bad.empty()) return bad.status();
      auto const known = [&](const alerts::Book& book) { return book.silences().contains(*id); };
      if (!known(*view_that_knows(shared_, known)->book)) {
        return grpc::Status(grpc::StatusCode::NOT_FOUND,
                            cat("no silence \"silences/", *id, "\"; ListSilences names them all"));
      }
      base::UnixMillis const now = shared_.backend.now();
      auto const offset =
          journal_act(shared_, *context,
                      alerts::SilenceExpired{base::JournalOffset(*id), request->actor(), now});
      if (!offset.ok()) return to_grpc(offset.status());
      ViewPtr const view = shared_.backend.view();
      auto const found = view->book->silences().find(*id);
      if (found != view->book->silences().end())
        fill(found->second, now, *response->mutable_silence());
      rpc::fill(*view, shared_.backend.now(), *response->mutable_basis());
      return grpc::Status::OK;
    });
  }

  grpc::Status ListSilences(grpc::ServerContext* context,
                            const alerts_pb::ListSilencesRequest* request,
                            alerts_pb::ListSilencesResponse* response) override {
    return observed(shared_, *context, "ListSilences", [&] {
      Asked asked;
      if (auto refused = ask(shared_.backend, request->as_of(), asked); !refused.ok())
        return refused;
      ViewPtr const& view = asked.view;
      base::UnixMillis const now = asked.now;
      std::vector<const alerts::Silence*> some;
      for (const auto& [id, silence] : view->book->silences()) {
        if (!silence.over(now) || request->include_expired()) some.push_back(&silence);
      }
      BadRequest bad;
      PageRange const range = read_range(
          request->page_size(), request->page_token(),
          cat("ListSilences|", request->include_expired() ? 1 : 0, page_key(request->as_of())),
          some.size(), bad);
      if (!bad.empty()) return bad.status();
      for (size_t i = range.begin; i < range.end; ++i)
        fill(*some[i], now, *response->add_silences());
      response->set_next_page_token(range.next_page_token);
      rpc::fill(*view, now, *response->mutable_basis());
      return grpc::Status::OK;
    });
  }

 private:
  static void fill_happening(const engine::View& view, const Alert& alert,
                             alerts_pb::Happening& out) {
    if (const engine::Happening* const happening = view.happenings->of(alert.name))
      fill(view, *happening, out);
  }
  // The book that the view's tick was judged by; null if it is not kept.
  std::shared_ptr<const alerts::Book> judged_by(const common::v1::AsOf& as_of,
                                                const engine::View& view) const {
    if (view.book->last_tick() < view.data_through) return nullptr;  // its verdict is to come
    BadRequest bad;
    auto const tick = shared_.backend.judged_tick(read_as_of(shared_.backend, as_of, bad));
    bool const same = tick.ok() && tick->view->data_through == view.data_through;
    return same ? tick->before : nullptr;
  }
  static void transitions_of(const engine::View& view, const Alert& alert, base::UnixMillis now,
                             google::protobuf::RepeatedPtrField<alerts_pb::Transition>& out) {
    for (const auto& t : view.book->history(alert.name)) fill(view, *t, now, *out.Add());
  }

  const Shared& shared_;
  Watchers& watchers_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_alert_service(const Shared& shared, Watchers& watchers) {
  return std::make_unique<AlertService>(shared, watchers);
}

}  // namespace bellwether::rpc
