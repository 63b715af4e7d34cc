#include "server/health.h"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

namespace causeway {
namespace {

constexpr std::size_t threads = 2;
constexpr std::size_t body_bytes_max = 4096;
constexpr int timeout_s = 2;

void configure(httplib::Server& server) {
  server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
  server.set_payload_max_length(body_bytes_max);
  server.set_keep_alive_max_count(1);  // a connection that is kept is polled
  server.set_read_timeout(timeout_s);
  server.set_write_timeout(timeout_s);
  // The library would share the port with another process that does so, too.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
}

void serve(httplib::Server& server, const HealthBoard& board) {
  server.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("alive\n", "text/plain");
  });
  server.Get("/readyz", [&board](const httplib::Request&, httplib::Response& response) {
    const HealthBoard::Health health = board.read();
    response.status = health.ready ? 200 : 503;
    response.set_content(health.ready ? "ready\n" : health.reason + "\n", "text/plain");
  });
}

}  // namespace

void HealthBoard::publish(std::size_t shard, Health health) {
  const std::lock_guard lock(mutex_);
  shards_[shard] = std::move(health);
}

HealthBoard::Health HealthBoard::read() const {
  const std::lock_guard lock(mutex_);
  const auto unready =
      std::find_if(shards_.begin(), shards_.end(), [](const Health& health) { return !health.ready; });
  return unready == shards_.end() ? shards_.front() : *unready;
}

struct HealthServer::Parts {
  httplib::Server server;
  std::atomic<bool> ended = false;
  std::thread thread;
};

HealthServer::HealthServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

HealthServer::~HealthServer() {
  parts_->server.stop();
  parts_->thread.join();
}

Result<std::unique_ptr<HealthServer>> HealthServer::open(const Endpoint& at, const HealthBoard& board) {
  CW_TRY(const std::string address, loopback_address(at.host));
  auto parts = std::make_unique<Parts>();
  configure(parts->server);
  serve(parts->server, board);
  if (!parts->server.bind_to_port(address, at.port)) {
    return fail(
        ErrorCode::invalid,
        "cannot listen for HTTP on " + to_string(at) +
            ": another program uses it; stop that one, or set another http port in the " "topology file");
  }
  parts->thread = std::thread([running = parts.get()] {
    running->server.listen_after_bind();
    running->ended = true;
  });
  // A stop() before the thread listens would be forgotten.
  while (!parts->server.is_running() && !parts->ended) std::this_thread::yield();
  return std::unique_ptr<HealthServer>(new HealthServer(std::move(parts)));
}

}  // namespace causeway
