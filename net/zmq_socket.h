// What all our ZeroMQ sockets have in common: their options, and messages that count while they are queued.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <zmq.hpp>

#include "base/bytes.h"
#include "net/endpoint.h"
#include "net/limits.h"
#include "net/send_queue.h"

namespace causeway {

/// One context for a process, with one I/O thread; closing it does not wait.
zmq::context_t make_context();

/// A socket with every limit set. Throws zmq::error_t if the process has no descriptor left.
zmq::socket_t make_socket(zmq::context_t& context, zmq::socket_type type, const NetLimits& limits,
                          std::size_t message_bytes_max);

/// "tcp://HOST:PORT", and switches the socket to IPv6 if the host needs it. `source`, if not empty, is the address
/// to connect from.
std::string zmq_address(zmq::socket_t& socket, const Endpoint& endpoint, const std::string& source = {});

/// A message that owns `bytes` (they are not copied), counted in `queue` until ZeroMQ has sent or dropped it.
zmq::message_t make_message(Bytes&& bytes, const std::shared_ptr<SendQueue>& queue);

/// False if the socket would have to wait; the message is untouched then. A connection that has just come counts.
bool send_now(zmq::socket_t& socket, zmq::message_t& message);

/// Takes the other frames of the message that `first` begins. Whether there were any: we send none.
bool skip_more_frames(zmq::socket_t& socket, const zmq::message_t& first);

inline BytesView view(const zmq::message_t& message) {
  return {static_cast<const char*>(message.data()), message.size()};
}

/// For zmq::poll: rounded up, so that waiting for a fraction of a millisecond does not spin.
inline std::chrono::milliseconds poll_timeout(Micros timeout) {
  return std::chrono::ceil<std::chrono::milliseconds>(std::max(timeout, Micros{0}));
}

}  // namespace causeway
