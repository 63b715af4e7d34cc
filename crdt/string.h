// String, as in Redis. Concurrent SETs are kept as siblings, the highest (hlc, actor) is read; concurrent INCRs all
// count. A SET resets the increments that it saw, so that one concurrent with it adds to what was set. An integer
// register plus the cells is the value, the cells alone count from 0, and a register that is no integer hides them.
// Source: a register (crdt/register.h) and a counter (crdt/counter.h) under one type.
#pragma once

#include <optional>
#include <vector>

#include "crdt/command.h"
#include "crdt/counter.h"
#include "crdt/register.h"

namespace causeway {

struct StringState {
  Siblings siblings;  ///< the winner first
  CounterState counter;
  Int128 count = 0;  ///< what the cells add, each request once

  [[nodiscard]] bool exists() const { return !siblings.empty() || !counter.cells.empty(); }
  /// Answers what a reader sees. REQUIRES: it exists.
  void answer(Value& reply) &&;
  /// The same; empty if it does not exist.
  Bytes text() &&;
  /// The same as a number that is not yet saturated; nothing if the register is no integer. 0 if it does not exist.
  [[nodiscard]] std::optional<Int128> number() const;
  /// What a reader would see had this sibling won.
  [[nodiscard]] Bytes value_of(const Sibling& sibling) const;
};

/// Errors: a failed read; internal if an entry cannot be read.
Result<void> read_string(const ObjectEntries& entries, const Place& place, const ObjectSummary& summary,
                         StringState& state);

/// What the context works on, as a string; not existing if nothing is there. Errors: wrong_type, with the command's name.
Result<void> read_string_object(const Context& context, BytesView command, StringState& string);

/// A SET: the register supersedes all siblings, the cells are reset.
Result<void> set_string(const Context& context, const Place& place, BytesView value);

}  // namespace causeway
