// Every limit of the sockets, in one place. ZeroMQ's own defaults have no message size limit, wait for ever at the
// end, and give a stranger 30 s to say who he is.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "wire/codec.h"

namespace causeway {

// Of connections that speak the Redis protocol.
struct RespLimits {
  // One command. Whoever sends a larger one is told so, and loses the connection.
  std::size_t bulk_bytes_max = std::size_t{8} << 20U;  // one argument
  std::size_t command_bytes_max = std::size_t{17} << 20U;
  std::size_t arguments_max = std::size_t{1} << 20U;
  std::size_t inline_bytes_max = std::size_t{64} << 10U;
  // One reply: instead of a larger one the client gets an error.
  std::size_t reply_bytes_max = std::size_t{64} << 20U;

  // One turn: what is beyond waits for the next.
  std::size_t turn_commands_max = 1024;  // per connection
  std::size_t turn_all_commands_max = 16'384;
  std::size_t read_bytes = std::size_t{16} << 10U;  // per connection, at least

  std::size_t connections_max = 10'000;
  // Per connection: replies that wait for their turn or their answer; then nothing more is read.
  std::size_t waiting_replies_max = 4096;
  // Replies that a client does not read: beyond it, the connection ends.
  std::size_t output_bytes_max = std::size_t{64} << 20U;
  std::size_t all_output_bytes_max = std::size_t{256} << 20U;
  // Commands that have arrived in part, over all connections: beyond it, the connection that asks for more ends.
  std::size_t all_input_bytes_max = std::size_t{256} << 20U;
  std::size_t spare_buffers_max = 128;  // kept for the next turn
};

struct NetLimits {
  // One message. A sender of a larger one loses its connection.
  std::size_t request_bytes_max = std::size_t{16} << 20U;       // client to node
  std::size_t reply_bytes_max = WireLimits::message_bytes_max;  // node to client
  std::size_t peer_message_bytes_max = WireLimits::message_bytes_max;

  // One turn of poll(), per port: what is beyond waits for the next.
  std::size_t turn_messages_max = 4096;
  std::size_t turn_bytes_max = std::size_t{32} << 20U;
  std::size_t peer_read_bytes = std::size_t{64} << 10U;  // per connection, at least
  std::size_t accepts_max = 64;

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
  // Messages of peers that have arrived in part, over all connections: beyond it, the connection that asks for more ends.
  std::size_t all_peers_receive_bytes_max = std::size_t{256} << 20U;
  std::size_t spare_peer_buffers_max = 16;  // kept for the next turn

  std::size_t clients_max = 10'000;       // connections that can be answered; beyond, the longest unused goes
  std::size_t complained_peers_max = 64;  // addresses whose malformed messages are logged, once each

  // Connections.
  std::size_t peer_connections_max = 1024;  // that others opened to the peer port; beyond, one is refused
  Micros accept_pause = 100ms;              // when the process has no descriptor left
  Micros handshake_max = 3s;
  Micros connect_max = 3s;
  Micros heartbeat_every = 2s;
  // Over TCP without heartbeats: that what was sent stays unacknowledged, or finds no room.
  Micros heartbeat_silence_max = 6s;
  Micros reconnect_first = 50ms;  // doubles up to the greatest, each less up to a half, at random
  Micros reconnect_max = 1s;
  Micros linger_at_end = 200ms;  // for the last replies of a node that stops
  int backlog = 256;
  int keepalive_idle_s = 30;
  int keepalive_every_s = 10;
  int keepalive_probes = 3;

  RespLimits resp;
};

}  // namespace causeway
