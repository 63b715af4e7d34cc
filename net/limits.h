// Every limit of the sockets, in one place. ZeroMQ's own defaults have no message size limit, wait for ever at the
// end, and give a stranger 30 s to say who he is.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "wire/codec.h"

namespace causeway {

struct NetLimits {
  // One message. A sender of a larger one loses its connection.
  std::size_t request_bytes_max = std::size_t{16} << 20U;       // client to node
  std::size_t reply_bytes_max = WireLimits::message_bytes_max;  // node to client
  std::size_t peer_message_bytes_max = WireLimits::message_bytes_max;

  // One turn of poll(), per port: what is beyond waits for the next.
  std::size_t turn_messages_max = 4096;
  std::size_t turn_bytes_max = std::size_t{32} << 20U;

  // Queues, per connection. At the mark a sender drops, and counts it; a receiver stops reading.
  int receive_messages_max = 1000;
  int send_messages_max = 4096;
  std::size_t send_bytes_max = std::size_t{64} << 20U;
  std::size_t all_peers_send_bytes_max = std::size_t{256} << 20U;
  std::size_t all_clients_send_bytes_max = std::size_t{256} << 20U;
  // What waits for a peer that is not connected yet, or whose queue is full: the oldest goes first.
  std::size_t waiting_messages_max = 256;
  std::size_t waiting_bytes_max = std::size_t{4} << 20U;
  Micros waiting_max = 2s;

  std::size_t clients_max = 10'000;       // connections that can be answered; beyond, the longest unused goes
  std::size_t complained_peers_max = 64;  // addresses whose malformed messages are logged, once each

  // Connections.
  Micros handshake_max = 3s;
  Micros connect_max = 3s;
  Micros heartbeat_every = 2s;
  Micros heartbeat_silence_max = 6s;
  Micros reconnect_first = 50ms;
  Micros reconnect_max = 1s;
  Micros linger_at_end = 200ms;  // for the last replies of a node that stops
  int backlog = 256;
  int keepalive_idle_s = 30;
  int keepalive_every_s = 10;
  int keepalive_probes = 3;
};

}  // namespace causeway
