// Purpose: everything the engine knows of the world that is not an event: areas, sectors,
// postcodes. Thread safety: immutable.
#pragma once

#include "reference/areas.h"
#include "reference/postcodes.h"
#include "reference/sectors.h"

namespace bellwether::reference {

struct Reference {
  Areas areas;
  Sectors sectors;
  Postcodes postcodes;  // empty where the deployment states area codes
};

}  // namespace bellwether::reference
