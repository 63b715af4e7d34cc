#include "dc/liveness.h"

namespace causeway {

Liveness::Liveness(std::span<const NodeId> peers, const LivenessLimits& limits) : limits_(limits) {
  for (const NodeId peer : peers) peers_[peer] = {};
}

bool Liveness::heard(NodeId peer, std::uint64_t run) {
  const auto at = peers_.find(peer);
  if (at == peers_.end()) return false;
  const bool restarted = at->second.known && at->second.run != run;
  if (!at->second.known || restarted) announce();  // it knows nothing of this node yet
  at->second.known = true;
  at->second.heard = now_;
  at->second.run = run;
  if (restarted) at->second.last.serving = false;  // until it says otherwise
  return restarted;
}

void Liveness::beat(NodeId peer, const Heartbeat& heartbeat) {
  const auto at = peers_.find(peer);
  if (at != peers_.end()) at->second.last = heartbeat;
}

Micros Liveness::silence(NodeId peer) const {
  const auto at = peers_.find(peer);
  return at == peers_.end() || !at->second.known ? Micros::max() : now_ - at->second.heard;
}

bool Liveness::alive(NodeId peer) const { return silence(peer) < limits_.dead_after; }

bool Liveness::serving(NodeId peer) const { return alive(peer) && peers_.at(peer).last.serving; }

std::uint64_t Liveness::fingerprint(NodeId peer) const {
  const auto at = peers_.find(peer);
  return at == peers_.end() ? 0 : at->second.last.fingerprint;
}

void Liveness::tick(const Heartbeat& own, Post& post) {
  if (now_ < next_beat_) return;
  next_beat_ = now_ + limits_.interval;
  for (const auto& [peer, state] : peers_) post.send(peer, own);
}

}  // namespace causeway
