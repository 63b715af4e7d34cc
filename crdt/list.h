// List. An item is put between the two that its coordinator sees next to each other, and stands between them everywhere: all see the same
// order, and concurrent runs of items at one place never interleave (crdt/position.h). Concurrent sets of an item are kept as siblings, as
// in a register. A removal takes the values that it saw: an item that is set concurrently stays, with the new value.
// Nothing is kept of what is removed. Source: Weidner, Gentle and Kleppmann, "The Art of the Fugue" (2023); observed-remove as in a set.
#pragma once

#include <memory>
#include <span>

#include "crdt/element_order.h"
#include "crdt/object.h"
#include "crdt/position.h"
#include "crdt/register.h"

namespace causeway {

/// The list that a command works on. An item is a field named by its position, which holds a register: its entries stand at
/// [list][field]position 00 00 [reg][value].
class List {
 public:
  /// Of the context, which outlives it. Errors: wrong_type if the object exists and is no list; a failed read.
  static Result<List> open(const Context& context, BytesView command);

  [[nodiscard]] bool exists() const { return object_.exists(); }
  [[nodiscard]] std::uint64_t size() const { return object_.summary.count(EntryType::list); }

  /// The value that is read of the item at this rank. REQUIRES: rank < size()
  Result<Bytes> read(std::uint64_t rank);

  /// Returns whether to go on.
  using Visitor = FunctionRef<bool(std::uint64_t rank, Bytes&& value)>;
  /// Visits the items from this rank on to the end, or back to the first. Errors: a failed read.
  Result<void> visit(std::uint64_t from, Visitor visit);
  Result<void> visit_back(std::uint64_t from, Visitor visit);

  // What follows writes to the context's changes; the list itself stays as it was observed. One of them may be called, once.

  /// Puts items in front of the one at this rank, or behind all. The first value comes first, or, where the run falls, last.
  /// REQUIRES: rank <= size(). Errors: too_large.
  Result<void> insert(std::uint64_t rank, std::span<const BytesView> values, Growth growth);
  /// REQUIRES: rank < size()
  Result<void> set(std::uint64_t rank, BytesView value);
  /// Removes so many from this rank on; all of them at constant size. REQUIRES: count > 0, rank + count <= size()
  Result<void> remove(std::uint64_t rank, std::uint64_t count);
  /// REQUIRES: not empty, each < size(), none twice.
  Result<void> remove(std::span<const std::uint64_t> ranks);

 private:
  explicit List(const Context& context) : context_(&context), place_(context.place(EntryType::list)) {}

  Result<const ElementOrder*> order();
  Result<Bytes> read_at(BytesView position) const;
  Result<void> remove_at(BytesView position);
  Result<void> clear();

  const Context* context_;
  Place place_;
  ObjectState object_;
  const ElementOrder* order_ = nullptr;
  std::unique_ptr<ElementOrder> scratch_;
};

}  // namespace causeway
