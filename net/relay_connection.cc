#include "net/relay_connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/steady_clock.h"

namespace causeway {

RelayConnection::RelayConnection(Poller& poller, LinkState& link, bool from_a, Random& random, Fd accepted,
                                 Fd dialled)
    : link_(link),
      from_a_(from_a),
      random_(random),
      sides_{Side(poller, std::move(accepted), [this](std::uint32_t events) { ready(0, events); }),
             Side(poller, std::move(dialled), [this](std::uint32_t events) { ready(1, events); })} {
  want();
}

void RelayConnection::ready(std::size_t side, std::uint32_t events) {
  if (over_) return;
  if (side == 1 && connecting_) {
    over_ = connect_error(sides_[1].socket) != 0;
    connecting_ = false;
  }
  if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) flows_[1 - side].blocked = false;
  const Flow& flow = flows_[side];
  const bool room = !flow.read_all && flow.held < RelayLimits::held_bytes_max;
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0 && room) read(side, steady_now());
}

void RelayConnection::read(std::size_t side, MonoTime now) {
  Flow& flow = flows_[side];
  Bytes bytes(RelayLimits::read_bytes, '\0');
  const ssize_t count = recv(sides_[side].socket.get(), bytes.data(), bytes.size(), 0);
  if (count < 0) {
    over_ = over_ || (errno != EAGAIN && errno != EINTR);
    return;
  }
  bytes.resize(static_cast<std::size_t>(count));
  bytes.shrink_to_fit();
  flow.read_all = bytes.empty();
  flow.held += bytes.size();
  const auto jitter = link_.link.jitter > Micros{0}
                          ? Micros(random_.below(static_cast<std::uint64_t>(link_.link.jitter.count()) + 1))
                          : Micros{0};
  MonoTime due = now + link_.link.delay + jitter;
  if (!flow.chunks.empty()) due = std::max(due, flow.chunks.back().due);
  flow.chunks.push_back({std::move(bytes), due});
}

void RelayConnection::advance(MonoTime now) {
  if (!link_.cut && !connecting_ && !over_) {
    deliver(0, now);
    deliver(1, now);
  }
  want();
}

void RelayConnection::deliver(std::size_t from, MonoTime now) {
  Flow& flow = flows_[from];
  const int to = sides_[1 - from].socket.get();
  while (!over_ && !flow.blocked && !flow.chunks.empty() && flow.chunks.front().due <= now) {
    const Bytes& bytes = flow.chunks.front().bytes;
    if (bytes.empty()) {
      deliver_end(from);
      return;
    }
    const ssize_t count = send(to, bytes.data() + flow.written, bytes.size() - flow.written, MSG_NOSIGNAL);
    if (count < 0) {
      flow.blocked = errno == EAGAIN;
      over_ = !flow.blocked && errno != EINTR;
      continue;
    }
    const auto written = static_cast<std::size_t>(count);
    link_.bytes[(from == 0) == from_a_ ? 0 : 1] += written;
    flow.written += written;
    flow.held -= written;
    if (flow.written < bytes.size()) continue;
    flow.chunks.pop_front();
    flow.written = 0;
  }
}

void RelayConnection::deliver_end(std::size_t from) {
  flows_[from].chunks.clear();
  flows_[from].delivered_all = true;
  shutdown(sides_[1 - from].socket.get(), SHUT_WR);
  over_ = flows_[1 - from].delivered_all;
}

void RelayConnection::want() {
  for (std::size_t side = 0; side < 2; ++side) {
    const Flow& out = flows_[side];
    const bool frozen = link_.cut || over_;
    const bool in =
        !frozen && !out.read_all && out.held < RelayLimits::held_bytes_max && !(side == 1 && connecting_);
    const bool write = !frozen && (flows_[1 - side].blocked || (side == 1 && connecting_));
    sides_[side].watch.want((in ? EPOLLIN : 0U) | (write ? EPOLLOUT : 0U));
  }
}

std::optional<MonoTime> RelayConnection::due() const {
  std::optional<MonoTime> first;
  if (link_.cut || connecting_ || over_) return first;
  for (const Flow& flow : flows_) {
    if (flow.blocked || flow.chunks.empty()) continue;
    first = first ? std::min(*first, flow.chunks.front().due) : flow.chunks.front().due;
  }
  return first;
}

}  // namespace causeway
