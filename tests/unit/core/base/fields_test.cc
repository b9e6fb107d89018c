#include "core/base/fields.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"

namespace bellwether::base {
namespace {

struct Inner {
  std::string text;
  Offset offset;
};
struct Outer {
  int number = 0;
  Inner inner;
  std::optional<Inner> perhaps;
  std::vector<Inner> list;
  bool elsewhere = false;
};

// Has the functions that protobuf generates.
struct Message {
  int number() const { return number_; }
  void set_number(int n) { number_ = n; }
  const std::string& text_ms() const { return text_; }
  void set_text_ms(const std::string& t) { text_ = t; }
  std::string* mutable_text_ms() { return &text_; }

 private:
  int number_ = 0;
  std::string text_;
};

}  // namespace

template <>
struct Fields<Outer> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(number), BELLWETHER_FLAT(inner), BELLWETHER_FIELD(perhaps),
                      BELLWETHER_FIELD(list), BELLWETHER_APART(elsewhere)};
  }
};
template <>
struct Fields<Inner> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD_AS(text, text_ms), BELLWETHER_FIELD(offset)};
  }
};

namespace {

TEST(FieldsTest, EveryMemberOfAnAggregateCounts) {
  struct Empty {};
  static_assert(count_members<Empty>() == 0);
  static_assert(count_members<Inner>() == 2);
  static_assert(count_members<Outer>() == 5);
  static_assert(Described<Outer> && !Described<Empty>);
  static_assert(Numbered<Offset> && !Numbered<Inner> && !Numbered<std::string>);
}

TEST(FieldsTest, FieldsAreVisitedInTheirOrderByName) {
  std::string names;
  int flat = 0;
  int apart = 0;
  each_field<Outer>([&](const auto& field) {
    using Of = std::remove_cvref_t<decltype(field)>;
    names += std::string(field.name) + " ";
    flat += Of::kKind == FieldKind::kFlat;
    apart += Of::kKind == FieldKind::kApart;
  });
  EXPECT_EQ(names, "number inner perhaps list elsewhere ");
  EXPECT_EQ(flat, 1);
  EXPECT_EQ(apart, 1);
}

TEST(FieldsTest, AFieldReachesItsMemberAndItsMessage) {
  Inner inner{"before", Offset(3)};
  Message message;
  each_field<Inner>([&](const auto& field) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field.of(inner))>, std::string>) {
      field.set(message, field.of(inner));
      EXPECT_EQ(field.get(message), "before");
      field.mutable_of(message) = "after";
      field.of(inner) = field.get(message);
    }
  });
  EXPECT_EQ(inner.text, "after");
  EXPECT_EQ(message.text_ms(), "after");
}

}  // namespace
}  // namespace bellwether::base
