// Whether the node is alive and ready, over HTTP, from a thread of its own.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/endpoint.h"

namespace causeway {

/// What the threads of the shards publish and the others read.
class HealthBoard {
 public:
  struct Health {
    bool ready = false;
    std::string reason = "starting";  ///< why it is not ready
  };

  explicit HealthBoard(std::size_t shards) : shards_(shards) {}

  void publish(std::size_t shard, Health health);
  /// Ready if all are; else why the first that is not.
  [[nodiscard]] Health read() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Health> shards_;
};

/// GET /healthz: 200 as long as the process lives. GET /readyz: 200, or 503 and the reason.
class HealthServer {
 public:
  /// `board` must outlive the server. Errors: permission_denied (not loopback), invalid (a busy port).
  static Result<std::unique_ptr<HealthServer>> open(const Endpoint& at, const HealthBoard& board);
  ~HealthServer();

 private:
  struct Parts;
  explicit HealthServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace causeway
