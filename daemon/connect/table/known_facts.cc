#include "connect/table/known_facts.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/base/hash.h"

namespace bellwether::connect::table {
namespace {

constexpr size_t kNumbers = 5;

template <size_t N>
std::string bytes_of(const std::array<uint64_t, N>& numbers) {
  std::string out;
  for (uint64_t const number : numbers) {
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
  }
  return out;
}

}  // namespace

std::string state_key(std::string_view source, std::string_view event_id) {
  uint64_t const seed = base::hash64(source);
  return bytes_of(
      std::array{base::hash64(event_id, seed), base::hash64(event_id, base::mix64(seed + 1))});
}

std::string encode(const KnownFact& fact) {
  return bytes_of(std::array{fact.key, fact.content, static_cast<uint64_t>(fact.created),
                             static_cast<uint64_t>(fact.sequence),
                             static_cast<uint64_t>(fact.said)});
}

std::optional<KnownFact> decode_known(std::string_view bytes) {
  bool const has_said = bytes.size() == kNumbers * sizeof(uint64_t);
  if (!has_said && bytes.size() != (kNumbers - 1) * sizeof(uint64_t)) return std::nullopt;
  std::array<uint64_t, kNumbers> numbers{};
  for (size_t i = 0; i < bytes.size(); ++i) {
    numbers[i / 8] = numbers[i / 8] << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return KnownFact{numbers[0], numbers[1], static_cast<int64_t>(numbers[2]),
                   static_cast<int64_t>(numbers[3]),
                   static_cast<int64_t>(numbers[has_said ? 4 : 3])};
}

KnownFact known(const TableEvent& event) {
  return {base::hash64(event.key), event.content,
          event.created ? event.created->value : kNoCreation, event.sequence, event.sequence};
}

int64_t sequence_of_change(const KnownFact& before, const KnownFact& now) {
  return std::max(now.sequence, before.said + 1);
}

Novelty compare(const KnownFact& before, const KnownFact& now, std::string_view case_key) {
  bool const both_created = before.created != kNoCreation && now.created != kNoCreation;
  if (both_created && before.created != now.created) return Novelty::kReused;
  if (before.key != now.key) {
    bool const was_case = !case_key.empty() && before.key == base::hash64(case_key);
    return was_case ? Novelty::kMoved : Novelty::kReused;
  }
  if (before.content == now.content) return Novelty::kSame;
  return now.sequence < before.sequence ? Novelty::kOlder : Novelty::kChanged;
}

}  // namespace bellwether::connect::table
