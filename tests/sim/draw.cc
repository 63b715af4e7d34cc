// Draws the cluster of a run, and what its clients ask.
#include <algorithm>

#include "base/check.h"
#include "tests/sim/plan.h"

namespace causeway::testing {
namespace {

std::size_t between(Random& random, std::size_t low, std::size_t high) {
  return low + random.below(high - low + 1);
}

/// Low numbers mostly: small clusters find most of what there is to find, and run faster.
std::size_t mostly_low(Random& random, std::size_t low, std::size_t high) {
  return std::min(between(random, low, high), between(random, low, high));
}

Datacenter draw_datacenter(Random& random, const Profile& profile, std::size_t index) {
  static constexpr std::array names{"eu", "us", "ap", "sa", "af"};
  Datacenter datacenter;
  datacenter.name = names.at(index);
  datacenter.id = dc_id(datacenter.name);
  const std::size_t nodes = mostly_low(random, profile.nodes_min, profile.nodes_max);
  for (std::size_t i = 1; i <= nodes; ++i) {
    Node node;
    node.name = datacenter.name + "-" + std::to_string(i);
    node.id = node_id(node.name);
    node.rack = std::string(1, static_cast<char>('a' + random.below(3)));
    node.address = "127.9." + std::to_string(index + 1) + "." + std::to_string(i);
    node.weight = random.chance(1, 4) ? 2 : 1;
    if (profile.shards_max > 1)
      node.shards = 1 + static_cast<std::uint32_t>(random.below(profile.shards_max));
    datacenter.nodes.push_back(node);
  }
  const std::size_t replicas_max = random.chance(1, 10) ? nodes : std::min<std::size_t>(nodes, 3);
  datacenter.replicas = static_cast<std::uint32_t>(
      std::max(between(random, 1, replicas_max), between(random, 1, replicas_max)));
  return datacenter;
}

Level draw_level(Random& random) {
  using Kind = Level::Kind;
  static const std::vector<Level> levels = {
      {Kind::local_quorum, 0}, {Kind::local_quorum, 0}, {Kind::local_quorum, 0}, {Kind::local_quorum, 0},
      {Kind::local_one, 0},    {Kind::local_one, 0},    {Kind::local_one, 0},    {Kind::one, 0},
      {Kind::two, 0},          {Kind::quorum, 0},       {Kind::each_quorum, 0},  {Kind::all, 0},
      {Kind::count, 1},        {Kind::count, 3}};
  return levels[random.below(levels.size())];
}

/// A draft from its words.
Draft words(std::vector<Bytes> arguments, bool with_id = false) {
  return {std::move(arguments), {}, with_id};
}

struct Pen {
  Random& random;
  std::uint64_t serial;
  std::size_t keys;
  bool big;

  [[nodiscard]] Bytes key(const char* kind) const { return kind + std::to_string(random.below(keys)); }
  /// A member, and a value, that no other operation has.
  [[nodiscard]] Bytes own() const { return "u" + std::to_string(serial); }
  [[nodiscard]] Bytes unique() const {
    const std::size_t more = big ? random.below(600) : random.below(20);
    return own() + (serial % 2 == 0 ? Bytes(more, '.') : noise(more));
  }
  /// Letters that cannot be compressed by much.
  [[nodiscard]] Bytes noise(std::size_t count) const {
    Random letters(serial);
    Bytes out(count, '.');
    for (std::size_t i = 1; i < count; ++i) out[i] = static_cast<char>('A' + letters.below(58));
    return out;
  }
  /// A member that others have too.
  [[nodiscard]] Bytes shared() const { return "m" + std::to_string(random.below(4)); }
  /// What a former operation added, perhaps.
  [[nodiscard]] Bytes former() const {
    return random.chance(1, 2) ? shared() : "u" + std::to_string(random.below(serial + 1));
  }

  [[nodiscard]] Draft increment(const char* command, const char* kind) const {
    const bool with_id = random.chance(4, 5);
    // Without an id the amount tells which one it was.
    const std::uint64_t amount = with_id ? 1 + random.below(5) : 1000 + serial;
    return words({command, key(kind), std::to_string(amount)}, with_id);
  }
  [[nodiscard]] Draft add(const char* kind) const {
    std::vector<Bytes> arguments{"SADD", key(kind), own()};
    for (std::uint64_t i = random.below(3); i > 0; --i) arguments.push_back(shared());
    return words(std::move(arguments));
  }
  [[nodiscard]] Draft remove(const char* kind) const {
    std::vector<Bytes> arguments{"SREM", key(kind), former()};
    if (random.chance(1, 3)) arguments.push_back(shared());
    return words(std::move(arguments));
  }
};

Draft draw_update(const Pen& pen) {
  Random& random = pen.random;
  switch (random.below(16)) {
    case 0:
    case 1: return pen.increment("INCRBY", "count");
    case 2: return pen.increment("DECRBY", "count");
    case 3: return words({"INCRBY", pen.key("tally"), std::to_string(1 + random.below(5))}, true);
    case 4:
    case 5: return pen.increment("COUNTER.ADD", "reset");
    case 6: return words({"COUNTER.ADD", pen.key("grow"), std::to_string(1 + random.below(5))}, true);
    case 7:
    case 8: return words({"REG.SET", pen.key("register"), pen.unique()});
    case 9: return words({"SET", pen.key("text"), pen.unique()});
    case 10:
      return random.chance(1, 2) ? words({"SET", pen.key("any"), pen.unique()})
                                 : pen.increment("INCRBY", "any");
    case 11: return random.chance(1, 2) ? pen.add("any") : words({"REG.SET", pen.key("any"), pen.unique()});
    case 12:
    case 13: return pen.add("bag");
    default: return pen.add("set");
  }
}

Draft draw_removal(const Pen& pen) {
  Random& random = pen.random;
  switch (random.below(10)) {
    case 0:
    case 1: return words({"COUNTER.RESET", pen.key("reset")});
    case 2: return words({"DEL", pen.key("reset")});
    case 3: return words({"SET", pen.key("count"), std::to_string(random.below(100))});
    case 4: return words({"DEL", pen.key("any")});
    case 5: return words({"DEL", pen.key("bag")});
    case 6: return words({"DEL", pen.key(random.chance(1, 2) ? "text" : "register")});
    case 7: return words({"DEL", pen.key("count")});
    default: return pen.remove(random.chance(1, 3) ? "bag" : "set");
  }
}

Draft draw_read(const Pen& pen) {
  Random& random = pen.random;
  switch (random.below(12)) {
    case 0:
    case 1: return words({"SMEMBERS", pen.key("set")});
    case 2: return words({"SMEMBERS", pen.key("bag")});
    case 3:
    case 4: return words({"GET", pen.key("tally")});
    case 5: return words({"COUNTER.GET", pen.key("grow")});
    case 6: return words({"GET", pen.key("text")});
    case 7: return words({"REG.GET", pen.key("register")});
    case 8: return words({"SIBLINGS", pen.key(random.chance(1, 2) ? "register" : "text")});
    case 9: return words({random.chance(1, 2) ? "TYPE" : "EXISTS", pen.key("any")});
    case 10: return words({"SISMEMBER", pen.key("set"), pen.former()});
    default: return words({random.chance(1, 2) ? "STRLEN" : "GET", pen.key("count")});
  }
}

}  // namespace

Topology draw_topology(Random& random, const Profile& profile) {
  Topology topology;
  topology.cluster = "sim";
  topology.partitions = 1U << random.below(3);
  const std::size_t count = mostly_low(random, profile.datacenters_min, profile.datacenters_max);
  for (std::size_t i = 0; i < count; ++i) topology.datacenters.push_back(draw_datacenter(random, profile, i));
  if (random.chance(profile.timed_percent, 100))
    topology.durability.sync_interval = random.chance(1, 2) ? 20ms : 300ms;
  return topology;
}

Draft draw_operation(Random& random, const Profile& profile, std::uint64_t serial, std::size_t keys) {
  const Pen pen{random, serial, keys, profile.big_values};
  const std::uint64_t dice = random.below(100);
  Draft draft = dice < 25                            ? draw_read(pen)
                : dice < 35 + profile.resets_percent ? draw_removal(pen)
                                                     : draw_update(pen);
  draft.level = draw_level(random);
  return draft;
}

}  // namespace causeway::testing
