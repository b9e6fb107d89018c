#include "cli/connect/table_load.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <span>

#include "absl/strings/str_format.h"
#include "adapters/zip/reader.h"
#include "cli/connect/mapped_file.h"
#include "cli/progress.h"
#include "cli/text_file.h"
#include "connect/rows.h"
#include "core/base/csv.h"
#include "core/base/display.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace table = connect::table;

constexpr char kMarkNote[] = "table.mark";
constexpr char kReviewHeader[] = "file,line,case,way,confidence,number\n";
constexpr size_t kListPieceBytes = 1 << 20;
constexpr int64_t kTableMegabyte = 1'000'000;
constexpr size_t kListFieldsMax = 4;

// The columns of a register's list in its rows.
class ListColumns {
 public:
  ListColumns(const table::MatchRule& rule, std::string file)
      : rule_(rule), file_(std::move(file)) {}

  absl::Status read_header(std::span<const std::string_view> fields) {
    const std::array<const std::string*, kListFieldsMax> names = {
        &rule_.list_number, &rule_.list_name, &rule_.list_postcode, &rule_.list_status};
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i]->empty()) continue;
      auto const found = std::ranges::find(fields, *names[i], trimmed);
      if (found == fields.end()) {
        return absl::InvalidArgumentError(base::cat(file_, ": lacks the column \"", *names[i],
                                                    "\"; correct match.list of the mapping"));
      }
      columns_[i] = static_cast<size_t>(found - fields.begin());
    }
    read_ = true;
    return absl::OkStatus();
  }
  bool read() const { return read_; }

  void offer(std::span<const std::string_view> fields, table::RegisterMatch& to) const {
    auto const field = [&](size_t i) {
      return columns_[i] ? trimmed(fields[*columns_[i]]) : std::string_view();
    };
    to.offer(field(0), field(1), field(2), rule_.list_ceased.contains(std::string(field(3))));
  }

 private:
  static std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
  }

  const table::MatchRule& rule_;
  std::string const file_;
  std::array<std::optional<size_t>, kListFieldsMax> columns_;
  bool read_ = false;
};

class TableLoad {
 public:
  TableLoad(ConnectRun& run, const table::Mapping& mapping, const TableOptions& options,
            table::Counts& counts)
      : run_(run), mapping_(mapping), options_(options), counts_(counts) {}

  absl::Status all() {
    BELLWETHER_RETURN_IF_ERROR(open());
    BELLWETHER_RETURN_IF_ERROR(match());
    if (mapping_.increment) {
      BELLWETHER_ASSIGN_OR_RETURN(
          mark_, table::HighWater::from_note(mapping_, run_.store().note(kMarkNote)));
    }
    Progress progress(total_ / kTableMegabyte, "MB", run_.is_dry());
    int64_t done = 0;
    for (const Source& source : sources_) {
      BELLWETHER_RETURN_IF_ERROR(one(source, done, progress));
      done += static_cast<int64_t>(source.file->bytes().size());
    }
    progress.tell(total_ / kTableMegabyte, "read", true);
    // Of rows that could not be read nothing is known: they must not count as old, nor the source
    // as complete.
    bool const whole = incomplete_.empty();
    if (mark_ && whole) run_.store().set_note(kMarkNote, mark_->note());
    if (auto const complete = complete_to(); whole && complete.value > 0) {
      BELLWETHER_RETURN_IF_ERROR(
          run_.outlet().heartbeat(mapping_.topic, mapping_.source, complete));
    }
    BELLWETHER_RETURN_IF_ERROR(write_review());  // before the rows count as read
    BELLWETHER_RETURN_IF_ERROR(run_.commit());
    return whole ? absl::OkStatus() : absl::DataLossError(incomplete_);
  }

 private:
  struct Source {
    std::string path;
    std::unique_ptr<MappedFile> file;
    table::FileTime time;
  };

  // Opens every file before anything is said.
  absl::Status open() {
    base::UnixMillis const latest(options_.now.value + table::kClockSkewMsMax);
    for (const std::string& path : options_.files) {
      Source source{path, nullptr, {}};
      BELLWETHER_ASSIGN_OR_RETURN(source.file, MappedFile::open(path));
      BELLWETHER_ASSIGN_OR_RETURN(
          source.time, table::file_time(mapping_, std::filesystem::path(path).filename().string(),
                                        options_.as_of, latest));
      BELLWETHER_RETURN_IF_ERROR(table::Rows::open(source.file->bytes(), path, mapping_).status());
      total_ += static_cast<int64_t>(source.file->bytes().size());
      sources_.push_back(std::move(source));
    }
    return absl::OkStatus();
  }

  // Finds out which businesses the enquirers can be.
  absl::Status match() {
    if (!mapping_.match) return absl::OkStatus();
    if (mapping_.match->name && options_.register_list.empty()) {
      return absl::InvalidArgumentError(
          base::cat(mapping_.file,
                    ": match needs a list of registered businesses; name it with "
                    "--register"));
    }
    matches_.emplace(mapping_.match->jurisdiction, mapping_.match->register_name);
    table::Row row;
    std::optional<table::BadRow> bad;
    for (const Source& source : sources_) {
      table::Translator const translator(mapping_, source.time, nullptr);
      BELLWETHER_ASSIGN_OR_RETURN(auto rows,
                                  table::Rows::open(source.file->bytes(), source.path, mapping_));
      while (rows.next(row, bad)) {
        if (!bad) matches_->want(translator.enquirer(row));
      }
    }
    return options_.register_list.empty() ? absl::OkStatus() : read_list();
  }

  absl::Status read_list() {
    const std::string& path = options_.register_list;
    BELLWETHER_ASSIGN_OR_RETURN(auto reader, zip::Reader::open(path, ".csv"));
    Progress progress(static_cast<int64_t>(reader->size()) / kTableMegabyte, "MB");
    ListColumns columns(*mapping_.match, path);
    auto const row = [&](int64_t, std::span<const std::string_view> fields) {
      if (!columns.read()) return columns.read_header(fields);
      columns.offer(fields, *matches_);
      return absl::OkStatus();
    };
    auto const bad = [&](int64_t line, std::string_view, std::string_view what) {
      run_.refuse({path, line, "register list", std::string(what)});
    };
    connect::RowReader rows;
    std::string piece(kListPieceBytes, '\0');
    int64_t done = 0;
    while (true) {
      BELLWETHER_ASSIGN_OR_RETURN(size_t const bytes, reader->read(piece));
      if (bytes == 0) break;
      BELLWETHER_RETURN_IF_ERROR(rows.feed(std::string_view(piece.data(), bytes), row, bad));
      done += static_cast<int64_t>(bytes);
      progress.tell(done / kTableMegabyte, "register", false);
    }
    BELLWETHER_RETURN_IF_ERROR(rows.finish(row, bad));
    progress.tell(done / kTableMegabyte, "register", true);
    if (matches_->offered() > 0) return absl::OkStatus();
    return absl::InvalidArgumentError(base::cat(path, ": has no business; is the file complete?"));
  }

  absl::Status one(const Source& source, int64_t done, Progress& progress) {
    BELLWETHER_ASSIGN_OR_RETURN(auto rows,
                                table::Rows::open(source.file->bytes(), source.path, mapping_));
    table::Connector connector(mapping_, source.path, source.time, matches_ ? &*matches_ : nullptr,
                               mark_ ? &*mark_ : nullptr, counts_);
    auto const get = [&](std::string_view key) -> absl::StatusOr<std::optional<std::string>> {
      BELLWETHER_ASSIGN_OR_RETURN(auto const found, run_.store().get(key));
      if (!found) return std::nullopt;
      return std::string(*found);
    };
    auto const put = [&](std::string_view key, std::string_view value) {
      run_.store().put(key, value);
    };
    auto const say = [&](const connect::Said& said) { return run_.outlet().say(said); };
    auto const refuse = [&](const connect::Refused& refused) { run_.refuse(refused); };
    auto const review = [&](const table::Reviewed& reviewed) { add_review(reviewed); };
    table::Row row;
    std::optional<table::BadRow> bad;
    while (rows.next(row, bad)) {
      if (bad) {
        connector.bad_row(*bad, refuse);
        if (bad->loses_rest && incomplete_.empty())
          incomplete_ = base::cat(source.path, ":", bad->line, ": ", bad->what);
        continue;
      }
      BELLWETHER_RETURN_IF_ERROR(connector.row(row, {get, put}, say, refuse, review));
      BELLWETHER_RETURN_IF_ERROR(run_.commit_if_large());
      auto const read = static_cast<int64_t>(source.file->bytes().size() - rows.bytes_left());
      progress.tell((done + read) / kTableMegabyte, source.path, false);
    }
    return absl::OkStatus();
  }

  void add_review(const table::Reviewed& reviewed) {
    const table::Match& match = reviewed.match;
    std::string& line = review_.emplace_back();
    base::append(line, base::csv_field(reviewed.file), ",", reviewed.line, ",",
                 base::csv_field(reviewed.case_key), ",",
                 base::csv_field(table::kMatchWays[static_cast<size_t>(match.way)].word), ",",
                 absl::StrFormat("%.2f", match.confidence), ",", base::csv_field(match.number),
                 "\n");
  }

  // Adds what is new to the review file: a later run does not see the rows of an earlier one, and
  // nobody may have read the file yet.
  absl::Status write_review() const {
    if (options_.review.empty()) return absl::OkStatus();
    std::string text = kReviewHeader;
    if (std::filesystem::exists(options_.review)) {
      BELLWETHER_ASSIGN_OR_RETURN(text, read_text_file(options_.review));
      if (!text.starts_with(kReviewHeader)) {
        return absl::FailedPreconditionError(
            base::cat(options_.review, ": is no review file; name another with --review"));
      }
    }
    for (const std::string& line : review_) {
      bool const is_known = text.find(base::cat("\n", line)) != std::string::npos;
      if (!is_known) text += line;
    }
    return write_text_file(options_.review, text);
  }

  // Everything that the source published before this instant is said; 0: nothing is known.
  base::UnixMillis complete_to() const {
    base::UnixMillis complete = counts_.published;
    for (const Source& source : sources_) {
      if (source.time.published) complete = std::max(complete, *source.time.published);
    }
    return complete;
  }

  ConnectRun& run_;
  const table::Mapping& mapping_;
  const TableOptions& options_;
  table::Counts& counts_;
  std::vector<Source> sources_;
  std::optional<table::RegisterMatch> matches_;
  std::optional<table::HighWater> mark_;
  int64_t total_ = 0;
  std::vector<std::string> review_;  // lines
  std::string incomplete_;           // why the rest of a file was not read; empty: all was
};

void add_count(std::string& text, int64_t count, std::string_view what) {
  base::append(text, absl::StrFormat("%12s  ", base::grouped(count)), what, "\n");
}

}  // namespace

absl::StatusOr<table::Counts> load_tables(ConnectRun& run, const table::Mapping& mapping,
                                          const TableOptions& options) {
  table::Counts counts;
  TableLoad load(run, mapping, options, counts);
  BELLWETHER_RETURN_IF_ERROR(load.all());
  return counts;
}

std::string text_of(const table::Counts& counts, const table::Mapping& mapping) {
  std::string text;
  add_count(text, counts.rows, "rows");
  if (counts.old > 0) add_count(text, counts.old, "rows below the high-water mark: read before");
  if (counts.filtered > 0) add_count(text, counts.filtered, "rows left out by where and when");
  for (const auto& [kind, count] : counts.by_kind) add_count(text, count, kind);
  if (counts.repeated > 0) add_count(text, counts.repeated, "facts said before");
  if (counts.moved > 0) add_count(text, counts.moved, "facts moved from a case to its business");
  if (!mapping.match) return text;
  for (size_t i = 0; i < counts.matched.size(); ++i) {
    if (counts.matched[i] == 0) continue;
    add_count(text, counts.matched[i], base::cat("enquirers by ", table::kMatchWays[i].word));
  }
  add_count(text, counts.below_threshold,
            base::cat("enquirers below the threshold ", mapping.match->threshold,
                      ": stated under their case"));
  return text;
}

}  // namespace bellwether::cli
