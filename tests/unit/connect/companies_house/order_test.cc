// Files and streams in any order say the same at the end: what the made-up register holds.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "connect/companies_house/compare.h"
#include "connect/companies_house/stream.h"
#include "connect/rows.h"
#include "core/events/decoder.h"
#include "core/ledger/ledger.h"
#include "core/reference/reference.h"
#include "support/company_world.h"
#include "support/must.h"

namespace bellwether::connect::companies_house {
namespace {

using bellwether::testing::CompanyWorld;
using bellwether::testing::must;
using bellwether::testing::Random;

constexpr int kCompaniesInWorld = 24;
constexpr int kWorlds = 60;

std::string day_text(const events::v1::Date& date) {
  return base::format_date(base::days_from_civil(date.year(), date.month(), date.day()));
}
int32_t day_number(const events::v1::Date& date) {
  return base::days_from_civil(date.year(), date.month(), date.day()).value;
}
std::string codes_of(const google::protobuf::RepeatedPtrField<events::v1::Activity>& activities) {
  std::string out;
  for (const auto& each : activities) out += each.code() + " ";
  return out;
}

const reference::Reference& order_places() {
  static const reference::Reference* const made = [] {
    auto areas = must(reference::Areas::parse(
        "code,name,level,parent\nR,Realm,country,\nE,East,region,R\nW,West,region,R\n", "areas", "",
        "sets"));
    auto sectors = must(reference::Sectors::parse(
        "scheme,version,code,parent,level,name,prefixes\nUKSIC,2007,all,,all,All,\n"
        "UKSIC,2007,unclassified,all,section,None,\nUKSIC,2007,1,all,division,One,1 2 3\n"
        "UKSIC,2007,4,all,division,Four,4 5\nUKSIC,2007,6,all,division,Six,6 7 8 9\n",
        "sectors"));
    std::string codes = "postcode,area\n";
    for (int i = 1; i <= 40; ++i) codes += base::cat("B", i, ",", i % 2 == 0 ? "E" : "W", "\n");
    auto postcodes = must(reference::Postcodes::parse(codes, "postcodes", areas));
    return new reference::Reference{std::move(areas), std::move(sectors), std::move(postcodes)};
  }();
  return *made;
}

// What the daemon counts: the ledger's sums by cell, measure and period. Which documents are
// overdue is left out: it depends on due dates that are not always known.
class Counts {
 public:
  void add(const Said& said) {
    events::RawRecord record;
    record.topic = said.topic;
    record.key = said.key;
    record.value = said.value;
    record.published = said.published;
    auto const decoded = decoder_.decode(record);
    ASSERT_TRUE(std::holds_alternative<events::Event>(decoded));
    ledger_.apply(std::get<events::Event>(decoded), said.published, *this);
  }
  // The ledger's sink.
  void add(indicators::DeltaKey key, int64_t amount) {
    using indicators::Measure;
    bool const overdue = key.measure() == Measure::kAccountsOverdue ||
                         key.measure() == Measure::kConfirmationOverdue;
    if (overdue) return;
    int64_t& sum = sums_[key];
    sum += amount;
    if (sum == 0) sums_.erase(key);
  }
  void report(indicators::ReportKey, int64_t) {}
  const std::map<indicators::DeltaKey, int64_t>& sums() const { return sums_; }

 private:
  events::Decoder const decoder_{order_places()};
  ledger::Ledger ledger_{base::Calendar(base::CalendarUnit::kWeek), order_places()};
  std::map<indicators::DeltaKey, int64_t> sums_;
};

// Keeps the last version of each fact, as the contract says.
class Fold {
 public:
  absl::Status add(const Said& said) {
    events::v1::RegistrationEvent event;
    EXPECT_TRUE(event.ParseFromString(said.value));
    std::string const id = event.has_retracted() ? event.retracted().event_id() : event.event_id();
    if (event.has_effective_date()) {
      EXPECT_LE(day_number(event.effective_date()), base::days_of(said.published).value) << id;
    }
    counts_.add(said);
    auto& known = facts_[id];
    if (event.source_sequence() >= known.source_sequence()) known = event;
    return absl::OkStatus();
  }

  // What the facts of each company say together.
  std::map<std::string, CompanyWorld::Truth> meaning() const {
    std::map<std::string, CompanyWorld::Truth> out;
    for (const auto& [id, event] : facts_) {
      std::string const number = id.substr(0, 8);
      if (!event.has_registered()) continue;
      CompanyWorld::Truth& truth = out[number];
      truth.born = day_number(event.effective_date());
      truth.postcode[truth.born] = event.registered().postcode();
      truth.activities[truth.born] = codes_of(event.registered().activities());
      truth.form[truth.born] = form_of(event.registered().legal_form());
      truth.status[truth.born] = "active ";
    }
    for (const auto& [id, event] : facts_) add(id.substr(0, 8), id.substr(9), event, out);
    return out;
  }
  const Counts& counts() const { return counts_; }

 private:
  static std::string form_of(events::v1::LegalForm form) {
    return form == events::v1::LEGAL_FORM_PRIVATE_LIMITED_COMPANY ? "ltd" : "plc";
  }
  static std::string status_of(const events::v1::StatusChanged& changed) {
    if (has_ceased(changed.status())) return "ceased";
    std::string out =
        changed.status() == events::v1::REGISTER_STATUS_LIQUIDATION ? "liquidation " : "active ";
    if (changed.detail() == events::v1::STATUS_DETAIL_ACTIVE_PROPOSAL_TO_STRIKE_OFF) {
      out += "active-proposal-to-strike-off";
    }
    return out;
  }
  static void add(const std::string& number, const std::string& id,
                  const events::v1::RegistrationEvent& event,
                  std::map<std::string, CompanyWorld::Truth>& out) {
    if (event.has_registered() || event.has_retracted()) return;
    ASSERT_TRUE(out.contains(number)) << number << " is not registered";
    CompanyWorld::Truth& truth = out[number];
    int32_t const day = event.has_effective_date() ? day_number(event.effective_date()) : 0;
    if (event.has_status_changed()) {
      truth.status[day] = status_of(event.status_changed());
    } else if (event.has_changed()) {
      const auto& changed = event.changed();
      if (!changed.postcode().empty()) truth.postcode[day] = changed.postcode();
      if (changed.activities_size() > 0) truth.activities[day] = codes_of(changed.activities());
      if (changed.legal_form() != 0) truth.form[day] = form_of(changed.legal_form());
    } else if (event.has_filing_due()) {
      (id == "accounts-due" ? truth.accounts_due : truth.confirmation_due) =
          day_text(event.filing_due().next_due());
    } else if (event.has_filing_recorded()) {
      const auto& filing = event.filing_recorded();
      truth.filings[id] =
          day_text(event.effective_date()) + " " + (filing.has_due() ? day_text(filing.due()) : "");
    } else {
      truth.single[id] = day_text(event.effective_date());
    }
  }

  std::map<std::string, events::v1::RegistrationEvent> facts_;
  Counts counts_;
};

// The days on which the value changes.
std::string changes(const CompanyWorld::Timeline& timeline) {
  std::string out, last;
  for (const auto& [day, value] : timeline) {
    if (value == last) continue;
    last = value;
    out += base::format_date(base::Days(day)) + "=" + value + "; ";
  }
  return out;
}

// For people; two that are equal mean the same. `dues`: with the due dates of what was filed.
std::string text_of(const CompanyWorld::Truth& truth, bool dues) {
  std::string out = "born " + base::format_date(base::Days(truth.born)) + "\n  postcode " +
                    changes(truth.postcode) + "\n  activities " + changes(truth.activities) +
                    "\n  form " + changes(truth.form) + "\n  status " + changes(truth.status) +
                    "\n  due " + truth.accounts_due + " " + truth.confirmation_due + "\n";
  for (const auto& [id, filed] : truth.filings) {
    out += "  " + id + " filed " + (dues ? filed : filed.substr(0, 10)) + "\n";
  }
  for (const auto& [id, on] : truth.single) out += "  " + id + " " + on + "\n";
  return out;
}

// Loads files and lines with one state, as the commands do.
class Loader {
 public:
  explicit Loader(Fold& fold) : fold_(fold) {}

  void load(const CompanyWorld::File& file) {
    Facts facts(file.day, say_);
    std::set<std::string, std::less<>> roll;
    std::optional<Header> header;
    auto const row = [&](int64_t, std::span<const std::string_view> fields) {
      if (!header) {
        header = must(read_header(fields));
        return absl::OkStatus();
      }
      auto const read = read_row(*header, fields);
      const Row& found = std::get<Row>(read);
      roll.emplace(found.number.text());
      auto known = get(found.number);
      if (known && found.satisfied > known->satisfied) {
        EXPECT_TRUE(count_streamed(found, {get_, put_}, *known).ok());
      }
      put(found.number, tell_row(found, known, facts));
      return absl::OkStatus();
    };
    auto const bad = [](int64_t, std::string_view, std::string_view what) {
      ADD_FAILURE() << what;
    };
    RowReader rows;
    EXPECT_TRUE(rows.feed(file.csv, row, bad).ok());
    EXPECT_TRUE(rows.finish(row, bad).ok());
    for (const auto& [key, value] : std::map(state_)) {
      auto const number = Number::from_state_key(key);
      if (!number || roll.contains(number->text())) continue;
      Record const known = *record_of(value);
      facts.about(*number);
      Absence const absence = absence_of(known, file.day);
      if (absence == Absence::kGone) put(*number, tell_gone(known, facts));
      if (absence == Absence::kAbsent) put(*number, remember_absent(known));
    }
    filed_through_ = file.day;
  }

  void take(const CompanyWorld::Line& line) {
    StreamConnector connector(filed_through_);
    Stream const stream = *find_stream(line.stream);
    connector.set_mark(stream, marks_[line.stream]);
    auto const refuse = [](const Refused& refused) {
      ADD_FAILURE() << refused.reason << ": " << refused.what;
    };
    EXPECT_TRUE(connector.take(reader_.read(line.text), {get_, put_}, say_, refuse, {}).ok());
    marks_[line.stream] = connector.mark(stream);
  }

 private:
  std::optional<Record> get(const Number& number) {
    auto const found = state_.find(number.state_key());
    return found == state_.end() ? std::nullopt : record_of(found->second);
  }
  void put(const Number& number, const Record& record) {
    state_[std::string(number.state_key())] = std::string(bytes_of(record));
  }

  Fold& fold_;
  std::function<absl::Status(const Said&)> say_ = [this](const Said& said) {
    return fold_.add(said);
  };
  std::function<absl::StatusOr<std::optional<std::string_view>>(std::string_view)> get_ =
      [this](std::string_view key) -> absl::StatusOr<std::optional<std::string_view>> {
    auto const found = state_.find(key);
    if (found == state_.end()) return std::nullopt;
    return std::string_view(found->second);
  };
  std::function<void(std::string_view, std::string_view)> put_ =
      [this](std::string_view key, std::string_view value) { state_[std::string(key)] = value; };
  std::map<std::string, std::string, std::less<>> state_;
  std::map<std::string, Mark> marks_;
  std::optional<base::Days> filed_through_;
  StreamReader reader_{CompanyWorld::clock()};
};

// One of the sources that are mixed: its steps in their order.
using Steps = std::vector<std::function<void(Loader&)>>;

void run_mixed(std::vector<Steps> sources, Random& random, Loader& loader) {
  std::vector<size_t> at(sources.size());
  while (true) {
    std::vector<size_t> open;
    for (size_t i = 0; i < sources.size(); ++i) {
      if (at[i] < sources[i].size()) open.push_back(i);
    }
    if (open.empty()) return;
    size_t const chosen = open[random.below(open.size())];
    // A few steps of a source at a time, or all.
    size_t steps = 1 + random.below(1 + sources[chosen].size() / 3);
    for (; steps > 0 && at[chosen] < sources[chosen].size(); --steps) {
      sources[chosen][at[chosen]++](loader);
    }
  }
}

void expect_truth(const CompanyWorld& world, const Fold& fold, bool dues, uint64_t seed) {
  auto const meaning = fold.meaning();
  EXPECT_EQ(meaning.size(), world.truth().size()) << "seed " << seed;
  for (const auto& [number, truth] : world.truth()) {
    auto const found = meaning.find(number);
    ASSERT_NE(found, meaning.end()) << number << ", seed " << seed;
    ASSERT_EQ(text_of(found->second, dues), text_of(truth, dues)) << number << ", seed " << seed;
  }
}

// The files and each of the five streams are apart: any of them may be behind the others.
std::vector<Steps> apart(const CompanyWorld& world, const std::vector<CompanyWorld::File>& files) {
  std::map<std::string, Steps> streams;
  for (const auto& line : world.lines()) {
    streams[line.stream].push_back([&line](Loader& loader) { loader.take(line); });
  }
  std::vector<Steps> out(1);
  for (const auto& file : files) {
    out[0].push_back([&file](Loader& loader) { loader.load(file); });
  }
  for (auto& [name, steps] : streams) out.push_back(std::move(steps));
  return out;
}

// The files with all that the stream tells between them.
void load_in_time(const CompanyWorld& world, const std::vector<CompanyWorld::File>& files,
                  Loader& loader) {
  auto line = world.lines().begin();
  for (const auto& file : files) {
    for (; line != world.lines().end() && base::days_of(line->published) <= file.day; ++line) {
      loader.take(*line);
    }
    loader.load(file);
  }
  ASSERT_EQ(line, world.lines().end());
}

TEST(OrderTest, FilesAndStreamsInTheOrderOfTimeSayWhatHappened) {
  for (uint64_t seed = 1; seed <= kWorlds; ++seed) {
    CompanyWorld const world(seed, kCompaniesInWorld);
    Fold fold;
    Loader loader(fold);
    load_in_time(world, world.files(), loader);
    expect_truth(world, fold, true, seed);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(OrderTest, FilesAndStreamsInAnyOrderSayTheSame) {
  for (uint64_t seed = 1; seed <= kWorlds; ++seed) {
    CompanyWorld const world(seed, kCompaniesInWorld);
    std::vector<CompanyWorld::File> const files = world.files();
    Fold in_time;
    Loader loader(in_time);
    load_in_time(world, files, loader);
    Fold mixed;
    Loader other(mixed);
    Random random(seed + 1000);
    run_mixed(apart(world, files), random, other);
    expect_truth(world, mixed, false, seed);
    ASSERT_EQ(mixed.counts().sums(), in_time.counts().sums()) << "seed " << seed;
    if (::testing::Test::HasFatalFailure()) return;
  }
}

// The streams are read together, as one process does, follow the first file, and are at most one
// file behind or ahead. Then the due dates of what was filed are known, too.
TEST(OrderTest, AStreamThatFollowsTheFilesKnowsWhatWasDue) {
  for (uint64_t seed = 1; seed <= kWorlds; ++seed) {
    CompanyWorld const world(seed, kCompaniesInWorld);
    Random random(seed + 2000);
    std::vector<CompanyWorld::File> const files = world.files();
    Fold fold;
    Loader loader(fold);
    loader.load(files[0]);
    size_t line = 0;
    for (size_t i = 1; i < files.size(); ++i) {
      // All lines up to the file before, and some of those up to the file after.
      int32_t const until = files[i - 1].day.value + static_cast<int32_t>(random.below(60));
      while (line < world.lines().size() &&
             base::days_of(world.lines()[line].published).value <= until) {
        loader.take(world.lines()[line++]);
      }
      loader.load(files[i]);
    }
    for (; line < world.lines().size(); ++line) loader.take(world.lines()[line]);
    expect_truth(world, fold, true, seed);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace bellwether::connect::companies_house
