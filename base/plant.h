// Bugs planted on purpose, so that it can be proven that the simulator catches them. Only the simulator is built with
// CAUSEWAY_PLANTS; everywhere else planted() is false at compile time, and nothing of this is left.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace causeway {

/// One row a bug: its name, and what it does. docs/testing.md has the check that catches it.
#define CAUSEWAY_PLANT_TABLE(X)                                          \
  X(no_deps, "an event claims to depend on nothing")                     \
  X(acknowledge_unsynced, "a write is acknowledged before it is synced")

enum class Plant : std::uint8_t {
  none,
#define X(name, what) name,
  CAUSEWAY_PLANT_TABLE(X)
#undef X
};

struct PlantRow {
  Plant plant;
  std::string_view name;
  std::string_view what;
};
inline constexpr auto plant_table = std::to_array<PlantRow>({
#define X(name, what) {Plant::name, #name, what},
    CAUSEWAY_PLANT_TABLE(X)
#undef X
});

#ifdef CAUSEWAY_PLANTS
inline Plant active_plant = Plant::none;
inline bool planted(Plant plant) { return plant == active_plant; }
#else
constexpr bool planted(Plant /*plant*/) { return false; }
#endif

}  // namespace causeway
