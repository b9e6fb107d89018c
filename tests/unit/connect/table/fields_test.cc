#include "connect/table/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/events/decoder.h"
#include "support/must.h"

namespace bellwether::connect::table {
namespace {

using ::testing::HasSubstr;
using testing::must;

TEST(FieldsTest, WhatAMappingStatesElsewhereIsNoField) {
  const auto& support = descriptor_of(domain::Topic::kSupport);
  for (const char* name : {"event_id", "source", "source_sequence", "heartbeat", "name"}) {
    auto const found = find_field(support, name);
    EXPECT_EQ(found.status().code(), absl::StatusCode::kNotFound) << name;
    EXPECT_THAT(std::string(found.status().message()), HasSubstr("case_id"));
  }
  const auto& retracted = *support.FindFieldByName("retracted")->message_type();
  EXPECT_TRUE(find_field(retracted, "event_id").ok()) << "of the fact to retract";
}

TEST(FieldsTest, KindsAreThoseOfTheTopic) {
  EXPECT_EQ(must(find_kind(domain::Topic::kSupport, "referral")), domain::EventKind::kReferral);
  EXPECT_EQ(must(find_kind(domain::Topic::kObservations, "figure")),
            domain::EventKind::kObservation);
  EXPECT_FALSE(find_kind(domain::Topic::kSupport, "registered").ok());
  EXPECT_FALSE(find_kind(domain::Topic::kSupport, "heartbeat").ok());
  EXPECT_EQ(field_of(domain::Topic::kSupport, domain::EventKind::kOutcome).name(), "outcome");
}

TEST(FieldsTest, WordsHaveAShortAndAFullName) {
  const auto& words = *descriptor_of(domain::Topic::kSupport)
                           .FindFieldByName("interaction")
                           ->message_type()
                           ->FindFieldByName("topics")
                           ->enum_type();
  EXPECT_EQ(must(find_word(words, "cash_flow")), 10);
  EXPECT_EQ(must(find_word(words, "SUPPORT_TOPIC_CASH_FLOW")), 10);
  EXPECT_EQ(word_of(words, 10), "cash_flow");
  auto const wrong = find_word(words, "Cash flow");
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("write unspecified, cash_flow"));
}

// The limits by field are those of the decoder: a text at the limit is accepted, a longer one is
// what the decoder refuses too.
TEST(FieldsTest, TextLimitsAreThoseOfTheContract) {
  EXPECT_EQ(text_bytes_max("business.id"), events::kBusinessIdBytesMax);
  EXPECT_EQ(text_bytes_max("case_id"), events::kBusinessIdBytesMax);
  EXPECT_EQ(text_bytes_max("interaction.case_id"), events::kTextBytesMax);
  EXPECT_EQ(text_bytes_max("event_id"), events::kEventIdBytesMax);
  EXPECT_EQ(text_bytes_max("series_id"), events::kBusinessIdBytesMax);
  EXPECT_EQ(text_bytes_max("postcode"), events::kTextBytesMax);
}

TEST(FieldsTest, CodesHaveNoBlanks) {
  EXPECT_TRUE(is_code("solihull-start-up"));
  EXPECT_TRUE(is_code("GBP_million/2.0:x"));
  EXPECT_FALSE(is_code("Ann Smith"));
  EXPECT_FALSE(is_code("Zo\u00eb"));
  EXPECT_TRUE(is_code_field("interaction.team"));
  EXPECT_FALSE(is_code_field("postcode"));
}

TEST(FieldsTest, AnIntegerMustFitItsField) {
  const auto& interaction =
      *descriptor_of(domain::Topic::kSupport).FindFieldByName("interaction")->message_type();
  const auto& minutes = *interaction.FindFieldByName("minutes");
  EXPECT_TRUE(fits(minutes, INT32_MAX));
  EXPECT_FALSE(fits(minutes, int64_t{INT32_MAX} + 1));
  EXPECT_TRUE(fits(minutes, INT32_MIN));
  EXPECT_FALSE(fits(minutes, int64_t{INT32_MIN} - 1));
}

}  // namespace
}  // namespace bellwether::connect::table
