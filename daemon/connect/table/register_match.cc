#include "connect/table/register_match.h"

#include <algorithm>
#include <utility>

#include "core/events/decoder.h"

namespace bellwether::connect::table {
namespace {

Match found(MatchWay way, double loss, std::string number) {
  double const confidence = kMatchWays[static_cast<size_t>(way)].confidence - loss;
  return {way, std::max(0.0, confidence), std::move(number)};
}

}  // namespace

// The id alone, as the key of a record has it.
std::string RegisterMatch::canonical(std::string_view number) const {
  if (number.size() > events::kBusinessIdBytesMax) return "";
  std::string const key = events::canonical_business_id(jurisdiction_, register_name_, number);
  // A number may contain a slash, so the part before it is measured.
  return key.substr(events::canonical_business_id(jurisdiction_, register_name_, "").size());
}

void RegisterMatch::want(const Enquirer& enquirer) {
  if (std::string number = canonical(enquirer.number); !number.empty()) numbers_[number];
  if (BusinessName name = normalise_name(enquirer.name); !name.core.empty()) names_[name.core];
  std::string postcode = normalise_postcode(enquirer.postcode);
  if (!postcode.empty()) postcodes_[postcode];
}

void RegisterMatch::offer(std::string_view number, std::string_view name, std::string_view postcode,
                          bool ceased) {
  ++offered_;
  Business business{canonical(number), normalise_name(name), normalise_postcode(postcode), ceased};
  if (business.number.empty()) return;
  size_t const index = businesses_.size();
  bool kept = false;
  auto const keep = [&](auto& wanted, const std::string& key) {
    auto const place = wanted.find(key);
    if (place == wanted.end()) return;
    place->second.push_back(index);
    kept = true;
  };
  keep(numbers_, business.number);
  keep(names_, business.name.core);
  keep(postcodes_, business.postcode);
  if (kept) businesses_.push_back(std::move(business));
}

const std::vector<size_t>& RegisterMatch::at(
    const absl::flat_hash_map<std::string, std::vector<size_t>>& index,
    const std::string& key) const {
  static const std::vector<size_t> kNone;
  auto const place = index.find(key);
  return place == index.end() ? kNone : place->second;
}

double RegisterMatch::loss(const BusinessName& stated, const Business& found) {
  return (found.ceased ? kCeasedLoss : 0) + (forms_agree(stated, found.name) ? 0 : kOtherFormLoss);
}

Match RegisterMatch::by_number(const Enquirer& enquirer) const {
  std::string const number = canonical(enquirer.number);
  if (number.empty()) return {};
  if (offered_ == 0) return found(MatchWay::kNumber, 0, number);
  const std::vector<size_t>& candidates = at(numbers_, number);
  if (candidates.empty()) return {};
  const BusinessName stated = normalise_name(enquirer.name);
  const Business& business = businesses_[candidates.front()];
  bool const other = !stated.core.empty() &&
                     similarity(stated.core, business.name.core) < kOtherNameMax &&
                     normalise_postcode(enquirer.postcode) != business.postcode;
  return found(other ? MatchWay::kNumberOnly : MatchWay::kNumber, 0, business.number);
}

Match RegisterMatch::by_name(const Enquirer& enquirer) const {
  const BusinessName stated = normalise_name(enquirer.name);
  if (stated.core.empty()) return {};
  std::string const postcode = normalise_postcode(enquirer.postcode);
  // The best business of the same name, at the same postcode if one is there.
  std::vector<std::pair<double, size_t>> here;
  std::vector<std::pair<double, size_t>> anywhere;
  for (size_t const i : at(names_, stated.core)) {
    std::pair<double, size_t> const entry{loss(stated, businesses_[i]), i};
    anywhere.push_back(entry);
    if (!postcode.empty() && businesses_[i].postcode == postcode) here.push_back(entry);
  }
  for (auto* const group : {&here, &anywhere}) {
    if (group->empty()) continue;
    std::ranges::sort(*group);
    auto const& [least, best] = group->front();
    bool const shared = group->size() > 1 && (*group)[1].first == least;
    if (shared) return found(MatchWay::kAmbiguous, 0, businesses_[best].number);
    if (group == &here) return found(MatchWay::kNameAndPostcode, least, businesses_[best].number);
    if (group->size() > 1) return found(MatchWay::kAmbiguous, 0, businesses_[best].number);
    double const elsewhere = postcode.empty() ? 0 : kOtherPostcodeLoss;
    return found(MatchWay::kUniqueName, least + elsewhere, businesses_[best].number);
  }
  return similar(stated, postcode);
}

Match RegisterMatch::similar(const BusinessName& name, const std::string& postcode) const {
  if (postcode.empty()) return {};
  double best = 0;
  double next = 0;
  size_t who = 0;
  for (size_t const i : at(postcodes_, postcode)) {
    double const score = similarity(name.core, businesses_[i].name.core);
    if (score > best) {
      next = std::exchange(best, score);
      who = i;
    } else {
      next = std::max(next, score);
    }
  }
  if (best < kSimilarMin) return {};
  if (best - next < kSimilarLead) {
    return found(MatchWay::kAmbiguous, 0, businesses_[who].number);
  }
  double const confidence = best - kSimilarLoss - loss(name, businesses_[who]);
  return {MatchWay::kSimilarName, std::max(0.0, confidence), businesses_[who].number};
}

Match RegisterMatch::find(const Enquirer& enquirer) const {
  Match const numbered = by_number(enquirer);
  if (numbered.way == MatchWay::kNumber) return numbered;
  Match named = by_name(enquirer);
  return named.confidence > numbered.confidence ? named : numbered;
}

}  // namespace bellwether::connect::table
