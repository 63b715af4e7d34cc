#include "net/peer_link.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace causeway {
namespace {

constexpr std::size_t parts_max = 512;  // of one write: two a message

}  // namespace

PeerLink::PeerLink(PeerLinks& links, Endpoint peer, const std::string& source)
    : links_(links),
      limits_(links.limits),
      peer_(std::move(peer)),
      backoff_(limits_.reconnect_first),
      queue_(limits_.send_bytes_max, links.queue) {
  if (const auto found = find_address(peer_)) address_ = *found;
  if (source.empty()) return;
  if (const auto found = find_address({source, 0})) source_ = *found;
}

PeerLink::~PeerLink() {
  for (const Waiting& each : waiting_) forget(each);
  // Closing with bytes unread would take back what the system has not sent yet.
  char unread[peer_hello_bytes];
  if (connected_) recv(socket_.get(), unread, sizeof unread, 0);
}

// ---- What waits ----

/// Whether so much more is too much. One message alone never is.
bool PeerLink::is_too_much(std::size_t messages, std::size_t bytes) const {
  if (waiting_.empty()) return false;
  if (!queue_.has_room(bytes)) return true;
  messages += waiting_.size();
  if (connected_) return messages > static_cast<std::size_t>(limits_.send_messages_max);
  return messages > limits_.waiting_messages_max || waiting_bytes_ + bytes > limits_.waiting_bytes_max;
}

void PeerLink::send(Bytes&& message, MonoTime now) {
  if (!address_) {
    links_.complain(peer_, "cannot connect to " + to_string(peer_) +
                               ": no such address; mend the peer's address in the topology file");
  }
  const std::size_t bytes = message.size();
  if (!address_ || bytes > limits_.peer_message_bytes_max) {
    ++dropped_;
    return;
  }
  if (is_too_much(1, bytes)) flush(now);
  while (is_too_much(1, bytes) && drop_oldest()) continue;
  if (is_too_much(1, bytes)) {
    ++dropped_;
    return;
  }
  queue_.add(bytes);
  waiting_bytes_ += bytes;
  waiting_.push_back({frame_head(bytes), std::move(message), now});
}

/// False: there is none but one that has begun to leave.
bool PeerLink::drop_oldest() {
  const std::size_t which = begun_bytes_ > 0 ? 1 : 0;
  if (waiting_.size() <= which) return false;
  const auto oldest = waiting_.begin() + static_cast<std::ptrdiff_t>(which);
  forget(*oldest);
  waiting_.erase(oldest);
  ++dropped_;
  return true;
}

void PeerLink::drop_late(MonoTime now) {
  while (!waiting_.empty() && waiting_.front().since + limits_.waiting_max < now) drop_oldest();
}

void PeerLink::forget(const Waiting& gone) {
  waiting_bytes_ -= gone.message.size();
  queue_.remove(gone.message.size());
}

// ---- The connection ----

void PeerLink::flush(MonoTime now) {
  if (events_ != 0) ready(std::exchange(events_, 0), now);
  if (socket_ && now >= until_) lose(now);
  if (!connected_) drop_late(now);
  if (!socket_ && !waiting_.empty() && now >= retry_at_) dial(now);
  if (connected_ && !blocked_ && !waiting_.empty()) write(now);
  if (watch_) watch_->want((connected_ ? EPOLLIN : 0U) | (!connected_ || blocked_ ? EPOLLOUT : 0U));
}

MonoTime PeerLink::due() const {
  if (socket_) return until_;
  return waiting_.empty() ? MonoTime::max() : retry_at_;
}

void PeerLink::dial(MonoTime now) {
  auto socket = connect_tcp(*address_, source_ ? &*source_ : nullptr);
  if (!socket) {
    lose(now);
    return;
  }
  socket_ = std::move(*socket);
  watch_.emplace(links_.poller, socket_.get(), [this](std::uint32_t events) { events_ |= events; });
  until_ = now + limits_.connect_max;
}

void PeerLink::ready(std::uint32_t events, MonoTime now) {
  if (!connected_) {
    say_hello(now);
    return;
  }
  if ((events & EPOLLOUT) != 0) blocked_ = false;
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) hear(now);
}

void PeerLink::say_hello(MonoTime now) {
  const BytesView hello = peer_hello();
  const bool said = connect_error(socket_) == 0 && ::send(socket_.get(), hello.data(), hello.size(),
                                                          MSG_NOSIGNAL) == static_cast<ssize_t>(hello.size());
  if (!said) {
    lose(now);
    return;
  }
  connected_ = true;
  until_ = now + limits_.handshake_max;
  keep_alive(socket_, limits_);
  give_up_after(socket_, limits_.heartbeat_silence_max);
}

/// All that comes back is a hello, once.
void PeerLink::hear(MonoTime now) {
  char bytes[2 * peer_hello_bytes];
  const ssize_t count = recv(socket_.get(), bytes, sizeof bytes, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    lose(now);
    return;
  }
  heard_.append(bytes, static_cast<std::size_t>(count));
  auto whole = check_peer_hello(heard_);
  if (whole && heard_.size() > peer_hello_bytes) whole = fail(ErrorCode::invalid, "it says more than hello");
  if (!whole) {
    links_.complain(peer_, "cannot speak to " + to_string(peer_) + ": " + whole.error().sentence);
    lose(now);
    return;
  }
  if (*whole) {
    until_ = MonoTime::max();
    backoff_ = limits_.reconnect_first;
  }
}

void PeerLink::write(MonoTime now) {
  while (!waiting_.empty() && !blocked_) {
    std::array<iovec, parts_max> parts;
    std::size_t count = 0;
    std::size_t bytes = 0;
    std::size_t written = begun_bytes_;
    for (const Waiting& each : waiting_) {
      if (count + 2 > parts.size()) break;
      for (BytesView part : {BytesView(each.head.data(), each.head.size()), BytesView(each.message)}) {
        const std::size_t skip = std::min(written, part.size());
        written -= skip;
        parts[count++] = {const_cast<char*>(part.data()) + skip, part.size() - skip};
        bytes += part.size() - skip;
      }
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const ssize_t took = sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (took < 0 && errno != EAGAIN && errno != EINTR) {
      hear(now);  // perhaps it says why
      if (socket_) lose(now);
      return;
    }
    if (took > 0) wrote(static_cast<std::size_t>(took));
    blocked_ = took < static_cast<ssize_t>(bytes);
  }
}

void PeerLink::wrote(std::size_t bytes) {
  begun_bytes_ += bytes;
  while (!waiting_.empty()) {
    const std::size_t frame_bytes = sizeof(FrameHead) + waiting_.front().message.size();
    if (begun_bytes_ < frame_bytes) return;
    begun_bytes_ -= frame_bytes;
    forget(waiting_.front());
    waiting_.pop_front();
    ++sent_;
  }
}

/// What waits, also what has left in part, may wait for the next connection.
void PeerLink::lose(MonoTime now) {
  watch_.reset();
  socket_ = Fd();
  events_ = 0;
  connected_ = false;
  blocked_ = false;
  heard_.clear();
  begun_bytes_ = 0;
  while (waiting_.size() > 1 && is_too_much(0, 0)) drop_oldest();
  const Micros part = backoff_ / 2;
  retry_at_ = now + part + Micros(links_.random.below(static_cast<std::uint64_t>(part.count()) + 1));
  backoff_ = std::min(2 * backoff_, limits_.reconnect_max);
}

}  // namespace causeway
