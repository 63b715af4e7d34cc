#include "client/cpp/request_engine.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace causeway {
namespace {

constexpr unsigned try_bits = 8;  ///< the low bits of a request's id on the wire; above them the call's
constexpr Micros margin_max = 100ms;
constexpr Micros rest_first = 5ms;
constexpr Micros rest_max = 400ms;
/// A node that answers others but not this request for so many try_timeouts has lost it.
constexpr int tries_until_lost = 4;

Micros rest_time(std::uint32_t rounds, Random& random) {
  const Micros longest = std::min(rest_max, rest_first * (std::int64_t{1} << std::min(rounds, 10U)));
  return longest / 2 + Micros(random.below(static_cast<std::uint64_t>(longest.count() / 2)));
}

std::uint64_t wire_id(std::uint64_t call, std::uint8_t tries) { return call << try_bits | tries; }

std::size_t bytes_of(const std::vector<Bytes>& arguments) {
  std::size_t bytes = 0;
  for (const Bytes& argument : arguments) bytes += argument.size();
  return bytes;
}

}  // namespace

RequestEngine::RequestEngine(ClientOptions options, RequestId ids, std::uint64_t seed)
    : options_(std::move(options)),
      timeout_(options_.timeout),
      try_timeout_(options_.try_timeout),
      random_(seed),
      next_request_id_(ids) {}

void RequestEngine::submit(NewCall&& ask, Now now) {
  CW_CHECK(ring_ != nullptr && ask.arguments.size() > ask.key_at, "started, and the command is checked");
  const auto [id, call] = calls_.add();
  call.ask = std::move(ask);
  const CallOptions& options = call.ask.options;
  call.home = options.datacenter.empty() ? home_ : dc_id(options.datacenter);
  const bool known = call.home == home_ && !preferred_.empty();
  if (!known && ring_->configuration().datacenter(call.home) == nullptr) {
    return finish(id, fail(ErrorCode::invalid, "there is no datacenter '" + options.datacenter + "'"));
  }
  if (call.ask.takes_id && call.ask.counts && !options.request_id && options_.automatic_request_ids)
    name_increment(call, now);
  call.repeatable = !call.ask.counts || options.request_id.has_value();
  call.partition = ring_->partition(call.ask.arguments[call.ask.key_at]);
  const Micros timeout = options.timeout ? Micros(*options.timeout) : timeout_;
  call.deadline = now.mono + timeout;
  call.margin = std::min(margin_max, timeout / 10);
  try_next(id, call, now);
}

void RequestEngine::name_increment(Call& call, Now now) {
  RequestId automatic = next_request_id_;
  ++next_request_id_.low;
  automatic.expires_ms =
      std::chrono::ceil<std::chrono::milliseconds>(now.wall.time_since_epoch() + request_id_lifetime).count();
  call.ask.options.request_id = automatic;
}

// ---- One try after the other ----------------------------------------------------------------------------------

void RequestEngine::try_next(CallId id, Call& call, Now now) {
  if (call.last_error && almost_over(call, now)) return give_up(id, call, now);
  if (call.refused.empty() && call.home == home_ && call.partition.value < preferred_.size()) {
    const PeerIndex first = preferred_[call.partition.value];
    if (peers_[first].state == Peer::State::up) return send(id, call, first, now);
  }
  const auto accept = [&](NodeId node) {
    const PeerIndex peer = peers_.of(node);
    return peers_[peer].usable() &&
           std::find(call.refused.begin(), call.refused.end(), peer) == call.refused.end();
  };
  const auto node = ring_->first(call.partition, call.home, options_.failover_to_other_datacenters, accept);
  if (!node) return rest(id, call, now);

  const PeerIndex peer = peers_.of(*node);
  if (peers_[peer].state == Peer::State::up) return send(id, call, peer, now);
  open(peer, now);
  call.state = Call::State::connecting;
  call.peer = peer;
  peers_[peer].waiting.push_back(id);
  set_alarm(id, call.deadline);
}

void RequestEngine::send(CallId id, Call& call, PeerIndex peer, Now now) {
  call.state = Call::State::sent;
  call.peer = peer;
  call.sent_at = now.mono;
  ++call.tries;
  const auto budget =
      std::chrono::duration_cast<std::chrono::milliseconds>(call.deadline - call.margin - now.mono);
  if (queued_.size() <= peer) queued_.resize(peer + std::size_t{1});
  queued_[peer].push_back(
      {id, static_cast<std::uint32_t>(std::clamp<std::int64_t>(budget.count(), 1, UINT32_MAX)), call.tries});
  set_alarm(id, std::min(call.deadline, now.mono + try_timeout_ / 2));
}

void RequestEngine::rest(CallId id, Call& call, Now now) {
  call.state = Call::State::resting;
  call.refused.clear();
  set_alarm(id, std::min(call.deadline, now.mono + rest_time(call.rounds++, random_)));
}

// ---- Time ------------------------------------------------------------------------------------------------------

void RequestEngine::tick(Now now) {
  for (const Alarms::Number place : alarms_.take(now.mono)) {
    const CallId id = calls_.id_at(place);
    // One before it may have ended this call, or set it going again.
    if (id != 0 && !alarms_.is_set(place)) look_after(id, *calls_.find(id), now);
  }
  look_after_peers(now);
}

void RequestEngine::look_after(CallId id, Call& call, Now now) {
  if (now.mono >= call.deadline) return give_up(id, call, now);
  if (call.state == Call::State::resting) return try_next(id, call, now);
  if (call.state == Call::State::connecting) return set_alarm(id, call.deadline);

  const bool silent = peers_[call.peer].heard_at < call.sent_at;
  if (silent && now.mono >= call.sent_at + try_timeout_) {
    // Fails over every call that may be repeated, this one too; the others wait on.
    set_alarm(id, call.deadline);
    return suspect(call.peer, now);
  }
  if (silent) {
    probe(call.peer);
    return set_alarm(id, std::min(call.deadline, call.sent_at + try_timeout_));
  }
  const MonoTime lost_at = call.sent_at + tries_until_lost * try_timeout_;
  if (call.repeatable && now.mono >= lost_at) return no_answer(id, call, now);
  set_alarm(id, std::min(call.deadline, now.mono < lost_at ? lost_at : call.deadline));
}

// ---- How a try ends --------------------------------------------------------------------------------------------

void RequestEngine::no_answer(CallId id, Call& call, Now now) {
  call.unknown = true;
  call.refused.push_back(call.peer);
  if (call.repeatable) return try_next(id, call, now);
  finish(id, tl::unexpected(Error{
                 ErrorCode::unavailable, ErrorTag::ambiguous,
                 "the connection to " + name_of_peer(call.peer) + " was lost before it answered", 0, 0}));
}

void RequestEngine::answer(PeerIndex peer, Response&& response, Now now) {
  const CallId id = response.id >> try_bits;
  Call* call = calls_.find(id);
  if (call == nullptr) return;  // answered by another try, or over
  if (auto* value = std::get_if<Value>(&response.result)) return finish(id, std::move(*value));
  const bool current =
      call->state == Call::State::sent && call->peer == peer && response.id == wire_id(id, call->tries);
  answer_error(id, *call, current, std::get<Error>(std::move(response.result)), now);
}

void RequestEngine::answer_error(CallId id, Call& call, bool current, Error error, Now now) {
  if (error.tag == ErrorTag::fatal) {
    call.last_error = std::move(error);
    return give_up(id, call, now);
  }
  if (!current) return;  // of a try that was given up: the later one decides
  const bool ambiguous = error.tag == ErrorTag::ambiguous;
  const bool busy = error.code == ErrorCode::overloaded;
  call.unknown = call.unknown || ambiguous;
  call.last_error = std::move(error);
  if (almost_over(call, now) || (ambiguous && !call.repeatable)) return give_up(id, call, now);
  if (busy) return rest(id, call, now);
  call.refused.push_back(call.peer);
  try_next(id, call, now);
}

void RequestEngine::give_up(CallId id, Call& call, Now now) {
  const bool waiting = call.state == Call::State::sent && now.mono >= call.deadline;
  if (waiting) call.unknown = true;
  Error error;
  if (call.last_error) {
    error = std::move(*call.last_error);
  } else if (waiting || call.unknown) {
    error = {ErrorCode::timeout, ErrorTag::retryable,
             "no answer from " + name_of_peer(call.peer) + " in time", 0, 0};
  } else {
    const Datacenter* home = ring_->configuration().datacenter(call.home);
    const std::string where = home == nullptr ? " a datacenter that is no more" : " datacenter " + home->name;
    error = {ErrorCode::unavailable, ErrorTag::retryable,
             "no node that holds the key could be reached in" + where, 1, 0};
  }
  if (call.ask.reads && error.tag == ErrorTag::ambiguous) error.tag = ErrorTag::retryable;
  if (!call.ask.reads && call.unknown) error.tag = ErrorTag::ambiguous;
  finish(id, tl::unexpected(std::move(error)));
}

void RequestEngine::finish(CallId id, Result<Value>&& result) {
  NewCall& ask = calls_.find(id)->ask;
  const auto done = std::move(ask.done);
  std::atomic<std::size_t>* outstanding = ask.outstanding;
  ended_arguments_.push_back(std::move(ask.arguments));
  alarms_.cancel(Slots<Call>::place(id));
  calls_.remove(id);
  if (outstanding != nullptr) outstanding->fetch_sub(1);
  done(std::move(result));
}

void RequestEngine::shut_down() {
  for (const CallId id : calls_.ids([](const Call&) { return true; })) {
    const Call& call = *calls_.find(id);
    const bool unknown = !call.ask.reads && (call.unknown || call.state == Call::State::sent);
    finish(id,
           tl::unexpected(Error{ErrorCode::unavailable, unknown ? ErrorTag::ambiguous : ErrorTag::retryable,
                                "the client was closed before an answer came", 0, 0}));
  }
  const Error closed{ErrorCode::unavailable, ErrorTag::retryable, "the client was closed", 0, 0};
  while (!status_waiters_.empty()) fail_status(status_waiters_.begin()->first, closed);
}

// ---- What goes out ---------------------------------------------------------------------------------------------

std::vector<std::pair<PeerIndex, ClientMessage>> RequestEngine::take_messages() {
  ended_arguments_.clear();
  const Epoch epoch = ring_ == nullptr ? Epoch{} : ring_->configuration().epoch();
  for (PeerIndex peer = 0; peer < queued_.size(); ++peer) pack(peer, queued_[peer], epoch);
  return std::exchange(messages_, {});
}

void RequestEngine::pack(PeerIndex peer, std::vector<Queued>& queued, Epoch epoch) {
  Requests message{{}, epoch};
  std::size_t bytes = 0;
  std::size_t left = queued.size();
  for (const Queued& each : queued) {
    const std::size_t at_most = std::min(left--, requests_per_message_max);
    const Call* call = calls_.find(each.call);
    if (call == nullptr || call->tries != each.tries) continue;  // given up before it left
    const std::size_t more = bytes_of(call->ask.arguments);
    const bool full = message.requests.size() == requests_per_message_max || bytes + more > message_bytes_max;
    if (full && !message.requests.empty()) {
      messages_.emplace_back(peer, std::exchange(message, Requests{{}, epoch}));
      bytes = 0;
    }
    if (message.requests.empty()) message.requests.reserve(at_most);
    bytes += more;
    const CallOptions& options = call->ask.options;
    Request& request = message.requests.emplace_back();
    request.id = wire_id(each.call, each.tries);
    for (const Bytes& argument : call->ask.arguments) request.arguments.borrow(argument);
    request.read_level = options.read_level.value_or(options_.read_level);
    request.write_level = options.write_level.value_or(options_.write_level);
    request.timeout_ms = each.timeout_ms;
    request.request_id = options.request_id;
  }
  if (!message.requests.empty()) messages_.emplace_back(peer, std::move(message));
  queued.clear();
}

void RequestEngine::not_sent(PeerIndex peer, const ClientMessage& message, Now now) {
  const auto* batch = std::get_if<Requests>(&message);
  if (batch == nullptr) return;
  for (const Request& request : batch->requests) {
    const CallId id = request.id >> try_bits;
    Call* call = calls_.find(id);
    if (call == nullptr || call->state != Call::State::sent || call->peer != peer) continue;
    call->refused.push_back(peer);
    try_next(id, *call, now);
  }
}

}  // namespace causeway
