// What arrives at a node and what leaves it, in one turn.
#pragma once

#include <utility>
#include <vector>

#include "wire/message.h"

namespace causeway {

/// A client's connection, as the driver numbers it; a node only hands it back.
using ClientId = StrongId<struct ClientTag, std::uint64_t>;

struct Inbox {
  std::vector<Envelope> peers;
  std::vector<std::pair<ClientId, ClientMessage>> clients;
};

/// Order is kept per receiver. It leaves only after the turn's events are as durable as configured.
struct Outbox {
  std::vector<std::pair<NodeId, Envelope>> peers;
  std::vector<std::pair<ClientId, ClientMessage>> clients;
  std::vector<std::string> notices;  ///< transitions for the operator's log
};

/// Where the logic leaves what it wants sent; it signs what goes to peers.
class Post {
 public:
  Post(std::uint64_t cluster, NodeId self, std::uint64_t run, Epoch epoch)
      : cluster_(cluster), self_(self), run_(run), epoch_(epoch) {}

  /// A node without a cluster has nothing to say yet.
  void send(NodeId to, PeerMessage message) {
    if (cluster_ == 0) return;
    out_.peers.emplace_back(to, Envelope{cluster_, self_, run_, epoch_, std::move(message)});
  }
  void reply(ClientId to, ClientMessage message) { out_.clients.emplace_back(to, std::move(message)); }
  void note(std::string notice) { out_.notices.push_back(std::move(notice)); }
  [[nodiscard]] std::uint64_t cluster() const { return cluster_; }
  /// The node had no cluster yet: from now on it speaks as a member of this one.
  void join(std::uint64_t cluster) { cluster_ = cluster; }
  /// Of this process. Numbers that peers echo count up from it, so that an answer to an earlier process answers nobody.
  [[nodiscard]] std::uint64_t run() const { return run_; }
  /// All since the last call.
  Outbox take() { return std::exchange(out_, {}); }

 private:
  std::uint64_t cluster_;
  NodeId self_;
  std::uint64_t run_;
  Epoch epoch_;
  Outbox out_;
};

}  // namespace causeway
