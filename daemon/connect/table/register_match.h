// Purpose: finds enquirers in a list of registered businesses, with a confidence. Two passes: the
// enquirers are told first (want), so that of a register with millions of businesses only those are
// kept that can be meant (offer); then each enquirer is looked up (find).
// Names and postcodes are used here only. No result contains them.
// Thread safety: one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "connect/table/business_name.h"

namespace bellwether::connect::table {

// How an enquirer was found, and how sure that is. The confidences are set by judgement, not
// estimated; the order is what matters. A ceased business, or another legal form than the stated
// one, lowers a match by name.
enum class MatchWay : uint8_t {
  kNumber,           // the stated number is in the register, and the name does not contradict it
  kNameAndPostcode,  // the same name, at the same postcode
  kUniqueName,       // the same name, which only one business of the register has
  kSimilarName,      // a similar name at the same postcode: similarity − kSimilarLoss
  kNumberOnly,       // the stated number is in the register, but under a quite different name
  kAmbiguous,        // several businesses fit equally well
  kNotFound,
};
struct MatchWayInfo {
  std::string_view word;
  double confidence;  // at best
};
inline constexpr auto kMatchWays = std::to_array<MatchWayInfo>({
    {"number", 1.0},
    {"name and postcode", 1.0},
    {"unique name", 0.9},
    {"similar name", 0.95},
    {"number, other name", 0.5},
    {"ambiguous", 0.4},
    {"not found", 0.0},
});
inline constexpr double kSimilarLoss = 0.05;
inline constexpr double kSimilarMin = 0.8;          // below it a name is another name
inline constexpr double kSimilarLead = 0.05;        // the best must be better than the next by this
inline constexpr double kOtherNameMax = 0.4;        // below it a name contradicts a number
inline constexpr double kCeasedLoss = 0.15;         // the business has ceased
inline constexpr double kOtherPostcodeLoss = 0.05;  // a unique name, but at another postcode
inline constexpr double kOtherFormLoss = 0.1;       // LTD is stated, the register has PLC

struct Enquirer {
  std::string_view number;
  std::string_view name;
  std::string_view postcode;
};

struct Match {
  MatchWay way = MatchWay::kNotFound;
  double confidence = 0;
  std::string number;  // of the business in the register; empty if none was found
};

class RegisterMatch {
 public:
  // `register_name`: its numbers are compared in their canonical form.
  RegisterMatch(std::string jurisdiction, std::string register_name)
      : jurisdiction_(std::move(jurisdiction)), register_name_(std::move(register_name)) {}

  // REQUIRES: before the first offer().
  void want(const Enquirer& enquirer);
  void offer(std::string_view number, std::string_view name, std::string_view postcode,
             bool ceased);
  // REQUIRES: the enquirer was told by want(), and the whole list was offered. Without a list, a
  // stated number is taken as it is.
  Match find(const Enquirer& enquirer) const;

  int64_t offered() const { return offered_; }
  size_t kept() const { return businesses_.size(); }

 private:
  struct Business {
    std::string number;
    BusinessName name;
    std::string postcode;
    bool ceased = false;
  };

  std::string canonical(std::string_view number) const;
  Match by_number(const Enquirer& enquirer) const;
  Match by_name(const Enquirer& enquirer) const;
  Match similar(const BusinessName& name, const std::string& postcode) const;
  static double loss(const BusinessName& stated, const Business& found);
  const std::vector<size_t>& at(const absl::flat_hash_map<std::string, std::vector<size_t>>& index,
                                const std::string& key) const;

  std::string const jurisdiction_;
  std::string const register_name_;
  int64_t offered_ = 0;
  std::vector<Business> businesses_;  // those that can be meant
  // Wanted keys, each with the businesses that have it.
  absl::flat_hash_map<std::string, std::vector<size_t>> numbers_;
  absl::flat_hash_map<std::string, std::vector<size_t>> names_;
  absl::flat_hash_map<std::string, std::vector<size_t>> postcodes_;
};

}  // namespace bellwether::connect::table
