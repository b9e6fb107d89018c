// Purpose: everything the engine knows of the world that is not an event: areas, sectors,
// postcodes. Thread safety: immutable.
#pragma once

#include "core/reference/areas.h"
#include "core/reference/postcodes.h"
#include "core/reference/sectors.h"

namespace bellwether::reference {

struct Reference {
  Areas areas;
  Sectors sectors;
  Postcodes postcodes;  // empty where the deployment states area codes
};

}  // namespace bellwether::reference
