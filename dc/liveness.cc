#include "dc/liveness.h"

#include <algorithm>

namespace causeway {
namespace {

constexpr std::size_t ended_max = 16;  // runs whose messages may still be under way

}  // namespace

Liveness::Liveness(std::span<const NodeId> peers, const LivenessLimits& limits) : limits_(limits) {
  for (const NodeId peer : peers) peers_[peer] = {};
}

Liveness::News Liveness::heard(NodeId node, std::uint64_t run) {
  const auto at = peers_.find(node);
  if (at == peers_.end()) return News::nothing;
  Peer& peer = at->second;
  if (std::find(peer.ended.begin(), peer.ended.end(), run) != peer.ended.end()) return News::ended;
  const bool restarted = peer.known && peer.run != run;
  if (!peer.known || restarted) announce();  // it knows nothing of this node yet
  if (restarted) {
    peer.ended.push_back(peer.run);
    if (peer.ended.size() > ended_max) peer.ended.pop_front();
    peer.last.serving = false;  // until it says otherwise
  }
  peer.known = true;
  peer.heard = now_;
  peer.run = run;
  return restarted ? News::restarted : News::nothing;
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
