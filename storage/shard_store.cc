#include "storage/shard_store.h"

#include <algorithm>

#include "base/check.h"
#include "base/plant.h"
#include "storage/keys.h"
#include "storage/partition_parts.h"
#include "storage/record.h"

namespace causeway {
namespace {

constexpr std::size_t purged_keys_max = 8192;  // by one checkpoint

}  // namespace

ShardStore::ShardStore(EventLog& log, StateStore& state, const std::vector<PartitionId>& partitions,
                       const StoreLimits& limits)
    : log_(log),
      state_(state),
      limits_(limits),
      budget_(std::make_unique<TierBudget>(limits.cache_bytes_max)),
      held_(partitions),
      notes_(state) {
  budget_->dirty_bytes_max = limits.dirty_bytes_max;
  budget_->whole_entries_max = limits.whole_entries_max;
  budget_->whole_bytes_max = limits.whole_bytes_max;
}

ShardStore::~ShardStore() = default;

Result<std::unique_ptr<ShardStore>> ShardStore::open(EventLog& log, StateStore& state,
                                                     const std::vector<PartitionId>& partitions,
                                                     const StoreLimits& limits) {
  std::unique_ptr<ShardStore> store(new ShardStore(log, state, partitions, limits));
  CW_TRY_VOID(store->recover());
  return store;
}

Result<void> ShardStore::recover() {
  const Bytes key = keys::shard();
  CW_TRY(const std::optional<Bytes> value, state_.get(key));
  if (value) {
    CW_TRY(const BytesView body, open_record(key, *value));
    CW_TRY(const ShardRecord record, decode_shard(key, body));
    checkpoint_ = record.checkpoint;
  }
  CW_TRY_VOID(log_.recover(checkpoint_));
  const Sequence start{log_.first().value != 0 ? log_.first().value : log_.last().value + 1};
  if (start.value > checkpoint_.value + 1) {
    return fail(ErrorCode::internal, "the log begins at record " + std::to_string(start.value) +
                                         ", but the state ends at " + std::to_string(checkpoint_.value) +
                                         ": what is between is missing");
  }
  CW_TRY_VOID(read_partitions());
  CW_TRY_VOID(find_states());
  for (const PartitionId id : held_) {
    CW_TRY(by_id_[id], restored(id));
  }
  for (const auto& [id, record] : found_) CW_TRY_VOID(restored(id));
  for (auto& [id, partition] : partitions_) partition->drop_log_before(start);
  CW_TRY_VOID(replay());
  // What is stored may have lost records without a trace: a key that reads as absent is right only if all the others add up.
  // Where they do not, the file's own structure may be damaged, and LMDB must not write to it.
  for (const PartitionId id : held_) CW_TRY_VOID(partition(id).verify());
  budget_->clean.shrink();
  CW_TRY_VOID(write());
  return sync();
}

Result<void> ShardStore::read_partitions() {
  Result<void> outcome;
  CW_TRY_VOID(state_.scan(keys::partitions(), [&](BytesView key, BytesView value) {
    const auto id = keys::parse_partition(key);
    if (!id) return false;
    outcome = [&]() -> Result<void> {
      CW_TRY(const BytesView body, open_record(key, value));
      CW_TRY(found_[*id], decode_partition(key, body));
      return {};
    }();
    return outcome.has_value();
  }));
  return outcome;
}

/// Slots that no partition names are of states that were replaced, or never finished.
Result<void> ShardStore::find_states() {
  for (const auto head_of : {keys::objects, static_cast<Bytes (*)(StateId)>(keys::entries)}) {
    for (std::optional<StateId> at = StateId{0}; at;) {
      std::optional<StateId> found;
      const Bytes from = head_of(*at);
      CW_TRY_VOID(state_.scan(from, [&](BytesView key, BytesView) {
        if (key[0] == from[0]) found = keys::parse_state(key);
        return false;
      }));
      if (found) garbage_.insert(*found);
      at = found ? std::optional(StateId{found->value + 1}) : std::nullopt;
    }
  }
  for (const auto& [id, record] : found_) garbage_.insert(record.state_id);
  if (!garbage_.empty()) next_state_id_ = StateId{garbage_.rbegin()->value + 1};
  for (const auto& [id, record] : found_) garbage_.erase(record.state_id);
  return {};
}

Result<Partition*> ShardStore::restored(PartitionId id) {
  auto& partition = partitions_[id];
  if (!partition) {
    const auto at = found_.find(id);
    const PartitionRecord* record = at == found_.end() ? nullptr : &at->second;
    const StateId state_id = record != nullptr ? record->state_id : StateId{next_state_id_.value++};
    partition = std::make_unique<Partition>(id, state_id, log_, state_, *budget_);
    CW_TRY_VOID(partition->restore(record));
  }
  return partition.get();
}

Result<void> ShardStore::replay() {
  Result<void> outcome;
  CW_TRY_VOID(log_.read_all(Sequence{checkpoint_.value + 1}, [&](const LogRecord& record) {
    outcome = [&]() -> Result<void> {
      CW_TRY(Partition* const partition, restored(record.partition));
      return partition->replay(record);
    }();
    return outcome.has_value();
  }));
  return outcome;
}

Partition& ShardStore::partition(PartitionId id) {
  const auto at = by_id_.find(id);
  CW_CHECK(at != by_id_.end(), "a partition is asked of the shard that holds it");
  return *at->second;
}

bool ShardStore::holds(PartitionId id) const { return by_id_.contains(id); }
const std::vector<PartitionId>& ShardStore::partitions() const { return held_; }

Result<void> ShardStore::write() { return log_.write(); }
Result<void> ShardStore::sync() { return log_.sync(); }
Result<void> ShardStore::settle() { return log_.settle(); }
bool ShardStore::syncing() const { return log_.syncing(); }
Result<void> ShardStore::start_sync() {
  log_.start_sync();
  return log_.settle();  // it may have ended already
}
bool ShardStore::unsynced() const { return log_.durable() < log_.last(); }
bool ShardStore::has_room(bool reserved) const {
  return log_.has_room(reserved) && budget_->has_room(reserved);
}

Result<void> ShardStore::checkpoint(MonoTime now) {
  if (!planted(Plant::checkpoint_before_log)) {
    CW_TRY_VOID(write());
    CW_TRY_VOID(sync());
  }
  const Sequence upto{log_.last().value + (planted(Plant::checkpoint_claims_later) ? 1 : 0)};
  std::vector<StateWrite> writes;
  for (auto& [id, partition] : partitions_) partition->collect(writes, upto);
  for (auto& [id, partition] : staged_) partition->collect_objects(writes);
  notes_.collect(writes);
  CW_TRY(const std::vector<StateId> purged, collect_garbage(writes));
  if (!writes.empty() || upto != checkpoint_) {
    writes.push_back({keys::shard(), seal_record(keys::shard(), encode(ShardRecord{upto}))});
    const Result<void> committed = commit(std::move(writes));
    budget_->state_full = !committed && committed.error().code == ErrorCode::storage_full;
    checkpointed_at_ = now;
    CW_TRY_VOID(committed);
  }
  for (auto& [id, partition] : partitions_) partition->settle();
  for (auto& [id, partition] : staged_) partition->settle();
  for (const StateId state_id : purged) garbage_.erase(state_id);
  notes_.settle();
  budget_->clean.shrink();
  checkpoint_ = upto;
  checkpointed_at_ = now;
  return {};
}

Result<void> ShardStore::commit(std::vector<StateWrite> writes) {
  const auto by_key = [](const StateWrite& a, const StateWrite& b) { return a.key < b.key; };
  std::sort(writes.begin(), writes.end(), by_key);
  const auto same = std::adjacent_find(
      writes.begin(), writes.end(), [](const StateWrite& a, const StateWrite& b) { return a.key == b.key; });
  // Only two long names with one 128-bit hash could meet here: rather stop than lose one of them.
  if (same != writes.end())
    return fail(ErrorCode::internal, "two records of the state have one key: " + to_hex(same->key));
  return state_.commit(writes);
}

Result<std::vector<StateId>> ShardStore::collect_garbage(std::vector<StateWrite>& writes) const {
  std::vector<StateId> purged;
  std::size_t left = purged_keys_max;
  for (const StateId state_id : garbage_) {
    for (const Bytes& head : {keys::objects(state_id), keys::entries(state_id)}) {
      CW_TRY_VOID(state_.scan(head, [&](BytesView key, BytesView) {
        if (left == 0 || !key.starts_with(head)) return false;
        writes.push_back({Bytes(key), std::nullopt});
        --left;
        return true;
      }));
    }
    if (left == 0) break;
    purged.push_back(state_id);
  }
  return purged;
}

Partition& ShardStore::stage(PartitionId id) {
  unstage(id);
  auto& staged = staged_[id];
  staged = std::make_unique<Partition>(id, StateId{next_state_id_.value++}, log_, state_, *budget_);
  return *staged;
}

Partition* ShardStore::staged(PartitionId id) {
  const auto at = staged_.find(id);
  return at == staged_.end() ? nullptr : at->second.get();
}

void ShardStore::unstage(PartitionId id) {
  const auto at = staged_.find(id);
  if (at == staged_.end()) return;
  garbage_.insert(at->second->parts_->objects->id());
  staged_.erase(at);
}

Result<void> ShardStore::adopt(PartitionId id, bool log_leads_here, MonoTime now) {
  Partition& ours = partition(id);
  Partition& theirs = *staged(id);
  const PartitionRecord before = ours.parts_->now;
  ours.exchange(theirs);
  if (!log_leads_here) ours.void_log();
  if (auto stored = checkpoint(now); !stored) {
    ours.exchange(theirs);
    ours.parts_->now = before;
    return stored;
  }
  unstage(id);
  return {};
}

bool ShardStore::checkpoint_due(MonoTime now) const {
  if (budget_->dirty_bytes >= limits_.dirty_bytes_max && !budget_->state_full) return true;
  if (now - checkpointed_at_ < limits_.checkpoint_every) return false;
  return notes_.dirty() || !garbage_.empty() || std::any_of(partitions_.begin(), partitions_.end(),
                                       [](const auto& row) { return row.second->dirty(); });
}

void ShardStore::set_stable(PartitionId id, const VersionVector& stable) { partition(id).set_stable(stable); }

Result<void> ShardStore::trim() {
  for (Sequence end = log_.oldest_segment_end(); end.value != 0 && end <= checkpoint_;
       end = log_.oldest_segment_end()) {
    const Sequence keep_from{end.value + 1};
    const bool stable = std::all_of(by_id_.begin(), by_id_.end(), [keep_from](const auto& row) {
      return row.second->is_stable_before(keep_from);
    });
    if (!stable && log_.bytes_used() <= limits_.log_bytes_max && !planted(Plant::trim_without_floor)) break;
    if (pinned_ && keep_from > *pinned_ && log_.has_room(false)) break;
    for (auto& [id, partition] : partitions_) partition->drop_log_before(keep_from);
    CW_TRY_VOID(log_.trim(keep_from));
  }
  return {};
}

void ShardStore::set_note(BytesView name, BytesView value) { notes_.set(name, value); }

Result<void> ShardStore::set_note_now(BytesView name, BytesView value) {
  CW_TRY_VOID(state_.commit({Notes::write_of(name, value)}));
  notes_.overtaken(name);
  return {};
}

Result<std::optional<Bytes>> ShardStore::note(BytesView name) const { return notes_.get(name); }

Result<void> ShardStore::notes(BytesView prefix,
                               const std::function<void(BytesView name, BytesView value)>& visit) const {
  return notes_.visit(prefix, visit);
}

Result<void> ShardStore::verify() const {
  for (const auto& [id, partition] : partitions_) CW_TRY_VOID(partition->verify());
  return {};
}

Sequence ShardStore::log_end() const { return Sequence{log_.last().value + 1}; }
std::uint64_t ShardStore::log_bytes() const { return log_.bytes_used(); }
std::uint64_t ShardStore::state_bytes() const { return state_.bytes_used(); }
std::size_t ShardStore::dirty_bytes() const { return budget_->dirty_bytes; }
std::size_t ShardStore::cache_bytes() const { return budget_->clean.bytes(); }

}  // namespace causeway
