#include "dc/forwarder.h"

#include <algorithm>
#include <utility>

#include "base/plant.h"

namespace causeway {
namespace {

/// A replica that is silent for so long is given up for another, where that is allowed.
constexpr Micros patience = 500ms;
constexpr Micros look_every = 100ms;
/// The replica's own error says more than one made up here: it must arrive before the deadline.
constexpr Micros way_back_max = 50ms;
constexpr int way_back_share = 8;
/// Of one message, unless one request alone has more.
constexpr std::size_t message_bytes_max = std::size_t{1} << 20U;

std::uint32_t timeout_ms_there(Micros left) {
  const auto there = left - std::min(way_back_max, left / way_back_share);
  return static_cast<std::uint32_t>(std::max<std::int64_t>(there / 1ms, 1));
}

bool repeatable(const Operation& operation) {
  if (planted(Plant::unnamed_write_repeated)) return true;
  return operation.call.reads() || operation.request.request_id.has_value();
}

Error none_left() {
  return {ErrorCode::unavailable, ErrorTag::retryable,
          "no replica of the key in this datacenter is up: try again, or another datacenter", 1, 0};
}

}  // namespace

bool Forwarder::send(std::uint64_t id, Pending& pending, MonoTime now) {
  for (const NodeId replica : site_.placement.replicas(pending.operation.partition, site_.home)) {
    if (pending.tried.contains(replica) || !site_.liveness.serving(replica)) continue;
    pending.tried.insert(replica);
    pending.at = replica;
    pending.sent = now;
    Request request = pending.operation.request;
    request.id = id;
    request.timeout_ms = timeout_ms_there(pending.operation.deadline - now);
    Outgoing& outgoing = outgoing_[replica];
    const std::size_t more = sizeof(Request) + request.arguments.bytes();
    if (outgoing.bytes > 0 && outgoing.bytes + more > message_bytes_max) {
      site_.post.send(replica, std::move(std::exchange(outgoing, {}).message));
    }
    outgoing.bytes += more;
    outgoing.message.requests.push_back(std::move(request));
    return true;
  }
  return false;
}

void Forwarder::answer(Pending& pending, std::variant<Value, Error> result) {
  auto* error = std::get_if<Error>(&result);
  const bool writing = !pending.operation.call.reads();
  if (error != nullptr && pending.unknown && writing) error->tag = ErrorTag::ambiguous;
  answers_.add(pending.operation, std::move(result));
}

void Forwarder::forward(Operation operation, MonoTime now) {
  const std::uint64_t id = ++last_id_;
  operation.request.arguments.own();
  Pending pending{std::move(operation), {}, {}, now, false, none_left()};
  if (send(id, pending, now)) {
    looked_ = std::max(looked_, now);
    bytes_ += pending.operation.bytes;
    pending_.emplace(id, std::move(pending));
  } else {
    answer(pending, none_left());
  }
}

void Forwarder::flush() {
  for (auto& [node, outgoing] : outgoing_) site_.post.send(node, std::move(outgoing.message));
  outgoing_.clear();
}

void Forwarder::on(NodeId from, ForwardReply reply, MonoTime now) {
  for (Response& response : reply.responses) on(from, std::move(response), now);
}

void Forwarder::on(NodeId from, Response response, MonoTime now) {
  const auto at = pending_.find(response.id);
  if (at == pending_.end() || !at->second.tried.contains(from)) return;
  Pending& pending = at->second;
  if (const auto* error = std::get_if<Error>(&response.result)) {
    const bool nothing_happened = error->tag == ErrorTag::retryable;
    // An answer of one given up earlier does not speak for the one asked now.
    if (nothing_happened && from != pending.at) return;
    if (error->code == ErrorCode::unavailable && nothing_happened && send(response.id, pending, now)) return;
  }
  if (response.session) pending.operation.request.session = std::move(response.session);
  answer(pending, std::move(response.result));
  erase(at);
}

std::map<std::uint64_t, Forwarder::Pending>::iterator Forwarder::erase(
    std::map<std::uint64_t, Pending>::iterator at) {
  bytes_ -= at->second.operation.bytes;
  return pending_.erase(at);
}

void Forwarder::tick(MonoTime now) {
  looked_ = now;
  for (auto at = pending_.begin(); at != pending_.end();) {
    Pending& pending = at->second;
    const bool silent = now - pending.sent >= patience || !site_.liveness.alive(pending.at);
    if (silent && repeatable(pending.operation) && send(at->first, pending, now)) pending.unknown = true;
    if (now < pending.operation.deadline) {
      ++at;
      continue;
    }
    const bool reading = pending.operation.call.reads();
    answer(pending,
           Error{ErrorCode::timeout, reading ? ErrorTag::retryable : ErrorTag::ambiguous,
                 "the replica that the request was handed to has not answered in time: retry, a " "write "
                                                                                                  "with " "th"
                                                                                                          "e " "same " "reques" "t id",
                 1, 0});
    at = erase(at);
  }
}

std::optional<MonoTime> Forwarder::wake_at() const {
  if (pending_.empty()) return std::nullopt;
  MonoTime first = looked_ + look_every;
  for (const auto& [id, pending] : pending_) first = std::min(first, pending.operation.deadline);
  return first;
}

}  // namespace causeway
