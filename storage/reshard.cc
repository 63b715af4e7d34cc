#include "storage/reshard.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/check.h"
#include "crdt/codec.h"
#include "crdt/event.h"
#include "storage/keys.h"
#include "storage/log_marks.h"
#include "storage/notes.h"
#include "storage/record.h"
#include "storage/state_records.h"

namespace causeway {
namespace {

constexpr std::size_t written_at_once = std::size_t{4} << 20U;

/// Gathers writes into transactions of a bounded size.
class Filling {
 public:
  explicit Filling(StateStore& state) : state_(state) {}

  Result<void> put(Bytes key, Bytes value) {
    bytes_ += key.size() + value.size();
    writes_.push_back({std::move(key), std::move(value)});
    return bytes_ < written_at_once ? Result<void>() : flush();
  }
  Result<void> flush() {
    bytes_ = 0;
    return state_.commit(std::exchange(writes_, {}));
  }

 private:
  StateStore& state_;
  std::vector<StateWrite> writes_;
  std::size_t bytes_ = 0;
};

/// A partition on its way.
struct Moving {
  const ShardFiles* from;
  std::size_t home;
  PartitionRecord record;
  std::optional<Sequence> log_begins;  ///< from there on its part of the log is of use
  VersionVector clock;                 ///< of what has been logged so far
  LogMarks marks;
};

class Resharding {
 public:
  Resharding(std::span<const ShardFiles> to, const ReshardPlan& plan)
      : to_(to), plan_(plan), next_state_(to.size(), 1) {
    for (const ShardFiles& shard : to) fillings_.emplace_back(shard.state);
  }

  Result<void> run(std::span<const ShardFiles> from) {
    for (const ShardFiles& shard : from) CW_TRY_VOID(find_partitions(shard));
    for (const ShardFiles& shard : from) CW_TRY_VOID(move_log(shard));
    for (const ShardFiles& shard : to_) {
      CW_TRY_VOID(shard.log.write());
      CW_TRY_VOID(shard.log.sync());
    }
    for (auto& [id, moving] : moving_) CW_TRY_VOID(move_state(id, moving));
    for (const ShardFiles& shard : from) CW_TRY_VOID(move_notes(shard));
    for (std::size_t i = 0; i < to_.size(); ++i) {
      const Bytes key = keys::shard();
      CW_TRY_VOID(fillings_[i].put(key, seal_record(key, encode(ShardRecord{to_[i].log.last()}))));
      CW_TRY_VOID(fillings_[i].flush());
    }
    return {};
  }

 private:
  /// Visits records whose keys begin with `head`.
  template <class Visit>
  static Result<void> each(const StateStore& state, BytesView head, Visit visit) {
    Result<void> outcome;
    CW_TRY_VOID(state.scan(head, [&](BytesView key, BytesView value) {
      if (!key.starts_with(head)) return false;
      outcome = [&]() -> Result<void> {
        CW_TRY(const BytesView body, open_record(key, value));
        return visit(key, body);
      }();
      return outcome.has_value();
    }));
    return outcome;
  }

  Result<void> find_partitions(const ShardFiles& shard) {
    return each(shard.state, keys::partitions(), [&](BytesView key, BytesView body) -> Result<void> {
      const auto id = keys::parse_partition(key);
      if (!id) return damaged_record(key, "its key names no partition");
      CW_TRY(PartitionRecord record, decode_partition(key, body));
      LogMarks marks(*id);
      CW_TRY_VOID(marks.load(shard.state));
      Moving moving{&shard, plan_.home(*id), std::move(record), marks.begin(), {}, LogMarks(*id)};
      moving.clock = moving.log_begins ? *marks.clock_at_begin() : moving.record.clock;
      if (!moving_.emplace(*id, std::move(moving)).second) {
        return damaged_record(key, "another shard has this partition, too");
      }
      return {};
    });
  }

  Result<void> move_log(const ShardFiles& shard) {
    Result<void> outcome;
    CW_TRY_VOID(shard.log.read_all(shard.log.first(), [&](const LogRecord& record) {
      outcome = move_event(shard, record);
      return outcome.has_value();
    }));
    return outcome;
  }

  Result<void> move_event(const ShardFiles& shard, const LogRecord& record) {
    const auto at = moving_.find(record.partition);
    if (at == moving_.end() || at->second.from != &shard) return {};
    Moving& moving = at->second;
    if (!moving.log_begins || record.sequence < *moving.log_begins) return {};
    CW_TRY_VOID(decode_event(record.bytes, event_));
    EventLog& log = to_[moving.home].log;
    CW_TRY(const Sequence sequence, log.append(record.partition, record.bytes, true));
    moving.marks.note_event(sequence, log.segment_first(sequence), moving.clock);
    moving.clock.raise(event_.dot);
    unwritten_ += record.bytes.size();
    if (unwritten_ < written_at_once) return {};
    unwritten_ = 0;
    for (const ShardFiles& each : to_) CW_TRY_VOID(each.log.write());
    return {};
  }

  Result<void> move_state(PartitionId id, Moving& moving) {
    const ShardFiles& to = to_[moving.home];
    if (moving.clock != moving.record.clock) {
      return fail(ErrorCode::internal,
                  "the log of partition " + std::to_string(id.value) + " does not lead to its state");
    }
    const StateId before = moving.record.state_id;
    const StateId now{next_state_[moving.home]++};
    CW_TRY_VOID(move_records(moving, keys::objects(before), keys::objects(now)));
    CW_TRY_VOID(move_records(moving, keys::entries(before), keys::entries(now)));
    std::vector<StateWrite> marks;
    moving.marks.freeze(marks);
    for (StateWrite& mark : marks)
      CW_TRY_VOID(fillings_[moving.home].put(std::move(mark.key), std::move(*mark.value)));
    moving.record.state_id = now;
    moving.record.sequence = to.log.last();
    const Bytes key = keys::partition(id);
    return fillings_[moving.home].put(key, seal_record(key, encode(moving.record)));
  }

  Result<void> move_records(const Moving& moving, const Bytes& head, const Bytes& new_head) {
    return each(moving.from->state, head, [&](BytesView key, BytesView body) -> Result<void> {
      const Bytes new_key = new_head + Bytes(key.substr(head.size()));
      return fillings_[moving.home].put(new_key, seal_record(new_key, body));
    });
  }

  /// Of what several shards have, the first one's counts.
  Result<void> move_notes(const ShardFiles& shard) {
    Result<void> outcome;
    CW_TRY_VOID(Notes(shard.state).visit("", [&](BytesView name, BytesView value) {
      const auto about = plan_.note_is_about(name);
      const auto moving = about ? moving_.find(*about) : moving_.end();
      if (about && (moving == moving_.end() || moving->second.from != &shard)) return;
      if (!about && !noted_.insert(Bytes(name)).second) return;
      for (std::size_t i = 0; i < to_.size() && outcome; ++i) {
        if (about && moving->second.home != i) continue;
        StateWrite write = Notes::write_of(name, value);
        outcome = fillings_[i].put(std::move(write.key), std::move(*write.value));
      }
    }));
    return outcome;
  }

  std::span<const ShardFiles> to_;
  const ReshardPlan& plan_;
  std::vector<Filling> fillings_;
  std::vector<std::uint32_t> next_state_;
  std::map<PartitionId, Moving> moving_;
  std::set<Bytes> noted_;
  std::size_t unwritten_ = 0;
  Event event_;
};

}  // namespace

Result<void> reshard(std::span<const ShardFiles> from, std::span<const ShardFiles> to,
                     const ReshardPlan& plan) {
  CW_CHECK(!to.empty(), "a node has a shard");
  return Resharding(to, plan).run(from);
}

}  // namespace causeway
