#include "core/events/message.h"

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

#include "core/events/wire.h"
#include "unit/core/events/against_protobuf.h"

namespace bellwether::events {
namespace {

using testing::difference_from_protobuf;

constexpr Topic kTopics[] = {Topic::kRegistrations, Topic::kSupport, Topic::kProcurement,
                             Topic::kObservations};

std::unique_ptr<google::protobuf::Message> new_event(Topic topic) {
  switch (topic) {
    case Topic::kRegistrations:
      return std::make_unique<v1::RegistrationEvent>();
    case Topic::kSupport:
      return std::make_unique<v1::SupportEvent>();
    case Topic::kProcurement:
      return std::make_unique<v1::ProcurementEvent>();
    case Topic::kObservations:
      return std::make_unique<v1::Observation>();
  }
  return nullptr;
}

// Fills messages with random fields, and damages bytes at random.
class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  uint64_t below(uint64_t end) { return random_() % end; }
  bool one_in(uint64_t n) { return below(n) == 0; }

  std::string text() {
    static constexpr const char* kWords[] = {
        "",         "GB",      "companies-house",
        "01234567", "B15 2TT", "é",
        "東京",     "🏭",       "a rather longer text of plain ASCII letters"};
    std::string result;
    for (uint64_t words = below(3); words > 0; --words) result += kWords[below(std::size(kWords))];
    return result;
  }
  // Small, large and negative numbers, so that varints of all lengths occur.
  uint64_t number() {
    uint64_t const value = random_() >> below(64);
    return one_in(4) ? uint64_t{0} - value : value;
  }

  void fill(google::protobuf::Message& message) {
    const auto* descriptor = message.GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto* field = descriptor->field(i);
      if (field->containing_oneof() != nullptr || one_in(4)) continue;
      uint64_t const times = field->is_repeated() ? below(20) : 1;
      for (uint64_t n = 0; n < times; ++n) set(message, field);
    }
    for (int i = 0; i < descriptor->oneof_decl_count(); ++i) {
      const auto* oneof = descriptor->oneof_decl(i);
      if (one_in(16)) continue;
      set(message, oneof->field(static_cast<int>(below(oneof->field_count()))));
    }
  }

  std::string bytes(size_t size) {
    std::string result;
    while (result.size() < size) result += static_cast<char>(random_());
    return result;
  }

  // Changes, inserts, removes or repeats some bytes, or truncates them.
  void damage(std::string& bytes) {
    for (uint64_t times = 1 + below(4); times > 0 && !bytes.empty(); --times) {
      size_t const at = below(bytes.size());
      switch (below(5)) {
        case 0:
          bytes[at] = static_cast<char>(random_());
          break;
        case 1:
          bytes.insert(at, 1, static_cast<char>(random_()));
          break;
        case 2:
          bytes.erase(at, 1 + below(3));
          break;
        case 3:
          bytes.insert(at, bytes.substr(below(bytes.size()), below(20)));
          break;
        default:
          bytes.resize(at);
      }
    }
  }

 private:
  void set(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field) {
    using Descriptor = google::protobuf::FieldDescriptor;
    const auto* reflection = message.GetReflection();
    bool const list = field->is_repeated();
    switch (field->cpp_type()) {
      case Descriptor::CPPTYPE_STRING:
        reflection->SetString(&message, field, text());
        break;
      case Descriptor::CPPTYPE_UINT64:
        reflection->SetUInt64(&message, field, number());
        break;
      case Descriptor::CPPTYPE_INT64:
        reflection->SetInt64(&message, field, static_cast<int64_t>(number()));
        break;
      case Descriptor::CPPTYPE_INT32:
        reflection->SetInt32(&message, field, static_cast<int32_t>(number()));
        break;
      case Descriptor::CPPTYPE_BOOL:
        reflection->SetBool(&message, field, one_in(2));
        break;
      case Descriptor::CPPTYPE_DOUBLE:
        reflection->SetDouble(&message, field, std::bit_cast<double>(number()));
        break;
      case Descriptor::CPPTYPE_ENUM: {
        int const value = one_in(3) ? static_cast<int>(number()) : static_cast<int>(below(12));
        list ? reflection->AddEnumValue(&message, field, value)
             : reflection->SetEnumValue(&message, field, value);
        break;
      }
      case Descriptor::CPPTYPE_MESSAGE:
        fill(list ? *reflection->AddMessage(&message, field)
                  : *reflection->MutableMessage(&message, field));
        break;
      default:
        FAIL() << "no generator for " << field->full_name();
    }
  }

  std::mt19937_64 random_;
};

std::string serialized(const google::protobuf::Message& message) {
  return message.SerializeAsString();
}

std::string in_hex(std::string_view bytes) {
  std::string result;
  for (char const c : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    result += kDigits[static_cast<uint8_t>(c) >> 4];
    result += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return result;
}

class MessageTest : public ::testing::Test {
 protected:
  // Some tests use invalid UTF-8. protobuf would log each case.
  google::protobuf::LogSilencer silencer_;

  // Returns true if the bytes were accepted.
  static bool expect_as_protobuf(Topic topic, const std::string& bytes) {
    bool accepted = false;
    EXPECT_EQ(difference_from_protobuf(topic, bytes, &accepted), "")
        << domain::name(topic) << " " << in_hex(bytes);
    return accepted;
  }
};

constexpr uint64_t kMessagesSeed = 20190503;
constexpr int kCases = 20'000;

TEST_F(MessageTest, RandomMessagesParseAsInProtobuf) {
  SCOPED_TRACE(kMessagesSeed);
  Generator generator(kMessagesSeed);
  for (int i = 0; i < kCases && !HasFailure(); ++i) {
    Topic const topic = kTopics[generator.below(4)];
    auto const event = new_event(topic);
    generator.fill(*event);
    EXPECT_TRUE(expect_as_protobuf(topic, serialized(*event)));
  }
}

TEST_F(MessageTest, ConcatenatedMessagesMergeAsInProtobuf) {
  SCOPED_TRACE(kMessagesSeed);
  Generator generator(kMessagesSeed + 1);
  for (int i = 0; i < kCases && !HasFailure(); ++i) {
    Topic const topic = kTopics[generator.below(4)];
    std::string bytes;
    for (uint64_t parts = 2 + generator.below(3); parts > 0; --parts) {
      auto const event = new_event(topic);
      generator.fill(*event);
      bytes += serialized(*event);
    }
    EXPECT_TRUE(expect_as_protobuf(topic, bytes));
  }
}

TEST_F(MessageTest, DamagedMessagesAreAcceptedOrRefusedAsInProtobuf) {
  SCOPED_TRACE(kMessagesSeed);
  Generator generator(kMessagesSeed + 2);
  int accepted = 0;
  for (int i = 0; i < 5 * kCases && !HasFailure(); ++i) {
    Topic const topic = kTopics[generator.below(4)];
    auto const event = new_event(topic);
    generator.fill(*event);
    std::string bytes = serialized(*event);
    generator.damage(bytes);
    accepted += expect_as_protobuf(topic, bytes) ? 1 : 0;
  }
  // Both outcomes must occur often. Otherwise the test shows little.
  EXPECT_GT(accepted, kCases / 4);
  EXPECT_LT(accepted, 5 * kCases - kCases / 4);
}

TEST_F(MessageTest, RandomBytesAreAcceptedOrRefusedAsInProtobuf) {
  SCOPED_TRACE(kMessagesSeed);
  Generator generator(kMessagesSeed + 3);
  int accepted = 0;
  for (int i = 0; i < 10 * kCases && !HasFailure(); ++i) {
    accepted +=
        expect_as_protobuf(kTopics[generator.below(4)], generator.bytes(generator.below(12))) ? 1
                                                                                              : 0;
  }
  EXPECT_GT(accepted, 100);
}

TEST_F(MessageTest, MessagesOfOtherTopicsParseAsInProtobuf) {
  SCOPED_TRACE(kMessagesSeed);
  Generator generator(kMessagesSeed + 4);
  for (int i = 0; i < kCases && !HasFailure(); ++i) {
    auto const event = new_event(kTopics[generator.below(4)]);
    generator.fill(*event);
    expect_as_protobuf(kTopics[generator.below(4)], serialized(*event));
  }
}

std::string tag(uint32_t number, WireType type) {
  return std::string(1, static_cast<char>(number << 3 | static_cast<uint32_t>(type)));
}
std::string field(uint32_t number, const std::string& bytes) {
  std::string result = tag(number % 16, WireType::kBytes);
  if (number > 15) {
    uint32_t const full = number << 3 | static_cast<uint32_t>(WireType::kBytes);
    result = {static_cast<char>((full & 0x7f) | 0x80), static_cast<char>(full >> 7)};
  }
  return result + static_cast<char>(bytes.size()) + bytes;
}
std::string nested_groups(int depth) {
  return std::string(static_cast<size_t>(depth), '\x7b') +
         std::string(static_cast<size_t>(depth), '\x7c');  // field 15
}

TEST_F(MessageTest, UnknownGroupsAreSkippedUpToTheNestingLimitOfProtobuf) {
  EXPECT_TRUE(expect_as_protobuf(Topic::kRegistrations, nested_groups(kNestingMax)));
  EXPECT_FALSE(expect_as_protobuf(Topic::kRegistrations, nested_groups(kNestingMax + 1)));
  // A submessage is also a level.
  auto const in_business = [](int depth) {
    std::string const groups = nested_groups(depth);
    return std::string("\x22") + static_cast<char>(groups.size() | 0x80) +
           static_cast<char>(groups.size() >> 7) + groups;
  };
  EXPECT_TRUE(expect_as_protobuf(Topic::kRegistrations, in_business(kNestingMax - 1)));
  EXPECT_FALSE(expect_as_protobuf(Topic::kRegistrations, in_business(kNestingMax)));
}

TEST_F(MessageTest, UnusualEncodingsAreAcceptedOrRefusedAsInProtobuf) {
  using std::string_literals::operator""s;
  struct Case {
    const char* what;
    std::string bytes;
    bool taken;
  };
  const Case cases[] = {
      {"empty", "", true},
      {"non-minimal tag", "\x8a\x00\x01"s + "x", true},
      {"tag in five bytes", "\x8a\x80\x80\x80\x00\x01"s + "x", true},
      {"tag in six bytes", "\x8a\x80\x80\x80\x80\x00\x01"s + "x", false},
      {"tag with bits above 32", "\x8a\x80\x80\x80\x70\x01"s + "x", true},
      {"field number 0", "\x02\x00"s, false},
      {"end of a group that never began", "\x7c"s, false},
      {"group that ends as another", "\x7b\x74"s, false},
      {"group that never ends", "\x7b\x08\x01"s, false},
      {"wire type 6", "\x0e\x00"s, false},
      {"wire type 7", "\x0f\x00"s, false},
      {"sequence in ten bytes", "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s, true},
      {"sequence with bits above 64", "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"s, true},
      {"sequence in eleven bytes", "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x80\x00"s, false},
      {"length beyond the end", "\x0a\x05"s + "abcd", false},
      {"length in five bytes", "\x0a\x81\x80\x80\x80\x00"s + "x", true},
      {"length in six bytes", "\x0a\x81\x80\x80\x80\x80\x00"s + "x", false},
      {"length beyond 2 GiB", "\x0a\xff\xff\xff\xff\x0f"s, false},
      {"event_id as a number: unknown field", "\x08\x07"s, true},
      {"sequence as fixed32: unknown field", "\x1d\x01\x02\x03\x04"s, true},
      {"truncated fixed32", "\x1d\x01\x02\x03"s, false},
      {"truncated fixed64", "\x19\x01\x02\x03\x04\x05\x06\x07"s, false},
      {"kind as a number: unknown field", "\x80\x01\x05"s, true},
      {"year with bits above 32", field(5, "\x08\xe3\x8f\x80\x80\xf0\x7f"s), true},
      {"business twice: the parts merge", field(4, field(1, "GB")) + field(4, field(3, "1")), true},
      {"text longer than its business", "\x22\x04\x0a\x05\x61\x62"s, false},
      {"a kind after another", field(17, field(3, "B15")) + field(18, "\x08\x02"s), true},
      {"the same kind twice", field(17, field(3, "B15")) + field(17, "\x28\x02"s), true},
      {"invalid UTF-8", field(1, "\xff"), false},
      {"invalid UTF-8 that is replaced later", field(1, "\xff") + field(1, "a"), false},
      {"invalid UTF-8 in a kind that is replaced", field(17, field(3, "\xc0\x80")) + field(18, ""),
       false},
      {"invalid UTF-8 in an unknown field", field(15, "\xff"), true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(expect_as_protobuf(Topic::kRegistrations, c.bytes), c.taken) << c.what;
  }
}

TEST_F(MessageTest, TopicsOfAnInteractionMayBePackedOrNot) {
  std::string const packed = field(40, field(4, "\x0a\x14\x1e"));
  std::string const one_by_one = field(40, "\x20\x0a\x20\x14\x20\x1e");
  EXPECT_TRUE(expect_as_protobuf(Topic::kSupport, packed));
  EXPECT_TRUE(expect_as_protobuf(Topic::kSupport, one_by_one));
  EXPECT_TRUE(expect_as_protobuf(Topic::kSupport, packed + one_by_one));
  EXPECT_FALSE(expect_as_protobuf(Topic::kSupport, field(40, field(4, "\x0a\x94"))));
}

// One valid or invalid character, at every position around the eight bytes that are checked at
// once.
TEST_F(MessageTest, Utf8IsCheckedAsInProtobuf) {
  const std::string pieces[] = {"\x7f",
                                "\x80",
                                "\xc1\xbf",
                                "\xc2\x80",
                                "\xdf\xbf",
                                "\xe0\x9f\xbf",
                                "\xe0\xa0\x80",
                                "\xed\x9f\xbf",
                                "\xed\xa0\x80",
                                "\xef\xbf\xbf",
                                "\xf0\x8f\xbf\xbf",
                                "\xf0\x90\x80\x80",
                                "\xf4\x8f\xbf\xbf",
                                "\xf4\x90\x80\x80",
                                "\xf5\x80\x80\x80",
                                "\xe2\x82",
                                "\xf0\x9f\x8f",
                                "\xc3",
                                "\xe2\x28\xa1",
                                "\xf8\x88\x80\x80\x80"};
  int accepted = 0;
  for (const std::string& piece : pieces) {
    for (size_t before = 0; before < 10; ++before) {
      for (size_t after : {0, 1, 7, 8, 9}) {
        std::string const text = std::string(before, 'a') + piece + std::string(after, 'z');
        accepted += expect_as_protobuf(Topic::kRegistrations, field(1, text)) ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(accepted, 8 * 10 * 5);
}

}  // namespace
}  // namespace bellwether::events
