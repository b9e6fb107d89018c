// Runs the connector of tables on texts, with a memory in the process, and shows what it says.
#pragma once

#include <google/protobuf/text_format.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "connect/table/connector.h"
#include "core/base/text.h"
#include "support/mappings.h"
#include "support/must.h"

namespace bellwether::testing {

// What a run says, in lines for people and as records.
struct TableRun {
  std::vector<connect::Said> said;
  std::vector<std::string> refused;   // "line: reason: what"
  std::vector<std::string> reviewed;  // "line: key: way confidence number"
  connect::table::Counts counts;
};

// What stays from one run to the next.
struct TableState {
  std::map<std::string, std::string> facts;
  std::string mark;
};

// The fields of the message on one line.
inline std::string message_text(const connect::Said& said) {
  auto const message = connect::table::new_message(said.topic);
  if (!message->ParseFromString(said.value)) return "no message";
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintToString(*message, &text);
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

// "KEY @2026-11-30T09:15:00Z FIELDS".
inline std::string said_text(const connect::Said& said) {
  return base::cat(said.key, " @", base::format_instant(said.published), " ", message_text(said));
}

// `list`: the register of enquirers, offered as number, name, postcode, status.
struct TableInput {
  std::string_view text;
  std::string_view file = "t.csv";
  std::string_view as_of = "";
  base::UnixMillis latest{INT64_MAX};
  std::vector<std::vector<std::string>> list = {};
};

inline absl::StatusOr<TableRun> run_table(const connect::table::Mapping& mapping,
                                          const TableInput& input, TableState& state) {
  namespace table = connect::table;
  TableRun run;
  auto const time = table::file_time(mapping, input.file, input.as_of, input.latest);
  if (!time.ok()) return time.status();
  table::Row row;
  std::optional<table::BadRow> bad;
  std::optional<table::RegisterMatch> matches;
  if (mapping.match) {
    auto rows = table::Rows::open(input.text, input.file, mapping);
    if (!rows.ok()) return rows.status();
    matches.emplace(mapping.match->jurisdiction, mapping.match->register_name);
    table::Translator const translator(mapping, *time, nullptr);
    while (rows->next(row, bad)) {
      if (!bad) matches->want(translator.enquirer(row));
    }
    for (const auto& each : input.list) {
      matches->offer(each[0], each[1], each[2], mapping.match->list_ceased.contains(each[3]));
    }
  }
  std::optional<table::HighWater> mark;
  if (mapping.increment) {
    auto found = table::HighWater::from_note(mapping, state.mark);
    if (!found.ok()) return found.status();
    mark = *found;
  }
  auto rows = table::Rows::open(input.text, input.file, mapping);
  if (!rows.ok()) return rows.status();
  table::Connector connector(mapping, input.file, *time, matches ? &*matches : nullptr,
                             mark ? &*mark : nullptr, run.counts);
  auto const get = [&](std::string_view key) -> absl::StatusOr<std::optional<std::string>> {
    auto const found = state.facts.find(std::string(key));
    if (found == state.facts.end()) return std::nullopt;
    return found->second;
  };
  auto const put = [&](std::string_view key, std::string_view value) {
    state.facts[std::string(key)] = value;
  };
  auto const refuse = [&](const connect::Refused& each) {
    run.refused.push_back(base::cat(each.line, ": ", each.reason, ": ", each.what));
  };
  auto const review = [&](const table::Reviewed& each) {
    run.reviewed.push_back(base::cat(each.line, ": ", each.case_key, ": ",
                                     table::kMatchWays[static_cast<size_t>(each.match.way)].word,
                                     " ", each.match.confidence,
                                     each.match.number.empty() ? "" : " ", each.match.number));
  };
  auto const say = [&](const connect::Said& said) {
    run.said.push_back(said);
    return absl::OkStatus();
  };
  while (rows->next(row, bad)) {
    if (bad) {
      connector.bad_row(*bad, refuse);
    } else if (auto status = connector.row(row, {get, put}, say, refuse, review); !status.ok()) {
      return status;
    }
  }
  if (mark) state.mark = mark->note();
  return run;
}

// For one run without a state.
inline TableRun run_table(const connect::table::Mapping& mapping, const TableInput& input) {
  TableState state;
  return must(run_table(mapping, input, state));
}

}  // namespace bellwether::testing
