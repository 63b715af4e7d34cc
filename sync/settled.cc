#include "sync/settled.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/plant.h"
#include "base/serial.h"

namespace causeway {

std::uint64_t peer_mark(NodeId node, ActorId actor) {
  Bytes bytes;
  Writer writer(bytes);
  writer.u64(node.value);
  writer.u64(actor.value);
  return hash64(bytes);
}

void Settled::take(Row& row, const MemberClock& said, const VersionVector& clock) {
  const auto ended = [&](const std::optional<MemberClock>& kept) {
    return kept && kept->actor != said.actor;
  };
  // What a member said under another actor it may have lost since.
  if (ended(row.covered)) row.covered.reset();
  if (ended(row.waiting)) row.waiting.reset();
  if (clock.covers(said.clock) || planted(Plant::settled_when_stable)) {
    row.covered = said;
    row.waiting.reset();
    return;
  }
  if (row.waiting && clock.covers(row.waiting->clock)) row.covered = std::exchange(row.waiting, std::nullopt);
  if (!row.waiting) row.waiting = said;
}

void Settled::look(std::span<const NodeId> members, Latest latest, const VersionVector& clock) {
  std::vector<Row> rows;
  rows.reserve(members.size());
  for (const NodeId node : members) {
    const auto known =
        std::find_if(rows_.begin(), rows_.end(), [node](const Row& row) { return row.node == node; });
    rows.push_back(known == rows_.end() ? Row{node, {}, {}} : std::move(*known));
    if (const MemberClock* const said = latest(node)) take(rows.back(), *said, clock);
  }
  rows_ = std::move(rows);
  sum_up();
}

void Settled::sum_up() {
  const bool all =
      std::all_of(rows_.begin(), rows_.end(), [](const Row& row) { return row.covered.has_value(); });
  clock_ = {};
  wall_ms_ = 0;
  know_each_other_ = all;
  if (!all || rows_.empty()) return;
  clock_ = rows_.front().covered->clock;
  wall_ms_ = rows_.front().covered->wall_ms;
  std::uint64_t peers = 0;
  for (const Row& row : rows_) {
    clock_.meet(row.covered->clock);
    wall_ms_ = std::min(wall_ms_, row.covered->wall_ms);
    peers += peer_mark(row.node, row.covered->actor);
  }
  know_each_other_ = std::all_of(rows_.begin(), rows_.end(),
                                 [peers](const Row& row) { return row.covered->peers == peers; });
}

bool Settled::has_seen(ActorId actor, const Dot& dot) const {
  return std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) {
    return row.covered && row.covered->actor == actor && row.covered->clock.covers(dot);
  });
}

bool Settled::has_ended(ActorId actor) const {
  return know_each_other_ && std::none_of(rows_.begin(), rows_.end(),
                                          [actor](const Row& row) { return row.covered->actor == actor; });
}

}  // namespace causeway
