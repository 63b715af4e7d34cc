// A dot names one event, for ever: the counters of an actor run 1, 2, 3 … without a gap.
#pragma once

#include <boost/container/small_vector.hpp>
#include <compare>
#include <cstdint>

#include "base/ids.h"

namespace causeway {

struct Dot {
  ActorId actor;
  std::uint64_t counter = 0;

  friend constexpr auto operator<=>(const Dot&, const Dot&) = default;
};

/// A few of them: mostly none or one.
using Dots = boost::container::small_vector<Dot, 2>;

}  // namespace causeway
