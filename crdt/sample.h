// Random choice among the elements of an order, by their ranks: SRANDMEMBER, SPOP and their like.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"

namespace causeway {

/// So many different ranks below `size`, sorted; every such choice is as likely. REQUIRES: count <= size.
std::vector<std::uint64_t> draw_ranks(Random& random, std::uint64_t size, std::uint64_t count);

}  // namespace causeway
