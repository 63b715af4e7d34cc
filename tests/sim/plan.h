// What a run will do, drawn from its seed before it begins: the cluster, and a list of steps, each of which stands for
// itself, so that any part of the list is a run as well. That is how a failing run is made shorter.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "tests/sim/cluster.h"
#include "tests/sim/meaning.h"
#include "tests/sim/profile.h"

namespace causeway::testing {

/// One operation of a client, before it is sent.
struct Draft {
  std::vector<Bytes> arguments;
  Level level;
  bool with_id = false;  ///< it is retried under its request id
  Meaning meaning;
};

/// Operations that a client sends in one message.
struct Batch {
  std::size_t client = 0;
  std::optional<std::size_t> moves_to;  ///< a datacenter, from now on
  std::vector<Draft> drafts;
};

struct Fault {
  FaultKind kind = FaultKind::heal;
  Bytes a;  ///< a node, or a datacenter
  Bytes b;
  Micros lasts{0};  ///< then it is undone
  std::int64_t amount = 0;
};

struct Step {
  std::size_t number = 0;  ///< in the whole list
  Micros at{0};
  std::variant<Batch, Fault> what;
};
std::string to_string(const Step& step);

struct Plan {
  std::uint64_t seed = 0;
  Bytes topology;  ///< YAML
  Network network;
  Disks disks;
  std::size_t clients = 0;
  std::vector<std::size_t> homes;  ///< of each client, a datacenter
  std::vector<bool> sessions;      ///< of each client: whether it keeps one
  std::vector<Step> steps;         ///< in the order of their times
};

struct Wanted {
  std::uint64_t seed = 1;
  Profile profile;
  std::size_t ops = 200;
};

Plan draw_plan(const Wanted& wanted);

/// Its parts, one file each: the cluster, and what clients ask.
struct Pen;
Topology draw_topology(Random& random, const Profile& profile);
Draft draw_operation(const Pen& pen, const Profile& profile);

}  // namespace causeway::testing
