// Purpose: the divisions of figures by a class of what is counted: size band, legal form, channel,
// team, intensity. One row per division, with its classes. Thread safety: the tables are constant.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/domain/table.h"

namespace bellwether::domain {

// The numbers of the classes are in snapshots, so only append. 0 is "not stated" in each of them.

// As LegalForm of registration.proto.
enum class LegalForm : uint8_t {
  kUnstated,
  kSoleTrader,
  kPartnership,
  kLimitedPartnership,
  kLimitedLiabilityPartnership,
  kPrivateLimitedCompany,
  kCompanyLimitedByGuarantee,
  kPublicLimitedCompany,
  kUnlimitedCompany,
  kCommunityInterestCompany,
  kRegisteredSociety,
  kCharitableIncorporatedOrganisation,
  kOverseasCompany,
  kOther,  // also a form that this build does not know
};

// As Channel of support.proto.
enum class Channel : uint8_t { kUnstated, kPhone, kEmail, kWeb, kVideo, kInPerson, kOther };

// As Intensity of support.proto. An intensity that this build does not know counts as not stated.
enum class Intensity : uint8_t { kUnstated, kLight, kMedium, kIntensive };

enum class Division : uint8_t { kNone, kSizeBand, kLegalForm, kChannel, kTeam, kIntensity };

// A class of a division has four bits.
inline constexpr size_t kClassesMax = 16;
struct Class {
  Division division{};
  uint8_t number = 0;  // < kClassesMax
  friend bool operator==(const Class&, const Class&) = default;
};

struct ClassInfo {
  std::string_view code;   // in the API
  std::string_view title;  // for people
};

inline constexpr ClassInfo kNotStated{"not_stated", "Not stated"};
inline constexpr ClassInfo kOtherClass{"other", "Other"};

inline constexpr auto kSizeBands = std::to_array<ClassInfo>({
    kNotStated,
    {"0_to_4", "0 to 4 employees"},
    {"5_to_9", "5 to 9 employees"},
    {"10_to_19", "10 to 19 employees"},
    {"20_to_49", "20 to 49 employees"},
    {"50_to_249", "50 to 249 employees"},
    {"250_or_more", "250 employees or more"},
});
inline constexpr auto kLegalForms = std::to_array<ClassInfo>({
    kNotStated,
    {"sole_trader", "Sole trader"},
    {"partnership", "Partnership"},
    {"limited_partnership", "Limited partnership"},
    {"limited_liability_partnership", "Limited liability partnership"},
    {"private_limited_company", "Private limited company"},
    {"company_limited_by_guarantee", "Company limited by guarantee"},
    {"public_limited_company", "Public limited company"},
    {"unlimited_company", "Unlimited company"},
    {"community_interest_company", "Community interest company"},
    {"registered_society", "Registered society"},
    {"charitable_incorporated_organisation", "Charitable incorporated organisation"},
    {"overseas_company", "Overseas company"},
    kOtherClass,
});
inline constexpr auto kChannels = std::to_array<ClassInfo>({
    kNotStated,
    {"phone", "Telephone"},
    {"email", "Email"},
    {"web", "Web form or chat"},
    {"video", "Video call"},
    {"in_person", "In person"},
    kOtherClass,
});
inline constexpr auto kIntensities = std::to_array<ClassInfo>({
    kNotStated,
    {"light", "Light"},
    {"medium", "Medium"},
    {"intensive", "Intensive"},
});
static_assert(kLegalForms.size() == static_cast<size_t>(LegalForm::kOther) + 1);
static_assert(kChannels.size() == static_cast<size_t>(Channel::kOther) + 1);
static_assert(kIntensities.size() == static_cast<size_t>(Intensity::kIntensive) + 1);

struct DivisionInfo {
  Division id;
  std::string_view title;              // for people: "by legal form"
  std::span<const ClassInfo> classes;  // by number; empty: the configuration names them
};
inline constexpr auto kDivisions = std::to_array<DivisionInfo>({
    {Division::kNone, "", {}},
    {Division::kSizeBand, "size band", kSizeBands},
    {Division::kLegalForm, "legal form", kLegalForms},
    {Division::kChannel, "channel", kChannels},
    {Division::kTeam, "team", {}},
    {Division::kIntensity, "intensity", kIntensities},
});
static_assert(is_complete<kDivisions>());
static_assert(std::ranges::all_of(kDivisions, [](const DivisionInfo& d) {
  return d.classes.size() <= kClassesMax;
}));

constexpr const DivisionInfo& info(Division division) {
  return kDivisions[static_cast<size_t>(division)];
}

// How many numbers of classes there are; of what has no division, one: 0. Teams may have them all.
constexpr size_t class_count(Division division) {
  if (division == Division::kNone) return 1;
  std::span<const ClassInfo> const classes = info(division).classes;
  return classes.empty() ? kClassesMax : classes.size();
}

// The number of a class that an event states as the enum value `stated`: `otherwise` if the value
// is not in `classes`.
constexpr uint8_t class_number(int64_t stated, std::span<const ClassInfo> classes,
                               uint8_t otherwise) {
  bool const known = stated >= 0 && stated < static_cast<int64_t>(classes.size());
  return known ? static_cast<uint8_t>(stated) : otherwise;
}

}  // namespace bellwether::domain
