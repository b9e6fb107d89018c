// Purpose: a silence: until an instant, watchers need not be shown the alerts that it covers.
// Thread safety: values.
#pragma once

#include "core/alerts/alert.h"
#include "core/alerts/entry.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"

namespace bellwether::alerts {

struct Silence {
  JournalOffset id;  // the journal offset of the record that created it
  SilenceCreated silence;
  bool expired_by_hand = false;
  bool over(UnixMillis now) const { return expired_by_hand || silence.until <= now; }
  bool covers(const AlertKey& key, UnixMillis now) const;
};

}  // namespace bellwether::alerts
