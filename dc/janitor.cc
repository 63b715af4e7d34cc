#include "dc/janitor.h"

#include <algorithm>
#include <utility>

#include "base/plant.h"
#include "crdt/expiry.h"

namespace causeway {
bool Janitor::waits(PartitionId partition) const {
  const auto first = site_.store.partition(partition).due().first_due();
  return first && *first <= wall_ms(now_.wall);
}

std::optional<MonoTime> Janitor::wake_at() const {
  return has_more_ ? std::optional(now_.mono) : std::nullopt;
}

void Janitor::tick(const Claimed& claimed, Now now) {
  now_ = now;
  if (now.mono < next_look_ && !has_more_) return;
  if (now.mono >= next_look_) next_look_ = now.mono + limits_.every;
  has_more_ = wants_to_tell_ = false;
  entries_left_ = limits_.entries_in_turn;
  const auto& held = site_.store.partitions();
  for (std::size_t i = 0; i < held.size(); ++i) look_at(held[(first_ + i) % held.size()], claimed);
  ++first_;
}

void Janitor::look_at(PartitionId id, const Claimed& claimed) {
  DueIndex& due = site_.store.partition(id).due();
  const auto at = rooms_.find(id);
  if (at == rooms_.end() && !due.first_due()) return;
  Room& room = at == rooms_.end() ? rooms_[id] : at->second;
  if (site_.unfit.contains(id) || (room.idle() && !waits(id))) return;
  site_.look_at_clocks(id, claimed, room.settled);
  const std::uint64_t settled_ms = room.settled.wall_ms();
  wants_to_tell_ = wants_to_tell_ || site_.told.ms() <= room.settled.wall_ms() + limits_.lead_ms;
  const std::uint64_t patience_ms = rank(id) * limits_.patience_ms;
  if (settled_ms <= patience_ms) return;
  while (!room.idle() || begin(due, settled_ms - patience_ms, room)) {
    has_more_ = entries_left_ == 0;
    if (has_more_) return;
    const auto done = go_on(id, room);
    if (!done) {  // it is tried again later
      room.is_blocked = true;
      room.expiry_only = false;
    }
    if (!done || *done) leave(due, room);
  }
}

std::uint64_t Janitor::rank(PartitionId id) const {
  std::uint64_t before = 0;
  for (const NodeId node : site_.placement.all_replicas(id)) {
    if (node == site_.self) break;
    if (site_.liveness.serving(node)) ++before;
  }
  return before;
}

bool Janitor::begin(DueIndex& due, std::uint64_t now_ms, Room& room) const {
  room.behind = {};
  room.read = 0;
  room.due_ms.reset();
  room.is_blocked = false;
  room.expiry_only = true;
  room.visit = due.take(now_ms);
  if (room.visit) {
    room.behind.key = room.visit->key;
  } else if (due.walk_is_due(now_ms) && now_.mono >= room.next_walk) {
    due.begin_walk();
    room.walks = true;
  }
  return !room.idle();
}

Result<bool> Janitor::go_on(PartitionId id, Room& room) {
  const Partition& partition = site_.store.partition(id);
  std::vector<Group> groups;
  CW_TRY(const bool done, read(partition, room, groups));
  if (!groups.empty()) {
    CW_TRY_VOID(coordinator_.keep_house(
        id, [&](const Context& context) { return forget(context, groups, partition.due(), room); }));
  }
  return done;
}

Result<bool> Janitor::read(const Partition& partition, Room& room, std::vector<Group>& groups) {
  bool done = true;
  std::size_t found = 0;
  bool is_first = true;
  const auto take = [&](BytesView key, const EntryView& entry) {
    const bool same_path = !is_first && room.behind.path == entry.path && room.behind.key == key;
    if (!same_path) {
      done = is_first || (entries_left_ > 0 && found < limits_.removals_max);
      if (!done) return false;
      is_first = false;
      room.behind = {Bytes(key), Bytes(entry.path)};
    }
    entries_left_ -= std::min<std::size_t>(entries_left_, 1);
    ++room.read;
    const auto due = due_of(entry.path, entry.payload);
    if (!due) return true;
    ++found;
    // At the path before may be some that are not due.
    const bool joins = same_path && !groups.empty() && groups.back().entries.front().path == entry.path;
    if (!joins) groups.push_back({Bytes(key), due->is_expiry, {}});
    groups.back().entries.push_back({Bytes(key), Bytes(entry.path), entry.dot, Bytes(entry.payload)});
    return true;
  };
  if (room.walks) {
    const auto behind = room.behind.key.empty() ? std::nullopt : std::optional(room.behind);
    CW_TRY_VOID(partition.walk(behind, take));
  } else if (room.visit->expiry_only) {
    const Path path = place_of(room.visit->key, EntryType::expiry).path(Part::value);
    CW_TRY_VOID(partition.at(room.visit->key, path,
                             [&](const EntryView& entry) { return take(room.visit->key, entry); }));
  } else {
    const Bytes key = room.behind.key;
    const Bytes from = room.behind.path.empty() ? Bytes() : room.behind.path + '\0';
    CW_TRY_VOID(partition.scan_from(key, from, [&](const EntryView& entry) { return take(key, entry); }));
  }
  return done;
}

Result<void> Janitor::forget(const Context& context, const std::vector<Group>& groups, DueIndex& due,
                             Room& room) const {
  const Settled& settled = room.settled;
  const auto has_seen = [&](ActorId actor, const Dot& dot) { return settled.has_seen(actor, dot); };
  const auto has_ended = [&](ActorId actor) { return settled.has_ended(actor); };
  const SettledFacts facts{settled.clock(), settled.wall_ms(), has_seen, has_ended, context.dot.actor};
  std::vector<EntryView> views;
  for (const Group& group : groups) {
    views.clear();
    for (const Entry& entry : group.entries) views.push_back({entry.path, entry.dot, entry.payload});
    Context of_object = context;
    of_object.key = group.key;
    CW_TRY(const std::optional<std::uint64_t> rest_ms, causeway::forget(of_object, views, facts));
    if (!rest_ms) continue;
    if (room.walks)
      due.note(group.key, {std::max(*rest_ms, facts.wall_ms + DueIndex::grain_ms), group.is_expiry});
    room.expiry_only = room.expiry_only && group.is_expiry;
    room.is_blocked = room.is_blocked || *rest_ms <= facts.wall_ms;
    if (*rest_ms > facts.wall_ms) room.due_ms = std::min(room.due_ms.value_or(*rest_ms), *rest_ms);
  }
  return {};
}

void Janitor::leave(DueIndex& due, Room& room) const {
  const std::uint64_t settled_ms = room.settled.wall_ms();
  const std::uint64_t rest_ms =
      room.read / limits_.entries_in_ms;  // so that reading takes a small part of the time
  if (std::exchange(room.walks, false)) {
    room.next_walk = now_.mono + std::max<Micros>(limits_.walk_every, std::chrono::milliseconds(rest_ms));
    return due.end_walk();
  }
  auto row = std::exchange(room.visit, std::nullopt);
  if (!room.due_ms && !room.is_blocked) return due.leave(std::nullopt);
  row->expiry_only = room.expiry_only;
  const unsigned tries = std::exchange(row->tries, 0);
  row->due_ms = room.due_ms.value_or(settled_ms);
  if (room.is_blocked) {
    const std::uint64_t again_ms = settled_ms + (DueIndex::grain_ms << tries);
    row->due_ms = room.due_ms ? std::min(*room.due_ms, again_ms) : again_ms;
    row->tries = std::min(tries + 1, limits_.tries_max);
  }
  row->due_ms = std::max(row->due_ms, settled_ms + rest_ms);
  due.leave(row);
}

}  // namespace causeway
