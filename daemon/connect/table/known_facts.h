// Purpose: what a table remembers of the facts that it stated: under which key each event id
// stands, and what it said. So a row that is read again is the same fact, an enquirer who is found
// in the register later moves there, and an id that a desk uses again for another matter is
// refused. Only hashes are kept. Thread safety: values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "connect/table/translate.h"

namespace bellwether::connect::table {

struct KnownFact {
  uint64_t key = 0;      // hash of the record's key
  uint64_t content = 0;  // hash of the message without its sequence
  int64_t created = 0;   // of the matter, in milliseconds since 1970; kNoCreation: not stated
  int64_t sequence = 0;  // of the latest version, as its row states it
  // With which it was said: greater if a row was corrected without a later sequence.
  int64_t said = 0;
  friend bool operator==(const KnownFact&, const KnownFact&) = default;
};
inline constexpr int64_t kNoCreation = INT64_MIN;

// The key of the state under which the fact is kept: 16 bytes.
std::string state_key(std::string_view source, std::string_view event_id);
std::string encode(const KnownFact& fact);
// nullopt if the bytes are none of encode(), also of its form without `said`.
std::optional<KnownFact> decode_known(std::string_view bytes);

KnownFact known(const TableEvent& event);

enum class Novelty : uint8_t {
  kNew,      // the first statement of the fact
  kSame,     // said before, word by word
  kChanged,  // a later version of it
  kOlder,    // an earlier version: a later one was said, so it changes nothing
  kMoved,    // stood under its case, and now under a business: retract it there
  kReused,   // the id stands for another matter
};
// The sequence with which a version of the fact is said, so that it wins over what was said before.
int64_t sequence_of_change(const KnownFact& before, const KnownFact& now);

// `case_key`: the key that the row has if its enquirer is on no register; empty if it has no case.
Novelty compare(const KnownFact& before, const KnownFact& now, std::string_view case_key);

}  // namespace bellwether::connect::table
