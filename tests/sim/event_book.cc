#include "tests/sim/event_book.h"
#include "tests/crdt/event_draft.h"

#include <algorithm>

namespace causeway::testing {

std::string to_text(const Dot& dot) {
  return std::to_string(dot.actor.value % 100'000) + ":" + std::to_string(dot.counter);
}

const KnownEvent* EventBook::enter(NodeId node, BytesView bytes) {
  const std::uint64_t hash = hash64(bytes);
  const auto [first, last] = by_bytes_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    if (at->second->bytes == bytes) return at->second;
  }
  auto event = draft_of(bytes);
  if (!event) {
    verdict_.blame("dots", name() + ": a log holds what is no event: " + event.error().sentence);
    return nullptr;
  }
  const Dot dot = event->dot;
  auto& line = actors_[dot.actor];
  if (dot.counter <= line.size()) {
    verdict_.blame("dots", name() + ": two events are named " + to_text(dot));
    return nullptr;
  }
  if (dot.counter != line.size() + 1) {
    verdict_.blame("dots",
                   name() + ": " + to_text(dot) + " is logged, and nobody ever logged the one before");
    return nullptr;
  }
  if (!line.empty() && line.front()->issuer != node) {
    verdict_.blame("dots",
                   name() + ": " + to_text(dot) + " is logged elsewhere before its issuer has logged it");
    return nullptr;
  }
  auto known = std::make_unique<KnownEvent>();
  known->past = event->deps;
  const auto inherit = [&](const Dot& cause) {
    const KnownEvent* before = find(cause);
    if (before == nullptr) return false;
    known->past.join(before->past);
    known->past.raise(cause);
    known->newest = std::max(known->newest, before->newest);
    return true;
  };
  bool complete = dot.counter == 1 || inherit({dot.actor, dot.counter - 1});
  for (const auto& [actor, counter] : event->deps.rows()) complete = inherit({actor, counter}) && complete;
  if (!complete) {
    verdict_.blame("causality",
                   name() + ": " + to_text(dot) + " depends on an event that nobody ever logged");
    return nullptr;
  }
  if (event->hlc <= known->newest) {
    verdict_.blame("stamps",
                   name() + ": " + to_text(dot) + " has no later stamp than what its issuer had seen");
    return nullptr;
  }
  known->newest = event->hlc;
  known->event = std::move(*event);
  known->bytes = bytes;
  known->issuer = node;
  by_bytes_.emplace(hash, known.get());
  line.push_back(std::move(known));
  return line.back().get();
}

KnownEvent* EventBook::find(const Dot& dot) {
  const auto at = actors_.find(dot.actor);
  if (at == actors_.end() || dot.counter == 0 || dot.counter > at->second.size()) return nullptr;
  return at->second[dot.counter - 1].get();
}

bool EventBook::between(const VersionVector& from, const VersionVector& to, const std::string& who,
                        const std::function<void(KnownEvent&)>& visit) {
  VersionVector at = from;
  for (bool more = true; more && !at.covers(to);) {
    more = false;
    for (const auto& [actor, counter] : to.rows()) {
      while (at.counter(actor) < counter) {
        const Dot next{actor, at.counter(actor) + 1};
        KnownEvent* known = find(next);
        if (known == nullptr) {
          verdict_.blame("dots", name() + ": the clock of " + who + " covers " + to_text(next) +
                                     ", which no log ever held");
          return false;
        }
        if (!at.covers(known->past)) break;
        visit(*known);
        at.raise(next);
        more = true;
      }
    }
  }
  if (at.covers(to)) return true;
  verdict_.blame("causality",
                 name() + ": the clock of " + who + " covers an event, but not all that it depends on");
  return false;
}

void EventBook::each(const std::function<void(KnownEvent&)>& visit) {
  for (auto& [actor, line] : actors_) {
    for (auto& known : line) visit(*known);
  }
}

}  // namespace causeway::testing
