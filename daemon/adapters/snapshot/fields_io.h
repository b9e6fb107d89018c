// Purpose: writes described records (core/base/fields.h) as the bytes of a snapshot, and reads
// them. A field has no tag: the order of the description is the order of the bytes.
// Thread safety: one thread each.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "adapters/snapshot/frames.h"
#include "adapters/snapshot/items.h"
#include "core/alerts/fields.h"
#include "core/base/bytes.h"
#include "core/base/calendar.h"
#include "core/base/fields.h"
#include "core/base/log_place.h"

namespace bellwether::snapshot {

class FieldWriter {
 public:
  explicit FieldWriter(ByteWriter& bytes) : bytes_(bytes) {}

  template <base::Described Record>
  void put(const Record& record) {
    base::each_field<Record>([&](const auto& field) {
      using Of = std::remove_cvref_t<decltype(field)>;
      if constexpr (Of::kKind != base::FieldKind::kApart) put(field.of(record));
    });
  }
  template <class Value>
  requires(!base::Described<Value>) void put(const Value& v) {
    if constexpr (std::is_enum_v<Value>) {
      bytes_.number(static_cast<uint64_t>(v));
    } else if constexpr (std::same_as<Value, double>) {
      bytes_.fixed(v);
    } else if constexpr (std::signed_integral<Value>) {
      bytes_.signed_number(v);
    } else if constexpr (std::unsigned_integral<Value>) {
      bytes_.number(v);
    } else {
      static_assert(base::Numbered<Value>, "this record has no description");
      bytes_.signed_number(v.value);
    }
  }
  void put(const std::string& v) { bytes_.text(v); }
  // Hashes have a fixed length, because a variable length would not be shorter.
  void put(const std::pair<uint64_t, base::UnixMillis>& v) {
    bytes_.fixed(v.first);
    put(v.second);
  }
  void put(const base::LogMark& v) {
    put(v.offset);
    put(v.timestamp_ms);
    bytes_.fixed(v.digest);
  }
  // If there is no value, zero is written in its place.
  void put(const std::optional<base::UnixMillis>& v) {
    bytes_.number(v.has_value());
    put(v.value_or(base::UnixMillis(0)));
  }
  template <class Value>
  void put(const std::optional<Value>& v) {
    bytes_.number(v.has_value());
    if (v) put(*v);
  }
  template <class Value>
  void put(const std::vector<Value>& list) {
    bytes_.number(list.size());
    for (const Value& v : list) put(v);
  }
  template <class Key, class Value>
  void put(const absl::btree_map<Key, Value>& map) {
    bytes_.number(map.size());
    for (const auto& [key, value] : map) {
      put(key);
      put(value);
    }
  }

 private:
  ByteWriter& bytes_;
};

// The number of fields of a record in files of a format: later formats have appended fields.
// Records that have grown have their own version of this function (image_fields.h).
template <class Record>
constexpr size_t fields_in(uint32_t /*format*/) {
  return SIZE_MAX;
}

// After a value that is not valid for its type, failed() stays true. The value read is then
// arbitrary.
class FieldReader {
 public:
  // `format`: of the file.
  FieldReader(ByteReader& bytes, uint32_t format) : bytes_(bytes), format_(format) {}

  template <base::Described Record>
  void get(Record& record) {
    size_t left = fields_in<Record>(format_);
    base::each_field<Record>([&](const auto& field) {
      using Of = std::remove_cvref_t<decltype(field)>;
      if constexpr (Of::kKind != base::FieldKind::kApart) {
        if (left > 0) {
          get(field.of(record));
          --left;
        }
      }
    });
  }
  template <class Value>
  requires(!base::Described<Value>) void get(Value& v) {
    if constexpr (std::is_enum_v<Value>) {
      auto const read = alerts::value_of<Value>(bytes_.number());
      if (!read) failed_ = true;
      v = read.value_or(Value{});
    } else if constexpr (std::same_as<Value, double>) {
      v = bytes_.fixed<double>();
    } else if constexpr (std::same_as<Value, bool>) {
      v = bytes_.number() != 0;
    } else if constexpr (std::signed_integral<Value>) {
      v = bytes_.narrow<Value>();
    } else if constexpr (std::unsigned_integral<Value>) {
      uint64_t const number = bytes_.number();
      if (number > std::numeric_limits<Value>::max()) failed_ = true;
      v = static_cast<Value>(number);
    } else {
      static_assert(base::Numbered<Value>, "this record has no description");
      v = Value(bytes_.narrow<decltype(v.value)>());
    }
  }
  void get(base::PeriodIndex& v) {
    v = base::PeriodIndex(bytes_.narrow<int32_t>());
    if (v.value < -alerts::kPeriodsFromEpochMax || v.value > alerts::kPeriodsFromEpochMax)
      failed_ = true;
  }
  void get(std::string& v) { v = bytes_.text(); }
  void get(std::pair<uint64_t, base::UnixMillis>& v) {
    v.first = bytes_.fixed<uint64_t>();
    get(v.second);
  }
  void get(base::LogMark& v) {
    get(v.offset);
    get(v.timestamp_ms);
    v.digest = bytes_.fixed<uint64_t>();
  }
  void get(std::optional<base::UnixMillis>& v) {
    bool const has_value = bytes_.number() != 0;
    base::UnixMillis value;
    get(value);
    if (has_value) v = value;
  }
  template <class Value>
  void get(std::optional<Value>& v) {
    if (bytes_.number() != 0) get(v.emplace());
  }
  template <class Value>
  void get(std::vector<Value>& list) {
    for (uint64_t n = list_size(bytes_); n > 0 && !failed(); --n) get(list.emplace_back());
  }
  // Fails unless the keys are in ascending order.
  template <class Key, class Value>
  void get(absl::btree_map<Key, Value>& map) {
    for (uint64_t n = list_size(bytes_); n > 0 && !failed(); --n) {
      Key key{};
      get(key);
      if (!map.empty() && !(map.rbegin()->first < key)) {
        failed_ = true;
        return;
      }
      get(map.emplace_hint(map.end(), std::move(key), Value())->second);
    }
  }
  bool failed() const { return failed_ || bytes_.failed(); }

 private:
  ByteReader& bytes_;
  uint32_t format_;
  bool failed_ = false;
};

}  // namespace bellwether::snapshot
