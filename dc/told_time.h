// How late it is, as this node has told the others in its clocks. They forget by it (rules.md, 12 and 14), so it must not act
// as if it were earlier, also when its wall clock is set back, or the node is started with a wrong one: what is told is
// durable first. It advances with checkpoints, and costs nothing where there are none.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/result.h"
#include "base/time.h"
#include "storage/shard_store.h"

namespace causeway {

class ToldTime {
 public:
  /// What was told before the start. Errors: a failed read; internal, damage.
  Result<void> load(const ShardStore& store);

  /// The time to act by: that of the wall clock, but never earlier than what may have been told.
  [[nodiscard]] WallTime at_least(WallTime wall) const { return std::max(wall, WallTime(saved_)); }

  /// From now on it acts by this time, which is stored with the next checkpoint. REQUIRES: none is under way.
  void save(ShardStore& store, WallTime wall);
  /// A checkpoint has ended that began after the last save(): true if there is a later time to tell.
  bool stored();

  /// What may be told, in milliseconds since 1970; 0: nothing yet.
  [[nodiscard]] std::uint64_t ms() const { return static_cast<std::uint64_t>(told_.count()); }

 private:
  std::chrono::milliseconds saved_{0};
  std::chrono::milliseconds told_{0};  ///< saved_, once that is durable
};

}  // namespace causeway
