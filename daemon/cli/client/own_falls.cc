#include "cli/client/own_falls.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "analysis/fall_review.h"
#include "analysis/period_scale.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "cli/client/pages.h"
#include "cli/table.h"
#include "core/base/calendar.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace indicators_pb = bellwether::indicators::v1;

struct SectorSeries {
  std::string code;
  std::string title;
  base::Calendar calendar{base::CalendarUnit::kMonth};
  base::PeriodIndex first;
  std::vector<int32_t> counts;
};

// The sectors of a level; nullopt if the call failed.
std::optional<std::vector<SectorSeries>> sectors_of(Context& context, const std::string& level) {
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  indicators_pb::ListSectorsRequest request;
  request.set_level(level);
  request.set_page_size(kPageSize);
  std::vector<SectorSeries> out;
  bool const all = pages<indicators_pb::ListSectorsResponse>(
      context, request, [&](auto* c, const auto& q, auto* r) { return stub->ListSectors(c, q, r); },
      [&](const auto& r) {
        for (const indicators_pb::Sector& s : r.sectors())
          out.push_back({.code = s.code(), .title = s.display_name(), .first = {}, .counts = {}});
      });
  if (!all) return std::nullopt;
  return out;
}

// Adds the counts of the sector in the whole geography. False if the call failed.
bool add_counts(Context& context, const std::string& measure, SectorSeries& sector) {
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  indicators_pb::QuerySeriesRequest request;
  request.add_names(measure);
  request.mutable_node()->set_sector(sector.code);
  request.set_page_size(kPageSize);
  bool const all = pages<indicators_pb::QuerySeriesResponse>(
      context, request, [&](auto* c, const auto& q, auto* r) { return stub->QuerySeries(c, q, r); },
      [&](const auto& r) {
        const auto& values = r.series(0).values();
        if (sector.counts.empty() && !values.empty()) {
          auto const first = analysis::parse_dated(values[0].period());
          if (!first.ok()) return;
          sector.calendar = first->calendar;
          sector.first = first->period;
        }
        for (const indicators_pb::Value& v : values)
          sector.counts.push_back(static_cast<int32_t>(v.value()));
      });
  if (!all) return false;
  // Nothing was registered before the first count.
  auto const seen = std::ranges::find_if(sector.counts, [](int32_t n) { return n != 0; });
  sector.first =
      base::PeriodIndex(sector.first.value + static_cast<int32_t>(seen - sector.counts.begin()));
  sector.counts.erase(sector.counts.begin(), seen);
  return true;
}

// The periods in which the sector's alerts in the whole geography were raised, in order.
std::vector<base::PeriodIndex> raised_of(const SectorSeries& sector, const std::string& root,
                                         const std::vector<alerts::v1::Alert>& alerts) {
  std::vector<base::PeriodIndex> out;
  for (const alerts::v1::Alert& a : alerts) {
    if (a.node().sector() != sector.code || a.node().area() != root) continue;
    if (auto const t = sector.calendar.parse(a.raised_period()); t.ok()) out.push_back(*t);
  }
  std::ranges::sort(out);
  return out;
}

// The code of the whole geography; empty if the call failed.
std::string root_area(Context& context) {
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  indicators_pb::ListAreasRequest request;
  request.set_page_size(kPageSize);
  std::string root;
  bool const all = pages<indicators_pb::ListAreasResponse>(
      context, request, [&](auto* c, const auto& q, auto* r) { return stub->ListAreas(c, q, r); },
      [&](const auto& r) {
        for (const indicators_pb::Area& a : r.areas()) {
          if (root.empty()) root = a.code();
        }
      });
  return all ? root : "";
}

int percent(int part, int whole) {
  return whole == 0 ? 0 : static_cast<int>(100.0 * part / whole + 0.5);
}

void print_review(const analysis::FallReview& r, const OwnFallsRequest& request,
                  base::Calendar calendar) {
  Table table({"SECTOR", ">OWN FALLS", ">MET", ">ALERTS", ">OUTSIDE"});
  auto const add = [&](const analysis::FallReview::Of& of, Colour colour) {
    table.add({of.name, base::cat(of.falls), base::cat(of.met), base::cat(of.alerts),
               base::cat(of.outside)},
              colour);
  };
  for (const analysis::FallReview::Of& of : r.series) add(of, Colour::kPlain);
  analysis::FallReview::Of all = r.all;
  all.name = "all of them";
  add(all, Colour::kBold);
  std::printf("\nThe sectors' own falls of %s, level %s:\n", request.measure.c_str(),
              request.sector_level.c_str());
  table.print();
  int const delay = analysis::review_delay(calendar);
  const char* const unit = calendar.unit() == base::CalendarUnit::kWeek ? "weeks" : "months";
  double const rate = r.years_outside > 0 ? r.all.outside / r.years_outside : 0;
  std::printf(
      "\nOwn falls: %d of %d (%d %%) met by an alert of the sector within %d %s; %d of %d alerts "
      "outside any,\n"
      "%.3f a sector-year.\n"
      "Downturns on record: in %d of %d pairs of a downturn and a sector (%d %%) the sector itself "
      "fell around\n"
      "the start. This is the ceiling. %d (%d %%) were met by an alert of the sector within %d "
      "%s.\n",
      r.all.met, r.all.falls, percent(r.all.met, r.all.falls), delay, unit, r.all.outside,
      r.all.alerts, rate, r.pairs_falling, r.pairs, percent(r.pairs_falling, r.pairs), r.pairs_met,
      percent(r.pairs_met, r.pairs), delay, unit);
}

}  // namespace

void print_own_falls(Context& context, const OwnFallsRequest& request,
                     const std::vector<alerts::v1::Alert>& alerts,
                     const std::vector<analysis::Downturn>& downturns) {
  auto sectors = sectors_of(context, request.sector_level);
  if (!sectors) return;
  if (sectors->empty())
    return context.fail(Exit::kUsage, base::cat("no sector has the level ", request.sector_level));
  std::string const root = root_area(context);
  if (root.empty()) return;
  std::vector<analysis::ReviewedSeries> reviewed;
  for (SectorSeries& s : *sectors) {
    if (!add_counts(context, request.measure, s)) return;
    if (s.counts.empty()) continue;
    reviewed.push_back(
        {s.title, {s.calendar, s.first, s.counts, {}, {}, {}}, raised_of(s, root, alerts)});
  }
  if (reviewed.empty()) return;
  print_review(analysis::review_falls(reviewed, request.harm, downturns), request,
               reviewed.front().counts.calendar);
}

}  // namespace bellwether::cli
