// Ties the version of the figures to what a small fixed log counts as.
#include "core/engine/figures.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/engine/evaluator.h"
#include "core/engine/partition_engine.h"
#include "support/calendars.h"
#include "unit/core/events/fixture.h"

namespace bellwether::engine {
namespace {

using events::testing::activity;
using events::testing::date;
using events::testing::Record;
using Registration = events::v1::RegistrationEvent;
using Support = events::v1::SupportEvent;

// The records of the log. Every kind of event that counts is in it, also at the edges: before a
// birth, after a death, of unknown places, late, corrected and retracted.
class FixedLog {
 public:
  FixedLog() {
    lives();
    notices();
    filings();
    support();
    results();
    oddities();
  }
  const std::vector<Record>& records() const { return records_; }

 private:
  struct On {
    int business;
    int year, month, day;
    int days_late = 1;
  };
  template <class Event>
  Event begin(On on) {
    Event e = events::testing::about_business<Event>();
    e.set_event_id(base::cat("fact-", ++facts_));
    e.set_source_sequence(static_cast<uint64_t>(facts_));
    e.mutable_business()->set_id(number(on));
    *e.mutable_effective_date() = date(on.year, on.month, on.day);
    return e;
  }
  static std::string number(On on) { return std::to_string(10'000'000 + on.business); }
  template <class Event>
  void put(const Event& e, On on) {
    Record record = events::testing::record(e, base::cat("GB/companies-house/", number(on)));
    record.published = testing::midnight(testing::day(on.year, on.month, on.day + on.days_late));
    records_.push_back(std::move(record));
  }
  template <class Fill>
  void registration(On on, Fill fill) {
    auto e = begin<Registration>(on);
    fill(e);
    put(e, on);
  }
  void birth(On on, const char* area, const char* code, events::v1::SizeBand size) {
    registration(on, [&](Registration& e) {
      e.mutable_registered()->set_area_code(area);
      *e.mutable_registered()->add_activities() = activity(code);
      e.mutable_registered()->set_size_band(size);
    });
  }
  void status(On on, events::v1::RegisterStatus status) {
    registration(on, [&](Registration& e) { e.mutable_status_changed()->set_status(status); });
  }
  void interaction(On on, events::v1::InteractionType type, events::v1::SupportTopic topic) {
    auto e = begin<Support>(on);
    auto& i = *e.mutable_interaction();
    i.set_type(type);
    i.add_topics(topic);
    i.add_topics(events::v1::SUPPORT_TOPIC_LOAN);
    i.set_minutes(10 + facts_);
    i.set_received_at(events::testing::at(2019, 4, 1, 9).value);
    i.set_first_response_at(events::testing::at(2019, 4, 1, 9, 20 * facts_ % 400).value);
    put(e, on);
  }

  void lives() {
    using namespace events::v1;
    birth({1, 2017, 3, 1}, "E08000025", "62012", SIZE_BAND_5_TO_9);
    birth({2, 2017, 4, 2, 70}, "E08000029", "47110", SIZE_BAND_UNSPECIFIED);
    birth({3, 2018, 1, 31}, "E08000025", "47110", SIZE_BAND_0_TO_4);
    birth({4, 2018, 2, 28}, "E08000029", "62012", SIZE_BAND_5_TO_9);
    registration({1, 2018, 5, 1}, [](auto& e) { e.mutable_changed()->set_area_code("E08000029"); });
    registration({2, 2018, 6, 1},
                 [](auto& e) { *e.mutable_changed()->add_activities() = activity("62012"); });
    registration({3, 2018, 7, 1},
                 [](auto& e) { e.mutable_changed()->set_size_band(SIZE_BAND_10_TO_19); });
    registration({4, 2018, 8, 1}, [](auto& e) {
      e.mutable_changed()->set_area_code("E08000025");
      *e.mutable_changed()->add_activities() = activity("47110");
    });
    status({1, 2018, 12, 3}, REGISTER_STATUS_DISSOLVED);
    status({3, 2019, 1, 30, 95}, REGISTER_STATUS_DISSOLVED);
    status({3, 2019, 2, 15}, REGISTER_STATUS_ACTIVE);
  }
  void notices() {
    using namespace events::v1;
    registration({2, 2018, 9, 1}, [](auto& e) {
      e.mutable_insolvency_case()->set_type(INSOLVENCY_TYPE_CREDITORS_VOLUNTARY_LIQUIDATION);
    });
    registration({3, 2018, 9, 2, 40}, [](auto& e) {
      e.mutable_strike_off_notice()->set_kind(STRIKE_OFF_KIND_COMPULSORY);
      e.mutable_strike_off_notice()->set_action(STRIKE_OFF_ACTION_PROPOSED);
    });
    registration({3, 2018, 10, 2}, [](auto& e) {
      e.mutable_strike_off_notice()->set_kind(STRIKE_OFF_KIND_COMPULSORY);
      e.mutable_strike_off_notice()->set_action(STRIKE_OFF_ACTION_DISCONTINUED);
    });
    registration({4, 2018, 10, 3},
                 [](auto& e) { e.mutable_charge_changed()->set_action(CHARGE_ACTION_CREATED); });
    registration({4, 2018, 11, 3}, [](auto& e) {
      e.mutable_officer_changed()->set_role(OFFICER_ROLE_DIRECTOR);
      e.mutable_officer_changed()->set_action(OFFICER_ACTION_RESIGNED);
    });
  }
  void filings() {
    using namespace events::v1;
    auto const due = [&](On on, events::v1::Date next, FilingCategory category) {
      registration(on, [&](Registration& e) {
        e.mutable_filing_due()->set_category(category);
        *e.mutable_filing_due()->mutable_next_due() = next;
      });
    };
    auto const filed = [&](On on, FilingCategory category,
                           std::optional<events::v1::Date> was_due) {
      registration(on, [&](Registration& e) {
        e.mutable_filing_recorded()->set_category(category);
        if (was_due) *e.mutable_filing_recorded()->mutable_due() = *was_due;
        *e.mutable_filing_recorded()->mutable_period_end() = date(2017, 12, 31);
      });
    };
    due({1, 2018, 4, 1}, date(2018, 9, 30), FILING_CATEGORY_ACCOUNTS);  // never filed, then ceased
    due({2, 2018, 4, 1}, date(2018, 6, 30), FILING_CATEGORY_ACCOUNTS);
    filed({2, 2018, 9, 5, 40}, FILING_CATEGORY_ACCOUNTS, std::nullopt);
    filed({3, 2018, 9, 5}, FILING_CATEGORY_CONFIRMATION_STATEMENT, date(2018, 7, 31));
    filed({3, 2018, 9, 6}, FILING_CATEGORY_OTHER, std::nullopt);
    due({4, 2018, 7, 1}, date(2018, 7, 31), FILING_CATEGORY_CONFIRMATION_STATEMENT);  // moves away
    registration({4, 2018, 8, 1}, [&](Registration& e) {
      e.mutable_filing_recorded()->set_category(FILING_CATEGORY_ACCOUNTS);
      *e.mutable_filing_recorded()->mutable_period_end() = date(2018, 8, 2);  // refused
    });
    registration({4, 2018, 9, 9},
                 [](auto& e) { e.mutable_changed()->set_size_band(SIZE_BAND_20_TO_49); });
    registration({4, 2018, 9, 10}, [](auto& e) {
      e.mutable_insolvency_case()->set_type(INSOLVENCY_TYPE_ADMINISTRATION);
    });
  }
  void results() {
    using namespace events::v1;
    auto const put_result = [&](On on, auto fill) {
      auto e = begin<Support>(on);
      fill(e);
      put(e, on);
    };
    auto const refer = [&](On on, ReferralState state) {
      put_result(on, [&](Support& e) {
        e.mutable_referral()->set_state(state);
        e.mutable_referral()->set_case_id("C-9");
        e.mutable_referral()->set_to("bank");
      });
    };
    refer({3, 2018, 11, 7}, REFERRAL_STATE_OPENED);
    refer({3, 2018, 12, 7}, REFERRAL_STATE_COMPLETED);
    refer({2, 2018, 11, 7}, REFERRAL_STATE_DECLINED);
    put_result({2, 2018, 11, 8}, [](Support& e) {
      e.mutable_outcome()->set_kind(OUTCOME_KIND_JOBS_SAFEGUARDED);
      e.mutable_outcome()->set_jobs_delta(12);
      e.mutable_outcome()->set_amount_minor(5'000'000'000);
    });
    put_result({2, 2018, 11, 9}, [](Support& e) { e.mutable_redundancy_notice()->set_jobs(30); });
    put_result({2, 2018, 11, 10}, [](Support& e) {
      e.mutable_interaction()->set_consent(CONSENT_REFUSED);
      e.mutable_interaction()->set_minutes(10);
    });
  }
  void support() {
    using namespace events::v1;
    interaction({2, 2017, 1, 5}, INTERACTION_TYPE_ENQUIRY, SUPPORT_TOPIC_START_UP);  // before birth
    interaction({1, 2018, 3, 6}, INTERACTION_TYPE_ENQUIRY, SUPPORT_TOPIC_CASH_FLOW);
    interaction({1, 2018, 4, 6}, INTERACTION_TYPE_ADVICE, SUPPORT_TOPIC_CASH_FLOW);
    interaction({1, 2019, 1, 6}, INTERACTION_TYPE_WORKSHOP, SUPPORT_TOPIC_LOAN);  // after death
    interaction({3, 2018, 11, 6, 30}, INTERACTION_TYPE_UNSPECIFIED, SUPPORT_TOPIC_DEBT);
    Support enquirer = events::testing::enquiry();
    enquirer.set_event_id("enquirer");
    Record record = events::testing::record(enquirer, "case:C-17");
    records_.push_back(record);
  }
  void oddities() {
    using namespace events::v1;
    birth({5, 2018, 3, 3}, "JE", "62012",
          SIZE_BAND_UNSPECIFIED);  // Jersey: in no area of the reference
    birth({6, 2018, 3, 4}, "E08000025", "00000", SIZE_BAND_UNSPECIFIED);
    registration({4, 2018, 11, 20}, [](auto& e) { e.mutable_changed()->set_postcode("JE2 3AB"); });
    On const corrected{7, 2018, 3, 5};
    auto e = begin<Registration>(corrected);
    e.mutable_registered()->set_postcode("B15");
    put(e, corrected);
    e.set_source_sequence(e.source_sequence() + 1000);
    e.mutable_registered()->set_postcode("B91");
    put(e, corrected);
    On const withdrawn{8, 2018, 3, 6};
    e = begin<Registration>(withdrawn);
    e.mutable_registered();
    put(e, withdrawn);
    e.set_source_sequence(e.source_sequence() + 1000);
    std::string const id = e.event_id();
    e.mutable_retracted()->set_event_id(id);
    put(e, withdrawn);
    On const spaced{9, 2018, 3, 7};
    e = begin<Registration>(spaced);
    e.mutable_registered();
    std::string blank = number(spaced);
    e.mutable_business()->set_id(blank.insert(4, " "));
    put(e, spaced);  // with the key of the number without a blank
    On const morning{10, 2018, 3, 8};
    e = begin<Registration>(morning);
    e.mutable_registered()->set_postcode("B15");
    put(e, morning);  // in Singapore, while it is still the day before in UTC
    records_.back().published =
        base::UnixMillis(testing::midnight(testing::day(2018, 3, 8)).value - 1'800'000);
  }

  std::vector<Record> records_;
  int facts_ = 0;
};

std::string digest_of(const std::vector<Record>& log) {
  const reference::Reference& reference = events::testing::west_midlands();
  PartitionOptions options;
  options.calendar = testing::kMonths;
  options.reference = &reference;
  PartitionEngine engine(PartitionId(0), options);
  uint64_t decoded = 1;
  int64_t offset = 0;
  for (const Record& record : log) {
    auto const result = events::Decoder(reference).decode(record.raw());
    if (const auto* event = std::get_if<events::Event>(&result)) {
      engine.fold(0, Offset(offset++), record.published, *event);
    } else {
      decoded = base::hash64(events::name(std::get<events::Refusal>(result)), decoded);
    }
  }
  PeriodIndex const last = testing::kMonths.period_of(testing::day(2019, 6, 1));
  PartitionTick const tick = engine.close_at(last, {Offset(offset)});
  EvaluatorOptions evaluation;
  evaluation.calendar = testing::kMonths;
  evaluation.history_periods = 120;
  Evaluator evaluator({std::shared_ptr<const void>(), &reference}, evaluation);
  evaluator.apply(last, std::span(&tick, 1));
  return base::cat(base::hex16(decoded), " ", base::hex16(engine.ledger().digest()), " ",
                   base::hex16(evaluator.cells_digest()), " ",
                   base::hex16(evaluator.panel().digest()));
}

// Refusals, facts, cells with reports, panel.
struct Meaning {
  int32_t version;
  const char* digest;
};
constexpr Meaning kMeaning = {
    10, "d91cb1baa1a0d4b9 25929f38c93b8c2e 2efc73eece1ae5bb 12d84eb78eda5b57"};

TEST(FiguresTest, AChangeOfMeaningRaisesTheVersion) {
  EXPECT_EQ(digest_of(FixedLog().records()), kMeaning.digest)
      << "a record counts as something else than before: raise kFiguresVersion, so that no "
         "snapshot "
         "of the earlier meaning is used, and put the new version and digest into kMeaning";
  EXPECT_EQ(kFiguresVersion, kMeaning.version);
}

// Without this, the digest could be that of a log that the decoder refuses.
TEST(FiguresTest, AllButTheOddRecordsOfTheLogCount) {
  FixedLog const log;
  int refused = 0;
  for (const Record& record : log.records()) {
    refused += std::holds_alternative<events::Refusal>(events::testing::decode(record));
  }
  EXPECT_GE(log.records().size(), 30u);
  EXPECT_LE(refused, 5);
}

}  // namespace
}  // namespace bellwether::engine
