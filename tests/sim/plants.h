// Where each planted bug is best looked for: the profile that leads there, and a seed from which on it does not take long.
#pragma once

#include <string>

#include "base/plant.h"

namespace causeway::testing {

struct Ground {
  Plant plant;
  std::string profile;
  std::uint64_t seed;  ///< with the seeds behind it
};

/// REQUIRES: it is in the table of base/plant.h.
const Ground& ground_of(Plant plant);

}  // namespace causeway::testing
