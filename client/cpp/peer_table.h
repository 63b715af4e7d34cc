// The nodes as one client sees them: which it is connected to, which it has heard, which it suspects. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "net/endpoint.h"
#include "wire/message.h"

namespace causeway {

/// A peer's place in the table; it keeps it for the life of the client.
using PeerIndex = std::uint32_t;

struct Peer {
  enum class State : std::uint8_t {
    idle,        ///< no connection has been asked for
    connecting,  ///< asked for: not yet known whether it comes
    up,
    suspect,  ///< connected, but silent: probed until it answers
    down,     ///< not connected: the connection is tried again in the background
  };

  Endpoint endpoint;
  State state = State::idle;
  MonoTime connecting_since;
  MonoTime heard_at;     ///< the last message
  bool probing = false;  ///< an AskStatus is out, not answered
  MonoTime probe_at;     ///< when a suspect is probed next
  Micros probe_delay{0};
  std::vector<std::uint64_t> waiting;  ///< calls that wait for the connection

  [[nodiscard]] bool usable() const { return state != State::suspect && state != State::down; }
};

class PeerTable {
 public:
  /// The peer there, added if it is new.
  PeerIndex at(const Endpoint& endpoint);
  /// The peer of a node. REQUIRES: it is bound.
  [[nodiscard]] PeerIndex of(NodeId node) const { return by_node_.at(node); }
  void bind(NodeId node, PeerIndex peer) { by_node_[node] = peer; }
  [[nodiscard]] bool is_bound(NodeId node) const { return by_node_.contains(node); }

  Peer& operator[](PeerIndex index) { return peers_[index]; }
  const Peer& operator[](PeerIndex index) const { return peers_[index]; }
  [[nodiscard]] PeerIndex size() const { return static_cast<PeerIndex>(peers_.size()); }

 private:
  std::deque<Peer> peers_;
  std::map<Endpoint, PeerIndex> by_endpoint_;
  std::unordered_map<NodeId, PeerIndex> by_node_;
};

/// Of "HOST:PORT" or "HOST", which means the usual port. Errors: invalid.
Result<Endpoint> client_endpoint(BytesView text);

}  // namespace causeway
