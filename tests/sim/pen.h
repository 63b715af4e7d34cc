// Draws what clients ask. Each kind of objects has a family of operations, in a file of its own, draw_TYPE.cc, and a row in the
// table of draw.cc. Names are few, so that operations collide; what is inserted is unique, so that it can be found again.
#pragma once

#include <string_view>
#include <vector>

#include "base/random.h"
#include "tests/sim/places.h"
#include "tests/sim/plan.h"

namespace causeway::testing {

struct Family;

struct Pen {
  Random& random;
  std::uint64_t serial;  ///< of the operation: no other has it
  std::size_t keys;      ///< of each kind
  bool big;
  const std::vector<const Family*>& families;  ///< of this run
  std::string_view kind = {};                  ///< of keys, whatever is asked for

  [[nodiscard]] Bytes key(std::string_view of) const {
    return Bytes(kind.empty() ? of : kind) + std::to_string(random.below(keys));
  }
  [[nodiscard]] bool one_in(std::uint64_t of) const { return random.chance(1, of); }
  /// A member, and a value, that no other operation has.
  [[nodiscard]] Bytes own() const { return "u" + std::to_string(serial); }
  [[nodiscard]] Bytes unique() const;
  /// A member that others have too.
  [[nodiscard]] Bytes shared() const { return "m" + std::to_string(random.below(4)); }
  /// What a former operation added, perhaps.
  [[nodiscard]] Bytes former() const {
    return one_in(2) ? shared() : "u" + std::to_string(random.below(serial + 1));
  }
};

/// A draft from its words; one of the words is the key, the second.
inline Draft draft(std::vector<Bytes> words, Meaning meaning = {}, bool with_id = false) {
  return {std::move(words), {}, with_id, std::move(meaning)};
}

// What several families ask.

/// An increment of a value of this type, retried under a request id or, without one, of an amount by which it is known.
Draft increment(const Pen& pen, const char* command, Bytes key, EntryType type);
/// One with an id, always, of a counter that nothing resets.
Draft tally(const Pen& pen, const char* command, Bytes key, EntryType type);
Draft delete_key(Bytes key);
Draft read(const char* command, Bytes key, Meaning::Kind kind, EntryType type);

struct Family {
  std::string_view name;
  Draft (*update)(const Pen& pen);
  Draft (*removal)(const Pen& pen);
  Draft (*read)(const Pen& pen);
};

extern const Family string_family;
extern const Family counter_family;
extern const Family register_family;
extern const Family bounded_family;
extern const Family extreme_family;
extern const Family hyperloglog_family;
extern const Family set_family;
extern const Family several_family;
extern const Family grow_set_family;
extern const Family remove_wins_set_family;
extern const Family flag_family;
extern const Family map_family;
extern const Family list_family;
extern const Family sorted_set_family;
extern const Family expiry_family;
extern const Family any_family;

/// Those that one run has: few, so that their operations meet.
std::vector<const Family*> draw_families(Random& random);

}  // namespace causeway::testing
