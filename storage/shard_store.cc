#include "storage/shard_store.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/plant.h"
#include "storage/keys.h"
#include "storage/partition_parts.h"
#include "storage/record.h"

namespace causeway {
namespace {

// None of these takes a turn more than some tenths of a millisecond; each leaves others more than a turn brings.
constexpr std::size_t freed_in_turn_max = 2048;
constexpr std::size_t swept_in_turn_max = 16384;  // slots, while there is less too much than
constexpr std::size_t crowd_part = 8;             // this part of what is allowed
constexpr std::size_t swept_part = 1024;          // of a partition's slots, before the next one's turn

}  // namespace

ShardStore::ShardStore(EventLog& log, StateStore& state, const std::vector<PartitionId>& partitions,
                       const StoreLimits& limits, Worker& worker)
    : log_(log),
      state_(state),
      limits_(limits),
      worker_(worker),
      tier_(std::make_unique<Tier>()),
      held_(partitions),
      notes_(state) {
  tier_->bytes_max = limits.tier_bytes_max;
  tier_->dirty_bytes_max = limits.dirty_bytes_max;
  tier_->whole_entries_max = limits.whole_entries_max;
  tier_->whole_bytes_max = limits.whole_bytes_max;
  tier_->detached_entries_min = limits.detached_entries_min;
}

ShardStore::~ShardStore() {
  job_.cancel();
  for (Blob* const blob : tier_->retired) tier_->free(blob);
  for (const std::deque<Blob*>& blobs : retired_) {
    for (Blob* const blob : blobs) tier_->free(blob);
  }
}

Result<std::unique_ptr<ShardStore>> ShardStore::open(EventLog& log, StateStore& state,
                                                     const std::vector<PartitionId>& partitions,
                                                     const StoreLimits& limits, Worker& worker) {
  std::unique_ptr<ShardStore> store(new ShardStore(log, state, partitions, limits, worker));
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
  CW_TRY_VOID(read_partitions());
  CW_TRY_VOID(log_.recover(checkpointed_somewhere()));
  const Sequence start{log_.first().value != 0 ? log_.first().value : log_.last().value + 1};
  if (start.value > checkpoint_.value + 1) {
    return fail(ErrorCode::internal, "the log begins at record " + std::to_string(start.value) +
                                         ", but the state ends at " + std::to_string(checkpoint_.value) +
                                         ": what is between is missing");
  }
  CW_TRY_VOID(find_states());
  for (const PartitionId id : held_) {
    if (by_id_.size() <= id.value) by_id_.resize(id.value + std::size_t{1}, nullptr);
    CW_TRY(by_id_[id.value], restored(id));
  }
  for (const auto& [id, record] : found_) CW_TRY_VOID(restored(id));
  for (auto& [id, partition] : partitions_) partition->drop_log_before(start);
  // What is stored may have lost records without a trace: a key that reads as absent is right only if all the others add up.
  // Where they do not, the file's own structure may be damaged, and LMDB must not write to it.
  for (const PartitionId id : held_) CW_TRY_VOID(partition(id).verify_and_list());
  CW_TRY_VOID(replay());
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

/// A checkpoint that was not finished has brought some partitions further; none before the log was durable up to there.
Sequence ShardStore::checkpointed_somewhere() const {
  Sequence furthest = checkpoint_;
  for (const auto& [id, record] : found_) furthest = std::max(furthest, record.sequence);
  return furthest;
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
    partition = std::make_unique<Partition>(id, state_id, log_, state_, *tier_);
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
  CW_CHECK(holds(id), "a partition is asked of the shard that holds it");
  return *by_id_[id.value];
}

bool ShardStore::holds(PartitionId id) const {
  return id.value < by_id_.size() && by_id_[id.value] != nullptr;
}
const std::vector<PartitionId>& ShardStore::partitions() const { return held_; }

Result<void> ShardStore::write() {
  for (std::size_t i = 0; i < freed_in_turn_max && !retired_.empty(); ++i) {
    std::deque<Blob*>& blobs = retired_.front();
    tier_->retired_bytes -= blobs.back()->memory();
    tier_->free(blobs.back());
    blobs.pop_back();
    if (blobs.empty()) retired_.pop_front();
  }
  make_room();
  if (!tier_->dropped_orders.empty()) {
    worker_.start([dropped = std::make_shared<std::vector<std::unique_ptr<ElementOrder>>>(std::exchange(
                       tier_->dropped_orders, {}))] {});  // they are large: they go beside the loop
  }
  return log_.write();
}
Result<void> ShardStore::sync() { return log_.sync(); }
Result<void> ShardStore::settle() { return log_.settle(); }
bool ShardStore::syncing() const { return log_.syncing(); }
Result<void> ShardStore::start_sync() {
  log_.start_sync();
  return log_.settle();  // it may have ended already
}
bool ShardStore::unsynced() const { return log_.durable() < log_.last(); }
bool ShardStore::is_behind() const { return tier_->is_behind(); }
bool ShardStore::has_room(bool reserved) const {
  return log_.has_room(reserved) && tier_->has_room(reserved);
}

void ShardStore::freeze(Partition& partition) {
  if (!partition.dirty()) return;
  FrozenPart part = partition.freeze(under_way_->upto);
  if (planted(Plant::clock_apart_from_its_records)) {
    for (StateWrite& record : std::exchange(part.records, {}))
      under_way_->records.push_back(std::move(record));
  }
  under_way_->parts.push_back(std::move(part));
}

void ShardStore::begin_checkpoint(MonoTime now) {
  CW_CHECK(!checkpointing(), "one checkpoint at a time");
  checkpointed_at_ = now;
  under_way_ = std::make_unique<Checkpoint>();
  written_ = {};
  Checkpoint& frozen = *under_way_;
  frozen.upto.value = log_.last().value + (planted(Plant::checkpoint_claims_later) ? 1 : 0);
  frozen.packed_bytes_min = limits_.packed_bytes_min;
  list_garbage(frozen.garbage);
  for (auto& [id, partition] : staged_) frozen.parts.push_back(partition->freeze_objects());
  for (auto& [id, partition] : partitions_) freeze(*partition);
  notes_.freeze(frozen.records);
  tier_->is_freezing = true;
  ++tier_->generation;
  tier_->frozen_bytes = std::exchange(tier_->dirty_bytes, 0);
  frozen.records.push_back({keys::shard(), seal_record(keys::shard(), encode(ShardRecord{frozen.upto}))});
}

void ShardStore::list_garbage(std::vector<Garbage>& garbage) const {
  for (const StateId id : garbage_) garbage.push_back({id, {}});
  for (const auto& [id, partition] : partitions_) {
    const ObjectTable& table = partition->table();
    for (const ObjectId object : table.detached().stored()) garbage.push_back({table.id(), object});
  }
}

void ShardStore::forget_garbage(const std::vector<Garbage>& purged) {
  for (const Garbage& each : purged) {
    if (each.object.value == 0) garbage_.erase(each.state);
    for (const auto& [id, partition] : partitions_) {
      if (partition->table().id() == each.state) partition->forget_detached(each.object);
    }
  }
}

/// The next piece of it.
void ShardStore::start_writing() {
  if (planted(Plant::checkpoint_claims_clock_of_now)) {
    for (auto& [id, partition] : partitions_) partition->freeze_record(under_way_->records, under_way_->upto);
  }
  job_.start(worker_,
             [checkpoint = under_way_.get(), from = written_.next, bytes_max = limits_.piece_bytes_max,
              state = &state_] { return write_piece(*checkpoint, from, bytes_max, *state); });
}

/// Whether it was the last one, or failed.
bool ShardStore::take_piece(CheckpointOutcome piece) {
  written_.stored = std::move(piece.stored);
  written_.next = piece.next;
  written_.ended = piece.ended;
  written_.absent.insert(written_.absent.end(), piece.absent.begin(), piece.absent.end());
  written_.purged.insert(written_.purged.end(), piece.purged.begin(), piece.purged.end());
  return written_.ended || !written_.stored;
}

Result<bool> ShardStore::advance_checkpoint() {
  if (!checkpointing()) return false;
  if (!job_.running() && !written_.ended) {
    const bool is_durable = log_.durable() >= under_way_->upto || planted(Plant::checkpoint_claims_later);
    if (is_durable || planted(Plant::checkpoint_before_log)) {
      start_writing();
    } else if (!log_.syncing()) {
      CW_TRY_VOID(start_sync());
    }
  }
  while (auto piece = job_.take()) {
    if (!take_piece(std::move(*piece))) start_writing();
  }
  if (!written_.ended && written_.stored) return false;
  if (written_.stored && !forget_absent(limits_.forgotten_in_turn_max)) return false;
  CW_TRY_VOID(settle_checkpoint());
  return true;
}

Result<void> ShardStore::finish_checkpoint() {
  if (!checkpointing()) return {};
  if (!planted(Plant::checkpoint_before_log)) {
    CW_TRY_VOID(write());
    CW_TRY_VOID(sync());
  }
  while (!written_.ended && written_.stored) {
    if (!job_.running()) start_writing();
    take_piece(job_.finish());
  }
  if (written_.stored) forget_absent(written_.absent.size());
  return settle_checkpoint();
}

/// Whether memory has forgotten all that was removed from the state.
bool ShardStore::forget_absent(std::size_t count_max) {
  auto& absent = written_.absent;
  if (absent.empty()) return true;
  std::unordered_map<StateId, ObjectTable*> tables;
  each_table([&tables](ObjectTable& table) { tables.emplace(table.id(), &table); });
  for (; count_max > 0 && !absent.empty(); --count_max, absent.pop_back()) {
    tables.at(absent.back().first)->forget_absent(absent.back().second);
  }
  return absent.empty();
}

/// Also those that are built beside, and those that a checkpoint may still read.
template <class Visit>
void ShardStore::each_table(Visit visit) const {
  for (const auto& [id, partition] : partitions_) visit(partition->table());
  for (const auto& [id, partition] : staged_) visit(partition->table());
  for (const auto& partition : dropped_) visit(partition->table());
}

/// That the one under way found no room is no reason for the next to fail: there may be some by now, or it needs less.
Result<void> ShardStore::finish_unless_full() {
  auto finished = finish_checkpoint();
  if (!finished && finished.error().code == ErrorCode::storage_full) return {};
  return finished;
}

Result<void> ShardStore::checkpoint(MonoTime now) {
  CW_TRY_VOID(finish_unless_full());
  begin_checkpoint(now);
  return finish_checkpoint();
}

Result<void> ShardStore::settle_checkpoint() {
  CheckpointOutcome outcome = std::exchange(written_, {});
  const auto each = [this](auto&& visit) {
    for (auto& [id, partition] : partitions_) visit(*partition);
    for (auto& [id, partition] : staged_) visit(*partition);
    for (auto& partition : dropped_) visit(*partition);
  };
  std::shared_ptr<Checkpoint> ended = std::move(under_way_);
  tier_->frozen_bytes = 0;
  tier_->is_freezing = false;
  if (!tier_->retired.empty()) retired_.push_back(std::exchange(tier_->retired, {}));
  tier_->state_full = !outcome.stored && outcome.stored.error().code == ErrorCode::storage_full;
  if (!outcome.stored) {
    each([](Partition& partition) { partition.thaw(); });
    notes_.thaw();
    dropped_.clear();
    return std::move(outcome.stored);
  }
  each([](Partition& partition) { partition.settle(); });
  notes_.settle();
  forget_garbage(outcome.purged);
  dropped_.clear();
  checkpoint_ = ended->upto;
  worker_.start([ended = std::move(ended)] {});  // its lists are long: they go beside the loop
  return {};
}

void ShardStore::make_room() {
  if (std::exchange(tier_->orders_are_crowded, false)) {
    each_table([](ObjectTable& table) { table.sweep_orders(); });
  }
  if (tier_->crowd_bytes() == 0) return;
  const bool is_much = tier_->crowd_bytes() > tier_->bytes_max / crowd_part;
  std::vector<ObjectTable*> tables;
  std::size_t slots = 0;
  each_table([&](ObjectTable& table) {
    tables.push_back(&table);
    slots += table.slots() + swept_part;
  });
  // Each blob may have been used since the last sweep: twice around, at most.
  const std::size_t looked_max = std::min(2 * slots, is_much ? 4 * swept_in_turn_max : swept_in_turn_max);
  for (std::size_t looked = 0; looked < looked_max && tier_->crowd_bytes() > 0;) {
    ObjectTable& table = *tables[++hand_ % tables.size()];
    const std::size_t some = table.slots() / swept_part + 1;
    table.sweep(some);
    looked += some;
  }
}

Partition& ShardStore::stage(PartitionId id) {
  unstage(id);
  auto& staged = staged_[id];
  staged = std::make_unique<Partition>(id, StateId{next_state_id_.value++}, log_, state_, *tier_);
  staged->list_due();
  return *staged;
}

Partition* ShardStore::staged(PartitionId id) {
  const auto at = staged_.find(id);
  return at == staged_.end() ? nullptr : at->second.get();
}

void ShardStore::unstage(PartitionId id) {
  const auto at = staged_.find(id);
  if (at == staged_.end()) return;
  garbage_.insert(at->second->table().id());
  if (checkpointing()) dropped_.push_back(std::move(at->second));
  staged_.erase(at);
}

Result<void> ShardStore::adopt(PartitionId id, bool log_leads_here, MonoTime now) {
  Partition& ours = partition(id);
  Partition& theirs = *staged(id);
  CW_TRY_VOID(checkpoint(now));  // of all else, so that what follows is one transaction
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
  if (checkpointing()) return false;
  if (tier_->dirty_bytes >= limits_.dirty_bytes_max && !tier_->state_full) return true;
  if (now - checkpointed_at_ < limits_.checkpoint_every) return false;
  return notes_.dirty() || !garbage_.empty() ||
         std::any_of(partitions_.begin(), partitions_.end(), [](const auto& row) {
           return row.second->dirty() || !row.second->table().detached().stored().empty();
         });
}

void ShardStore::set_stable(PartitionId id, const VersionVector& stable) { partition(id).set_stable(stable); }

Result<void> ShardStore::trim() {
  for (Sequence end = log_.oldest_segment_end(); end.value != 0 && end <= checkpoint_;
       end = log_.oldest_segment_end()) {
    const Sequence keep_from{end.value + 1};
    const bool stable = std::all_of(held_.begin(), held_.end(), [this, keep_from](PartitionId id) {
      return partition(id).is_stable_before(keep_from);
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
  CW_TRY_VOID(finish_unless_full());  // it may have an older one of this name
  const std::vector<StateWrite> write{Notes::write_of(name, value)};
  CW_TRY_VOID(state_.commit(write));
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
  return verify_memory();
}

Result<void> ShardStore::verify_memory() const {
  ObjectTable::Tally tally;
  Result<void> listed;
  each_table([&](const ObjectTable& table) {
    if (auto counted = table.count(tally); !counted) listed = std::move(counted);
  });
  CW_TRY_VOID(listed);
  std::size_t retired = 0;
  for (const Blob* const blob : tier_->retired) retired += blob->memory();
  for (const std::deque<Blob*>& blobs : retired_) {
    for (const Blob* const blob : blobs) retired += blob->memory();
  }
  std::size_t frozen = 0;
  if (under_way_) {
    for (const FrozenPart& part : under_way_->parts) {
      for (const auto& list : part.table.lists) frozen += list->bytes();
    }
  }
  const bool right = tier_->bytes == tally.bytes + retired && tier_->retired_bytes == retired &&
                     tier_->dirty_bytes == tally.dirty_bytes && tier_->slot_bytes == tally.slot_bytes &&
                     tier_->order_bytes == tally.order_bytes && tier_->frozen_bytes == frozen &&
                     tier_->is_freezing == checkpointing();
  if (right) return {};
  return fail(ErrorCode::internal,
              "the memory in use is not what is counted: " + std::to_string(tier_->bytes) + " bytes, not " +
                  std::to_string(tally.bytes + retired));
}

Sequence ShardStore::log_end() const { return Sequence{log_.last().value + 1}; }
std::uint64_t ShardStore::log_bytes() const { return log_.bytes_used(); }
std::uint64_t ShardStore::state_bytes() const { return state_.bytes_used(); }
std::size_t ShardStore::dirty_bytes() const { return tier_->dirty_bytes + tier_->frozen_bytes; }
std::size_t ShardStore::tier_bytes() const { return tier_->bytes + tier_->slot_bytes + tier_->order_bytes; }

}  // namespace causeway
