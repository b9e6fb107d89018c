#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <thread>

#include "absl/strings/str_format.h"
#include "analysis/review.h"
#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "cli/client/alert_words.h"
#include "cli/client/as_of.h"
#include "cli/client/evidence.h"
#include "cli/client/own_falls.h"
#include "cli/client/pages.h"
#include "cli/client/why_not.h"
#include "cli/context.h"
#include "cli/table.h"
#include "core/base/calendar.h"
#include "core/base/display.h"
#include "core/base/request_times.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace alerts_pb = bellwether::alerts::v1;

constexpr const char* kFilterHelp =
    "for example: severity = RED AND area IN descendants(UKC); comparisons with =, !=, <, <=, >, "
    ">= and IN (A, B), joined by AND, OR and NOT, of open, rule, severity, area, sector, "
    "historical, acknowledged, raised_period, cleared_period, headline, happening and "
    "begins_happening";

struct Options {
  std::string name;
  std::string filter;
  bool open = false;
  bool parts = false;
  int limit = 0;
  bool from_beginning = false;
  std::string resume_token;
  bool until_caught_up = false;
  bool skip_silenced = false;
  bool skip_historical = false;
  bool beginnings = false;
  std::string until;
  std::string downturns;
  int lead = analysis::kLeadMonthsDefault;
  std::string sectors;  // level of the sectors that are judged by their own falls
  std::string measure = "births";
  std::string harm = "low";
  std::string actor;
  std::string comment;
  std::string rule;
  std::string area;
  std::string sector;
  double hours = 24;
  bool expired = false;
};

constexpr size_t kNameColumns = 34;
constexpr auto kReconnectWait = std::chrono::seconds(1);

const char* role_name(alerts_pb::PartRole role) {
  switch (role) {
    case alerts_pb::PART_ROLE_HEADLINE:
      return "headline";
    case alerts_pb::PART_ROLE_LEADS:
      return "before";
    case alerts_pb::PART_ROLE_TOGETHER:
      return "with it";
    case alerts_pb::PART_ROLE_FOLLOWS:
      return "after";
    default:
      return "";
  }
}
Colour severity_colour(alerts_pb::Severity severity) {
  return severity == alerts_pb::SEVERITY_RED     ? Colour::kRed
         : severity == alerts_pb::SEVERITY_AMBER ? Colour::kAmber
                                                 : Colour::kPlain;
}

// The complaint about a text that is no period of either calendar; empty if it is one.
std::string check_period(const std::string& text) {
  for (base::CalendarUnit unit : {base::CalendarUnit::kMonth, base::CalendarUnit::kWeek}) {
    if (base::Calendar(unit).parse(text).ok()) return "";
  }
  return "'" + base::excerpt(text) + "' is no period; write YYYY-MM or YYYY-Www";
}

std::string place(const alerts_pb::Alert& a) {
  return base::shorten(a.sector_name(), kNameColumns) + ", " +
         base::shorten(a.area_name(), kNameColumns);
}

// With `whole` the severity and the onset are those of the happening.
void print_alert_row(Table& table, const alerts_pb::Alert& a, bool whole) {
  alerts_pb::Severity const severity = whole ? a.happening_severity() : a.severity_max();
  std::string const parts =
      whole && a.other_parts() > 0 ? absl::StrFormat("+%d parts ", a.other_parts()) : "";
  table.add({without(a.name(), "alerts/"), severity_name(severity), a.rule_title(), place(a),
             a.raised_period(), whole ? a.happening_onset_period() : a.onset_period(), distance(a),
             a.open() ? "open" : "cleared " + a.cleared_period(),
             parts + (a.historical() ? "historical" : "") +
                 (a.has_acknowledgement() ? " acknowledged" : "") +
                 (a.silenced_by().empty() ? "" : " silenced")},
            a.open() ? severity_colour(severity) : Colour::kPlain);
}

void list(Context& context, const Options& options) {
  auto const stub = alerts_pb::AlertService::NewStub(context.channel());
  alerts_pb::ListAlertsRequest request;
  bool const headlines = options.filter.empty() && !options.parts;
  std::string filter = options.filter;
  if (options.open) filter = both(filter, "open = true");
  if (headlines) filter = both(filter, "headline = true");
  request.set_filter(filter);
  request.set_page_size(kPageSize);
  set_as_of(context, *request.mutable_as_of());
  Table table(
      {"ALERT", "SEVERITY", "RULE", "WHERE", "RAISED", "SINCE", ">DEVIATION", "STATE", "MARKS"});
  int shown = 0;
  int total = 0;
  std::string through;
  do {
    grpc::ClientContext call;
    context.set_deadline(call);
    alerts_pb::ListAlertsResponse response;
    if (!context.ok(stub->ListAlerts(&call, request, &response))) return;
    if (context.json()) {
      Context::print_json(response);
    } else {
      for (const alerts_pb::Alert& a : response.alerts()) {
        if (options.limit > 0 && shown == options.limit) break;
        print_alert_row(table, a, headlines);
        ++shown;
      }
    }
    total = response.total_size();
    through = data_through(response.basis());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty() && (options.limit == 0 || shown < options.limit));
  if (context.json()) return;
  if (!table.empty()) table.print();
  std::printf("%s%d of %d %s; %s\n", table.empty() ? "" : "\n", shown, total,
              headlines ? "headlines" : "alerts", through.c_str());
  if (headlines && total > 0)
    std::puts(
        "One line for each happening, with its highest severity and earliest onset. 'explain' "
        "tells "
        "its parts;\n--parts lists all alerts.");
}

void print_heading(const alerts_pb::Alert& a) {
  std::printf("%s\n", paint(without(a.name(), "alerts/"), Colour::kBold).c_str());
  std::printf("%s in %s\n", a.rule_title().c_str(), place(a).c_str());
  std::printf("%s, raised %s, since %s%s, %s%s\n",
              paint(severity_name(a.severity_max()), severity_colour(a.severity_max())).c_str(),
              a.raised_period().c_str(), a.onset_period().c_str(),
              a.happening_onset_period().empty() || a.happening_onset_period() == a.onset_period()
                  ? ""
                  : (" (its happening since " + a.happening_onset_period() + ")").c_str(),
              a.open() ? "open" : ("cleared " + a.cleared_period()).c_str(),
              a.historical() ? ", historical" : "");
  if (a.has_acknowledgement()) {
    std::printf("acknowledged by %s at %s%s%s\n",
                base::printable(a.acknowledgement().actor()).c_str(),
                instant(a.acknowledgement().at_ms()).c_str(),
                a.acknowledgement().comment().empty() ? "" : ": ",
                base::printable(a.acknowledgement().comment()).c_str());
  }
  if (!a.silenced_by().empty()) std::printf("silenced by %s\n", a.silenced_by().c_str());
  for (const alerts_pb::NamedNode& node : a.equal_nodes())
    std::printf("the same as %s\n", node.display_name().c_str());
}

void print_happening(const alerts_pb::Happening& happening) {
  if (happening.total_size() <= 1) return;
  std::printf("\nOne happening with %d alerts:\n", happening.total_size());
  Table table({"", "ALERT", "SEVERITY", "WHERE", "SINCE", "RAISED", ">SHARE", ""});
  for (const alerts_pb::HappeningPart& p : happening.parts()) {
    table.add(
        {role_name(p.role()), without(p.alert(), "alerts/"), severity_name(p.severity_max()),
         p.node().display_name(), p.onset_period(), p.raised_period(),
         p.share() == 0 ? "" : absl::StrFormat("%.0f %%", 100 * p.share()), p.open() ? "open" : ""},
        p.open() ? severity_colour(p.severity_max()) : Colour::kDim);
  }
  table.print();
  if (happening.parts_size() < happening.total_size())
    std::printf("and %d more\n", happening.total_size() - happening.parts_size());
}

void print_transitions(
    const google::protobuf::RepeatedPtrField<alerts_pb::Transition>& transitions) {
  if (transitions.empty()) return;
  std::puts("\nTransitions:");
  for (const alerts_pb::Transition& t : transitions) {
    std::printf("  %s  %s%s\n", day(t.at_ms()).c_str(), t.summary().c_str(),
                t.historical() ? "  historical" : "");
  }
}

void get(Context& context, const Options& options) {
  auto const stub = alerts_pb::AlertService::NewStub(context.channel());
  alerts_pb::GetAlertRequest request;
  request.set_name(options.name);
  set_as_of(context, *request.mutable_as_of());
  grpc::ClientContext call;
  context.set_deadline(call);
  alerts_pb::GetAlertResponse response;
  if (!context.ok(stub->GetAlert(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  print_heading(response.alert());
  std::puts("\nWhen raised:");
  print_evidence(response.alert().raised_evidence(), response.alert().unit());
  std::puts("Last:");
  print_evidence(response.alert().evidence(), response.alert().unit());
  print_happening(response.happening());
  print_transitions(response.transitions());
}

void explain(Context& context, const Options& options) {
  auto const stub = alerts_pb::AlertService::NewStub(context.channel());
  alerts_pb::ExplainAlertRequest request;
  request.set_name(options.name);
  set_as_of(context, *request.mutable_as_of());
  grpc::ClientContext call;
  context.set_deadline(call);
  alerts_pb::ExplainAlertResponse response;
  if (!context.ok(stub->ExplainAlert(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  print_heading(response.alert());
  for (const std::string& paragraph : response.text()) std::printf("\n%s\n", paragraph.c_str());
  if (!response.path().empty()) {
    std::puts("");
    double const h = response.alert().evidence().cusum_threshold();
    bool const detector = !is_limit(response.alert().evidence());
    Table table({"PERIOD", ">OBSERVED", detector ? ">EXPECTED" : ">LIMIT",
                 detector ? ">95 % FROM" : ">99.9 % FROM", ">TO", ">Z", ">CHANGE", ""});
    auto const bound = [&](const alerts_pb::PathPoint& p, double x) {
      if (detector) return absl::StrFormat("%.0f", x);
      return p.lower() < p.upper() ? figure(x) : "";
    };
    for (const alerts_pb::PathPoint& p : response.path()) {
      if (!p.not_assessed().empty()) {
        table.add({p.period(), figure(p.observed()), p.not_assessed()}, Colour::kDim);
        continue;
      }
      std::string bar;
      for (int i = 0; i < static_cast<int>(2 * p.cusum()) && i < 24; ++i) bar += "▪";
      const alerts_pb::Alert& a = response.alert();
      std::string const marker = p.period() == a.raised_period()    ? " ← raised"
                                 : p.period() == a.onset_period()   ? " ← since"
                                 : p.period() == a.cleared_period() ? " ← cleared"
                                                                    : "";
      std::string const incomplete =
          p.reported() < 1 ? absl::StrFormat(" (%.0f %% reported)", 100 * p.reported()) : "";
      bool const beyond =
          h > 0 ? p.cusum() >= h : p.observed() < p.lower() || p.observed() > p.upper();
      table.add(
          {p.period(), figure(p.observed()), absl::StrFormat("%.1f", p.expected()),
           bound(p, p.lower()), bound(p, p.upper()), detector ? absl::StrFormat("%.1f", p.z()) : "",
           detector ? absl::StrFormat("%.1f", p.cusum()) : "", bar + marker + incomplete},
          detector && beyond ? Colour::kRed : Colour::kPlain);
    }
    table.print();
  }
  print_happening(response.happening());
  print_transitions(response.transitions());
  if (!response.path().empty()) {
    std::puts(
        "The path is computed with what is known now: late reports, and periods that later proved "
        "to be part of\nthe change, which baselines leave out. The text above tells what was known "
        "when the alert was raised.");
  }
  std::printf("\n%s, rules %s\n", data_through(response.basis()).c_str(),
              response.basis().rule_set().c_str());
}

void print_transition(const alerts_pb::Transition& t) {
  const alerts_pb::Alert& a = t.alert();
  Colour const colour = t.kind() == alerts_pb::TRANSITION_KIND_CLEARED
                            ? Colour::kGreen
                            : severity_colour(a.severity());
  if (isatty(STDOUT_FILENO) == 1) std::fputs("\r\033[K", stdout);  // over a progress bar
  std::printf("%s  %s  %s%s\n", day(t.at_ms()).c_str(), paint(t.summary(), colour).c_str(),
              without(a.name(), "alerts/").c_str(), t.historical() ? "  historical" : "");
  std::fflush(stdout);
}

// Runs until interrupted. After a lost connection it resumes from the last token.
void watch(Context& context, const Options& options) {
  auto const stub = alerts_pb::AlertService::NewStub(context.channel());
  std::string token = options.from_beginning ? "0" : options.resume_token;
  std::string told;
  bool connected_once = false;
  while (true) {
    alerts_pb::WatchAlertsRequest request;
    request.set_resume_token(token);
    request.set_filter(options.beginnings ? both(options.filter, "begins_happening = true")
                                          : options.filter);
    request.set_skip_silenced(options.skip_silenced);
    request.set_skip_historical(options.skip_historical);
    grpc::ClientContext call;
    auto const stream = stub->WatchAlerts(&call, request);
    alerts_pb::WatchAlertsResponse event;
    while (stream->Read(&event)) {
      connected_once = true;
      token = event.resume_token();
      if (context.json()) {
        Context::print_json(event);
      } else if (event.has_transition()) {
        print_transition(event.transition());
      }
      if (!event.has_caught_up()) continue;
      const std::string& through = event.caught_up().basis().data_through();
      if (options.until_caught_up || (!options.until.empty() && through >= options.until)) {
        call.TryCancel();
        return;
      }
    }
    grpc::Status const status = stream->Finish();
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE || !connected_once) {
      context.ok(status);
      return;
    }
    if (!token.empty() && told != token) {
      std::fprintf(stderr, "bellwether: connection lost, trying to resume after %s\n",
                   token.c_str());
      told = token;
    }
    std::this_thread::sleep_for(kReconnectWait);
  }
}

// All alerts of `rule`, oldest first. nullopt if the call failed.
std::optional<std::vector<alerts_pb::Alert>> all_of(Context& context, const std::string& rule) {
  auto const stub = alerts_pb::AlertService::NewStub(context.channel());
  alerts_pb::ListAlertsRequest request;
  request.set_filter("rule = \"" + rule + "\"");
  request.set_page_size(kPageSize);
  std::vector<alerts_pb::Alert> out;
  bool const all = pages<alerts_pb::ListAlertsResponse>(
      context, request, [&](auto* c, const auto& q, auto* r) { return stub->ListAlerts(c, q, r); },
      [&](const auto& r) { out.insert(out.end(), r.alerts().begin(), r.alerts().end()); });
  if (!all) return std::nullopt;
  std::ranges::stable_sort(out, {}, [](const alerts_pb::Alert& a) { return a.raised_period(); });
  return out;
}

void add_review_row(Table& table, const alerts_pb::Alert& a, std::string lead) {
  table.add({"  " + place(a), a.raised_period(), std::move(lead), a.onset_period(), distance(a),
             severity_name(a.severity_max()), a.open() ? "open" : a.cleared_period()},
            severity_colour(a.severity_max()));
}

void review(Context& context, const Options& options) {
  std::ifstream file(options.downturns, std::ios::binary);
  std::ostringstream csv;
  csv << file.rdbuf();
  if (!file) return context.fail(Exit::kUsage, options.downturns + ": cannot be read");
  auto const downturns = analysis::parse_downturns(csv.str(), options.downturns);
  if (!downturns.ok())
    return context.fail(Exit::kUsage, base::from_absl(downturns.status().message()));
  std::string const rule = options.rule.empty() ? "R1" : options.rule;
  auto const alerts = all_of(context, rule);
  if (!alerts) return;

  for (const alerts_pb::Alert& a : *alerts) {
    if (!analysis::month_of(a.raised_period()).ok() ||
        (!a.open() && !analysis::month_of(a.cleared_period()).ok())) {
      return context.fail(Exit::kFailure, a.name() + ": its periods are neither months nor weeks");
    }
  }
  base::Calendar const months(base::CalendarUnit::kMonth);
  auto const name = [&](analysis::Month m) { return months.name(base::PeriodIndex(m)); };
  std::vector<bool> calls(alerts->size(), false);
  size_t found = 0;
  Table table(
      {"DOWNTURN", "RAISED", "AGAINST ITS DATE", "SINCE", ">DEVIATION", "SEVERITY", "CLEARED"});
  for (const analysis::Downturn& d : *downturns) {
    std::vector<const alerts_pb::Alert*> called;
    std::string carried;
    for (size_t i = 0; i < alerts->size(); ++i) {
      const alerts_pb::Alert& a = (*alerts)[i];
      analysis::Month const raised = *analysis::month_of(a.raised_period());
      analysis::Standing const s = analysis::standing(
          d, raised, a.open() ? analysis::kStillOpen : *analysis::month_of(a.cleared_period()),
          options.lead);
      if (s == analysis::Standing::kCalls) {
        called.push_back(&a);
        calls[i] = true;
      } else if (s == analysis::Standing::kCarries) {
        base::append(carried, carried.empty() ? "" : ", ", a.node().sector(), " in ",
                     a.node().area());
      }
    }
    found += called.empty() ? 0 : 1;
    table.add({d.name, name(d.start) + " to " + name(d.end),
               called.empty() ? "not called" : base::cat(called.size(), " called"), "", "", "",
               carried.empty() ? "" : "still open from before: " + carried},
              Colour::kBold);
    for (const alerts_pb::Alert* a : called)
      add_review_row(table, *a,
                     analysis::lead_text(d.start, *analysis::month_of(a->raised_period())));
  }
  auto const outside = static_cast<size_t>(std::ranges::count(calls, false));
  table.add({"Outside any downturn", "", base::cat(outside, " of ", alerts->size(), " alerts")},
            Colour::kBold);
  for (size_t i = 0; i < alerts->size(); ++i) {
    if (!calls[i]) add_review_row(table, (*alerts)[i], "");
  }
  table.print();
  std::printf(
      "\n%zu of %zu downturns called by %s; %zu of %zu alerts fell outside any downturn. An alert "
      "calls a\n"
      "downturn when it was raised at most %d months before its first month and not after its "
      "last, and\n"
      "was not cleared before the first.\n",
      found, downturns->size(), rule.c_str(), outside, alerts->size(), options.lead);
  if (options.sectors.empty()) return;
  print_own_falls(context,
                  {options.sectors, options.measure,
                   options.harm == "high" ? base::Harm::kHigh : base::Harm::kLow},
                  *alerts, *downturns);
}

void acknowledge(Context& context, const Options& options) {
  auto const stub = alerts_pb::AlertService::NewStub(context.channel());
  alerts_pb::AcknowledgeAlertRequest request;
  request.set_name(options.name);
  request.set_actor(options.actor);
  request.set_comment(options.comment);
  grpc::ClientContext call;
  context.set_deadline(call);
  alerts_pb::AcknowledgeAlertResponse response;
  if (!context.ok(stub->AcknowledgeAlert(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  print_heading(response.alert());
}

void silence(Context& context, const Options& options) {
  auto const stub = alerts_pb::AlertService::NewStub(context.channel());
  alerts_pb::CreateSilenceRequest request;
  alerts_pb::Silence& s = *request.mutable_silence();
  s.set_rule(options.rule);
  s.set_area(options.area);
  s.set_sector(options.sector);
  s.set_actor(options.actor);
  s.set_comment(options.comment);
  s.set_until_ms(wall_clock().value + static_cast<int64_t>(options.hours * 3'600'000));
  grpc::ClientContext call;
  context.set_deadline(call);
  alerts_pb::CreateSilenceResponse response;
  if (!context.ok(stub->CreateSilence(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  std::printf("%s until %s\n", response.silence().name().c_str(),
              instant(response.silence().until_ms()).c_str());
}

void unsilence(Context& context, const Options& options) {
  auto const stub = alerts_pb::AlertService::NewStub(context.channel());
  alerts_pb::ExpireSilenceRequest request;
  request.set_name(options.name);
  request.set_actor(options.actor);
  grpc::ClientContext call;
  context.set_deadline(call);
  alerts_pb::ExpireSilenceResponse response;
  if (!context.ok(stub->ExpireSilence(&call, request, &response))) return;
  if (context.json()) return Context::print_json(response);
  std::printf("%s has ended\n", options.name.c_str());
}

void silences(Context& context, const Options& options) {
  auto const stub = alerts_pb::AlertService::NewStub(context.channel());
  alerts_pb::ListSilencesRequest request;
  request.set_include_expired(options.expired);
  set_as_of(context, *request.mutable_as_of());
  Table table({"SILENCE", "RULE", "AREA", "SECTOR", "UNTIL", "BY", "COMMENT"});
  auto const any = [](const std::string& text) { return text.empty() ? std::string("any") : text; };
  bool const all = pages<alerts_pb::ListSilencesResponse>(
      context, request,
      [&](auto* c, const auto& q, auto* r) { return stub->ListSilences(c, q, r); },
      [&](const auto& r) {
        if (context.json()) Context::print_json(r);
        for (const alerts_pb::Silence& s : r.silences()) {
          table.add({s.name(), any(s.rule()), any(s.area()), any(s.sector()), instant(s.until_ms()),
                     s.actor(), s.comment()},
                    s.expired() ? Colour::kDim : Colour::kPlain);
        }
      });
  if (!all || context.json()) return;
  if (table.empty()) {
    std::puts("no silences");
  } else {
    table.print();
  }
}

void add_review_options(CLI::App* app, Options& options) {
  app->add_option("downturns", options.downturns, "CSV: name,start,end[,source], months as YYYY-MM")
      ->required();
  app->add_option("--rule", options.rule, "the rule; default R1");
  app->add_option("--lead", options.lead,
                  "an alert up to this many months early still calls a downturn")
      ->check(CLI::Range(0, 120))
      ->capture_default_str();
  app->add_option("--sectors", options.sectors,
                  "also judge the alerts of the sectors of this level by the falls of their "
                  "own series");
  app->add_option("--measure", options.measure, "what the rule counts; with --sectors")
      ->capture_default_str();
  app->add_option("--harm", options.harm, "the measure's harmful side; with --sectors")
      ->check(CLI::IsMember({"low", "high"}))
      ->capture_default_str();
}

}  // namespace

void add_alerts(CLI::App& app, Context& context) {
  CLI::App* const alerts =
      app.add_subcommand("alerts", "downturns: where, since when, how certain");
  alerts->require_subcommand(1);
  alerts->fallthrough();
  auto options = std::make_shared<Options>();
  auto const command = [&](const char* name, const char* what, auto run) {
    CLI::App* const sub = alerts->add_subcommand(name, what);
    sub->fallthrough();
    sub->callback([&context, options, run] { run(context, *options); });
    return sub;
  };
  auto const with_name = [&](CLI::App* sub, const char* what) {
    sub->add_option("name", options->name, what)->required();
    return sub;
  };
  auto const with_actor = [&](CLI::App* sub) {
    sub->add_option("--actor", options->actor, "name of the person who acts")->required();
    sub->add_option("--comment", options->comment, "reason");
    return sub;
  };
  CLI::App* const listing = command("list", "alerts, newest first", list);
  listing->add_flag("--open", options->open, "only open ones");
  listing->add_flag("--parts", options->parts,
                    "all alerts; without it, and without --filter, one for each happening");
  listing->add_option("--limit", options->limit, "at most this many; 0 = all");
  listing->add_option("--filter", options->filter, kFilterHelp);
  CLI::App* const getting =
      with_name(command("get", "one alert and its history", get), "for example R1.SG.C.1997-06");
  CLI::App* const explaining =
      with_name(command("explain", "figures, parts and the path of the change statistic", explain),
                "for example R1.SG.C.1997-06");
  for (CLI::App* const sub : {listing, getting, explaining}) add_as_of(*sub, context);
  add_why_not(*alerts, context);
  CLI::App* const watching =
      command("watch", "transitions as they happen, until interrupted", watch);
  watching->add_flag("--from-beginning", options->from_beginning,
                     "all transitions since the first");
  watching->add_option("--resume", options->resume_token, "continue after this resume token");
  watching->add_option("--filter", options->filter, "as in list");
  watching->add_option("--until", options->until, "end when the data are through this period")
      ->check(check_period);
  watching->add_flag("--beginnings", options->beginnings,
                     "only alerts with which a happening began, from their beginning to their end");
  watching->add_flag("--skip-silenced", options->skip_silenced, "leave out silenced alerts");
  watching->add_flag("--skip-historical", options->skip_historical,
                     "leave out what is about past periods");
  watching->add_flag("--until-caught-up", options->until_caught_up,
                     "end after the transitions known now");
  add_review_options(
      command("review", "compare the alerts of one rule with known downturns", review), *options);
  with_actor(with_name(command("acknowledge", "mark an alert as being handled", acknowledge),
                       "for example R1.SG.C.1997-06"));
  CLI::App* const silencing =
      with_actor(command("silence", "hide alerts from watchers that skip silenced ones", silence));
  silencing->add_option("--rule", options->rule, "only of this rule");
  silencing->add_option("--area", options->area, "only of this area");
  silencing->add_option("--sector", options->sector, "only of this sector");
  silencing->add_option("--hours", options->hours, "duration in hours")
      ->check(at_most(24.0 * base::kSilenceDaysMax))
      ->capture_default_str();
  CLI::App* const listing_silences = command("silences", "silences in force", silences);
  listing_silences->add_flag("--expired", options->expired, "also silences that have ended");
  add_as_of(*listing_silences, context);
  with_actor(
      with_name(command("unsilence", "end a silence", unsilence), "for example silences/17"));
}

}  // namespace bellwether::cli
