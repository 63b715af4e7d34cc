// Random histories of one partition, and the model that they are checked against: state = f(applied events).
#pragma once

#include <set>
#include <vector>

#include "base/random.h"
#include "crdt/codec.h"
#include "crdt/entry.h"
#include "crdt/event.h"
#include "storage/shard_store.h"
#include "tests/crdt/event_draft.h"

namespace causeway::testing {

/// What a partition must be after some events, computed the plain way.
class Model {
 public:
  void apply(const EventDraft& event);
  /// Every entry, count, summary and the digest of the partition are the model's; and it verifies itself.
  void check(const Partition& partition) const;

  [[nodiscard]] const std::set<Entry>& entries() const { return entries_; }
  [[nodiscard]] const VersionVector& clock() const { return clock_; }

 private:
  void check_object(const Partition& partition, const Bytes& key) const;
  static void check_container(const Partition& partition, const Bytes& key, const Bytes& base,
                              const std::vector<Entry>& entries);
  static void check_order(const Partition& partition, const Place& place, std::vector<Bytes> keys);

  std::set<Entry> entries_;
  VersionVector clock_;
};

/// Draws events that a replica could issue or receive next.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {}

  /// The next event of some actor on what `model` has applied. Keys, fields and paths are few, so that events collide; some are
  /// long, with common beginnings, and some hold zeros. Half of the paths nest, up to three fields deep.
  EventDraft next(const Model& model);
  /// A large payload, of `bytes`.
  EventDraft next_large(const Model& model, std::size_t bytes);

 private:
  Bytes key();
  Bytes path();
  Bytes flat_path(bool in_field);
  Bytes prefix_of(const Bytes& path);
  Drafted mutation(const Model& model, std::set<std::pair<Bytes, Bytes>>& inserted);
  EventDraft stamped(const Model& model);

  Random random_;
  std::uint64_t payloads_ = 0;
};

}  // namespace causeway::testing
