// Purpose: what is remembered of a company, in 52 bytes: what its attributes were when they were
// last told, by a file and by the stream. The bulk file and the stream of Companies House share it,
// so that a fact which both tell is said once. Invariants: the bytes are those of the members,
// little endian; a change of the layout needs a new kStateOwner. Thread safety: values.
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
inline constexpr std::string_view kStateOwner = "companies-house 2";

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
  // A day that is not stated is before all others.
  friend auto operator<=>(ShortDay, ShortDay) = default;

 private:
  static constexpr int32_t kZero = -25567;  // 1900-01-01
  uint16_t value_ = 0;
};

inline std::optional<base::Days> day_of(ShortDay day) {
  return day.stated() ? std::optional(day.day()) : std::nullopt;
}

enum Flag : uint8_t {
  kFiled = 1,                  // a file had the company; otherwise only the stream told of it
  kCeasedUndated = 2,          // the last cessation was only seen as an absence
  kAccountsUndated = 4,        // the last accounts were only seen in a file
  kConfirmationUndated = 8,    // the last confirmation statement was only seen in a file
  kAccountsDueStale = 16,      // accounts were filed since their due date was told
  kConfirmationDueStale = 32,  // a statement was filed since its due date was told
  kNotInFile = 64,             // the last file did not have the company
  kUnregistered = 128,  // its registration was not told: it was first seen when it had ceased
};

// What a source showed of a company. The digests are 0 if nothing is stated. Packed, so that two of
// them leave room for two bytes.
#pragma pack(push, 1)
struct Shown {
  uint32_t postcode = 0;    // of the postcode without blanks
  uint32_t activities = 0;  // of the codes in their order
  uint8_t form = 0;         // events::v1::LegalForm
  uint8_t status = 0;       // events::v1::RegisterStatus
  uint8_t detail = 0;       // events::v1::StatusDetail
  friend bool operator==(const Shown&, const Shown&) = default;
};
#pragma pack(pop)

// The documents of one category.
struct Documents {
  ShortDay due;      // of the next one
  ShortDay made_up;  // period of the last one
  ShortDay was_due;  // the due date of the last one, if it is known
  friend bool operator==(Documents, Documents) = default;
};

struct Record {
  Shown now;       // the latest state, by a file or by the stream
  Shown streamed;  // the latest state by the stream; before its first event, that of the first file
  uint8_t satisfied_undated = 0;  // of the satisfactions, the last ones that only a file told
  uint8_t flags = 0;              // bits of Flag
  int32_t born = 0;               // days since 1970-01-01
  Documents accounts;
  Documents confirmation;
  ShortDay streamed_from;  // publication of the profile by which it was first seen, if it was one
  ShortDay streamed_on;    // publication of the stream's last profile of the company
  // The days of the last statements of a status that is alive.
  ShortDay alive_in_file;
  ShortDay alive_in_stream;
  uint16_t charges = 0;    // created so far, with those of unknown days
  uint16_t satisfied = 0;  // satisfied so far, likewise

  bool has(Flag flag) const { return (flags & flag) != 0; }
  void set(Flag flag, bool on) { flags = static_cast<uint8_t>(on ? flags | flag : flags & ~flag); }
  friend bool operator==(const Record&, const Record&) = default;
};
static_assert(std::is_trivially_copyable_v<Record> && sizeof(Record) == 52);
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
