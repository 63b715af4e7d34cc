#include "bridge/links.h"

#include <utility>

namespace causeway {

Links::Links(NodeId self, const Configuration& configuration, const Placement& placement, Alive alive, ClockOf clock_of,
             Behind behind, SubscriptionIds& ids, LinkLimits limits)
    : self_(self),
      home_(configuration.datacenter_of(self)->id),
      configuration_(configuration),
      placement_(placement),
      alive_(std::move(alive)),
      clock_of_(std::move(clock_of)),
      behind_(std::move(behind)),
      ids_(ids),
      limits_(limits) {
  for (const PartitionId partition : placement_.partitions_of(self_)) {
    for (const DcId datacenter : configuration_.datacenters()) {
      if (datacenter != home_) links_[{partition, datacenter}] = {};
    }
  }
}

std::optional<NodeId> Links::first_alive(PartitionId partition, DcId datacenter) const {
  for (const NodeId node : placement_.replicas(partition, datacenter)) {
    if (node == self_ || alive_(node)) return node;
  }
  return std::nullopt;
}

std::vector<DcId> Links::origins(PartitionId partition, DcId to) const {
  // Each link that lives carries for the silent ones, since any of them may be cut off from those, too: events apply once.
  std::vector<DcId> carried{to};
  for (const DcId datacenter : configuration_.datacenters()) {
    if (datacenter != home_ && datacenter != to && !first_alive(partition, datacenter)) carried.push_back(datacenter);
  }
  return carried;
}

void Links::tend(const Key& key, Held& link, MonoTime now, bool room, Post& post) {
  const bool mine = room && first_alive(key.partition, home_) == self_;
  const auto source = mine ? first_alive(key.partition, key.to) : std::nullopt;
  const auto wanted = source ? origins(key.partition, key.to) : std::vector<DcId>{};
  if (link.subscription) {
    const Micros quiet = now - link.subscription->heard();
    const bool lacks = !link.subscription->begun() || behind_(key.partition, link.subscription->from(), link.origins);
    if (source == link.subscription->from() && wanted == link.origins && !(lacks && quiet >= limits_.stall)) {
      if (quiet >= limits_.probe) link.subscription->probe(now, post);
      return;
    }
    link.subscription->cancel(post);
    link.subscription.reset();
  }
  if (!source || now < link.due) return;
  link.origins = wanted;
  link.subscription.emplace(ids_.next(), key.partition, *source, true, clock_of_(key.partition), wanted, now, post);
}

void Links::tick(MonoTime now, bool room, Post& post) {
  for (auto& [key, link] : links_) tend(key, link, now, room, post);
}

Links::Held* Links::find(NodeId from, PartitionId partition, std::uint64_t subscription) {
  const Datacenter* datacenter = configuration_.datacenter_of(from);
  if (datacenter == nullptr) return nullptr;
  const auto at = links_.find({partition, datacenter->id});
  if (at == links_.end() || !at->second.subscription || !at->second.subscription->is(from, subscription)) return nullptr;
  return &at->second;
}

bool Links::accept(NodeId from, const Run& run, MonoTime now) {
  Held* link = find(from, run.partition, run.subscription);
  if (link == nullptr) return false;
  if (link->subscription->accept(run, now)) return true;
  link->subscription.reset();  // a run was lost: the next tick resumes from our clock
  return false;
}

void Links::delivered(NodeId from, const Run& run, bool refused, MonoTime now, Post& post) {
  Held* link = find(from, run.partition, run.subscription);
  if (link == nullptr) return;
  if (refused) {
    link->subscription->cancel(post);
    link->subscription.reset();
    link->due = now + limits_.retry;
  } else {
    link->subscription->renew(post);
  }
}

bool Links::refused(NodeId from, PartitionId partition, std::uint64_t subscription, MonoTime now) {
  Held* link = find(from, partition, subscription);
  if (link == nullptr) return false;
  link->subscription.reset();
  link->due = now + limits_.retry;
  return true;
}

void Links::forget(NodeId peer) {
  for (auto& [key, link] : links_) {
    if (link.subscription && link.subscription->from() == peer) link.subscription.reset();
  }
}

std::size_t Links::held() const {
  std::size_t count = 0;
  for (const auto& [key, link] : links_) count += link.subscription ? 1U : 0U;
  return count;
}

}  // namespace causeway
