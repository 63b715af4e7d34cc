#include "sync/causal_buffer.h"

#include <utility>

namespace causeway {
namespace {

std::size_t cost(const Waiting& event) {
  return sizeof(Waiting) + event.encoded.size() + event.head.deps.rows().size() * sizeof(VersionVector::Row);
}

}  // namespace

bool CausalBuffer::add(Waiting event) {
  const std::size_t size = cost(event);
  if (bytes_ + size > bytes_max_) return false;
  const Dot dot = event.head.dot;
  auto& of_actor = waiting_[dot.actor];
  const bool added = of_actor.try_emplace(dot.counter, std::move(event)).second;
  if (added) bytes_ += size;
  return added;
}

std::optional<Waiting> CausalBuffer::take_ready(const VersionVector& clock) {
  for (auto actor = waiting_.begin(); actor != waiting_.end();) {
    auto& events = actor->second;
    const std::uint64_t covered = clock.counter(actor->first);
    while (!events.empty() && events.begin()->first <= covered) {
      bytes_ -= cost(events.begin()->second);
      events.erase(events.begin());
    }
    std::optional<Waiting> ready;
    if (!events.empty() && is_ready(events.begin()->second.head.dot, events.begin()->second.head.deps, clock)) {
      bytes_ -= cost(events.begin()->second);
      ready = std::move(events.begin()->second);
      events.erase(events.begin());
    }
    actor = events.empty() ? waiting_.erase(actor) : std::next(actor);
    if (ready) return ready;
  }
  return std::nullopt;
}

std::optional<NodeId> CausalBuffer::stuck_since(MonoTime before) const {
  const Waiting* oldest = nullptr;
  for (const auto& [actor, events] : waiting_) {
    for (const auto& [counter, event] : events) {
      if (oldest == nullptr || event.since < oldest->since) oldest = &event;
    }
  }
  if (oldest == nullptr || oldest->since > before) return std::nullopt;
  return oldest->from;
}

std::uint64_t CausalBuffer::highest(ActorId actor) const {
  const auto at = waiting_.find(actor);
  return at == waiting_.end() ? 0 : at->second.rbegin()->first;
}

std::size_t CausalBuffer::size() const {
  std::size_t sum = 0;
  for (const auto& [actor, events] : waiting_) sum += events.size();
  return sum;
}

void CausalBuffer::drop_older(MonoTime before) {
  for (auto& [actor, events] : waiting_) {
    std::erase_if(events, [&](const auto& item) {
      if (item.second.since >= before) return false;
      bytes_ -= cost(item.second);
      return true;
    });
  }
  std::erase_if(waiting_, [](const auto& item) { return item.second.empty(); });
}

void CausalBuffer::drop(const std::function<bool(ActorId)>& whose) {
  std::erase_if(waiting_, [&](const auto& actor) {
    if (!whose(actor.first)) return false;
    for (const auto& [counter, event] : actor.second) bytes_ -= cost(event);
    return true;
  });
}

}  // namespace causeway
