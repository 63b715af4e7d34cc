// Flag. Any change replaces all that it saw, so that of changes that saw each other the last is read. Of concurrent changes an
// enable wins in an enable-wins flag, and a disable in a disable-wins flag. A flag that was never changed is false. A change is always
// issued, also one that repeats the present value, since it must win over, or give way to, an opposite one elsewhere.
// Source: the enable-wins and disable-wins flags of Riak DT, over the observed-remove rule of Shapiro et al. (2011).
#pragma once

#include "crdt/codec.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "crdt/path.h"

namespace causeway {

/// A change stands at [type][value], and its payload is one byte: 1 enables, 0 disables.
inline constexpr BytesView enabling{"\1", 1};
inline constexpr BytesView disabling{"\0", 1};

/// What there is among the concurrent changes of one flag.
struct FlagState {
  bool enabled = false;
  bool disabled = false;

  /// Adds what an entry's payload says; false if it is none of a flag.
  bool add(BytesView payload) {
    if (payload == enabling) return enabled = true;
    if (payload == disabling) return disabled = true;
    return false;
  }
  /// REQUIRES: one of the two types.
  [[nodiscard]] bool value(EntryType type) const { return enabled && (type == EntryType::flag || !disabled); }
};

/// The flag at this place, of the place's type, into a new state. Errors: a failed read; internal if an entry cannot be read.
Result<void> read_flag(const ObjectEntries& entries, const Place& place, FlagState& state);

/// Enables the flag, or disables it. Errors: a failed read.
Result<void> change_flag(const ObjectEntries& entries, const Place& place, bool enable, EventWriter& changes);

}  // namespace causeway
