#include "net/peer_stream.h"

#include <sys/socket.h>

#include <utility>

namespace causeway {

PeerStream::PeerStream(Poller& poller, const NetLimits& limits, Fd socket, MonoTime hello_until, Ready ready)
    : limits_(limits),
      socket_(std::move(socket)),
      watch_(poller, socket_.get(), [this, ready = std::move(ready)](std::uint32_t) { ready(*this); }),
      hello_until_(hello_until) {
  keep_alive(socket_, limits_);
  const BytesView hello = peer_hello();
  // A new socket has room for it; who does not get it gives up by itself.
  send(socket_.get(), hello.data(), hello.size(), MSG_NOSIGNAL);
  watch_.want(EPOLLIN);
}

void PeerStream::read(SpareBuffers& spare) {
  if (over_ || more_) return;
  spare.equip(input_);
  const Received received = receive(socket_, input_, limits_.peer_read_bytes);
  over_ = received == Received::end || received == Received::failure;
  more_ = received == Received::bytes;
}

Result<std::optional<BytesView>> PeerStream::next() {
  if (!greeted_) {
    CW_TRY(greeted_, check_peer_hello(input_.view()));
    if (greeted_) input_.consume(peer_hello_bytes);
  }
  std::optional<BytesView> message;
  if (greeted_) {
    CW_TRY(message, first_frame(input_.view(), limits_.peer_message_bytes_max));
  }
  if (message) {
    input_.consume(sizeof(FrameHead) + message->size());
  } else {
    more_ = false;
  }
  return message;
}

}  // namespace causeway
