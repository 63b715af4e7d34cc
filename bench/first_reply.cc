// causeway-first-reply --at HOST:PORT [--protocol resp|native]: says "waiting", asks until the server answers a read, and
// prints the time then (CLOCK_MONOTONIC, in seconds), for whoever noted when it was started.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstring>

#include "bench/recorder.h"
#include "net/zmq_socket.h"
#include "wire/codec.h"

namespace {

using namespace causeway;
using causeway::bench::now_ns;

void wait_a_little() {
  const timespec pause{.tv_sec = 0, .tv_nsec = 500'000};
  ::nanosleep(&pause, nullptr);
}

/// A connection, or -1.
int dial(const Endpoint& to) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  if (::inet_pton(AF_INET, to.host.c_str(), &address.sin_addr) != 1) return -1;
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

/// Redis answers -LOADING while it reads its file: that is no reply.
bool ask_resp(const Endpoint& to) {
  const int fd = dial(to);
  if (fd < 0) return false;
  constexpr BytesView command = "*2\r\n$3\r\nGET\r\n$5\r\nfirst\r\n";
  char answer[16] = {};
  const bool answered = ::send(fd, command.data(), command.size(), MSG_NOSIGNAL) > 0 &&
                        ::recv(fd, answer, sizeof answer, 0) > 0;
  ::close(fd);
  return answered && answer[0] != '-';
}

bool is_value(const zmq::message_t& message) {
  const auto decoded = decode_client_message(view(message));
  const auto* responses = decoded ? std::get_if<Responses>(&*decoded) : nullptr;
  return responses != nullptr && !responses->responses.empty() &&
         std::holds_alternative<Value>(responses->responses[0].result);
}

/// ZeroMQ waits before it connects again: a plain connection first says when there is somebody.
bool ask_native(zmq::context_t& context, const Endpoint& to) {
  const int fd = dial(to);
  if (fd < 0) return false;
  ::close(fd);
  auto socket = make_socket(context, zmq::socket_type::dealer, {}, NetLimits{}.reply_bytes_max);
  socket.set(zmq::sockopt::rcvtimeo, 1000);
  socket.connect(zmq_address(socket, to));
  const Bytes request = encode(ClientMessage(Requests{{Request{1, {"get", "first"}, {}, {}, 0, {}}}}));
  for (;;) {
    if (!socket.send(zmq::buffer(request), zmq::send_flags::none)) return false;
    zmq::message_t answer;
    if (!socket.recv(answer)) return false;
    if (is_value(answer)) return true;
    wait_a_little();
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string at;
  std::string protocol = "resp";
  double patience_s = 300;
  CLI::App app("Asks until a server answers, and prints the time then.");
  app.add_option("--at", at, "HOST:PORT of the server")->required();
  app.add_option("--protocol", protocol, "resp or native")->check(CLI::IsMember({"resp", "native"}));
  app.add_option("--patience", patience_s, "seconds");
  CLI11_PARSE(app, argc, argv);
  const auto endpoint = parse_endpoint(at);
  if (!endpoint) return 2;
  zmq::context_t context = make_context();
  std::puts("waiting");
  std::fflush(stdout);
  const std::uint64_t end = now_ns() + static_cast<std::uint64_t>(patience_s * 1e9);
  while (!(protocol == "resp" ? ask_resp(*endpoint) : ask_native(context, *endpoint))) {
    if (now_ns() > end) {
      std::fprintf(stderr, "causeway-first-reply: no reply from %s\n", at.c_str());
      return 1;
    }
    wait_a_little();
  }
  std::printf("%.6f\n", static_cast<double>(now_ns()) / 1e9);
  return 0;
}
