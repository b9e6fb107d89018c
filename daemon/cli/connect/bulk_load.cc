#include "cli/connect/bulk_load.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>

#include "absl/strings/str_format.h"
#include "adapters/zip/reader.h"
#include "cli/progress.h"
#include "cli/text_file.h"
#include "connect/companies_house/compare.h"
#include "connect/companies_house/files.h"
#include "connect/companies_house/mass_addresses.h"
#include "connect/companies_house/roll.h"
#include "connect/companies_house/stream.h"
#include "connect/rows.h"
#include "core/base/display.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/reference/mass_addresses.h"

namespace bellwether::cli {
namespace {

namespace ch = connect::companies_house;

constexpr size_t kPieceBytes = 1 << 20;
constexpr uint64_t kMegabyte = 1'000'000;
constexpr std::string_view kExtension = ".csv";
// A company that is new in a later file and was incorporated longer ago is told as late.
constexpr int32_t kLateDays = 62;

// Notes of the state.
constexpr char kLoadedNote[] = "bulk.loaded";    // date of the last complete load
constexpr char kContentNote[] = "bulk.content";  // digest of its files
constexpr char kBegunNote[] = "bulk.begun";  // date, digest and correction of the last one begun
constexpr char kUsualNote[] = "bulk.cessations";  // in that load, a thousand days

// Tells files of one date apart without reading them: by size and checksum of an archive, otherwise
// by size, begin and end.
absl::StatusOr<std::string> content_of(const std::vector<std::string>& files) {
  std::vector<std::string> sorted = files;
  std::ranges::sort(sorted, {}, [](const std::string& path) {
    return std::pair(ch::read_file_name(path).part, path);
  });
  uint64_t digest = 0;
  std::string piece(kPieceBytes, '\0');
  for (const std::string& path : sorted) {
    BELLWETHER_ASSIGN_OR_RETURN(auto reader, zip::Reader::open(path, kExtension));
    digest = base::hash64(base::cat(reader->size(), " ", reader->checksum()), digest);
    if (reader->is_archive()) continue;
    std::ifstream file(path, std::ios::binary);
    for (uint64_t const at :
         {uint64_t{0}, reader->size() - std::min<uint64_t>(reader->size(), kPieceBytes)}) {
      file.clear();
      file.seekg(static_cast<std::streamoff>(at));
      file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      digest =
          base::hash64(std::string_view(piece.data(), static_cast<size_t>(file.gcount())), digest);
    }
  }
  return base::hex16(digest);
}

// Calls use(piece) for the content of a file, and tells the progress.
template <class Use>
absl::Status each_piece(const std::string& path, Progress& progress, uint64_t& done,
                        const std::string& where, Use use) {
  BELLWETHER_ASSIGN_OR_RETURN(auto reader, zip::Reader::open(path, kExtension));
  std::string piece(kPieceBytes, '\0');
  while (true) {
    BELLWETHER_ASSIGN_OR_RETURN(size_t const bytes, reader->read(piece));
    if (bytes == 0) return absl::OkStatus();
    BELLWETHER_RETURN_IF_ERROR(use(std::string_view(piece.data(), bytes)));
    done += bytes;
    progress.tell(static_cast<int64_t>(done / kMegabyte), where, false);
  }
}

class Load {
 public:
  Load(ConnectRun& run, const BulkOptions& options, BulkSummary& summary, int64_t correction)
      : run_(run),
        options_(options),
        summary_(summary),
        births_(summary.date),
        facts_(base::Days(summary.date.value - 1), say_, correction) {
    auto const before = base::parse_date(run.store().note(kLoadedNote));
    if (before.ok()) before_ = *before;
    summary_.first = !before_.has_value();
  }

  absl::Status all_files() {
    BELLWETHER_RETURN_IF_ERROR(measure());
    uint64_t checked = 0;
    Progress checking(megabytes(archived_), "MB");
    for (const std::string& path : archives_) {
      BELLWETHER_RETURN_IF_ERROR(each_piece(path, checking, checked, "checking",
                                            [](std::string_view) { return absl::OkStatus(); }));
    }
    if (!archives_.empty()) checking.tell(megabytes(checked), "checked", true);
    uint64_t done = 0;
    Progress progress(megabytes(total_), "MB", run_.is_dry());
    for (const std::string& path : options_.files) {
      BELLWETHER_RETURN_IF_ERROR(one_file(path, progress, done));
    }
    progress.tell(static_cast<int64_t>(done / kMegabyte), "read", true);
    return absl::OkStatus();
  }

  // Says which companies are gone, and that the load of the files with this content is complete.
  absl::Status finish(const std::string& content) {
    if (absl::Status const sound = check_rows(); !sound.ok()) return keep_rows(sound);
    BELLWETHER_ASSIGN_OR_RETURN(std::vector<ch::Number> const gone, find_gone());
    for (const ch::Number& number : gone) {
      BELLWETHER_ASSIGN_OR_RETURN(auto const record, known(number));
      facts_.about(number);
      ch::Record const now = ch::tell_gone(*record, facts_);
      BELLWETHER_RETURN_IF_ERROR(facts_.status());
      run_.store().put(number.state_key(), ch::bytes_of(now));
      BELLWETHER_RETURN_IF_ERROR(run_.commit_if_large());
    }
    BELLWETHER_RETURN_IF_ERROR(run_.outlet().heartbeat(domain::Topic::kRegistrations, ch::kSource,
                                                       base::start_of(summary_.date)));
    if (before_ && summary_.date > *before_) {
      int64_t const days = summary_.date.value - before_->value;
      run_.store().set_note(kUsualNote, base::cat(1000 * static_cast<int64_t>(gone.size()) / days));
    }
    BELLWETHER_RETURN_IF_ERROR(write_mass_addresses());
    run_.store().set_note(kLoadedNote, base::format_date(summary_.date));
    run_.store().set_note(kContentNote, content);
    BELLWETHER_RETURN_IF_ERROR(run_.commit());
    for (size_t i = 0; i < ch::kFacts; ++i) {
      int64_t const count = facts_.counts()[i];
      if (count > 0) summary_.said.emplace_back(ch::kFactNames[i], count);
    }
    return absl::OkStatus();
  }

 private:
  absl::Status write_mass_addresses() {
    if (options_.mass_addresses.empty()) return absl::OkStatus();
    summary_.mass_addresses = births_.mass_addresses().size();
    return write_text_file(options_.mass_addresses, births_.csv());
  }

  static int64_t megabytes(uint64_t bytes) { return static_cast<int64_t>(bytes / kMegabyte); }

  // Opens every file before anything is said.
  absl::Status measure() {
    for (const std::string& path : options_.files) {
      BELLWETHER_ASSIGN_OR_RETURN(auto reader, zip::Reader::open(path, kExtension));
      total_ += reader->size();
      if (!reader->is_archive()) continue;
      archived_ += reader->size();
      archives_.push_back(path);
    }
    return absl::OkStatus();
  }

  absl::Status one_file(const std::string& path, Progress& progress, uint64_t& done) {
    connect::RowReader rows;
    std::optional<ch::Header> header;
    auto const row = [&](int64_t line, std::span<const std::string_view> fields) {
      if (header) return one_row(*header, path, line, fields);
      auto read = ch::read_header(fields);
      if (!read.ok()) {
        return absl::InvalidArgumentError(
            base::cat(path, ":", line, ": ", base::from_absl(read.status().message())));
      }
      tell_unknown_columns(path, *read);
      header = *std::move(read);
      return absl::OkStatus();
    };
    auto const bad = [&](int64_t line, std::string_view text, std::string_view what) {
      ++unreadable_;
      run_.refuse({path, line, ch::kUnreadable, std::string(what)});
      // Its company is on the register nevertheless.
      ch::each_number_in(text, [&](const ch::Number& number) { roll_.add(number); });
    };
    BELLWETHER_RETURN_IF_ERROR(each_piece(path, progress, done, "reading", [&](std::string_view p) {
      return rows.feed(p, row, bad);
    }));
    int64_t const before_end = unreadable_;
    BELLWETHER_RETURN_IF_ERROR(rows.finish(row, bad));
    if (!header) return absl::InvalidArgumentError(base::cat(path, ": the file is empty"));
    if (unreadable_ == before_end) return absl::OkStatus();
    return absl::DataLossError(
        base::cat(path, ": the file ends within a row, so it is not complete; download it again"));
  }

  // Fails if the rows are not those of a register.
  absl::Status check_rows() const {
    int64_t const all = summary_.rows + unreadable_;
    auto const most = kUnreadableShareMax * static_cast<double>(all);
    if (unreadable_ > kUnreadableAlwaysMax && static_cast<double>(unreadable_) > most) {
      return absl::FailedPreconditionError(base::cat(
          base::grouped(unreadable_), " of ", base::grouped(all),
          " rows cannot be read; the file is probably damaged, so no cessation was published. "
          "Download it again"));
    }
    if (summary_.companies > 0) return absl::OkStatus();
    return absl::FailedPreconditionError(
        base::cat(options_.files.front(),
                  ": no row tells of a company that is on the register; is the file complete?"));
  }

  static void tell_unknown_columns(const std::string& path, const ch::Header& header) {
    for (const std::string& name : header.unknown) {
      std::fprintf(stderr, "%s: the column \"%s\" is new and is not read\n", path.c_str(),
                   base::printable(name).c_str());
    }
  }

  absl::Status one_row(const ch::Header& header, const std::string& path, int64_t line,
                       std::span<const std::string_view> fields) {
    ++summary_.rows;
    auto const read = ch::read_row(header, fields);
    const auto* const problem = std::get_if<ch::RowProblem>(&read);
    const auto* const row = std::get_if<ch::Row>(&read);
    std::optional<ch::Number> const number = problem ? problem->number : row->number;
    // A company whose row cannot be used is on the register nevertheless.
    bool const twice = number && !roll_.add(*number);
    if (problem != nullptr) {
      run_.refuse({path, line, problem->reason, problem->what});
      return absl::OkStatus();
    }
    if (twice) {
      run_.refuse({path, line, ch::kTwice, std::string(number->text())});
      return absl::OkStatus();
    }
    return tell(*row, path, line);
  }

  absl::Status tell(const ch::Row& stated, const std::string& path, int64_t line) {
    ch::Row row = stated;
    // The file's date itself may be stated as the day: days begin first in the east.
    if (row.born > summary_.date) {
      run_.refuse({path, line, ch::kBadIncorporation,
                   base::cat(row.number.text(), " ", base::format_date(row.born),
                             " is after the file's date")});
      return absl::OkStatus();
    }
    if (row.dissolved && *row.dissolved > facts_.day()) row.dissolved = facts_.day();
    BELLWETHER_ASSIGN_OR_RETURN(auto before, known(row.number));
    if (before && row.satisfied > before->satisfied) {
      BELLWETHER_RETURN_IF_ERROR(ch::count_streamed(row, {get_, put_}, *before));
    }
    bool const ceased = ch::has_ceased(row.status.status);
    if (!before && ceased && !row.dissolved) {
      run_.refuse({path, line, ch::kCeasedUndatedReason, std::string(row.number.text())});
      return absl::OkStatus();
    }
    ch::Record const now = ch::tell_row(row, before, facts_);
    BELLWETHER_RETURN_IF_ERROR(facts_.status());
    summary_.companies += ceased ? 0 : 1;
    if (!options_.mass_addresses.empty()) births_.add(row.postcode, row.born);
    summary_.old_codes += static_cast<int64_t>(row.old_codes);
    summary_.odd_dates += static_cast<int64_t>(row.odd_dates);
    summary_.unknown_categories += row.category_known ? 0 : 1;
    if (!before && before_ && row.born.value < before_->value - kLateDays) ++summary_.late;
    if (before && *before == now) return absl::OkStatus();
    run_.store().put(row.number.state_key(), ch::bytes_of(now));
    return run_.commit_if_large();
  }

  absl::StatusOr<std::optional<ch::Record>> known(const ch::Number& number) {
    BELLWETHER_ASSIGN_OR_RETURN(auto const bytes, run_.store().get(number.state_key()));
    if (!bytes) return std::nullopt;
    auto const record = ch::record_of(*bytes);
    if (record) return record;
    return absl::DataLossError(
        base::cat(run_.store().path(), ": the state of ", number.text(), " is damaged"));
  }

  absl::StatusOr<std::vector<ch::Number>> find_gone() {
    std::vector<ch::Number> gone;
    std::vector<ch::Number> absent;
    ch::Cessations found;
    BELLWETHER_RETURN_IF_ERROR(run_.store().each([&](std::string_view key, std::string_view value) {
      auto const number = ch::Number::from_state_key(key);
      auto const record = ch::record_of(value);
      if (!number || !record) return;
      if (!ch::has_ceased(*record)) ++found.stock;
      if (roll_.contains(*number)) return;
      ch::Absence const absence = ch::absence_of(*record, facts_.day());
      if (absence == ch::Absence::kGone) gone.push_back(*number);
      if (absence == ch::Absence::kAbsent) absent.push_back(*number);
    }));
    for (const ch::Number& number : absent) {
      BELLWETHER_ASSIGN_OR_RETURN(auto const record, known(number));
      run_.store().put(number.state_key(), ch::bytes_of(ch::remember_absent(*record)));
    }
    found.count = static_cast<int64_t>(gone.size());
    found.days = before_ ? summary_.date.value - before_->value : 0;
    auto const usual = base::parse_number<int64_t>(run_.store().note(kUsualNote));
    if (usual) found.usual_a_day = static_cast<double>(*usual) / 1000;
    if (options_.accept_cessations) return gone;
    if (absl::Status const likely = check_cessations(found); !likely.ok()) return keep_rows(likely);
    return gone;
  }

  // Commits what the rows say, which is true even if the file is not believed as a whole. Returns
  // `why`, or the error of the commit.
  absl::Status keep_rows(const absl::Status& why) {
    BELLWETHER_RETURN_IF_ERROR(run_.commit());
    return why;
  }

  ConnectRun& run_;
  const BulkOptions& options_;
  BulkSummary& summary_;
  std::function<absl::Status(const connect::Said&)> say_ = [this](const connect::Said& said) {
    return run_.outlet().say(said);
  };
  std::function<absl::StatusOr<std::optional<std::string_view>>(std::string_view)> get_ =
      [this](std::string_view key) { return run_.store().get(key); };
  std::function<void(std::string_view, std::string_view)> put_ =
      [this](std::string_view key, std::string_view value) { run_.store().put(key, value); };
  ch::BirthsByPostcode births_;
  ch::Facts facts_;
  ch::Roll roll_;
  std::optional<base::Days> before_;  // date of the last complete load
  std::vector<std::string> archives_;
  int64_t unreadable_ = 0;  // rows
  uint64_t total_ = 0;
  uint64_t archived_ = 0;
};

// How many other files of this date were begun before: what this one says wins over them. The same
// file after a kill says the same again. Kept before anything is said.
absl::StatusOr<int64_t> correction_of(ConnectRun& run, const std::string& date,
                                      const std::string& content, bool again) {
  std::string const begun = run.store().note(kBegunNote);
  int64_t correction = 0;
  if (begun.starts_with(date)) {
    auto const before = base::parse_number<int64_t>(begun.substr(begun.rfind(' ') + 1));
    bool const is_same = begun.starts_with(base::cat(date, " ", content, " ")) && !again;
    correction = before.value_or(0) + (is_same ? 0 : 1);
  }
  run.store().set_note(kBegunNote, base::cat(date, " ", content, " ", correction));
  BELLWETHER_RETURN_IF_ERROR(run.commit());
  return correction;
}

std::string line_of(int64_t count, std::string_view what) {
  return base::cat(absl::StrFormat("%12s  ", base::grouped(count)), what, "\n");
}

}  // namespace

std::optional<base::Days> filed_through(const lmdb::Store& store) {
  auto const loaded = base::parse_date(store.note(kLoadedNote));
  return loaded.ok() ? std::optional(base::Days(loaded->value - 1)) : std::nullopt;
}

absl::StatusOr<BulkSummary> load_bulk(ConnectRun& run, const BulkOptions& options) {
  BulkSummary summary;
  BELLWETHER_ASSIGN_OR_RETURN(std::string const content, content_of(options.files));
  BELLWETHER_ASSIGN_OR_RETURN(summary.date,
                              ch::date_of_load(options.files, options.as_of, options.today));
  std::string const loaded = run.store().note(kLoadedNote);
  std::string const date = base::format_date(summary.date);
  if (date < loaded) {
    return absl::FailedPreconditionError(
        base::cat("the file of ", date, " is older than that of ", loaded,
                  ", which was loaded last; give a later one, or begin with an empty --state"));
  }
  summary.loaded_before =
      date == loaded && content == run.store().note(kContentNote) && !options.again;
  if (summary.loaded_before) return summary;
  BELLWETHER_ASSIGN_OR_RETURN(int64_t const correction,
                              correction_of(run, date, content, options.again));
  Load load(run, options, summary, correction);
  BELLWETHER_RETURN_IF_ERROR(load.all_files());
  BELLWETHER_RETURN_IF_ERROR(load.finish(content));
  return summary;
}

std::string text_of(const BulkSummary& summary) {
  std::string const date = base::format_date(summary.date);
  if (summary.loaded_before) {
    return base::cat("the file of ", date,
                     " was loaded before: there is nothing to say (--again reads it once more)\n");
  }
  std::string text = base::cat("file of ", date, ": ", base::grouped(summary.rows), " rows, ",
                               base::grouped(summary.companies), " companies on the register\n");
  for (const auto& [name, count] : summary.said) text += line_of(count, name);
  if (summary.said.empty()) text += "nothing new to say\n";
  if (summary.late > 0) {
    text += line_of(summary.late,
                    "of these were incorporated long ago and in no file before: restored, or left "
                    "out before. They count as registered since their incorporation");
  }
  if (summary.old_codes > 0) text += line_of(summary.old_codes, "codes of SIC 2003, left out");
  if (summary.odd_dates > 0) text += line_of(summary.odd_dates, "impossible dates, left out");
  if (summary.unknown_categories > 0) {
    text += line_of(summary.unknown_categories, "companies of a kind that is not known: \"other\"");
  }
  if (summary.mass_addresses) {
    text += line_of(static_cast<int64_t>(*summary.mass_addresses),
                    base::cat("mass addresses written: postcodes with more than ",
                              reference::kMassBirthsMax, " births in the last 12 months"));
  }
  if (summary.first) {
    base::append(text, "This was the first load. Companies that had ceased before ", date,
                 " are not in the file: of the years before, only survivors are known. Cessations "
                 "are known from the next file on.\n");
  }
  return text;
}

}  // namespace bellwether::cli
