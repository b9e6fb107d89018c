// Purpose: what is remembered of a company, in 48 bytes: what was last said of it, and how often.
// The bulk file and the stream of Companies House share it, so that a fact which both tell is said
// once. Invariants: the bytes are those of the members, little endian; a change of the layout needs
// a new kStateOwner. Thread safety: values.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

#include "core/base/calendar.h"

namespace bellwether::connect::companies_house {

// The owner of the state, with the version of its layout (lmdb::Store::open).
inline constexpr std::string_view kStateOwner = "companies-house 1";

// A day between 1900-01-02 and 2079-06-06 in 16 bits; 0 = not stated.
class ShortDay {
 public:
  ShortDay() = default;
  // Not stated if the day is outside the range.
  explicit ShortDay(std::optional<base::Days> day) {
    if (!day || day->value <= kZero || day->value > kZero + UINT16_MAX) return;
    value_ = static_cast<uint16_t>(day->value - kZero);
  }
  bool stated() const { return value_ != 0; }
  // REQUIRES: stated().
  base::Days day() const { return base::Days(kZero + value_); }
  friend bool operator==(ShortDay, ShortDay) = default;

 private:
  static constexpr int32_t kZero = -25567;  // 1900-01-01
  uint16_t value_ = 0;
};

// Counts the facts of one kind: a fact's number is part of its id. Facts after the 255th have its
// id and replace it.
class Counter {
 public:
  int next() {
    if (value_ < UINT8_MAX) ++value_;
    return value_;
  }
  int value() const { return value_; }
  friend bool operator==(Counter, Counter) = default;

 private:
  uint8_t value_ = 0;
};

// Facts of a company whose day the bulk file did not state: a later file or the stream may.
enum Undated : uint8_t {
  kCeasedUndated = 1,
  kRestoredUndated = 2,
  kStatusUndated = 4,
  kAddressUndated = 8,
  kActivitiesUndated = 16,
  kFormUndated = 32,
};

struct Record {
  uint64_t postcode = 0;    // hash64 of the postcode without blanks; 0 = not stated
  uint64_t activities = 0;  // hash64 of the codes in their order; 0 = none
  int32_t born = 0;         // days since 1970-01-01
  ShortDay accounts_due;
  ShortDay accounts_made_up;
  ShortDay confirmation_due;
  ShortDay confirmation_made_up;
  ShortDay ceased;         // day of the last cessation
  uint16_t charges = 0;    // created so far, with those of unknown days
  uint16_t satisfied = 0;  // satisfied so far
  uint8_t form = 0;        // events::v1::LegalForm
  uint8_t status = 0;      // events::v1::RegisterStatus
  uint8_t detail = 0;      // events::v1::StatusDetail
  uint8_t undated = 0;     // bits of Undated
  Counter cessations;
  Counter restorations;
  Counter statuses;
  Counter addresses;
  Counter activity_changes;
  Counter forms;
  uint8_t reserved[4] = {};

  friend bool operator==(const Record&, const Record&) = default;
};
static_assert(std::is_trivially_copyable_v<Record> && sizeof(Record) == 48);
static_assert(std::has_unique_object_representations_v<Record>);
static_assert(std::endian::native == std::endian::little);

// The bytes of a record, valid as long as it.
inline std::string_view bytes_of(const Record& record) {
  return {reinterpret_cast<const char*>(&record), sizeof(record)};
}
// nullopt if these are not the bytes of a record.
inline std::optional<Record> record_of(std::string_view bytes) {
  if (bytes.size() != sizeof(Record)) return std::nullopt;
  Record record;
  std::memcpy(&record, bytes.data(), sizeof(record));
  return record;
}

}  // namespace bellwether::connect::companies_house
