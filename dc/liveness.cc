#include "dc/liveness.h"

namespace causeway {

Liveness::Liveness(std::span<const NodeId> peers, const LivenessLimits& limits) : limits_(limits) {
  for (const NodeId peer : peers) peers_[peer] = {};
}

void Liveness::heard(NodeId peer) {
  const auto at = peers_.find(peer);
  if (at == peers_.end()) return;
  at->second.known = true;
  at->second.heard = now_;
}

bool Liveness::beat(NodeId peer, const Heartbeat& heartbeat) {
  const auto at = peers_.find(peer);
  if (at == peers_.end()) return false;
  const bool restarted = at->second.last.run != 0 && at->second.last.run != heartbeat.run;
  at->second.last = heartbeat;
  return restarted;
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
