#include "sync/puller.h"

#include <algorithm>

namespace causeway {

void Puller::lack(PartitionId partition, const VersionVector& target, NodeId from, MonoTime not_before) {
  const auto [at, is_new] = wanted_.try_emplace(partition, Wanted{target, from, not_before, std::nullopt});
  if (is_new) return;
  Wanted& wanted = at->second;
  if (clock_of_(partition).covers(wanted.target)) {
    wanted.target = target;
    wanted.due = not_before;
  } else {
    wanted.target.join(target);
    wanted.due = std::min(wanted.due, not_before);
  }
  wanted.from = from;
}

void Puller::tick(MonoTime now, Post& post) {
  for (auto at = wanted_.begin(); at != wanted_.end();) {
    auto& [partition, wanted] = *at;
    if (wanted.pull && now - wanted.pull->heard() >= limits_.stall) {
      wanted.pull->cancel(post);
      wanted.pull.reset();
      --active_;
    }
    if (!wanted.pull && clock_of_(partition).covers(wanted.target)) {
      at = wanted_.erase(at);
      continue;
    }
    if (!wanted.pull && now >= wanted.due && active_ < limits_.pulls_max) {
      wanted.pull.emplace(ids_.next(), partition, wanted.from, false, clock_of_(partition), std::vector<DcId>{}, now, post);
      ++active_;
    }
    ++at;
  }
}

bool Puller::accept(NodeId from, const Run& run, MonoTime now) {
  const auto at = wanted_.find(run.partition);
  if (at == wanted_.end() || !at->second.pull || !at->second.pull->is(from, run.subscription)) return false;
  if (at->second.pull->accept(run, now)) return true;
  refused(from, run.partition, run.subscription, now);
  return false;
}

void Puller::delivered(PartitionId partition, bool refused, bool caught_up, MonoTime now, Post& post) {
  const auto at = wanted_.find(partition);
  if (at == wanted_.end() || !at->second.pull) return;
  Wanted& wanted = at->second;
  if (!caught_up && !refused) {
    wanted.pull->renew(post);
    return;
  }
  if (!caught_up) wanted.pull->cancel(post);
  wanted.pull.reset();
  --active_;
  wanted.due = now + limits_.retry;
}

bool Puller::refused(NodeId from, PartitionId partition, std::uint64_t subscription, MonoTime now) {
  const auto at = wanted_.find(partition);
  if (at == wanted_.end() || !at->second.pull || !at->second.pull->is(from, subscription)) return false;
  at->second.pull.reset();
  --active_;
  at->second.due = now + limits_.retry;
  return true;
}

std::optional<MonoTime> Puller::wake_at() const {
  std::optional<MonoTime> first;
  for (const auto& [partition, wanted] : wanted_) {
    const MonoTime at = wanted.pull ? wanted.pull->heard() + limits_.stall : wanted.due;
    if (!first || at < *first) first = at;
  }
  return first;
}

}  // namespace causeway
