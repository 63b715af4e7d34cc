// The serving half of the one sync: a clock in, credited runs of the log out.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "storage/shard_store.h"
#include "wire/mail.h"

namespace causeway {

struct FeedLimits {
  std::size_t run_bytes_max = std::size_t{256} << 10U;
  std::uint64_t credit_bytes_max = std::uint64_t{4} << 20U;  ///< of one feed, whatever is granted
  std::size_t feeds_max = 65'536;
};

class Feeds {
 public:
  /// In which datacenter an actor issues; nothing if that is not known here (then its events are sent: they apply once).
  using OriginOf = std::function<std::optional<DcId>(ActorId)>;

  Feeds(ShardStore& store, OriginOf origin_of, const FeedLimits& limits);

  /// Replaces an older subscription of this peer, partition and kind. Answers NeedFullSync where the log falls short.
  void subscribe(NodeId from, const Subscribe& asked, Post& post);
  void credit(NodeId from, const Credit& granted, Post& post);
  void unsubscribe(NodeId from, const Unsubscribe& gone);
  /// The peer restarted: it has forgotten its subscriptions.
  void forget(NodeId peer);

  /// The partition's log has grown in this turn; `want` is passed on with what is sent.
  void grown(PartitionId partition, Want want);
  /// Sends what the credits allow. Once at the end of a turn.
  /// Errors: a failed read of the log; the feeds that met it are dropped, and their subscribers ask again.
  Result<void> pump(Post& post);

  /// Who holds a standing subscription to the partition.
  [[nodiscard]] std::vector<NodeId> standing(PartitionId partition) const;

 private:
  struct Key {
    PartitionId partition;
    NodeId to;
    bool standing;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Feed {
    std::uint64_t subscription = 0;
    VersionVector sent;  ///< of what passes the filter: what the subscriber had, raised by what was sent
    Sequence next;       ///< the first record not looked at
    std::uint64_t credit = 0;
    std::uint64_t number = 0;
    std::set<DcId> origins;
    bool told_caught_up = false;
  };

  /// Whether the log has lost something that the feed had still to send.
  [[nodiscard]] bool fell_behind(const Key& key, const Feed& feed) const;
  /// Sends one run; true if more could follow at once.
  Result<bool> send_run(const Key& key, Feed& feed, Want want, Post& post);
  /// Whether what the actor issues belongs on the feed.
  [[nodiscard]] bool carries(const Feed& feed, ActorId actor) const;

  ShardStore& store_;
  OriginOf origin_of_;
  FeedLimits limits_;
  std::map<Key, Feed> feeds_;
  std::map<PartitionId, Want> due_;
};

}  // namespace causeway
