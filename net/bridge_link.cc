#include "net/bridge_link.h"

#include <utility>

namespace causeway {

BridgeLink::BridgeLink(Poller& poller, zmq::context_t& context, const NetLimits& limits, Endpoint peer,
                       std::string source, std::shared_ptr<SendQueue> all_peers)
    : poller_(poller),
      context_(context),
      limits_(limits),
      peer_(std::move(peer)),
      source_(std::move(source)),
      queue_(std::make_shared<SendQueue>(limits.send_bytes_max, std::move(all_peers))) {}

Result<void> BridgeLink::connect() {
  constexpr std::size_t nothing_comes_back = 1024;
  try {
    zmq::socket_t socket = make_socket(context_, zmq::socket_type::dealer, limits_, nothing_comes_back);
    socket.set(zmq::sockopt::rcvhwm, 1);
    socket.connect(zmq_address(socket, peer_, source_));
    socket_ = std::move(socket);
    return {};
  } catch (const zmq::error_t& error) {
    return fail(ErrorCode::invalid, "cannot connect to " + to_string(peer_) + ": " + error.what() +
                                        "; mend the peer's address in the topology file");
  }
}

Result<void> BridgeLink::send(Bytes&& bytes, MonoTime now) {
  if (!socket_) {
    auto connected = connect();
    if (!connected) {
      ++dropped_;
      return connected;
    }
  }
  send_waiting(now);
  if (bytes.size() > limits_.peer_message_bytes_max || !queue_->has_room(bytes.size())) {
    ++dropped_;
    return {};
  }
  zmq::message_t message = make_message(std::move(bytes), queue_);
  if (waiting_.empty() && send_now(socket_, message)) {
    ++sent_;
    return {};
  }
  waiting_bytes_ += message.size();
  waiting_.push_back({std::move(message), now});
  while (waiting_.size() > 1 &&
         (waiting_.size() > limits_.waiting_messages_max || waiting_bytes_ > limits_.waiting_bytes_max)) {
    drop_oldest();
  }
  return {};
}

void BridgeLink::flush(MonoTime now) {
  send_waiting(now);
  if (!watch_ && waiting_.empty()) return;
  if (!watch_) watch_.emplace(poller_, socket_.get(zmq::sockopt::fd), [](std::uint32_t) {});
  watch_->want(waiting_.empty() ? 0U : EPOLLIN);
}

void BridgeLink::send_waiting(MonoTime now) {
  while (!waiting_.empty() && waiting_.front().since + limits_.waiting_max < now) drop_oldest();
  while (!waiting_.empty()) {
    const std::size_t size = waiting_.front().message.size();
    if (!send_now(socket_, waiting_.front().message)) return;
    waiting_bytes_ -= size;
    waiting_.pop_front();
    ++sent_;
  }
}

void BridgeLink::drop_oldest() {
  waiting_bytes_ -= waiting_.front().message.size();
  waiting_.pop_front();
  ++dropped_;
}

void BridgeLink::linger(Micros time) {
  if (socket_) socket_.set(zmq::sockopt::linger, static_cast<int>(poll_timeout(time).count()));
}

}  // namespace causeway
