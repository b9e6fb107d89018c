// What a connector says must be records that the daemon takes.
#pragma once

#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "connect/said.h"
#include "core/base/check.h"
#include "core/events/decoder.h"
#include "core/reference/reference.h"

namespace bellwether::connect {

inline const reference::Reference& realm() {
  static const reference::Reference* const made = [] {
    auto areas =
        reference::Areas::parse("code,name,level,parent\nR,Realm,country,\n", "areas", "", "sets");
    auto sectors = reference::Sectors::parse(
        "scheme,version,code,parent,level,name,prefixes\nUKSIC,2007,all,,all,All,\n"
        "UKSIC,2007,unclassified,all,section,None,\nUKSIC,2007,62,all,division,Software,\n",
        "sectors");
    BELLWETHER_CHECK(areas.ok() && sectors.ok());
    return new reference::Reference{*std::move(areas), *std::move(sectors), reference::Postcodes()};
  }();
  return *made;
}

// Ends the program if the record is a dead letter.
inline absl::Status decode(const Said& said) {
  events::Decoder const decoder(realm());
  events::RawRecord record;
  record.topic = said.topic;
  record.key = said.key;
  record.value = said.value;
  record.published = said.published;
  BELLWETHER_CHECK(std::holds_alternative<events::Event>(decoder.decode(record)));
  return absl::OkStatus();
}

}  // namespace bellwether::connect
