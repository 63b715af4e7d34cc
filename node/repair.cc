// How a node comes back after a loss, and how it repairs what is damaged: rules 5 to 8, put together.
#include <algorithm>
#include <utility>

#include "node/parts.h"

namespace causeway {

Result<void> NodeCore::Parts::recover() {
  const bool recovering = identification.stage() == Identification::Stage::recovering;
  const bool begun = std::exchange(was_recovering, recovering);
  if (recovering && !begun) {
    const bool void_claim = identification.loss() >= Identification::Loss::restored;
    const bool restored = identification.loss() == Identification::Loss::restored;
    for (const PartitionId id : store.partitions()) {
      recovery.begin(id, void_claim, restored);
      if (identification.loss() != Identification::Loss::wiped || placement.all_replicas(id).size() > 1)
        continue;
      identification.refuse("its data folder is empty, and no other node has partition " +
                            std::to_string(id.value) + ": put a backup in its place, or found a new cluster");
      return {};
    }
  }
  recovery.tick(now.mono);
  std::erase_if(unfit, [&](PartitionId id) {
    if (recovery.pending(id)) return false;
    post.note("partition " + std::to_string(id.value) + " is repaired, and serves again");
    return true;
  });
  if (!recovering) return {};
  if (const auto id = recovery.has_more(now.mono)) {
    identification.refuse("its data folder is an older copy, and has events of partition " +
                          std::to_string(id->value) +
                          " that no live member has: move the folder away and start with an empty one");
    return {};
  }
  return recovery.idle() ? identification.recovered() : Result<void>();
}

std::optional<NodeId> NodeCore::Parts::next_source(PartitionId id) {
  std::vector<NodeId> sources;
  for (const bool local : {true, false}) {
    for (const NodeId node : placement.all_replicas(id)) {
      if (node != options.self && site.is_local(node) == local && liveness.serving(node))
        sources.push_back(node);
    }
  }
  if (sources.empty()) return std::nullopt;
  NodeId& last = repaired_from[id];
  const auto before = std::find(sources.begin(), sources.end(), last);
  last = before == sources.end() || before + 1 == sources.end() ? sources.front() : *(before + 1);
  return last;
}

void NodeCore::Parts::look_for_damage() {
  for (const PartitionId id : store.partitions()) {
    const Error* damage = store.partition(id).damage();
    if (damage == nullptr) continue;
    if (unfit.insert(id).second) {
      recovery.begin(id, true, false);
      post.note("ALARM: partition " + std::to_string(id.value) +
                " is damaged, and is repaired from another replica: " + damage->sentence);
    }
    watched.insert(id);
    if (full_sync.wants(id) || full_sync.running(id)) continue;
    if (const auto source = next_source(id)) full_sync.want_instead(id, *source);
  }
}

void NodeCore::Parts::note_transfers() {
  for (const FullSync::Ended& ended : full_sync.take_ended()) {
    const std::string what = "partition " + std::to_string(ended.partition.value);
    const std::string& source = configuration.node(ended.source)->name;
    watched.insert(ended.partition);
    if (!ended.failure.empty()) {
      post.note("full sync of " + what + " from " + source +
                " was given up, and nothing has changed: " + ended.failure);
      continue;
    }
    post.note(what + " is in full sync with " + source);
    replication.applied(ended.partition, Want::nothing);
    coordinator.grown(ended.partition);
    deliver(ended.partition, {}, ended.source, Want::nothing);
  }
}

}  // namespace causeway
