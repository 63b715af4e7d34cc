// A process to be killed: applies events to a store on disk, and prints what it acknowledges.
//   kill_target FOLDER SEED     prints "ACTOR COUNTER" per event, once the event is durable
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "../kill_history.h"
#include "base/random.h"
#include "crdt/codec.h"
#include "storage/data_folder.h"
#include "storage/file_log.h"
#include "storage/lmdb_state.h"
#include "storage/shard_store.h"
#include "tests/crdt/event_draft.h"

namespace causeway::testing {
namespace {

Result<void> run(const std::string& path, std::uint64_t seed) {
  CW_TRY(const DataFolder folder, DataFolder::open(path));
  InlineWorker at_once;
  FileEventLog log(folder.shard(0).log(), kill_log_limits, at_once, at_once);
  CW_TRY(const auto state, LmdbStateStore::open(folder.shard(0).state(), {}));
  CW_TRY(const auto store, ShardStore::open(log, *state, {kill_partition}, {}));
  CW_TRY_VOID(store->verify());
  Partition& partition = store->partition(kill_partition);
  Random random(seed);
  for (;;) {
    Bytes acknowledged;
    for (std::uint64_t left = 1 + random.below(20); left > 0; --left) {
      const EventDraft event = kill_event(partition.clock());
      CW_TRY_VOID(partition.apply(*DraftedEvent(event), true));
      acknowledged += std::to_string(event.dot.actor.value) + " " + std::to_string(event.dot.counter) + "\n";
    }
    CW_TRY_VOID(store->write());
    CW_TRY_VOID(store->sync());
    std::fwrite(acknowledged.data(), 1, acknowledged.size(), stdout);
    std::fflush(stdout);
    if (random.chance(1, 15)) CW_TRY_VOID(store->checkpoint(MonoTime()));
    store->set_stable(kill_partition, partition.clock());
    if (random.chance(1, 15)) CW_TRY_VOID(store->trim());
  }
}

}  // namespace
}  // namespace causeway::testing

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto ended = causeway::testing::run(argv[1], std::strtoull(argv[2], nullptr, 10));
  std::fprintf(stderr, "%s\n", to_string(ended.error()).c_str());
  return 1;
}
