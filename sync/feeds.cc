#include "sync/feeds.h"

#include <algorithm>
#include <utility>

#include "base/plant.h"
#include "crdt/codec.h"

namespace causeway {

Feeds::Feeds(ShardStore& store, OriginOf origin_of, const FeedLimits& limits)
    : store_(store), origin_of_(std::move(origin_of)), limits_(limits) {}

void Feeds::subscribe(NodeId from, const Subscribe& asked, Post& post) {
  if (!store_.holds(asked.partition)) return;
  const Key key{asked.partition, from, asked.standing};
  feeds_.erase(key);
  const bool own = planted(Plant::link_resumes_from_sender) && asked.standing;
  const VersionVector& from_clock = own ? store_.partition(asked.partition).clock() : asked.clock;
  const auto position = store_.partition(asked.partition).log_position(from_clock);
  if (!position) {
    post.send(from, NeedFullSync{asked.partition, asked.subscription, store_.partition(asked.partition).clock()});
    return;
  }
  if (feeds_.size() >= limits_.feeds_max) return;  // it asks again
  Feed feed;
  feed.subscription = asked.subscription;
  feed.sent = from_clock;
  feed.next = *position;
  feed.credit = std::min(asked.credit, limits_.credit_bytes_max);
  feed.origins.insert(asked.origins.begin(), asked.origins.end());
  feeds_.emplace(key, std::move(feed));
  grown(asked.partition, Want::nothing);
}

void Feeds::credit(NodeId from, const Credit& granted, Post& post) {
  for (const bool standing : {false, true}) {
    const auto at = feeds_.find({granted.partition, from, standing});
    if (at != feeds_.end() && at->second.subscription == granted.subscription) {
      std::uint64_t& credit = at->second.credit;
      credit += std::min(granted.bytes, limits_.credit_bytes_max - credit);
      grown(granted.partition, Want::nothing);
      return;
    }
  }
  post.send(from, Unsubscribe{granted.partition, granted.subscription});  // unknown here: let it subscribe again
}

void Feeds::unsubscribe(NodeId from, const Unsubscribe& gone) {
  std::erase_if(feeds_, [&](const auto& item) {
    return item.first.to == from && item.first.partition == gone.partition &&
           item.second.subscription == gone.subscription;
  });
}

void Feeds::forget(NodeId peer) {
  std::erase_if(feeds_, [&](const auto& item) { return item.first.to == peer; });
}

void Feeds::grown(PartitionId partition, Want want) {
  Want& due = due_[partition];
  due = std::max(due, want);
}

bool Feeds::carries(const Feed& feed, ActorId actor) const {
  if (feed.origins.empty()) return true;
  const auto origin = origin_of_(actor);
  return !origin || feed.origins.contains(*origin);
}

bool Feeds::fell_behind(const Key& key, const Feed& feed) const {
  const auto& gone = store_.partition(key.partition).floor().rows();
  return std::any_of(gone.begin(), gone.end(), [&](const VersionVector::Row& row) {
    return row.second > feed.sent.counter(row.first) && carries(feed, row.first);
  });
}

Result<bool> Feeds::send_run(const Key& key, Feed& feed, Want want, Post& post) {
  Run run{key.partition, feed.subscription, feed.number + 1, true, want, {}};
  std::size_t bytes = 0;
  bool readable = true;
  CW_TRY_VOID(store_.partition(key.partition).read_log(feed.next, [&](const LogRecord& record) {
    const auto head = decode_event_head(record.bytes);
    readable = head.has_value();
    if (!readable) return false;
    if (!feed.sent.covers(head->dot) && carries(feed, head->dot.actor)) {
      if (bytes > 0 && (bytes + record.bytes.size() > limits_.run_bytes_max || bytes >= feed.credit)) {
        run.caught_up = false;
        return false;
      }
      bytes += record.bytes.size();
      feed.sent.raise(head->dot);
      run.events.emplace_back(record.bytes);
    }
    feed.next = Sequence{record.sequence.value + 1};
    return true;
  }));
  if (!readable) return fail(ErrorCode::internal, "an event in the log cannot be read: the log is damaged");
  if (run.events.empty() && feed.told_caught_up == run.caught_up) return false;
  feed.told_caught_up = run.caught_up;
  feed.credit -= std::min<std::uint64_t>(feed.credit, bytes);
  ++feed.number;
  const bool more = !run.caught_up && feed.credit > 0;
  post.send(key.to, std::move(run));
  return more;
}

Result<void> Feeds::pump(Post& post) {
  Result<void> outcome;
  for (const auto& [partition, want] : std::exchange(due_, {})) {
    auto at = feeds_.lower_bound({partition, NodeId{0}, false});
    while (at != feeds_.end() && at->first.partition == partition) {
      bool keep = true;
      if (fell_behind(at->first, at->second)) {
        // It may have that from elsewhere: let it subscribe again, with the clock that it has by now.
        post.send(at->first.to, Unsubscribe{partition, at->second.subscription});
        at = feeds_.erase(at);
        continue;
      }
      while (at->second.credit > 0) {
        const auto more = send_run(at->first, at->second, want, post);
        if (!more) {
          outcome = tl::unexpected(more.error());
          store_.partition(partition).void_log();  // it leads nowhere: whoever lacks something needs full sync
          keep = false;
        }
        if (!more || !*more) break;
      }
      if (!at->first.standing && at->second.told_caught_up) keep = false;
      at = keep ? std::next(at) : feeds_.erase(at);
    }
  }
  return outcome;
}

std::vector<NodeId> Feeds::standing(PartitionId partition) const {
  std::vector<NodeId> holders;
  for (auto at = feeds_.lower_bound({partition, NodeId{0}, false});
       at != feeds_.end() && at->first.partition == partition; ++at) {
    if (at->first.standing) holders.push_back(at->first.to);
  }
  return holders;
}

}  // namespace causeway
