#include "net/resp_port.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace causeway {
RespPort::RespPort(Poller& poller, const NetLimits& limits, RespHandler& handler)
    : poller_(poller), limits_(limits), shared_{limits.resp, handler} {}

RespPort::~RespPort() = default;

Result<void> RespPort::listen(const Endpoint& at, bool shared) {
  CW_TRY(Fd socket, listen_tcp(at, limits_.backlog, "RESP", "resp", shared));
  listener_.emplace(poller_, limits_, std::move(socket), true);
  return {};
}

Micros RespPort::patience(Micros timeout) {
  flush();
  if (!ready_.empty()) return Micros{0};
  return listener_ ? listener_->patience(timeout) : timeout;
}

void RespPort::open(Fd socket) {
  if (connections_.size() - free_slots_.size() >= limits_.resp.connections_max) {
    ++counters_.connections_rejected;
    constexpr BytesView full = "-ERR max number of clients reached\r\n";
    send(socket.get(), full.data(), full.size(), MSG_NOSIGNAL);
    return;
  }
  keep_alive(socket, limits_);
  if (free_slots_.empty()) {
    free_slots_.push_back(connections_.size());
    connections_.emplace_back();
  }
  const std::size_t slot = free_slots_.back();
  free_slots_.pop_back();
  const std::uint64_t number = ++counters_.connections_received;
  const ClientId id(own_bit | (number << slot_bits) | slot);
  connections_[slot] = std::make_unique<RespConnection>(shared_, id, number, poller_, std::move(socket),
                                                        [this, slot](std::uint32_t events) {
                                                          RespConnection& ready = *connections_[slot];
                                                          ready.events |= events;
                                                          queue(ready);
                                                        });
}

RespConnection* RespPort::find(ClientId id) {
  const std::size_t slot = id.value & ((std::uint64_t{1} << slot_bits) - 1);
  RespConnection* found = slot < connections_.size() ? connections_[slot].get() : nullptr;
  return found != nullptr && found->id() == id ? found : nullptr;
}

void RespPort::queue(RespConnection& connection) {
  if (!std::exchange(connection.queued, true)) ready_.push_back(&connection);
}

void RespPort::mark(RespConnection& connection) {
  if (!std::exchange(connection.dirty, true)) dirty_.push_back(&connection);
}

void RespPort::take(Inbox& into) {
  if (listener_) listener_->accept([this](Fd socket) { open(std::move(socket)); });
  taken_.clear();
  taken_.swap(ready_);
  std::size_t left = limits_.resp.turn_all_commands_max;
  for (RespConnection* each : taken_) {
    each->queued = false;
    if (left == 0) {
      queue(*each);
      continue;
    }
    if (each->events != 0) each->ready(std::exchange(each->events, 0));
    Requests requests;
    requests.requests.reserve(each->usual_requests);
    left -= std::min(left, each->take(std::min(left, limits_.resp.turn_commands_max), requests));
    each->usual_requests = std::min(requests.requests.size(), RespConnection::usual_requests_max);
    if (!requests.requests.empty()) into.clients.emplace_back(each->id(), std::move(requests));
    mark(*each);
  }
}

bool RespPort::answer(ClientId to, Responses&& answers) {
  RespConnection* connection = find(to);
  if (connection == nullptr) return false;
  for (Response& each : answers.responses) connection->answer(std::move(each));
  mark(*connection);
  return true;
}

void RespPort::flush() {
  for (RespConnection* each : dirty_) {
    each->dirty = false;
    each->flush();
    each->settle();
    if (each->over()) {
      close(*each);
    } else if (each->has_more()) {
      queue(*each);
    }
  }
  dirty_.clear();
}

void RespPort::close(const RespConnection& connection) {
  if (connection.queued) std::erase(ready_, &connection);
  const std::size_t slot = connection.id().value & ((std::uint64_t{1} << slot_bits) - 1);
  connections_[slot].reset();
  free_slots_.push_back(slot);
}

RespCounters RespPort::counters() const {
  RespCounters now = counters_;
  now.connections = connections_.size() - free_slots_.size();
  now.connections_cut_off = shared_.cut_off;
  now.commands = shared_.commands;
  now.protocol_errors = shared_.protocol_errors;
  return now;
}

}  // namespace causeway
