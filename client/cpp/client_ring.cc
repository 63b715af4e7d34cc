#include "client/cpp/client_ring.h"

#include <algorithm>
#include <limits>

namespace causeway {
namespace {

/// What the topology says of the way between two datacenters; far if it says nothing.
std::uint32_t delay_ms(const Topology& topology, DcId from, DcId to) {
  if (from == to) return 0;
  for (const Link& link : topology.links) {
    if ((link.a == from && link.b == to) || (link.a == to && link.b == from)) return 1 + link.delay_ms;
  }
  return std::numeric_limits<std::uint32_t>::max();
}

}  // namespace

ClientRing::ClientRing(Configuration configuration)
    : configuration_(std::move(configuration)), placement_(Placement::compute(configuration_)) {
  for (const DcId home : configuration_.datacenters()) {
    std::vector<DcId> order = configuration_.datacenters();
    std::stable_sort(order.begin(), order.end(), [&](DcId a, DcId b) {
      return delay_ms(configuration_.topology(), home, a) < delay_ms(configuration_.topology(), home, b);
    });
    nearest_first_.emplace(home, std::move(order));
  }
}

}  // namespace causeway
