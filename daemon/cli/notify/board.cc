#include "cli/notify/board.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"

namespace bellwether::notify {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kTextVersion = 1;
constexpr std::string_view kPath = "/api/v2/alerts";

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Labels and annotations as Alertmanager takes them: an empty one is none.
Json present(const Words& words) {
  Json out = Json::object();
  for (const auto& [name, value] : words) {
    if (!value.empty()) out[name] = value;
  }
  return out;
}

std::optional<UnixMillis> time_or_none(const Json& entry, const char* name) {
  if (!entry.contains(name)) return std::nullopt;
  return UnixMillis(entry.at(name).get<int64_t>());
}

}  // namespace

std::string Board::key(const OpenAlert& alert) {
  return dumped(present(alert.labels));
}

absl::StatusOr<Board> Board::parse(std::string_view text) {
  Board out;
  try {
    Json const json = Json::parse(text);
    if (json.at("version").get<int>() != kTextVersion)
      return absl::InvalidArgumentError("is of another version");
    for (const Json& each : json.at("alerts")) {
      Entry entry{
          {each.at("name").get<std::string>(), each.at("labels").get<Words>(),
           each.at("annotations").get<Words>(), UnixMillis(each.at("starts_at_ms").get<int64_t>())},
          time_or_none(each, "ended_at_ms"),
          time_or_none(each, "learned_at_ms"),
          each.value("told_resolved", false)};
      if (entry.ended.has_value() != entry.learned.has_value())
        return absl::InvalidArgumentError("has an end of which only half is known");
      out.entries_.insert_or_assign(key(entry.alert), std::move(entry));
    }
  } catch (const Json::exception&) {
    return absl::InvalidArgumentError("is not what notify writes");
  }
  return out;
}

std::string Board::text() const {
  Json alerts = Json::array();
  for (const auto& [key, entry] : entries_) {
    Json each = {{"name", entry.alert.name},
                 {"labels", entry.alert.labels},
                 {"annotations", entry.alert.annotations},
                 {"starts_at_ms", entry.alert.starts_at.value}};
    if (entry.ended) {
      each["ended_at_ms"] = entry.ended->value;
      each["learned_at_ms"] = entry.learned->value;
      each["told_resolved"] = entry.told_resolved;
    }
    alerts.push_back(std::move(each));
  }
  return dumped({{"version", kTextVersion}, {"alerts", std::move(alerts)}}) + "\n";
}

std::vector<std::string> Board::gone(const std::vector<OpenAlert>& open) const {
  std::set<std::string> names;
  for (const OpenAlert& alert : open) names.insert(alert.name);
  std::vector<std::string> out;
  for (const auto& [key, entry] : entries_) {
    if (!entry.ended && !names.contains(entry.alert.name)) out.push_back(entry.alert.name);
  }
  return out;
}

std::vector<OpenAlert> Board::as_told(const std::set<std::string>& names) const {
  std::vector<OpenAlert> out;
  for (const auto& [key, entry] : entries_) {
    if (!entry.ended && names.contains(entry.alert.name)) out.push_back(entry.alert);
  }
  return out;
}

bool Board::look(const std::vector<OpenAlert>& open,
                 const std::map<std::string, UnixMillis>& cleared, UnixMillis now) {
  std::set<std::string> keys;
  bool changed = false;
  left_out_ = 0;
  for (const OpenAlert& alert : open) {
    std::string const k = key(alert);
    keys.insert(k);
    auto const found = entries_.find(k);
    if (found == entries_.end() && entries_.size() >= kBoardMax) {
      ++left_out_;
      continue;
    }
    Entry entry{alert, std::nullopt, std::nullopt, false};
    if (found != entries_.end() && found->second == entry) continue;
    entries_.insert_or_assign(k, std::move(entry));
    changed = true;
  }
  for (auto& [k, entry] : entries_) {
    if (entry.ended || keys.contains(k)) continue;
    auto const at = cleared.find(entry.alert.name);
    bool const known =
        at != cleared.end() && at->second > entry.alert.starts_at && at->second <= now;
    entry.ended = known ? at->second : now;
    entry.learned = now;
    changed = true;
  }
  return changed;
}

std::vector<Board::Batch> Board::batches(const std::string& url, UnixMillis now) const {
  std::vector<Batch> out;
  Json alerts = Json::array();
  std::vector<std::string> keys;
  auto const finish = [&] {
    if (keys.empty()) return;
    out.push_back(
        {{base::cat(url, kPath), {{"Content-Type", "application/json"}}, dumped(alerts)}, keys});
    alerts = Json::array();
    keys.clear();
  };
  for (const auto& [key, entry] : entries_) {
    UnixMillis const ends = entry.ended.value_or(UnixMillis(now.value + kEndsAfterMs));
    // Alertmanager refuses an end before the start; clocks can differ.
    UnixMillis const starts = std::min(entry.alert.starts_at, ends);
    alerts.push_back({{"labels", present(entry.alert.labels)},
                      {"annotations", present(entry.alert.annotations)},
                      {"startsAt", base::format_instant(starts)},
                      {"endsAt", base::format_instant(ends)}});
    keys.push_back(key);
    if (keys.size() == kAlertsPerPost) finish();
  }
  finish();
  return out;
}

bool Board::told(const Batch& batch) {
  bool changed = false;
  for (const std::string& key : batch.keys) {
    auto const found = entries_.find(key);
    if (found == entries_.end() || !found->second.ended || found->second.told_resolved) continue;
    found->second.told_resolved = true;
    changed = true;
  }
  return changed;
}

bool Board::forget(UnixMillis now) {
  return std::erase_if(entries_, [&](const auto& each) {
           const Entry& entry = each.second;
           if (!entry.ended) return false;
           int64_t const since = now.value - entry.learned->value;
           return since >= (entry.told_resolved ? kResolvedForMs : kResolvedForMsMax);
         }) > 0;
}

size_t Board::open() const {
  return static_cast<size_t>(
      std::ranges::count_if(entries_, [](const auto& each) { return !each.second.ended; }));
}

}  // namespace bellwether::notify
