// The output of `bellwether detect` for a file with values that are not counts. Each bad value is
// reported and marked in the output; every other line is the same as without that row. Every cell
// is valid.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "analysis/detect_all.h"
#include "analysis/detect_options.h"
#include "analysis/detect_table.h"
#include "core/base/csv.h"
#include "core/base/text.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::analysis {
namespace {

using testing::must;

constexpr int kMonthsLong = 120;
constexpr int kOdd = 90;  // the month whose row is changed

std::string row(int t, std::string_view value) {
  return base::cat("s,", 2010 + t / 12, "-", t % 12 < 9 ? "0" : "", t % 12 + 1, ",", value, "\n");
}

// Random counts of about `level`; `odd` replaces the row of one month.
std::string csv_with(std::string_view odd, int level = 50) {
  testing::Random random(4);
  std::string csv = "series,period,value\n";
  for (int t = 0; t < kMonthsLong; ++t) {
    std::string const usual = row(t, base::cat(random.between(level / 2, level)));
    csv += t == kOdd ? std::string(odd) : usual;
  }
  return csv;
}

struct Answer {
  std::vector<std::string> complaints;
  std::vector<base::CsvRow> rows;
};

// Does the work of the command between reading the file and writing the output.
Answer detect(const std::string& csv, const DetectFlags& flags) {
  DetectRun const run = must(detect_options(flags));
  SeriesTable const table = must(parse_series(csv, "in.csv", run.series.scale, Values::kCounts));
  Answer answer;
  for (const base::LineError& e : table.bad)
    answer.complaints.push_back(base::cat(e.line, ": ", e.what));
  std::string out(kDetectColumns);
  for (const Series& s : table.series) {
    append_detect_rows(out, s.name, detect_all(std::span(&s, 1), run.series)[0], run.series.scale,
                       run.from);
  }
  answer.rows =
      must(base::parse_csv(out, "out.csv",
                           {"series", "period", "observed", "expected", "dispersion", "lower",
                            "upper", "p_low", "p_high", "score", "cusum", "onset", "state",
                            "deviation", "false_alarms_a_year", "hit_by"}));
  return answer;
}

std::optional<double> number(const std::string& cell) {
  if (cell.empty()) return std::nullopt;
  auto const x = base::parse_number<double>(cell);
  EXPECT_TRUE(x && std::isfinite(*x)) << "cell '" << cell << "'";
  return x;
}

void expect_sound(const base::CsvRow& r) {
  SCOPED_TRACE(r[1]);
  for (size_t column = 2; column < 11; ++column) number(r[column]);
  auto const lower = number(r[5]);
  auto const upper = number(r[6]);
  if (lower && upper) {
    EXPECT_LE(*lower, *upper);
  }
  for (size_t p : {7, 8}) {
    double const chance = number(r[p]).value_or(0);
    EXPECT_TRUE(chance >= 0 && chance <= 1) << chance;
  }
  EXPECT_GE(number(r[4]).value_or(0), 0);
  EXPECT_GE(number(r[10]).value_or(0), 0);
  bool const judged = r[12] == "normal" || r[12] == "amber" || r[12] == "red";
  EXPECT_EQ(judged, !r[3].empty());
  EXPECT_TRUE(judged || r[12].starts_with("not assessed: ")) << r[12];
}

std::vector<DetectFlags> variants() {
  std::vector<DetectFlags> out;
  for (const char* method : {"farrington", "cusum", "ears", "poisson-cusum"}) {
    out.emplace_back().method = method;
  }
  out.emplace_back().compatibility = "r-surveillance";
  for (const char* chart : {"c2", "c3"}) {
    out.emplace_back().method = "ears";
    out.back().ears = chart;
  }
  return out;
}

struct OddValue {
  const char* name;
  std::vector<std::string> values;  // of the odd month, one row per value
  const char* state;
  size_t complaints;
};

const std::vector<OddValue>& odd_values() {
  static const std::vector<OddValue> kOddValues = {
      {"absent", {}, "no value", 0},
      {"empty", {""}, "no value", 1},
      {"not a number", {"nan"}, "not a number", 1},
      {"infinite", {"inf"}, "not a number", 1},
      {"minus infinite", {"-inf"}, "not a number", 1},
      {"beyond doubles", {"1e999"}, "not a number", 1},
      {"a word", {"many"}, "not a number", 1},
      {"negative", {"-1"}, "negative", 1},
      {"negative and huge", {"-1e300"}, "negative", 1},
      {"a fraction", {"0.5"}, "not a whole number", 1},
      {"tiny", {"1e-300"}, "not a whole number", 1},
      {"above the limit", {"1000000001"}, "above 1000000000", 1},
      {"far above the limit", {"1e300"}, "above 1000000000", 1},
      {"twice", {"20", "20"}, "given twice", 1},
      {"three times, once badly", {"20", "x", "21"}, "given twice", 3},
  };
  return kOddValues;
}

TEST(DetectBadInputTest, AValueThatIsNotACountGivesTheOutputOfAMissingRow) {
  for (const DetectFlags& flags : variants()) {
    Answer const without = detect(csv_with(""), flags);
    for (const OddValue& odd : odd_values()) {
      SCOPED_TRACE(base::cat(flags.method, " ", flags.ears, flags.compatibility, ": ", odd.name));
      std::string rows;
      for (const std::string& value : odd.values) rows += row(kOdd, value);
      Answer const with = detect(csv_with(rows), flags);
      EXPECT_EQ(with.complaints.size(), odd.complaints);
      ASSERT_EQ(with.rows.size(), size_t{kMonthsLong});
      for (size_t i = 0; i < with.rows.size(); ++i) {
        expect_sound(with.rows[i]);
        if (i == kOdd) {
          EXPECT_EQ(with.rows[i][12], base::cat("not assessed: ", odd.state));
        } else {
          EXPECT_EQ(with.rows[i].fields, without.rows[i].fields);
        }
      }
    }
  }
}

// Judges every count, even a very unlikely one.
TEST(DetectBadInputTest, ACountIsJudgedWhateverItIs) {
  for (const DetectFlags& flags : variants()) {
    for (int level : {0, 2, 50, 1'000'000, 1'000'000'000}) {
      for (const char* value : {"0", "-0", "1", "1000000000", "1e9"}) {
        SCOPED_TRACE(base::cat(flags.method, " ", flags.ears, flags.compatibility, ": ", value,
                               " among ", level));
        Answer const with = detect(csv_with(row(kOdd, value), level), flags);
        EXPECT_TRUE(with.complaints.empty());
        ASSERT_EQ(with.rows.size(), size_t{kMonthsLong});
        for (const base::CsvRow& r : with.rows) expect_sound(r);
        EXPECT_NE(with.rows[kOdd][2], "-0");
      }
    }
  }
}

}  // namespace
}  // namespace bellwether::analysis
