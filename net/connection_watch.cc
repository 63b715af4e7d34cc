#include "net/connection_watch.h"

#include <cstring>
#include <string>

#include "base/check.h"

namespace causeway {
namespace {

constexpr int watched = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED |
                        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                        ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

std::string monitor_address(const zmq::socket_t& socket) {
  return "inproc://watch-" + std::to_string(reinterpret_cast<std::uintptr_t>(socket.handle()));
}

}  // namespace

ConnectionWatch::ConnectionWatch(zmq::context_t& context, zmq::socket_t& socket)
    : socket_(socket), events_(context, zmq::socket_type::pair) {
  const std::string address = monitor_address(socket);
  const int rc = zmq_socket_monitor(socket.handle(), address.c_str(), watched);
  CW_CHECK(rc == 0, "a new socket can be watched");
  events_.set(zmq::sockopt::linger, 0);
  events_.connect(address);
}

ConnectionWatch::~ConnectionWatch() { zmq_socket_monitor(socket_.handle(), nullptr, 0); }

void ConnectionWatch::update() {
  zmq::message_t event;
  zmq::message_t address;
  while (events_.recv(event, zmq::recv_flags::dontwait)) {
    if (!events_.recv(address, zmq::recv_flags::dontwait) || event.size() < sizeof(std::uint16_t)) continue;
    std::uint16_t number = 0;
    std::memcpy(&number, event.data(), sizeof number);
    if (number == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
      up_ = true;
      [[maybe_unused]] const int looked = socket_.get(zmq::sockopt::events);  // the socket learns of it, too
    } else if (up_ || number == ZMQ_EVENT_CONNECT_RETRIED) {
      up_ = false;
      ++failures_;
    }
  }
}

}  // namespace causeway
