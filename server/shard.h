// One shard of a node: its disk, its logic, its sockets, and the loop that turns them, on one thread. Shards share nothing
// but the process.
#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <functional>
#include <memory>

#include "net/reactor.h"
#include "node/core.h"
#include "server/disk.h"
#include "server/exit.h"
#include "server/health.h"
#include "server/resp_door.h"

namespace causeway {

/// To stderr, with the name on each line.
std::shared_ptr<spdlog::logger> make_log(const std::string& name);

class Shard {
 public:
  struct Options {
    NodeOptions node;
    ShardFolder folder;
    Limits limits;             ///< its part of the node's
    ReactorOptions addresses;  ///< resp, limits and complain are filled in here
  };

  /// Opens the store, and recovers. `board` and `configuration` outlive it; `place` is its own on the board.
  /// Errors: cannot_start.
  static OrExit<std::unique_ptr<Shard>> open(const Configuration& configuration, Options options,
                                             HealthBoard& board, std::size_t place);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  /// Last before run(): until it has recovered, clients do better to go elsewhere. Errors: cannot_start.
  OrExit<void> open_ports();
  /// Told once it serves, from its thread.
  void when_serving(std::function<void(const NodeStatus&)> tell) { serving_ = std::move(tell); }

  /// Turns until stop() is called, and ends in order; or until a turn fails.
  Exit run();
  /// From any thread.
  void stop();

 private:
  Shard(const Configuration& configuration, Options options, HealthBoard& board, std::size_t place);
  Result<void> turn();
  void publish(Now now);
  [[nodiscard]] RespFacts facts() const;

  const Configuration& configuration_;
  Options options_;
  HealthBoard& board_;
  std::size_t place_;
  std::shared_ptr<spdlog::logger> log_;
  std::unique_ptr<Disk> disk_;
  std::unique_ptr<NodeCore> core_;
  RespDoor door_{[this] { return facts(); }};
  std::unique_ptr<Reactor> reactor_;
  std::function<void(const NodeStatus&)> serving_;

  std::atomic<bool> stopping_{false};
  std::uint64_t malformed_ = 0;
  MonoTime begin_;
  MonoTime next_publish_;
  bool was_serving_ = false;
  bool was_ready_ = false;
};

}  // namespace causeway
