#include "net/client_socket.h"

#include <map>

#include "net/connection_watch.h"
#include "net/wake_event.h"
#include "net/zmq_socket.h"
#include "wire/codec.h"

namespace causeway {
namespace {

struct Connection {
  Connection(zmq::context_t& context, const NetLimits& limits)
      : socket(make_socket(context, zmq::socket_type::dealer, limits, limits.reply_bytes_max)),
        watch(context, socket),
        queue(std::make_shared<SendQueue>(limits.send_bytes_max)) {}

  zmq::socket_t socket;
  ConnectionWatch watch;
  std::shared_ptr<SendQueue> queue;
};

}  // namespace

struct ClientSockets::Parts {
  explicit Parts(NetLimits l) : limits(l) {}

  Connection* find(Index index) {
    const auto found = connections.find(index);
    return found == connections.end() ? nullptr : found->second.get();
  }
  void wait(Micros timeout);
  void take(Index index, Connection& from, std::vector<std::pair<Index, ClientMessage>>& into);

  NetLimits limits;
  WakeEvent wake;
  zmq::context_t context = make_context();
  std::map<Index, std::unique_ptr<Connection>> connections;
  std::vector<zmq::pollitem_t> items;
  Index next = 0;
  std::uint64_t malformed = 0;
  std::size_t turn_messages = 0;
  std::size_t turn_bytes = 0;
};

ClientSockets::ClientSockets(NetLimits limits) : parts_(std::make_unique<Parts>(limits)) {}
ClientSockets::~ClientSockets() = default;

Result<ClientSockets::Index> ClientSockets::connect(const Endpoint& node) {
  try {
    auto connection = std::make_unique<Connection>(parts_->context, parts_->limits);
    connection->socket.connect(zmq_address(connection->socket, node));
    parts_->connections.emplace(parts_->next, std::move(connection));
    return parts_->next++;
  } catch (const zmq::error_t& error) {
    const std::string sentence = "cannot connect to " + to_string(node) + ": " + error.what();
    if (error.num() == EMFILE)
      return fail_retryable(ErrorCode::overloaded, sentence + "; close other connections first");
    return fail(ErrorCode::invalid, sentence + "; give an address such as 127.1.1.1:7400");
  }
}

void ClientSockets::close(Index index) { parts_->connections.erase(index); }

bool ClientSockets::send(Index index, const ClientMessage& message) {
  Connection* to = parts_->find(index);
  if (to == nullptr || !to->watch.up()) return false;
  Bytes bytes = encode(message);
  if (bytes.size() > parts_->limits.request_bytes_max || !to->queue->has_room(bytes.size())) return false;
  zmq::message_t out = make_message(std::move(bytes), to->queue);
  return send_now(to->socket, out);
}

void ClientSockets::Parts::wait(Micros timeout) {
  items.clear();
  items.push_back({nullptr, wake.fd(), ZMQ_POLLIN, 0});
  for (auto& [index, connection] : connections) {
    items.push_back({connection->socket.handle(), 0, ZMQ_POLLIN, 0});
    items.push_back(connection->watch.poll_item());
  }
  try {
    zmq::poll(items.data(), items.size(), poll_timeout(timeout));
  } catch (const zmq::error_t& error) {
    if (error.num() != EINTR) throw;
  }
  wake.clear();
}

void ClientSockets::Parts::take(Index index, Connection& from,
                                std::vector<std::pair<Index, ClientMessage>>& into) {
  zmq::message_t in;
  while (turn_messages < limits.turn_messages_max && turn_bytes < limits.turn_bytes_max &&
         from.socket.recv(in, zmq::recv_flags::dontwait)) {
    ++turn_messages;
    turn_bytes += in.size();
    auto message = decode_client_message(view(in));
    if (!skip_more_frames(from.socket, in) && message) {
      into.emplace_back(index, std::move(*message));
    } else {
      ++malformed;
    }
  }
}

std::vector<std::pair<ClientSockets::Index, ClientMessage>> ClientSockets::poll(Micros timeout) {
  parts_->wait(timeout);
  parts_->turn_messages = 0;
  parts_->turn_bytes = 0;
  std::vector<std::pair<Index, ClientMessage>> taken;
  for (auto& [index, connection] : parts_->connections) {
    parts_->take(index, *connection, taken);
    connection->watch.update();
  }
  return taken;
}

bool ClientSockets::up(Index index) const {
  const Connection* connection = parts_->find(index);
  return connection != nullptr && connection->watch.up();
}

std::uint64_t ClientSockets::failures(Index index) const {
  const Connection* connection = parts_->find(index);
  return connection == nullptr ? 0 : connection->watch.failures();
}

void ClientSockets::wake() { parts_->wake.wake(); }

std::uint64_t ClientSockets::malformed() const { return parts_->malformed; }

}  // namespace causeway
