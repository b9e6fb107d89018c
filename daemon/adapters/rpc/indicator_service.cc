#include <algorithm>
#include <set>

#include "absl/strings/str_join.h"
#include "adapters/rpc/asked.h"
#include "adapters/rpc/distribution.h"
#include "adapters/rpc/export.h"
#include "adapters/rpc/inclusion.h"
#include "adapters/rpc/messages.h"
#include "adapters/rpc/page.h"
#include "adapters/rpc/requests.h"
#include "adapters/rpc/services.h"
#include "adapters/rpc/subjects.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "core/base/text.h"
#include "core/indicators/catalogue.h"

namespace bellwether::rpc {
namespace {

namespace indicators_pb = bellwether::indicators::v1;
using base::cat;
using base::PeriodIndex;
using indicators::IndicatorInfo;
using indicators::Node;
using ViewPtr = std::shared_ptr<const engine::View>;

base::AreaId id_at(const reference::Areas&, size_t i) {
  return base::AreaId(static_cast<uint16_t>(i));
}
base::SectorId id_at(const reference::Sectors&, size_t i) {
  return base::SectorId(static_cast<uint16_t>(i));
}

// All areas or sectors of the level; all of the tree if `level` is empty. A level without any is a
// violation.
template <class Tree>
auto at_level(const Tree& tree, const std::string& level, std::string_view field, BadRequest& bad) {
  std::vector<decltype(id_at(tree, 0))> found;
  std::set<std::string> levels;
  for (size_t i = 0; i < tree.size(); ++i) {
    levels.insert(tree.at(id_at(tree, i)).level);
    if (level.empty() || tree.at(id_at(tree, i)).level == level) found.push_back(id_at(tree, i));
  }
  if (found.empty()) {
    bad.add(field, cat("no level \"", base::excerpt(level), "\"; there are ",
                       absl::StrJoin(levels, ", ")));
  }
  return found;
}

// The parent code of a list request, as an area or a sector.
base::AreaId read_parent(const engine::View& view, const reference::Areas&, const std::string& code,
                         BadRequest& bad) {
  common::v1::Node node;
  node.set_area(code);
  return read_node(view, node, "parent", bad).area;
}
base::SectorId read_parent(const engine::View& view, const reference::Sectors&,
                           const std::string& code, BadRequest& bad) {
  common::v1::Node node;
  node.set_sector(code);
  return read_node(view, node, "parent", bad).sector;
}
// Sets have members but no place in the tree.
bool in_tree(const reference::Area& area) {
  return !area.is_set;
}
bool in_tree(const reference::Sector&) {
  return true;
}

// ListAreas and ListSectors: the entries of a level below a parent, by page.
template <class Request, class Response, class Tree, class Add>
grpc::Status list(std::string_view method, const engine::View& view, base::UnixMillis now,
                  const Request& request, Response& response, const Tree& tree, Add add) {
  BadRequest bad;
  auto some = at_level(tree, request.level(), "level", bad);
  if (!request.parent().empty()) {
    auto const parent = read_parent(view, tree, request.parent(), bad);
    std::erase_if(some, [&](auto id) {
      return id == parent || tree.at(id).parent != parent || !in_tree(tree.at(id));
    });
  }
  PageRange const range =
      read_range(request.page_size(), request.page_token(),
                 cat(method, "|", request.level(), "|", request.parent()), some.size(), bad);
  if (!bad.empty()) return bad.status();
  for (size_t i = range.begin; i < range.end; ++i) add(some[i]);
  response.set_next_page_token(range.next_page_token);
  rpc::fill(view, now, *response.mutable_basis());
  return grpc::Status::OK;
}

class IndicatorService final : public indicators_pb::IndicatorService::WithCallbackMethod_Export<
                                   indicators_pb::IndicatorService::Service> {
 public:
  IndicatorService(const Shared& shared, Exports& exports) : shared_(shared), exports_(exports) {}

  grpc::Status ListIndicators(grpc::ServerContext* context,
                              const indicators_pb::ListIndicatorsRequest* request,
                              indicators_pb::ListIndicatorsResponse* response) override {
    return observed(shared_, *context, "ListIndicators", [&] {
      ViewPtr const view = shared_.backend.view();
      size_t const total = domain::kIndicatorCount + domain::kMeasureCount;
      BadRequest bad;
      PageRange const range =
          read_range(request->page_size(), request->page_token(), "ListIndicators", total, bad);
      if (!bad.empty()) return bad.status();
      for (size_t i = range.begin; i < range.end; ++i) {
        indicators_pb::Indicator& out = *response->add_indicators();
        if (i < domain::kIndicatorCount) {
          fill_catalogue(domain::kIndicators[i], *view, out);
        } else {
          fill_measure(static_cast<indicators::Measure>(i - domain::kIndicatorCount), *view, out);
        }
      }
      response->set_next_page_token(range.next_page_token);
      rpc::fill(*view, shared_.backend.now(), *response->mutable_basis());
      return grpc::Status::OK;
    });
  }

  grpc::Status ListAreas(grpc::ServerContext* context,
                         const indicators_pb::ListAreasRequest* request,
                         indicators_pb::ListAreasResponse* response) override {
    return observed(shared_, *context, "ListAreas", [&] {
      ViewPtr const view = shared_.backend.view();
      const reference::Areas& areas = view->reference->areas;
      return list("ListAreas", *view, shared_.backend.now(), *request, *response, areas,
                  [&](base::AreaId id) { fill_area(areas, id, *response->add_areas()); });
    });
  }

  grpc::Status ListSectors(grpc::ServerContext* context,
                           const indicators_pb::ListSectorsRequest* request,
                           indicators_pb::ListSectorsResponse* response) override {
    return observed(shared_, *context, "ListSectors", [&] {
      ViewPtr const view = shared_.backend.view();
      const reference::Sectors& sectors = view->reference->sectors;
      return list("ListSectors", *view, shared_.backend.now(), *request, *response, sectors,
                  [&](base::SectorId id) { fill_sector(sectors, id, *response->add_sectors()); });
    });
  }

  grpc::Status GetIndicator(grpc::ServerContext* context,
                            const indicators_pb::GetIndicatorRequest* request,
                            indicators_pb::GetIndicatorResponse* response) override {
    return observed(shared_, *context, "GetIndicator", [&] {
      Asked asked;
      if (auto refused = ask(shared_.backend, request->as_of(), asked); !refused.ok())
        return refused;
      ViewPtr const& view = asked.view;
      base::UnixMillis const now = asked.now;
      BadRequest bad;
      Subject const subject = read_subject(request->name(), "name", bad);
      Node const node = read_node(*view, request->node(), "node", bad);
      PeriodIndex const period =
          read_period(*view, request->period(), "period", latest(*view), bad);
      if (!bad.empty()) return bad.status();
      rpc::fill(*view, now, *response->mutable_basis());
      rpc::fill(value_of(subject, *view, node, period, *response->mutable_basis()),
                view->calendar.name(period), *response->mutable_value());
      response->set_unit(subject.unit);
      return grpc::Status::OK;
    });
  }

  grpc::Status QuerySeries(grpc::ServerContext* context,
                           const indicators_pb::QuerySeriesRequest* request,
                           indicators_pb::QuerySeriesResponse* response) override {
    return observed(shared_, *context, "QuerySeries", [&] {
      Asked asked;
      if (auto refused = ask(shared_.backend, request->as_of(), asked); !refused.ok())
        return refused;
      ViewPtr const& view = asked.view;
      base::UnixMillis const now = asked.now;
      BadRequest bad;
      if (request->names().empty() || request->names_size() > kSeriesNamesMax) {
        bad.add("names", cat("name 1 to ", kSeriesNamesMax, " indicators"));
      }
      std::vector<Subject> subjects;
      std::string key = "QuerySeries";
      for (int i = 0; i < std::min(request->names_size(), kSeriesNamesMax); ++i) {
        subjects.push_back(read_subject(request->names(i), cat("names[", i, "]"), bad));
        base::append(key, "|", request->names(i));
      }
      Node const node = read_node(*view, request->node(), "node", bad);
      auto const [first, last] =
          read_period_range(*view, request->from_period(), request->to_period(), bad);
      base::append(key, "|", request->node().area(), "|", request->node().sector(), "|",
                   first.value, "|", request->to_period(), page_key(request->as_of()));
      size_t const total = last < first ? 0 : static_cast<size_t>(last.value - first.value + 1);
      PageRange const range =
          read_range(request->page_size(), request->page_token(), key, total, bad);
      if (!bad.empty()) return bad.status();
      rpc::fill(*view, now, *response->mutable_basis());
      for (const Subject& subject : subjects) {
        indicators_pb::Series& out = *response->add_series();
        out.set_name(cat("indicators/", subject.name));
        out.set_unit(subject.unit);
        for (size_t i = range.begin; i < range.end; ++i) {
          PeriodIndex const period(first.value + static_cast<int32_t>(i));
          rpc::fill(value_of(subject, *view, node, period, *response->mutable_basis()),
                    view->calendar.name(period), *out.add_values());
        }
      }
      response->set_next_page_token(range.next_page_token);
      return grpc::Status::OK;
    });
  }

  grpc::Status CompareNodes(grpc::ServerContext* context,
                            const indicators_pb::CompareNodesRequest* request,
                            indicators_pb::CompareNodesResponse* response) override {
    return observed(shared_, *context, "CompareNodes", [&] {
      Asked asked;
      if (auto refused = ask(shared_.backend, request->as_of(), asked); !refused.ok())
        return refused;
      ViewPtr const& view = asked.view;
      base::UnixMillis const now = asked.now;
      BadRequest bad;
      Subject const subject = read_subject(request->name(), "name", bad);
      if (request->nodes().empty() || request->nodes_size() > kCompareNodesMax) {
        bad.add("nodes", cat("name 1 to ", kCompareNodesMax, " nodes"));
      }
      std::vector<Node> nodes;
      for (int i = 0; i < std::min(request->nodes_size(), kCompareNodesMax); ++i) {
        nodes.push_back(read_node(*view, request->nodes(i), cat("nodes[", i, "]"), bad));
      }
      PeriodIndex const period =
          read_period(*view, request->period(), "period", latest(*view), bad);
      if (!bad.empty()) return bad.status();
      rpc::fill(*view, now, *response->mutable_basis());
      for (Node const node : nodes) {
        indicators_pb::NodeValue& out = *response->add_values();
        rpc::fill(*view, node, *out.mutable_node());
        rpc::fill(value_of(subject, *view, node, period, *response->mutable_basis()),
                  view->calendar.name(period), *out.mutable_value());
      }
      response->set_unit(subject.unit);
      return grpc::Status::OK;
    });
  }

  grpc::Status RankNodes(grpc::ServerContext* context,
                         const indicators_pb::RankNodesRequest* request,
                         indicators_pb::RankNodesResponse* response) override {
    return observed(shared_, *context, "RankNodes", [&] {
      Asked asked;
      if (auto refused = ask(shared_.backend, request->as_of(), asked); !refused.ok())
        return refused;
      ViewPtr const& view = asked.view;
      base::UnixMillis const now = asked.now;
      BadRequest bad;
      Subject const subject = read_subject(request->name(), "name", bad);
      Node const fixed = read_node(*view, request->node(), "node", bad);
      PeriodIndex const period =
          read_period(*view, request->period(), "period", latest(*view), bad);
      if (request->area_level().empty() == request->sector_level().empty()) {
        bad.add("area_level", "set exactly one of area_level and sector_level");
      }
      std::vector<Node> const nodes = of_level(*view, *request, fixed, bad);
      if (!bad.empty()) return bad.status();
      rpc::fill(*view, now, *response->mutable_basis());
      std::vector<std::pair<Node, indicators::Value>> ranked;
      for (Node const node : nodes) {
        auto v = value_of(subject, *view, node, period, *response->mutable_basis());
        if (v.ok()) {
          ranked.emplace_back(node, std::move(v));
        } else {
          response->set_not_available(response->not_available() + 1);
        }
      }
      std::stable_sort(ranked.begin(), ranked.end(), [&](const auto& a, const auto& b) {
        return request->ascending() ? a.second.value < b.second.value
                                    : a.second.value > b.second.value;
      });
      PageRange const range = read_range(
          request->page_size(), request->page_token(),
          cat("RankNodes|", request->name(), "|", request->node().area(), "|",
              request->node().sector(), "|", request->area_level(), "|", request->sector_level(),
              "|", period.value, "|", request->ascending() ? 1 : 0, page_key(request->as_of())),
          ranked.size(), bad);
      if (!bad.empty()) return bad.status();
      for (size_t i = range.begin; i < range.end; ++i) {
        indicators_pb::NodeValue& out = *response->add_values();
        rpc::fill(*view, ranked[i].first, *out.mutable_node());
        rpc::fill(ranked[i].second, view->calendar.name(period), *out.mutable_value());
        out.set_rank(static_cast<int32_t>(request->ascending() ? ranked.size() - i : i + 1));
      }
      response->set_unit(subject.unit);
      response->set_next_page_token(range.next_page_token);
      return grpc::Status::OK;
    });
  }

  grpc::Status GetDistribution(grpc::ServerContext* context,
                               const indicators_pb::GetDistributionRequest* request,
                               indicators_pb::GetDistributionResponse* response) override {
    return observed(shared_, *context, "GetDistribution",
                    [&] { return get_distribution(shared_.backend, *request, *response); });
  }

  grpc::Status GetInclusionLadder(grpc::ServerContext* context,
                                  const indicators_pb::GetInclusionLadderRequest* request,
                                  indicators_pb::GetInclusionLadderResponse* response) override {
    return observed(shared_, *context, "GetInclusionLadder",
                    [&] { return get_inclusion_ladder(shared_.backend, *request, *response); });
  }

  grpc::ServerWriteReactor<indicators_pb::ExportResponse>* Export(
      grpc::CallbackServerContext* context, const indicators_pb::ExportRequest* request) override {
    return exports_.start(*request, shared_.access({"Export", *context}));
  }

 private:
  static void fill_catalogue(const IndicatorInfo& info, const engine::View& view,
                             indicators_pb::Indicator& out) {
    out.set_name(cat("indicators/", info.name));
    out.set_number(info.number);
    out.set_title(std::string(info.title));
    out.set_formula(std::string(info.formula));
    out.set_unit(std::string(info.unit));
    out.set_numerator(std::string(info.numerator));
    out.set_denominator(std::string(info.denominator));
    out.set_window_periods(domain::window_lengths(info.window, view.calendar).front());
    out.set_window_periods_max(domain::window_lengths(info.window, view.calendar).back());
    using indicators::Harm;
    out.set_harm(info.harm == Harm::kLow    ? indicators_pb::HARM_DIRECTION_LOW
                 : info.harm == Harm::kHigh ? indicators_pb::HARM_DIRECTION_HIGH
                                            : indicators_pb::HARM_DIRECTION_NONE);
    out.set_minimum_base(info.minimum_base);
    out.set_detector(std::string(info.detector));
    if (domain::is_in_working_hours(info.id)) out.set_working_hours(view.reference->desks.text());
  }
  static std::string_view formula_of(domain::Adding adding) {
    switch (adding) {
      case domain::Adding::kAddsUp:
        break;
      case domain::Adding::kNodeAlone:
        return "businesses that enter or leave this area or sector in the period; changes inside "
               "it do not count";
      case domain::Adding::kByClassAlone:
        return "businesses that enter a class in the period, less those that leave it for another; "
               "0 in total, so ask for the classes";
    }
    return "count of facts in the period";
  }
  static void fill_measure(indicators::Measure measure, const engine::View& view,
                           indicators_pb::Indicator& out) {
    const auto& info = indicators::info(measure);
    out.set_name(cat("indicators/", info.name));
    out.set_title(std::string(info.title));
    out.set_formula(std::string(formula_of(info.adding)));
    out.set_unit("count");
    out.set_window_periods(1);
    out.set_window_periods_max(1);
    out.set_harm(indicators_pb::HARM_DIRECTION_NONE);
    if (domain::is_in_working_hours(measure)) out.set_working_hours(view.reference->desks.text());
  }
  static void fill_area(const reference::Areas& areas, base::AreaId id, indicators_pb::Area& out) {
    const reference::Area& area = areas.at(id);
    out.set_name(cat("areas/", area.code));
    out.set_code(area.code);
    out.set_display_name(area.name);
    out.set_level(area.level);
    if (!area.is_set && id != reference::kRootArea) out.set_parent(areas.at(area.parent).code);
    if (area.is_set) add_members(areas, id, out);
    if (area.validity.from.value != INT32_MIN) {
      out.set_valid_from(base::format_date(area.validity.from));
    }
    if (area.validity.until.value != INT32_MAX) {
      out.set_valid_until(base::format_date(area.validity.until));
    }
  }
  static void fill_sector(const reference::Sectors& sectors, base::SectorId id,
                          indicators_pb::Sector& out) {
    const reference::Sector& sector = sectors.at(id);
    out.set_name(cat("sectors/", sector.code));
    out.set_code(sector.code);
    out.set_display_name(sector.name);
    out.set_level(sector.level);
    if (id != reference::kAllSectors) out.set_parent(sectors.at(sector.parent).code);
    out.set_scheme(std::string(sectors.scheme()));
    out.set_scheme_version(std::string(sectors.version()));
  }
  static void add_members(const reference::Areas& areas, base::AreaId set,
                          indicators_pb::Area& out) {
    for (size_t i = 0; i < areas.size(); ++i) {
      base::AreaId const id(static_cast<uint16_t>(i));
      if (id == set || areas.at(id).is_set) continue;
      const auto& ancestors = areas.ancestors(id);
      if (std::ranges::any_of(ancestors, [&](const auto& a) { return a.area == set; })) {
        out.add_members(areas.at(id).code);
      }
    }
  }
  static std::vector<Node> of_level(const engine::View& view,
                                    const indicators_pb::RankNodesRequest& request, Node fixed,
                                    BadRequest& bad) {
    std::vector<Node> out;
    if (!request.area_level().empty()) {
      for (base::AreaId id :
           at_level(view.reference->areas, request.area_level(), "area_level", bad)) {
        out.push_back({id, fixed.sector});
      }
    } else if (!request.sector_level().empty()) {
      for (base::SectorId id :
           at_level(view.reference->sectors, request.sector_level(), "sector_level", bad)) {
        out.push_back({fixed.area, id});
      }
    }
    return out;
  }

  const Shared& shared_;
  Exports& exports_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_indicator_service(const Shared& shared, Exports& exports) {
  return std::make_unique<IndicatorService>(shared, exports);
}

}  // namespace bellwether::rpc
