// HyperLogLog: about how many different elements were added. An element is hashed to one of 2^14 registers and to a rank, and a register
// is a cell that only rises: a raise takes the place of the lower ranks that it saw, and the highest of concurrent ones counts. So the sketch is
// that of all elements that were ever added, wherever; a delete takes what it saw. What raises nothing is not issued.
// Source: Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog" (2007), with the estimate of Ertl, "New cardinality estimation
// algorithms for HyperLogLog sketches" (2017), as in Redis.
#pragma once

#include <array>
#include <cstdint>

#include "crdt/codec.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "crdt/path.h"

namespace causeway {

inline constexpr unsigned register_bits = 14;
inline constexpr std::size_t registers = std::size_t{1} << register_bits;
/// Of the hash's other bits the zeros at the low end, and one more.
inline constexpr std::uint8_t rank_max = 64 - register_bits + 1;

/// What an element does: the low bits of its hash, which is hash64() (XXH3, seed 0) on all nodes and for ever, name the register.
struct Raise {
  std::uint16_t index = 0;
  std::uint8_t rank = 0;

  friend auto operator<=>(const Raise&, const Raise&) = default;
};
Raise raise_of(BytesView element);

/// A register stands at [type][value][index:u16, big-endian], and its payload is the rank:u8. Rank 0 is what it is without an entry; an
/// entry with it stands for a sketch that nothing was added to.
struct Sketch {
  std::array<std::uint8_t, registers> ranks{};

  /// Of how many different elements; the standard error is 1.04 / sqrt(registers), 0.81%.
  [[nodiscard]] std::uint64_t estimate() const;
};

/// Raises `sketch` to what stands at this place. Errors: a failed read; internal if an entry cannot be read.
Result<void> add_sketch(const ObjectEntries& entries, const Place& place, Sketch& sketch);

/// Raises one register, if it is below that; whether it was: one point read. Errors: as add_sketch.
Result<bool> raise_register(const ObjectEntries& entries, const Place& place, const Raise& raise,
                            EventWriter& changes);
/// Raises all registers to those of the sketch; whether one was below. Reads all. Errors: as add_sketch.
Result<bool> raise_registers(const ObjectEntries& entries, const Place& place, const Sketch& sketch,
                             EventWriter& changes);
/// Makes the sketch exist, with nothing in it. REQUIRES: it does not exist.
void create_sketch(const Place& place, EventWriter& changes);

}  // namespace causeway
