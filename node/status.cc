// What a node tells of itself: status, and how far it is behind the other datacenters.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "node/parts.h"

namespace causeway {
namespace {

/// A datacenter of which nothing was heard for so long may have issued anything.
constexpr Micros silent_after = 2000ms;

std::string hex(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

}  // namespace

std::uint64_t NodeCore::Parts::missing(PartitionId id, const VersionVector& clock, DcId datacenter) const {
  std::uint64_t sum = 0;
  const VersionVector& own = store.partition(id).clock();
  for (const auto& [actor, counter] : clock.rows()) {
    if (origin_of(actor) == datacenter) sum += counter - std::min(counter, own.counter(actor));
  }
  return sum;
}

void NodeCore::Parts::measure_missing() {
  for (const DcId datacenter : configuration.datacenters()) {
    if (datacenter == site.home) continue;
    std::uint64_t& events = missing_from[datacenter];
    events = 0;
    for (const PartitionId id : store.partitions()) {
      VersionVector there;
      for (const NodeId member : placement.replicas(id, datacenter)) {
        if (const MemberClock* known = clocks.of(id, member)) there.join(known->clock);
      }
      events += missing(id, there, datacenter);
    }
  }
  for (const PartitionId id : store.partitions()) {
    VersionVector stable = store.partition(id).clock();
    for (const NodeId member : placement.all_replicas(id)) {
      if (member == options.self) continue;
      const MemberClock* known = clocks.of(id, member);
      stable.meet(known == nullptr ? VersionVector{} : known->clock);
    }
    store.set_stable(id, stable);
  }
}

void NodeCore::Parts::measure() {
  const bool lacked = std::any_of(missing_from.begin(), missing_from.end(), [](const auto& item) { return item.second > 0; });
  if (clocks_moved) clocks.save(store);  // durable with the next checkpoint, which they alone make due
  if (janitor.wants_to_tell() && !store.checkpointing()) told.save(store, now.wall);  // likewise
  const bool others_moved = std::exchange(clocks_moved, false);
  const bool own_moved = std::exchange(own_clock_moved, false);
  if (others_moved || own_moved || lacked) measure_missing();
  for (const auto& [datacenter, events] : missing_from) {
    Micros silence = Micros::max();
    for (const NodeId node : configuration.nodes_of(datacenter)) silence = std::min(silence, liveness.silence(node));
    if (events == 0 && silence < silent_after) level_with[datacenter] = now.mono;
    level_with.try_emplace(datacenter, now.mono);
  }
  if (auto trimmed = store.trim(); !trimmed) post.note("the log was not trimmed: " + to_string(trimmed.error()));
}

NodeStatus NodeCore::status(Now now) const {
  const Parts& parts = *parts_;
  NodeStatus status;
  status.node = parts.configuration.node(parts.options.self)->name;
  status.datacenter = parts.configuration.datacenter_of(parts.options.self)->name;
  status.cluster_id = hex(parts.post.cluster());
  status.serving = parts.identification.serving();
  status.reason = parts.identification.reason();
  status.epoch = parts.configuration.epoch();
  status.incarnation = parts.identification.claimed().incarnation;
  status.partitions = parts.store.partitions().size();
  if (parts.identified() && !parts.recovery.idle()) status.reason = parts.recovery.waits_for();
  status.ready = status.serving && parts.unfit.empty();
  for (const PartitionId id : parts.store.partitions()) {
    status.entries += parts.store.partition(id).entries();
    const auto replicas = parts.placement.replicas(id, parts.site.home);
    const auto up = static_cast<std::size_t>(std::count_if(replicas.begin(), replicas.end(), [&](NodeId node) {
      return node == parts.options.self ? status.serving : parts.liveness.serving(node);
    }));
    if (status.ready && up < replicas.size() / 2 + 1) {
      status.ready = false;
      status.reason = "too few replicas of partition " + std::to_string(id.value) + " are up for a local quorum";
    }
  }
  status.log_bytes = parts.store.log_bytes();
  status.state_bytes = parts.store.state_bytes();
  status.divergences = parts.divergences;
  status.dropped = parts.dropped;
  status.operations = parts.coordinator.operations();
  for (const NodeId node : parts.configuration.nodes()) {
    if (node == parts.options.self) continue;
    status.peers.push_back(
        {parts.configuration.node(node)->name, parts.liveness.alive(node), parts.liveness.serving(node)});
  }
  for (const auto& [datacenter, level_at] : parts.level_with) {
    Lag lag{parts.configuration.datacenter(datacenter)->name, parts.missing_from.at(datacenter), 0};
    // Between two measurements nothing is known to be missing.
    const Micros age = now.mono - level_at;
    if (age > 2 * parts.limits.measure_every) lag.micros = static_cast<std::uint64_t>(age.count());
    status.lags.push_back(std::move(lag));
  }
  return status;
}

void NodeCore::Parts::handle(ClientId from, const AskStatus& /*message*/) { post.reply(from, core->status(now)); }

}  // namespace causeway
