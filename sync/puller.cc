#include "sync/puller.h"

#include <algorithm>

namespace causeway {

void Puller::lack(PartitionId partition, const VersionVector& target, NodeId from, MonoTime not_before) {
  const auto [at, is_new] = wanted_[partition].sources.try_emplace(from, Source{target, not_before, limits_.retry});
  Source& source = at->second;
  if (is_new || source.target.covers(target)) return;
  source.target.join(target);
  source.due = std::min(source.due, not_before);
  source.retry = limits_.retry;
}

const NodeId* Puller::next_due(const Wanted& wanted, MonoTime now) {
  const NodeId* first = nullptr;
  for (const auto& [node, source] : wanted.sources) {
    if (source.due > now) continue;
    if (node > wanted.last) return &node;
    if (first == nullptr) first = &node;
  }
  return first;
}

void Puller::end(Wanted& wanted, MonoTime now) {
  if (const auto source = wanted.sources.find(wanted.pull->from()); source != wanted.sources.end()) {
    source->second.due = now + source->second.retry;
    source->second.retry = std::min(2 * source->second.retry, limits_.retry_max);
  }
  wanted.pull.reset();
  --active_;
}

void Puller::hold(PartitionId partition, Post& post) {
  held_.insert(partition);
  const auto at = wanted_.find(partition);
  if (at == wanted_.end() || !at->second.pull) return;
  at->second.pull->cancel(post);
  at->second.pull.reset();
  --active_;
}

void Puller::tick(MonoTime now, bool room, Post& post) {
  room_ = room;
  for (auto at = wanted_.begin(); at != wanted_.end();) {
    auto& [partition, wanted] = *at;
    const VersionVector& own = clock_of_(partition);
    if (wanted.pull && now - wanted.pull->heard() >= limits_.stall) {
      wanted.pull->cancel(post);
      end(wanted, now);
    }
    std::erase_if(wanted.sources, [&own](const auto& item) { return own.covers(item.second.target); });
    if (!wanted.pull && wanted.sources.empty()) {
      at = wanted_.erase(at);
      continue;
    }
    const NodeId* next = wanted.pull || !may_start() || held_.contains(partition) ? nullptr : next_due(wanted, now);
    if (next != nullptr) {
      wanted.last = *next;
      wanted.pull.emplace(ids_.next(), partition, wanted.last, false, own, std::vector<DcId>{}, now, post);
      ++active_;
    }
    ++at;
  }
}

bool Puller::accept(NodeId from, const Run& run, MonoTime now) {
  const auto at = wanted_.find(run.partition);
  if (at == wanted_.end() || !at->second.pull || !at->second.pull->is(from, run.subscription)) return false;
  if (at->second.pull->accept(run, now)) return true;
  end(at->second, now);
  return false;
}

void Puller::delivered(PartitionId partition, bool refused, bool caught_up, MonoTime now, Post& post) {
  const auto at = wanted_.find(partition);
  if (at == wanted_.end() || !at->second.pull) return;
  if (!caught_up && !refused) {
    at->second.pull->renew(post);
    return;
  }
  if (!caught_up) at->second.pull->cancel(post);
  end(at->second, now);
}

bool Puller::refused(NodeId from, PartitionId partition, std::uint64_t subscription, MonoTime now) {
  const auto at = wanted_.find(partition);
  if (at == wanted_.end() || !at->second.pull || !at->second.pull->is(from, subscription)) return false;
  end(at->second, now);
  return true;
}

std::optional<MonoTime> Puller::wake_at() const {
  std::optional<MonoTime> first;
  const auto sooner = [&first](MonoTime at) {
    if (!first || at < *first) first = at;
  };
  for (const auto& [partition, wanted] : wanted_) {
    if (wanted.pull) {
      sooner(wanted.pull->heard() + limits_.stall);
    } else if (may_start() && !held_.contains(partition)) {
      for (const auto& [node, source] : wanted.sources) sooner(source.due);
    }
  }
  return first;
}

}  // namespace causeway
