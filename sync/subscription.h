// The subscriber's side of one feed: its number, the gaps that it detects, the credit that it renews.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "wire/mail.h"

namespace causeway {

/// Numbers the subscriptions of one process; it starts at random, so that those of an earlier process are told apart.
class SubscriptionIds {
 public:
  explicit SubscriptionIds(std::uint64_t start) : last_(start) {}
  std::uint64_t next() { return ++last_; }

 private:
  std::uint64_t last_;
};

class Subscription {
 public:
  static constexpr std::uint64_t credit_bytes = std::uint64_t{1} << 20U;

  /// Sends the Subscribe. `id` must be new at this subscriber.
  Subscription(std::uint64_t id, PartitionId partition, NodeId from, bool standing, const VersionVector& clock,
               std::vector<DcId> origins, MonoTime now, Post& post)
      : id_(id), partition_(partition), from_(from), heard_(now) {
    post.send(from, Subscribe{partition, id, standing, credit_bytes, clock, std::move(origins)});
  }

  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] NodeId from() const { return from_; }
  /// When the last run came, or when it was opened or probed.
  [[nodiscard]] MonoTime heard() const { return heard_; }
  [[nodiscard]] bool is(NodeId from, std::uint64_t id) const { return from == from_ && id == id_; }

  /// False: a run was lost, subscribe anew.
  bool accept(const Run& run, MonoTime now) {
    if (run.number != next_number_) return false;
    ++next_number_;
    heard_ = now;
    for (const Bytes& event : run.events) consumed_ += event.size();
    return true;
  }
  /// What was consumed may be sent again. Not called while the store takes no more: then the feed runs dry.
  void renew(Post& post) {
    if (consumed_ < credit_bytes / 2) return;
    post.send(from_, Credit{partition_, id_, consumed_});
    consumed_ = 0;
  }
  /// Asks whether the source still serves this subscription: if not, it says Unsubscribe.
  void probe(MonoTime now, Post& post) {
    post.send(from_, Credit{partition_, id_, std::exchange(consumed_, 0)});
    heard_ = now;
  }
  /// Whether the source has begun to serve it.
  [[nodiscard]] bool begun() const { return next_number_ > 1; }
  void cancel(Post& post) const { post.send(from_, Unsubscribe{partition_, id_}); }

 private:
  std::uint64_t id_;
  PartitionId partition_;
  NodeId from_;
  std::uint64_t next_number_ = 1;
  std::uint64_t consumed_ = 0;
  MonoTime heard_;
};

}  // namespace causeway
