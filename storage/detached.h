// Large objects that were removed at once: nothing leads to their elements any more, and ids are never given again, so that all
// that is left to do is to take the elements from the state, some with each checkpoint. Of one partition's state.
//
// An element may go once it is stored that its object is gone: until then a restart needs it, to replay what was done to it
// before the removal. And once none is among the changes, which a checkpoint would bring back: an object that is stored as
// detached had its last ones in the same checkpoint, or an earlier one.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "base/plant.h"
#include "storage/keys.h"

namespace causeway {

class Detached {
 public:
  /// What the state says.
  void restore(std::vector<ObjectId> objects) {
    objects_ = std::move(objects);
    frozen_ = stored_ = objects_.size();
  }
  void add(ObjectId object) { objects_.push_back(object); }
  /// Nothing of it is left.
  void erase(ObjectId object) {
    const auto at = std::find(objects_.begin(), objects_.end(), object);
    const auto place = static_cast<std::size_t>(at - objects_.begin());
    if (at == objects_.end()) return;
    objects_.erase(at);
    if (place < frozen_) --frozen_;
    if (place < stored_) --stored_;
  }

  [[nodiscard]] const std::vector<ObjectId>& all() const { return objects_; }
  [[nodiscard]] bool contains(ObjectId object) const {
    return std::find(objects_.begin(), objects_.end(), object) != objects_.end();
  }
  /// Those whose elements may go.
  [[nodiscard]] std::span<const ObjectId> stored() const {
    return std::span(objects_).first(planted(Plant::purged_before_stored) ? objects_.size() : stored_);
  }

  // Checkpoints: as RecordTable has them.

  void freeze() { frozen_ = objects_.size(); }
  void settle() { stored_ = frozen_; }
  void thaw() { frozen_ = stored_; }

 private:
  std::vector<ObjectId> objects_;  ///< in the order in which they were removed
  std::size_t frozen_ = 0;         ///< so many of them are in the last checkpoint,
  std::size_t stored_ = 0;         ///< and in one that has ended well
};

}  // namespace causeway
