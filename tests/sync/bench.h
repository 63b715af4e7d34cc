// A store of two partitions in memory, and what was posted: what the parts of the one sync stand on.
#pragma once

#include <memory>
#include <vector>

#include "base/check.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"
#include "storage/shard_store.h"
#include "tests/crdt/event_draft.h"
#include "tests/node/issuer.h"
#include "wire/mail.h"

namespace causeway::testing {

inline constexpr PartitionId p0{0};
inline constexpr PartitionId p1{1};
inline const NodeId self = node_id("self");
inline const NodeId peer = node_id("peer");
inline const NodeId other = node_id("other");

/// Small segments, so that a test can fill and trim them.
inline LogLimits small_log() {
  LogLimits limits;
  limits.segment_bytes = 4096;
  limits.disk_bytes_max = 64 * limits.segment_bytes;
  return limits;
}

struct SyncBench {
  explicit SyncBench(StoreLimits limits = {}) : store(open(limits)) {}

  /// Applies an event here, as one that was received.
  void apply(const Bytes& event, PartitionId partition = p0) {
    CW_CHECK(store->partition(partition).apply(*DraftedEvent(*draft_of(event)), false).has_value(),
             "it is ready");
  }
  /// The issuer issues, and it is applied here.
  Bytes issue(Issuer& issuer, std::size_t bytes = 10, PartitionId partition = p0) {
    const Bytes event = issuer.issue({"SADD", "key", std::to_string(++members_) + Bytes(bytes, '.')});
    apply(event, partition);
    return event;
  }
  /// Drops what the log's limit makes it drop.
  void trim() {
    CW_CHECK(store->checkpoint(now).has_value(), "a checkpoint");
    CW_CHECK(store->trim().has_value(), "a trim");
  }
  template <class Message>
  std::vector<std::pair<NodeId, Message>> take() {
    std::vector<std::pair<NodeId, Message>> found;
    for (auto& [to, envelope] : post.take().peers) {
      if (auto* message = std::get_if<Message>(&envelope.message))
        found.emplace_back(to, std::move(*message));
    }
    return found;
  }

  MemoryEventLog log{small_log()};
  MemoryStateStore state;
  std::unique_ptr<ShardStore> store;
  Post post{1, self, 1, Epoch{1}};
  MonoTime now{1s};

 private:
  std::unique_ptr<ShardStore> open(StoreLimits limits) {
    auto opened = ShardStore::open(log, state, {p0, p1}, limits);
    CW_CHECK(opened.has_value(), "an empty store opens");
    return std::move(*opened);
  }

  int members_ = 0;
};

}  // namespace causeway::testing
