#include "sync/full_sync.h"

#include <algorithm>
#include <utility>

#include "base/plant.h"
#include "crdt/apply.h"
#include "crdt/codec.h"

namespace causeway {
namespace {

EntryPosition position_of(const Entry& entry) { return {entry.key, entry.path}; }

tl::unexpected<Error> abandon(std::string why) { return fail(ErrorCode::unavailable, std::move(why)); }

}  // namespace

void FullSync::want(PartitionId partition, NodeId source, const VersionVector& clock) {
  if (!running(partition)) wanted_[partition].sources.insert_or_assign(source, clock);
}

void FullSync::want_instead(PartitionId partition, NodeId source) {
  want(partition, source, {});
  if (!running(partition)) wanted_[partition].instead = !planted(Plant::damage_keeps_its_clock);
}

void FullSync::begin(PartitionId partition, Wanted wanted, MonoTime now, Post& post) {
  const auto source = std::find_if(wanted.sources.begin(), wanted.sources.end(), [&](const auto& item) {
    return wanted.instead || !covered(partition, item.second);
  });
  if (source == wanted.sources.end()) return;  // it came by itself
  Transfer& transfer = transfers_[partition];
  transfer.source = source->first;
  transfer.sought = std::move(source->second);
  transfer.id = ids_.next();
  transfer.instead = wanted.instead;
  transfer.progress = now;
  store_.stage(partition);
  ask(partition, transfer, now, post);
}

/// How far the next chunk may reach, so that it is merged with no more of our own entries than of the source's.
Result<std::optional<EntryPosition>> FullSync::bound(PartitionId partition, const Transfer& transfer) const {
  std::optional<EntryPosition> last;
  std::optional<EntryPosition> upto;
  if (transfer.instead) return upto;
  std::size_t bytes = 0;
  CW_TRY_VOID(store_.partition(partition).walk(transfer.behind, [&](BytesView key, const EntryView& entry) {
    const bool same_path = last && last->path == entry.path && last->key == key;
    if (!same_path && bytes >= limits_.chunk_bytes) {
      upto = last;
      return false;
    }
    if (!same_path) last = EntryPosition{Bytes(key), Bytes(entry.path)};
    bytes += key.size() + entry.path.size() + entry.payload.size();
    return true;
  }));
  return upto;
}

void FullSync::ask(PartitionId partition, Transfer& transfer, MonoTime now, Post& post) {
  transfer.asked = now;
  const auto upto = bound(partition, transfer);
  if (upto) post.send(transfer.source, AskChunk{partition, transfer.id, transfer.behind, *upto});
}

std::string FullSync::fault(const Chunk& chunk, const Transfer& transfer, ActorId own) const {
  if (transfer.incarnation.value != 0 && chunk.incarnation != transfer.incarnation)
    return "the source was restarted";
  // Its clock names events of ours that we do not know of: then it is this node that lost something.
  if (chunk.clock.counter(own) > store_.partition(chunk.partition).clock().counter(own))
    return "events of this node were lost";
  const Entry* before = nullptr;
  for (const Entry& entry : chunk.entries) {
    const bool in_order = before == nullptr || *before < entry;
    const bool in_range = (!chunk.behind || position_of(entry) > *chunk.behind) &&
                          (!chunk.upto || position_of(entry) <= *chunk.upto);
    if (!in_order || !in_range || !belongs_(entry.key, chunk.partition) || !chunk.clock.covers(entry.dot))
      return "a chunk is malformed";
    before = &entry;
  }
  if (chunk.upto && chunk.behind && *chunk.upto <= *chunk.behind) return "a chunk is malformed";
  return {};
}

Result<void> FullSync::merge_in(Chunk& chunk, const Transfer& transfer) {
  const Partition& own = store_.partition(chunk.partition);
  Partition& staged = *store_.staged(chunk.partition);
  std::vector<Entry> ours;
  VersionVector our_clock;
  if (!transfer.instead) {
    our_clock = own.clock();
    CW_TRY_VOID(own.walk(chunk.behind, [&](BytesView key, const EntryView& entry) {
      if (chunk.upto && EntryPosition{Bytes(key), Bytes(entry.path)} > *chunk.upto) return false;
      ours.push_back({Bytes(key), Bytes(entry.path), entry.dot, Bytes(entry.payload)});
      return true;
    }));
  }
  if (!chunk.behind) staged.claim(our_clock, own.hlc());
  if (!chunk.behind || planted(Plant::last_clock_claimed)) staged.claim(chunk.clock, chunk.hlc);
  if (planted(Plant::replaced_not_merged)) return staged.take(chunk.entries);
  return staged.take(merge(ours, our_clock, chunk.entries, chunk.clock));
}

Result<void> FullSync::on(NodeId from, Chunk& chunk, ActorId own, MonoTime now, Post& post) {
  const auto at = transfers_.find(chunk.partition);
  if (at == transfers_.end() || at->second.source != from || at->second.id != chunk.transfer) return {};
  Transfer& transfer = at->second;
  if (transfer.tail || transfer.behind != chunk.behind) return {};  // it came twice
  if (auto why = fault(chunk, transfer, own); !why.empty()) {
    end(chunk.partition, std::move(why));
    return {};
  }
  if (auto merged = merge_in(chunk, transfer); !merged) {
    end(chunk.partition, to_string(merged.error()));
    return {};
  }
  transfer.incarnation = chunk.incarnation;
  transfer.target.join(chunk.clock);
  transfer.behind = chunk.upto;
  transfer.progress = now;
  if (chunk.upto) {
    ask(chunk.partition, transfer, now, post);
    return {};
  }
  const VersionVector& staged = store_.staged(chunk.partition)->clock();
  if (staged.covers(transfer.target) || planted(Plant::mixed_state_adopted))
    return finish(chunk.partition, own, now);
  puller_.hold(chunk.partition, post);  // a source has one feed for us that ends
  transfer.tail.emplace(ids_.next(), chunk.partition, from, false, staged, std::vector<DcId>{}, now, post);
  return {};
}

Result<void> FullSync::absorb(PartitionId partition, const Bytes& encoded) {
  Partition& staged = *store_.staged(partition);
  Event event;
  CW_TRY_VOID(decode_event(encoded, event));
  if (staged.clock().covers(event.dot)) return {};
  if (!is_ready(event.dot, event.deps, staged.clock()))
    return abandon("an event of the source's log came too early");
  return staged.absorb(event);
}

Result<bool> FullSync::take(NodeId from, const Run& run, ActorId own, MonoTime now, Post& post) {
  const auto at = transfers_.find(run.partition);
  if (at == transfers_.end() || !at->second.tail || !at->second.tail->is(from, run.subscription))
    return false;
  Transfer& transfer = at->second;
  if (!transfer.tail->accept(run, now)) {  // a run was lost
    transfer.tail.emplace(ids_.next(), run.partition, from, false, store_.staged(run.partition)->clock(),
                          std::vector<DcId>{}, now, post);
    return true;
  }
  for (const Bytes& encoded : run.events) {
    if (auto taken = absorb(run.partition, encoded); !taken) {
      end(run.partition, to_string(taken.error()));
      return true;
    }
  }
  transfer.progress = now;
  if (store_.staged(run.partition)->clock().covers(transfer.target)) {
    CW_TRY_VOID(finish(run.partition, own, now));
  } else if (run.caught_up) {
    end(run.partition, "the source's log does not lead to what its chunks had");
  } else {
    transfer.tail->renew(post);
  }
  return true;
}

/// What was applied here since the first chunk, or what of the log the source lacks.
Result<void> FullSync::follow_own_log(PartitionId partition, bool instead) {
  const Partition& own = store_.partition(partition);
  Partition& staged = *store_.staged(partition);
  const auto from = instead ? std::optional(Sequence{0}) : own.log_position(staged.clock());
  if (!from) return abandon("this replica's own log was trimmed meanwhile");
  Result<void> outcome;
  CW_TRY_VOID(own.read_log(*from, [&](const LogRecord& record) {
    const auto head = decode_event_head(record.bytes);
    if (!head) {
      outcome = tl::unexpected(head.error());
    } else if (!instead || is_ready(head->dot, head->deps, staged.clock())) {
      outcome = absorb(partition, Bytes(record.bytes));
    }
    return outcome.has_value();
  }));
  return outcome;
}

Result<void> FullSync::finish(PartitionId partition, ActorId own, MonoTime now) {
  const Transfer& transfer = transfers_.at(partition);
  const VersionVector& before = store_.partition(partition).clock();
  const VersionVector& staged = store_.staged(partition)->clock();
  if (auto followed = follow_own_log(partition, transfer.instead); !followed) {
    end(partition, to_string(followed.error()));
    return {};
  }
  // Of a damaged state nobody else's events need be kept; of our own none may be issued twice.
  const bool whole = transfer.instead ? staged.counter(own) >= before.counter(own) : staged.covers(before);
  if (!whole) {
    end(partition, "the source lacks what only this replica has, and its log has no longer");
    return {};
  }
  auto adopted = store_.adopt(partition, !transfer.instead, now);
  if (!adopted && adopted.error().code != ErrorCode::storage_full) return adopted;
  end(partition, adopted ? std::string() : to_string(adopted.error()));
  return {};
}

void FullSync::end(PartitionId partition, std::string failure) {
  const auto at = transfers_.find(partition);
  const Transfer& transfer = at->second;
  farewells_.emplace_back(transfer.source, EndTransfer{partition, transfer.id});
  ended_.push_back({partition, transfer.source, std::move(failure)});
  transfers_.erase(at);
  store_.unstage(partition);
  puller_.release(partition);
}

void FullSync::on(NodeId from, const EndTransfer& ended) {
  const auto at = transfers_.find(ended.partition);
  if (at == transfers_.end() || at->second.source != from || at->second.id != ended.transfer) return;
  end(ended.partition, "the source cannot read its state");
}

bool FullSync::refused(NodeId from, PartitionId partition, std::uint64_t subscription) {
  const auto at = transfers_.find(partition);
  if (at == transfers_.end() || !at->second.tail || !at->second.tail->is(from, subscription)) return false;
  end(partition, "the source's log no longer leads from its first chunk to its last");
  return true;
}

void FullSync::forget(NodeId peer) {
  std::vector<PartitionId> gone;
  for (const auto& [partition, transfer] : transfers_) {
    if (transfer.source == peer) gone.push_back(partition);
  }
  for (const PartitionId partition : gone) end(partition, "the source was restarted");
}

void FullSync::tick(MonoTime now, bool room, Post& post) {
  std::vector<PartitionId> stuck;
  std::vector<PartitionId> needless;
  for (auto& [partition, transfer] : transfers_) {
    if (!transfer.instead && covered(partition, transfer.sought)) {
      needless.push_back(partition);
    } else if (!room || now - transfer.progress >= limits_.give_up) {
      stuck.push_back(partition);
    } else if (!transfer.tail && now - transfer.asked >= limits_.repeat) {
      ask(partition, transfer, now, post);
    }
  }
  for (const PartitionId partition : needless) end(partition, "what was lacking came from another");
  for (const PartitionId partition : stuck)
    end(partition, room ? "the source is silent" : "the disk is full");
  for (auto& [source, farewell] : std::exchange(farewells_, {})) post.send(source, farewell);
  while (room && !wanted_.empty() && transfers_.size() < limits_.at_once) {
    auto next = wanted_.extract(wanted_.begin());
    begin(next.key(), std::move(next.mapped()), now, post);
  }
}

std::optional<MonoTime> FullSync::wake_at() const {
  std::optional<MonoTime> first;
  for (const auto& [partition, transfer] : transfers_) {
    MonoTime due = transfer.progress + limits_.give_up;
    if (!transfer.tail) due = std::min(due, transfer.asked + limits_.repeat);
    if (!first || due < *first) first = due;
  }
  return first;
}

}  // namespace causeway
