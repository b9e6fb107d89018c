#include "core/reference/desks.h"

#include <utility>

#include "core/base/check.h"
#include "core/base/text.h"

namespace bellwether::reference {

const Desks::Shared& Desks::usual() {
  static const Shared hours = std::make_shared<const WorkingHours>(DeskHours());
  return hours;
}

Desks::Desks() : common_(usual()), text_(common_->text()) {}

Desks::Desks(const DeskHours& common, const std::map<std::string, DeskHours>& by_source,
             std::vector<std::string> teams)
    : common_(std::make_shared<const WorkingHours>(common)),
      teams_(std::move(teams)),
      digest_(common_->digest() == usual()->digest() ? 0 : common_->digest()),
      text_(common_->text()) {
  BELLWETHER_CHECK(by_source.size() <= kDeskSourcesMax && teams_.size() <= kDeskTeamsMax);
  for (const auto& [name, hours] : by_source) {
    auto own = std::make_shared<const WorkingHours>(hours);
    base::append(text_, ". Source ", base::excerpt(name), ": ", own->text());
    uint64_t const source = base::hash64(name);
    if (own->digest() == common_->digest()) continue;
    digest_ = base::mix64(base::mix64(digest_ + source) + own->digest());
    by_source_.emplace(source, std::move(own));
  }
  for (const std::string& team : teams_)
    digest_ = base::mix64(base::mix64(digest_ + 1) + base::hash64(team));
}

}  // namespace bellwether::reference
