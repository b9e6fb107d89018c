// Purpose: the reference data: areas, sectors, postcodes, the working hours of the support desks,
// and deprivation, mass addresses. Thread safety: immutable.
#pragma once

#include <string>

#include "core/reference/areas.h"
#include "core/reference/deprivation.h"
#include "core/reference/desks.h"
#include "core/reference/mass_addresses.h"
#include "core/reference/postcodes.h"
#include "core/reference/sectors.h"

namespace bellwether::reference {

struct Reference {
  Areas areas;
  Sectors sectors;
  Postcodes postcodes;  // empty if the deployment's events state area codes
  Desks desks{};
  Deprivation deprivation{};        // empty if the deployment has none
  std::string deprivation_index{};  // its name and year, for people; may be empty
  MassAddresses mass{};             // empty if the deployment names none; its areas are divided
};

}  // namespace bellwether::reference
