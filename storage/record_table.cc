#include "storage/record_table.h"

#include "base/check.h"
#include "base/plant.h"
#include "storage/named_scan.h"
#include "storage/record.h"

namespace causeway {

RecordTable::RecordTable(StateId id, const StateStore& state, Tier& tier)
    : id_(id), state_(state), tier_(tier), table_(tier.slot_bytes) {}

RecordTable::~RecordTable() {
  const auto uncount = [this](Group& group) {
    tier_.dirty_bytes -= group.changed.bytes();
    group.changed.uncount(tier_);
    if (group.frozen) group.frozen->uncount(tier_);
  };
  uncount(objects_);
  for (auto& [object, group] : groups_) uncount(group);
  table_.each([this](const Blob& blob) { tier_.bytes -= blob.memory(); });
}

const RecordTable::Group* RecordTable::group_of(const RecordName& name) const {
  if (name.kind == RecordKind::object) return &objects_;
  const auto at = groups_.find(name.object);
  return at == groups_.end() ? nullptr : &at->second;
}

/// The group, in which a record is about to be listed as changed.
RecordTable::Group& RecordTable::change_group(const RecordName& name) {
  if (name.kind == RecordKind::object) return objects_;
  Group& group = groups_[name.object];
  if (group.changed.empty()) changed_groups_.push_back(name.object);
  return group;
}

Result<Blob*> RecordTable::load(const RecordName& name, std::uint64_t hash) {
  const Group* const group = group_of(name);
  if (group != nullptr && group->complete) return nullptr;
  const Bytes key = name.kind == RecordKind::object ? keys::object(id_, name.text)
                                                    : keys::entry(id_, name.object, name.text);
  CW_TRY(const std::optional<Bytes> value, state_.get(key));
  if (!value) return nullptr;
  Bytes unpacked;
  const auto body = open_named(key, name.text, *value, unpacked);
  if (!body && planted(Plant::read_error_as_absent)) return nullptr;
  if (!body) return tl::unexpected<Error>(body.error());
  Blob* const blob = tier_.make(name, body->size());
  blob->set(*body, false);
  table_.insert(blob, hash);
  return blob;
}

Blob* RecordTable::put(const RecordName& name, std::uint64_t hash, Blob* old, BytesView body, bool absent) {
  const bool is_fresh = old != nullptr && old->generation == tier_.generation;
  if (is_fresh && old->fits(body.size())) {
    old->set(body, absent);
    return old;
  }
  if (is_fresh) {
    Blob* const blob = tier_.make(name, body.size());
    blob->set(body, absent);
    (name.kind == RecordKind::object ? objects_ : groups_[name.object]).changed.replace(old, blob, tier_);
    table_.replace(old, blob, hash);
    tier_.free(old);
    return blob;
  }
  Blob* blob = old;
  const bool is_clean = old != nullptr && tier_.is_clean(*old);
  const bool in_place = is_clean || (old != nullptr && planted(Plant::frozen_changed_in_place));
  if (!in_place || !old->fits(body.size())) {
    blob = tier_.make(name, body.size());
    if (old == nullptr) {
      table_.insert(blob, hash);
    } else {
      table_.replace(old, blob, hash);
    }
  }
  blob->set(body, absent);
  if (old != nullptr && blob != old) {
    if (is_clean) {
      tier_.free(old);
    } else {
      tier_.retire(old);
    }
  }
  change_group(name).changed.add(blob, tier_);
  return blob;
}

void RecordTable::end_elements(ObjectId object) {
  const auto at = groups_.find(object);
  if (at == groups_.end()) return;
  at->second.complete = false;
  forget_if_silent(at);
}

/// A group that says nothing is as good as none.
void RecordTable::forget_if_silent(Groups::iterator at) {
  Group& group = at->second;
  if (!group.changed.empty() || group.frozen || group.complete) return;
  group.changed.uncount(tier_);
  groups_.erase(at);
}

FrozenTable RecordTable::freeze() {
  CW_CHECK(objects_.frozen == nullptr, "one checkpoint at a time");
  FrozenTable out{id_, {}};
  freeze(objects_, out);
  frozen_groups_ = std::exchange(changed_groups_, {});
  for (const ObjectId object : frozen_groups_) freeze(groups_[object], out);
  return out;
}

void RecordTable::freeze(Group& group, FrozenTable& out) {
  group.frozen = std::make_shared<Changes>(std::exchange(group.changed, {}));
  out.lists.push_back(group.frozen);
}

void RecordTable::settle() {
  const auto settle_group = [this](Group& group) {
    if (group.frozen) group.frozen->uncount(tier_);
    group.frozen.reset();
  };
  settle_group(objects_);
  for (const ObjectId object : std::exchange(frozen_groups_, {})) {
    const auto at = groups_.find(object);
    settle_group(at->second);
    forget_if_silent(at);
  }
}

void RecordTable::thaw() {
  const auto take_back = [this](const Changes& frozen, Changes& changed) {
    for (Blob* const blob : frozen.blobs()) {
      const RecordName name = blob->name();
      if (table_.find(name, name.hash()) != blob) continue;  // it has changed since
      changed.add(blob, tier_);
    }
  };
  if (planted(Plant::failed_checkpoint_forgotten)) return settle();
  if (objects_.frozen) take_back(*objects_.frozen, objects_.changed);
  for (const ObjectId object : frozen_groups_) {
    Group& group = groups_[object];
    const bool was_listed = !group.changed.empty();
    take_back(*group.frozen, group.changed);
    if (!was_listed && !group.changed.empty()) changed_groups_.push_back(object);
  }
  settle();
}

void RecordTable::forget_absent(Blob* blob) {
  const RecordName name = blob->name();
  const std::uint64_t hash = name.hash();
  if (table_.find(name, hash) != blob || blob->generation == tier_.generation) return;
  table_.erase(blob, hash);
  tier_.retire(blob);
}

void RecordTable::sweep(std::size_t slots) {
  table_.sweep(slots, [this](Blob& blob) {
    if (!tier_.is_clean(blob)) return false;
    const RecordName name = blob.name();
    const auto group = name.kind == RecordKind::entry ? groups_.find(name.object) : groups_.end();
    const bool noted = !planted(Plant::evicted_taken_for_absent);
    if (name.kind == RecordKind::object && noted) {
      objects_.complete = false;
    } else if (group != groups_.end() && noted) {
      group->second.complete = false;
      forget_if_silent(group);
    }
    tier_.free(&blob);
    return true;
  });
}

Result<void> RecordTable::count(Tally& tally) const {
  std::size_t listed = objects_.changed.blobs().size();
  std::size_t changed = 0;
  bool right = true;
  for (const ObjectId object : changed_groups_) {
    const auto at = groups_.find(object);
    right = right && at != groups_.end() && !at->second.changed.empty();
    if (right) listed += at->second.changed.blobs().size();
  }
  const auto add_order = [&tally](const Group& group) {
    tally.order_bytes += group.changed.order_bytes() + (group.frozen ? group.frozen->order_bytes() : 0);
  };
  add_order(objects_);
  for (const auto& [object, group] : groups_) add_order(group);
  tally.slot_bytes += table_.memory();
  table_.each([&](const Blob& blob) {
    tally.bytes += blob.memory();
    if (blob.generation != tier_.generation) {
      right = right && (!blob.absent() || !tier_.is_clean(blob));
      return;
    }
    ++changed;
    tally.dirty_bytes += blob.memory();
    const Group* const group = group_of(blob.name());
    right = right && group != nullptr && blob.place < group->changed.blobs().size() &&
            group->changed.blobs()[blob.place] == &blob;
  });
  if (right && changed == listed) return {};
  return fail(ErrorCode::internal, "what is listed as changed in memory is not what changed");
}

}  // namespace causeway
