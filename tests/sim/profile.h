// What kinds of things go wrong in a run, and how often: each profile weighs them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace causeway::testing {

/// One row a fault: its name, and what it does.
#define CAUSEWAY_FAULT_TABLE(X)                                                                           \
  X(cut, "two datacenters, or two nodes, do not hear each other")                                         \
  X(cut_one_way, "one does not hear the other")                                                           \
  X(isolate, "a datacenter, or a node, hears nobody")                                                     \
  X(heal, "all cuts end")                                                                                 \
  X(bad_network, "loss, repetition and overtaking on all connections")                                    \
  X(narrow, "connections hold few messages: what is beyond is dropped")                                   \
  X(kill, "a process dies, and starts again")                                                             \
  X(kill_many, "all processes of a datacenter die at once")                                               \
  X(power_cut, "a disk loses what was not synced, and may keep a torn record")                            \
  X(power_cut_dc, "all machines of a datacenter lose power at once")                                      \
  X(stop, "a process ends in order, and starts again")                                                    \
  X(pause, "a process stands still")                                                                      \
  X(fail_sync, "the next sync of a log fails: the node stops itself")                                     \
  X(fill_log, "the disk of a log is full")                                                                \
  X(fill_state, "the disk of a state is full")                                                            \
  X(skew, "a wall clock jumps")                                                                           \
  X(drift, "a wall clock runs at another speed")                                                          \
  X(absence, "a node is away while the logs of the others are trimmed")                                   \
  X(wipe, "a dead node's disks are emptied")                                                              \
  X(back_up, "a copy of a node's disks is made")                                                          \
  X(restore, "a dead node's disks are what the copy has")                                                 \
  X(damage_log, "a bit flips in a record of a dead node's log")                                           \
  X(damage_state, "a bit flips in a record of a dead node's state")                                       \
  X(shift, "whoever was cut off is back, and a node hears nobody")                                        \
  X(rotate, "a replica hears nobody; then it is back, the next hears nobody, and the third has lost its " \
            "disk")

enum class FaultKind : std::uint8_t {
#define X(name, what) name,
  CAUSEWAY_FAULT_TABLE(X)
#undef X
};
inline constexpr auto fault_names = std::to_array<std::string_view>({
#define X(name, what) #name,
    CAUSEWAY_FAULT_TABLE(X)
#undef X
});
inline std::string_view name_of(FaultKind kind) { return fault_names[static_cast<std::size_t>(kind)]; }

struct Profile {
  std::string name;
  std::string what;
  std::map<FaultKind, std::uint64_t> faults;  ///< weights
  std::uint64_t faults_percent = 8;           ///< so many faults in 100 operations
  std::uint64_t timed_percent = 0;            ///< of runs whose durability is a time
  std::size_t datacenters_min = 1;
  std::size_t datacenters_max = 5;
  std::size_t nodes_min = 1;  ///< in one datacenter
  std::size_t nodes_max = 5;
  std::uint32_t shards_max = 1;  ///< of one node
  std::size_t clients_max = 12;
  bool small_logs = false;  ///< so small that they are trimmed before all have read them
  bool big_values = false;
  std::uint64_t resets_percent = 10;  ///< of operations: resets, deletes and removals beyond the usual
};

const std::vector<Profile>& profiles();
/// Null: no such profile.
const Profile* find_profile(BytesView name);
/// Those that must be clean, and are mixed by default.
const std::vector<std::string>& clean_profiles();

}  // namespace causeway::testing
