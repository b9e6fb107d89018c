// Purpose: a silence: alerts that watchers need not be shown until an instant. Thread safety:
// values.
#pragma once

#include "core/alerts/alert.h"
#include "core/alerts/entry.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"

namespace bellwether::alerts {

struct Silence {
  JournalOffset id;  // of the record that created it
  SilenceCreated silence;
  bool expired_by_hand = false;
  bool over(UnixMillis now) const { return expired_by_hand || silence.until <= now; }
  bool covers(const AlertKey& key, UnixMillis now) const;
};

}  // namespace bellwether::alerts
