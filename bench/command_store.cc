#include "bench/command_store.h"

#include <cstdio>
#include <filesystem>

#include "base/check.h"

namespace causeway::bench {
namespace {

template <class Clock>
Micros since_epoch() {
  return std::chrono::duration_cast<Micros>(Clock::now().time_since_epoch());
}
MonoTime mono() { return MonoTime(since_epoch<std::chrono::steady_clock>()); }
WallTime wall() { return WallTime(since_epoch<std::chrono::system_clock>()); }

void require(const Result<void>& done) {
  if (!done) std::fprintf(stderr, "%s\n", to_string(done.error()).c_str());
  CW_CHECK(done.has_value(), "the store works");
}

}  // namespace

CommandStore::CommandStore(const std::string& folder, const Limits& limits, ActorId actor)
    : actor_(actor), value_bytes_max_(limits.value_bytes) {
  const ShardFolder place{folder};
  std::filesystem::create_directories(place.log());
  std::filesystem::create_directories(place.state());
  auto disk = Disk::open(place, limits, {only});
  CW_CHECK(disk.has_value(), "the folder opens");
  disk_ = std::move(*disk);
}

Value CommandStore::execute(Arguments arguments) {
  Value reply;
  require(try_execute(arguments, reply));
  return reply;
}

Result<void> CommandStore::try_execute(Arguments arguments, Value& reply) {
  CW_TRY(const Call call, find_command(arguments));
  Partition& partition = this->partition();
  const Dot dot{actor_, partition.clock().counter(actor_) + 1};
  const WallTime now = wall();
  const BytesView key = arguments[1];
  const Hlc hlc = hlc_.next(now);
  changes_.begin(actor_);
  {
    CW_TRY(const Partition::Held held, partition.hold(key, Partition::hash_of(key)));
    const ObjectEntries entries =
        held.entries ? ObjectEntries(partition, key, *held.entries) : ObjectEntries(partition);
    const Context context{entries,          partition.clock(), dot, hlc,     now, {},
                          value_bytes_max_, changes_,          key, nullptr, true};
    CW_TRY_VOID(call.command->execute(context, arguments, reply));
  }
  if (changes_.mutations() == 0) return {};
  changes_.finish({dot, {}, hlc}, event_);
  event_bytes_ += event_.bytes.size();
  return partition.apply(event_, true);
}

void CommandStore::take(BytesView event) {
  CW_CHECK(decode_event(event, event_), "it was written by a store");
  require(partition().apply(event_, false));
}

void CommandStore::turn() {
  require(store().write());
  store().make_room();
  require(store().start_sync());
  require(store().settle());
  if (!store().checkpointing() && store().checkpoint_due(mono())) store().begin_checkpoint(mono());
  if (store().checkpointing()) {
    const auto ended = store().advance_checkpoint();
    CW_CHECK(ended.has_value(), "the checkpoint is written");
    if (*ended) require(store().trim());
  }
}

void CommandStore::checkpoint() { require(store().checkpoint(mono())); }

}  // namespace causeway::bench
