#include "tests/sim/network.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/serial.h"

namespace causeway::testing {

Wires::Wires(const Configuration& configuration, std::uint64_t seed, const Network& network)
    : configuration_(configuration), seed_(seed), network_(network) {}

Wires::Wire& Wires::wire(NodeId from, NodeId to) {
  const auto at = wires_.find({from, to});
  if (at != wires_.end()) return at->second;
  Bytes name;
  Writer writer(name);
  writer.u64(from.value);
  writer.u64(to.value);
  return wires_.emplace(std::pair(from, to), Wire(hash64(name, seed_))).first->second;
}

void Wires::mend(const std::string& from, const std::string& to) {
  const auto at = cuts_.find({from, to});
  if (at != cuts_.end() && --at->second == 0) cuts_.erase(at);
}

bool Wires::is_cut(NodeId from, NodeId to) const {
  if (cuts_.empty()) return false;
  const auto names = [this](NodeId id) {
    return std::array<const std::string*, 2>{&configuration_.node(id)->name, &configuration_.datacenter_of(id)->name};
  };
  for (const auto* x : names(from)) {
    for (const auto* y : names(to)) {
      if (cuts_.contains({*x, *y})) return true;
    }
  }
  return false;
}

std::vector<MonoTime> Wires::send(NodeId from, NodeId to, MonoTime now, bool repeatable) {
  Wire& wire = this->wire(from, to);
  Random& random = wire.random;
  if (is_cut(from, to) || wire.under_way >= network_.high_water || random.chance(network_.loss_permille, 1000)) return {};
  const DcId from_dc = configuration_.datacenter_of(from)->id;
  const DcId to_dc = configuration_.datacenter_of(to)->id;
  Micros delay = network_.local_delay;
  if (from_dc != to_dc) {
    const auto known = network_.delays.find({from_dc, to_dc});
    delay = known == network_.delays.end() ? network_.remote_delay : known->second;
  }
  MonoTime arrival = now + delay + Micros(random.below(static_cast<std::uint64_t>(network_.jitter.count()) + 1));
  if (random.chance(network_.reorder_permille, 1000)) {
    wire.last = {};  // what was sent before may come later
  } else {
    arrival = std::max(arrival, wire.last);
  }
  wire.last = std::max(wire.last, arrival);
  const bool twice = random.chance(network_.duplicate_permille, 1000) && repeatable;
  std::vector<MonoTime> arrivals(twice ? 2 : 1, arrival);
  wire.under_way += arrivals.size();
  return arrivals;
}

Wires::Fate Wires::arrive(NodeId from, NodeId to) {
  Wire& wire = this->wire(from, to);
  if (is_cut(from, to) && wire.random.chance(network_.late_permille, 1000)) return Fate::waits;
  --wire.under_way;
  return is_cut(from, to) ? Fate::lost : Fate::arrives;
}

}  // namespace causeway::testing
