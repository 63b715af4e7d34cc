// Numbers for the connections of a node's clients, so that an answer finds its way back.
#pragma once

#include <list>
#include <memory>
#include <unordered_map>

#include "base/bytes.h"
#include "net/zmq_socket.h"
#include "wire/mail.h"

namespace causeway {

struct ClientConnection {
  ClientId id;
  Bytes routing_id;  ///< ZeroMQ's name of the connection
  std::shared_ptr<SendQueue> queue;
};

/// Bounded: beyond the limit the connection that was silent for longest is forgotten. A number is never given twice.
class ClientTable {
 public:
  ClientTable(std::size_t clients_max, std::size_t send_bytes_max, std::size_t all_send_bytes_max);

  /// The connection a message came from, known from now on. Valid until the next call.
  const ClientConnection& heard(BytesView routing_id);
  /// Null if it is not known, or no longer. Valid until the next call.
  [[nodiscard]] const ClientConnection* find(ClientId id) const;
  void forget(ClientId id);
  [[nodiscard]] std::size_t size() const { return by_use_.size(); }

 private:
  using ByUse = std::list<ClientConnection>;  // last heard first

  ByUse by_use_;
  std::unordered_map<BytesView, ByUse::iterator> by_routing_id_;  // the keys live in by_use_
  std::unordered_map<ClientId, ByUse::iterator> by_id_;
  std::size_t clients_max_;
  std::size_t send_bytes_max_;
  std::shared_ptr<SendQueue> whole_;
  std::uint64_t last_id_ = 0;
};

}  // namespace causeway
