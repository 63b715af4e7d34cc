#include "net/peer_port.h"

#include <algorithm>
#include <utility>

namespace causeway {

PeerPort::PeerPort(Poller& poller, const NetLimits& limits, Tell tell)
    : poller_(poller),
      limits_(limits),
      tell_(std::move(tell)),
      spare_(limits.peer_read_bytes, limits.spare_peer_buffers_max) {}

Result<void> PeerPort::listen(const Endpoint& at) {
  CW_TRY(Fd socket, listen_tcp(at, limits_.backlog, "peers", "peer"));
  // What someone said and closed before it was heard is too old to be worth hearing.
  listener_.emplace(poller_, limits_, std::move(socket), false);
  return {};
}

Micros PeerPort::patience(Micros timeout, MonoTime now) {
  if (!ready_.empty()) return Micros{0};
  if (look_at_) timeout = std::min(timeout, *look_at_ - now);
  return listener_ ? listener_->patience(timeout) : timeout;
}

void PeerPort::open(Fd socket, MonoTime now) {
  if (streams_.size() >= limits_.peer_connections_max) {
    ++counters_.connections_cut_off;
    tell_(address_of_peer(socket), std::to_string(streams_.size()) + " connections are open already");
    return;
  }
  const MonoTime hello_until = now + limits_.handshake_max;
  if (!look_at_) look_at_ = hello_until;
  streams_.emplace_back(poller_, limits_, std::move(socket), hello_until,
                        [this](PeerStream& stream) { queue(stream); });
}

void PeerPort::queue(PeerStream& stream) {
  if (!std::exchange(stream.queued, true)) ready_.push_back(&stream);
}

void PeerPort::take(MonoTime now, Handler handle) {
  if (listener_) listener_->accept([&](Fd socket) { open(std::move(socket), now); });
  taken_.clear();
  taken_.swap(ready_);
  Turn left{limits_.turn_messages_max, limits_.turn_bytes_max};
  bool some_over = false;
  for (PeerStream* each : taken_) {
    each->queued = false;
    if (left.messages > 0 && left.bytes > 0) {
      each->read(spare_);
      take_from(*each, left, handle);
      some_over = some_over || each->over();
      if (!each->has_more()) continue;
    }
    queue(*each);
  }
  if (some_over) tidy();
  if (look_at_ && now >= *look_at_) send_silent_away(now);
}

void PeerPort::take_from(PeerStream& stream, Turn& left, Handler handle) {
  while (stream.has_more() && left.messages > 0 && left.bytes > 0) {
    const auto message = stream.next();
    if (!message) return end(stream, counters_.malformed, message.error().sentence);
    if (!*message) break;
    --left.messages;
    left.bytes -= std::min(left.bytes, (*message)->size());
    if (const auto handled = handle(**message); !handled) {
      return end(stream, counters_.malformed, handled.error().sentence);
    }
  }
  account(stream);
}

void PeerPort::account(PeerStream& stream) {
  stream.settle(spare_);
  held_bytes_ += stream.held_bytes() - stream.counted_bytes;
  stream.counted_bytes = stream.held_bytes();
  if (held_bytes_ > limits_.all_peers_receive_bytes_max && stream.held_bytes() > limits_.peer_read_bytes) {
    end(stream, counters_.connections_cut_off, "messages that have arrived in part take too much memory");
  }
}

void PeerPort::end(PeerStream& stream, std::uint64_t& counter, const std::string& why) {
  ++counter;
  tell_(stream.sender(), why);
  stream.end();
}

void PeerPort::send_silent_away(MonoTime now) {
  look_at_.reset();
  for (PeerStream& each : streams_) {
    if (each.greeted() || each.over()) continue;
    if (each.late(now)) {
      end(each, counters_.connections_cut_off, "it does not say hello");
    } else if (!look_at_) {
      look_at_ = each.hello_until();  // they stand in the order in which they came
    }
  }
  tidy();
}

void PeerPort::tidy() {
  std::erase_if(ready_, [](const PeerStream* each) { return each->over(); });
  streams_.remove_if([this](const PeerStream& each) {
    if (each.over()) held_bytes_ -= each.counted_bytes;
    return each.over();
  });
}

PeerPortCounters PeerPort::counters() const {
  PeerPortCounters now = counters_;
  now.connections = streams_.size();
  return now;
}

}  // namespace causeway
