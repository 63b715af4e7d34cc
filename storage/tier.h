// What all partitions of a shard count and bound together: the blobs in memory, and the generations in which they change.
//
// What changes is written under the current generation, and stands in its list. A checkpoint freezes it: the lists are
// handed over, and what changes from then on is of the next generation. Until the checkpoint has ended frozen blobs do not
// change, for it reads them from beside the loop: who changes one puts another in its place, and the old one is retired.
// All older blobs are clean: they may change in place, and may leave.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "crdt/element_order.h"
#include "storage/blob.h"

namespace causeway {

struct Tier {
  std::size_t bytes_max = 0;            ///< of all blobs: beyond it clean ones leave
  std::size_t dirty_bytes_max = 0;      ///< a checkpoint is due beyond
  std::uint64_t whole_entries_max = 0;  ///< see StoreLimits
  std::uint64_t whole_bytes_max = 0;
  std::uint64_t detached_entries_min = 0;

  std::uint32_t generation = 1;
  bool is_freezing = false;      ///< the checkpoint of the generation before has not ended
  std::size_t bytes = 0;         ///< of all blobs, retired ones included
  std::size_t dirty_bytes = 0;   ///< changed in this generation
  std::size_t frozen_bytes = 0;  ///< changed in the one before, while it is freezing
  std::size_t retired_bytes = 0;
  std::size_t slot_bytes = 0;   ///< of the tables in which the blobs are found
  std::size_t order_bytes = 0;  ///< of orders of what is in memory, and of elements
  std::deque<Blob*> retired;    ///< grows without moving
  std::vector<std::unique_ptr<ElementOrder>> dropped_orders;  ///< to be freed beside the loop
  bool orders_are_crowded = false;  ///< one found no room since they were last swept
  bool state_full = false;          ///< the last checkpoint found no room

  /// Whether there is room for more changes: not for clients' once the state's disk was found full, and not for
  /// replication's either once twice the limit waits for that disk.
  [[nodiscard]] bool has_room(bool reserved) const {
    return !state_full || (reserved && dirty_bytes + frozen_bytes < 2 * dirty_bytes_max);
  }
  /// Checkpoints are slower than the changes: clients have to wait, before memory grows.
  [[nodiscard]] bool is_behind() const { return dirty_bytes + frozen_bytes >= 4 * dirty_bytes_max; }
  [[nodiscard]] bool is_clean(const Blob& blob) const {
    return blob.generation + (is_freezing ? 1U : 0U) < generation;
  }

  /// No order of elements is kept beyond.
  [[nodiscard]] std::size_t order_bytes_max() const { return bytes_max / 2; }

  Blob* make(const RecordName& name, std::size_t body_bytes) {
    Blob* const blob = Blob::make(name, body_bytes);
    bytes += blob->memory();
    return blob;
  }
  /// It is replaced, but a checkpoint may still read it.
  void retire(Blob* blob) {
    retired_bytes += blob->memory();
    retired.push_back(blob);
  }
  /// Bytes of clean blobs beyond what is allowed: tables, orders and what is dirty take their room from them, down to a quarter.
  [[nodiscard]] std::size_t crowd_bytes() const {
    const std::size_t pinned = dirty_bytes + frozen_bytes;
    const std::size_t allowed =
        std::max(bytes_max / 4, bytes_max - std::min(bytes_max, pinned + slot_bytes + order_bytes));
    return bytes - std::min(bytes, pinned + retired_bytes + allowed);
  }
  void free(Blob* blob) {
    bytes -= blob->memory();
    Blob::free(blob);
  }
};

}  // namespace causeway
