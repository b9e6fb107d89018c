#include "cli/client/notify/alert_source.h"

#include <chrono>

#include "cli/client/alert_words.h"
#include "cli/client/evidence.h"
#include "cli/client/pages.h"
#include "cli/notify/retry.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
namespace status_pb = bellwether::status::v1;

constexpr char kPart[] = "notify";
constexpr size_t kReasonBytesMax = 300;
constexpr double kHalf = 0.5;  // of the jitter: one client needs none against one server

std::string filter_of_open(const Choice& choice, const char* one_for_each) {
  std::string filter = both(choice.filter, "open = true");
  if (!choice.historical) filter += " AND historical = false";
  if (!choice.parts) base::append(filter, " AND ", one_for_each, " = true");
  return filter;
}

const char* kind_word(alerts_pb::TransitionKind kind) {
  switch (kind) {
    case alerts_pb::TRANSITION_KIND_RAISED:
      return "raised";
    case alerts_pb::TRANSITION_KIND_ESCALATED:
      return "escalated";
    case alerts_pb::TRANSITION_KIND_CLEARED:
      return "cleared";
    case alerts_pb::TRANSITION_KIND_ACKNOWLEDGED:
      return "acknowledged";
    case alerts_pb::TRANSITION_KIND_SUSPENDED:
      return "suspended";
    case alerts_pb::TRANSITION_KIND_RESUMED:
      return "resumed";
    default:
      return "changed";
  }
}

std::string short_name(const std::string& name) {
  return without(name, "alerts/");
}

absl::Status to_status(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (status.error_code() == grpc::StatusCode::INVALID_ARGUMENT)
    return absl::InvalidArgumentError(status.error_message());
  return absl::UnavailableError(status.error_message());
}

// Error: Unavailable unless the replica has read the journal and answers with all that it says.
absl::Status check_ready(const Context& context, Stop& stop, status_pb::StatusService::Stub& stub) {
  grpc::ClientContext call;
  context.set_deadline(call);
  Stop::Guard const guard(stop, call);
  status_pb::GetStatusResponse response;
  if (grpc::Status const s = stub.GetStatus(&call, {}, &response); !s.ok()) return to_status(s);
  if (response.ready()) return absl::OkStatus();
  return absl::UnavailableError("the replica is not ready: " + response.not_ready());
}

// Calls use(alert) on the chosen open alerts; `one_for_each`: the field by which one of a happening
// is chosen. Returns the revision of the first page. Error: Unavailable also if the replica is not
// ready: then what was used is not all.
template <class Use>
absl::StatusOr<int64_t> each_open(const Context& context, const Choice& choice, Stop& stop,
                                  alerts_pb::AlertService::Stub& alerts,
                                  status_pb::StatusService::Stub& status, const char* one_for_each,
                                  Use use) {
  alerts_pb::ListAlertsRequest request;
  request.set_filter(filter_of_open(choice, one_for_each));
  request.set_page_size(kPageSize);
  std::optional<int64_t> revision;
  do {
    grpc::ClientContext call;
    context.set_deadline(call);
    Stop::Guard const guard(stop, call);
    alerts_pb::ListAlertsResponse response;
    if (grpc::Status const s = alerts.ListAlerts(&call, request, &response); !s.ok())
      return to_status(s);
    if (!revision) revision = response.basis().revision();
    for (const alerts_pb::Alert& alert : response.alerts()) {
      if (!choice.skip_silenced || alert.silenced_by().empty()) use(alert);
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (absl::Status const ready = check_ready(context, stop, status); !ready.ok()) return ready;
  return *revision;
}

}  // namespace

notify::OpenAlert open_alert(const alerts_pb::Alert& a, const Choice& choice) {
  // A headline stands for its happening, as in `alerts list`.
  alerts_pb::Severity const severity = choice.parts ? a.severity() : a.happening_severity();
  notify::Words const labels = {
      {"alertname", a.rule_title()},
      {"alert", short_name(a.name())},
      {"rule", a.rule()},
      {"area", a.node().area()},
      {"sector", a.node().sector()},
      {"severity", severity_name(severity, "")},
      {"bellwether", choice.instance},
  };
  std::string const place =
      a.sector_name().empty() ? a.area_name() : a.sector_name() + ", " + a.area_name();
  std::string const parts =
      choice.parts || a.other_parts() == 0
          ? ""
          : base::cat(" With ", a.other_parts(),
                      a.other_parts() == 1 ? " more alert" : " more alerts",
                      " it is part of a happening that began in ", a.happening_onset_period(), ".");
  notify::Words const annotations = {
      {"summary", base::cat(a.rule_title(), " in ", place)},
      {"description", base::cat(a.rule_title(), " in ", place, ": ", distance(a), " when raised (",
                                a.raised_period(), "), since ", a.onset_period(), ".", parts)},
      {"since", a.onset_period()},
      {"action", a.action()},
      {"explain", "bellwether alerts explain " + short_name(a.name())},
      {"suspended", a.suspended()},
      {"acknowledged_by", a.acknowledgement().actor()},
  };
  return {a.name(), labels, annotations, base::UnixMillis(a.raised_at_ms())};
}

notify::Event event_of(const alerts_pb::Transition& t, const std::string& token) {
  return {token, kind_word(t.kind()), t.alert().name(), base::UnixMillis(t.at_ms()), json_text(t)};
}

OpenAlerts::OpenAlerts(const Context& context, const Choice& choice, Stop& stop)
    : context_(context), choice_(choice), stop_(stop) {
  auto const channel = context.channel();
  alerts_ = alerts_pb::AlertService::NewStub(channel);
  status_ = status_pb::StatusService::NewStub(channel);
}

absl::StatusOr<std::vector<notify::OpenAlert>> OpenAlerts::list() {
  std::vector<notify::OpenAlert> out;
  BELLWETHER_ASSIGN_OR_RETURN(revision_, each_open(context_, choice_, stop_, *alerts_, *status_,
                                                   "headline", [&](const alerts_pb::Alert& alert) {
                                                     out.push_back(open_alert(alert, choice_));
                                                   }));
  return out;
}

absl::StatusOr<std::set<std::string>> OpenAlerts::parts_among(
    const std::vector<std::string>& names) {
  std::set<std::string> out;
  if (choice_.parts || names.empty()) return out;
  std::set<std::string> const asked(names.begin(), names.end());
  Choice all = choice_;
  all.parts = true;
  auto const read = each_open(context_, all, stop_, *alerts_, *status_, "headline",
                              [&](const alerts_pb::Alert& alert) {
                                if (asked.contains(alert.name())) out.insert(alert.name());
                              });
  if (!read.ok()) return read.status();
  return out;
}

std::map<std::string, base::UnixMillis> OpenAlerts::cleared(const std::vector<std::string>& names) {
  std::map<std::string, base::UnixMillis> out;
  for (const std::string& name : names) {
    grpc::ClientContext call;
    context_.set_deadline(call);
    Stop::Guard const guard(stop_, call);
    alerts_pb::GetAlertRequest request;
    request.set_name(name);
    alerts_pb::GetAlertResponse response;
    if (alerts_->GetAlert(&call, request, &response).ok() && response.alert().cleared_at_ms() > 0)
      out.emplace(name, base::UnixMillis(response.alert().cleared_at_ms()));
  }
  return out;
}

struct Transitions::Stream {
  explicit Stream(Stop& stop) : guard(stop, call) {}
  grpc::ClientContext call;
  Stop::Guard guard;
  bool heard = false;  // a message has come
  std::unique_ptr<grpc::ClientReader<alerts_pb::WatchAlertsResponse>> reader;
};

Transitions::Transitions(const Context& context, const Choice& choice, std::string token,
                         Stop& stop, const base::LogFn& log, prometheus::Gauge& failing)
    : context_(context),
      choice_(choice),
      stop_(stop),
      log_(log),
      token_(std::move(token)),
      failures_(log, kPart, failing) {
  auto const channel = context.channel();
  stub_ = alerts_pb::AlertService::NewStub(channel);
  status_ = status_pb::StatusService::NewStub(channel);
}

Transitions::~Transitions() {
  if (stream_ == nullptr) return;
  stream_->call.TryCancel();
  (void)stream_->reader->Finish();
}

absl::StatusOr<std::optional<Transitions::Item>> Transitions::next() {
  while (!stop_.asked()) {
    if (!ready_.empty()) {
      Item item = std::move(ready_.front());
      ready_.pop_front();
      if (!item.token.empty()) token_ = item.token;
      return item;
    }
    if (stream_ == nullptr && token_.empty()) {
      absl::Status const present = read_present();
      if (absl::IsInvalidArgument(present)) return present;
      if (!present.ok()) failed(base::from_absl(present.message()));
      continue;
    }
    if (stream_ == nullptr) open();
    alerts_pb::WatchAlertsResponse response;
    if (stream_->reader->Read(&response)) {
      failures_.end("the daemon answers again");
      stream_->heard = true;
      Item item{std::nullopt, response.resume_token()};
      if (response.has_transition())
        item.event = event_of(response.transition(), response.resume_token());
      ready_.push_back(std::move(item));
    } else {
      close();
    }
  }
  return std::nullopt;
}

void Transitions::open() {
  alerts_pb::WatchAlertsRequest request;
  request.set_resume_token(token_);
  request.set_filter(choice_.parts ? choice_.filter
                                   : both(choice_.filter, "begins_happening = true"));
  request.set_skip_silenced(choice_.skip_silenced);
  request.set_skip_historical(!choice_.historical);
  stream_ = std::make_unique<Stream>(stop_);
  stream_->call.set_deadline(std::chrono::system_clock::now() +
                             std::chrono::milliseconds(kStreamMsMax));
  stream_->reader = stub_->WatchAlerts(&stream_->call, request);
}

// Queues the open alerts and then the token of the moment at which they were listed.
absl::Status Transitions::read_present() {
  std::vector<Item> items;
  BELLWETHER_ASSIGN_OR_RETURN(
      int64_t const revision,
      each_open(context_, choice_, stop_, *stub_, *status_, "begins_happening",
                [&](const alerts_pb::Alert& alert) {
                  alerts_pb::Transition now;
                  *now.mutable_alert() = alert;
                  now.set_at_ms(alert.raised_at_ms());
                  now.set_historical(alert.historical());
                  now.set_summary("open when notify began");
                  items.push_back(
                      {notify::Event{"", "open", alert.name(),
                                     base::UnixMillis(alert.raised_at_ms()), json_text(now)},
                       ""});
                }));
  for (Item& item : items)
    item.event->id = base::cat(revision, "/", short_name(item.event->subject));
  ready_.assign(std::make_move_iterator(items.begin()), std::make_move_iterator(items.end()));
  ready_.push_back({std::nullopt, base::cat(std::max<int64_t>(revision, 0))});
  failures_.end("the daemon answers again");
  log_(base::LogLevel::kInfo, kPart,
       base::cat("begins with ", items.size(), " open alerts, at journal offset ", revision));
  return absl::OkStatus();
}

// After the end of the stream: waits before the next try; or, if the token is of no use, prepares a
// start with what is open.
void Transitions::close() {
  grpc::Status const status = stream_->reader->Finish();
  bool const heard = stream_->heard;
  stream_.reset();
  if (stop_.asked() || (heard && status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED)) {
    return;
  }
  if (status.error_code() != grpc::StatusCode::INVALID_ARGUMENT &&
      status.error_code() != grpc::StatusCode::OUT_OF_RANGE) {
    return failed(status.error_message());
  }
  log_(base::LogLevel::kWarning, kPart,
       base::cat("the daemon cannot resume after the saved token ", token_, " (",
                 base::excerpt(status.error_message(), kReasonBytesMax),
                 "). What changed since then is not told; all alerts that are open now are told as "
                 "bellwether.alert.open"));
  token_.clear();
}

void Transitions::failed(std::string_view why) {
  if (stop_.asked()) return;
  failures_.add(base::cat("no transitions from ", context_.server, " (",
                          base::excerpt(why, kReasonBytesMax), "); trying again"));
  stop_.sleep(std::chrono::milliseconds(notify::backoff_ms(failures_.count(), kHalf)));
}

}  // namespace bellwether::cli
