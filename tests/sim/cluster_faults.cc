// What a cluster under simulation suffers: its machines, their disks and clocks.
#include "base/check.h"
#include "node/reshard.h"
#include "storage/keys.h"
#include "tests/sim/machine.h"

namespace causeway::testing {
namespace {

constexpr std::uint64_t cluster_id = 0xC0FFEE;
constexpr Micros sync_slack =
    2 * beside_max + 10ms;  // of the sync that runs, and of the next; and some turns

}  // namespace

bool Cluster::up(BytesView node) const { return machine(node).core != nullptr; }
bool Cluster::paused(BytesView node) const { return machine(node).paused_until > now_; }

void Cluster::skew(BytesView node, Micros ahead) { machine(node).skew = ahead; }

void Cluster::drift(BytesView node, std::int64_t parts_per_million) {
  Machine& machine = this->machine(node);
  machine.skew += (now_ - machine.drifts_since) * machine.drift_ppm / 1'000'000;
  machine.drift_ppm = parts_per_million;
  machine.drifts_since = now_;
}

void Cluster::kill(BytesView node) {
  Machine& machine = this->machine(node);
  ++machine.life;
  machine.core.reset();
  machine.store.reset();
  machine.inbox = {};
  machine.paused_until = {};
  machine.beside_log.until = machine.beside_state.until = {};
  machine.written.clear();
  machine.log.crash({});
  machine.state.crash();
}

void Cluster::note_written(Machine& machine) {
  const Durability& durability = configuration_.topology().durability;
  if (durability.is_sync()) return;
  auto& written = machine.written;
  if (written.empty() || written.back().second < machine.log.last())
    written.emplace_back(now_, machine.log.last());
  while (written.size() > 1 && written[1].first + durability.sync_interval + sync_slack < now_)
    written.pop_front();
}

/// What is said to be durable is on the disk, and what is older than the interval, but for the time that the disk takes; a
/// process that stands still does not begin its syncs.
void Cluster::check_promise(const Machine& machine) {
  if (!machine.core) return;
  if (machine.log.durable() > machine.log.on_disk()) {
    observer_->breaks_promise(machine.id,
                              machine.name + ": the log says that record " +
                                  std::to_string(machine.log.durable().value) + " is durable; record " +
                                  std::to_string(machine.log.on_disk().value) + " is on the disk");
  }
  if (machine.written.empty()) return;
  const auto& [at, upto] = machine.written.front();
  const MonoTime due = at + configuration_.topology().durability.sync_interval + sync_slack;
  if (due >= now_ || machine.paused_until >= at || machine.log.on_disk() >= upto) return;
  observer_->breaks_promise(machine.id, machine.name + ": record " + std::to_string(upto.value) +
                                            " is overdue; record " +
                                            std::to_string(machine.log.on_disk().value) + " is on the disk");
}

void Cluster::power_cut(BytesView node, std::uint64_t unsynced_kept) {
  const bool promised = configuration_.topology().durability.is_sync();
  if (observer_ != nullptr) check_promise(machine(node));
  if (!promised && observer_ != nullptr) observer_->loses(machine(node).id);
  kill(node);
  Machine& machine = this->machine(node);
  ++machine.boots;
  machine.log.crash({true, unsynced_kept, random_.chance(1, 2)});
}

void Cluster::wipe(BytesView node) {
  Machine& machine = this->machine(node);
  CW_CHECK(!machine.core, "only a dead node is wiped");
  if (observer_ != nullptr) observer_->loses(machine.id);
  machine.log.wipe();
  machine.state.wipe();
}

void Cluster::back_up(BytesView node) {
  Machine& machine = this->machine(node);
  machine.backup.emplace(machine.log, machine.state);
  machine.backup->first.crash({});
  machine.backup->second.crash();
}

bool Cluster::has_backup(BytesView node) const { return machine(node).backup.has_value(); }

void Cluster::restore(BytesView node) {
  Machine& machine = this->machine(node);
  CW_CHECK(!machine.core, "only a dead node is restored");
  if (!machine.backup) return;
  if (observer_ != nullptr) observer_->loses(machine.id);
  machine.log = machine.backup->first;
  machine.state = machine.backup->second;
}

bool Cluster::damage_log(BytesView node) {
  Machine& machine = this->machine(node);
  CW_CHECK(!machine.core, "only a dead node's disk is damaged");
  const Sequence first = machine.log.first();
  if (first.value == 0) return false;
  if (observer_ != nullptr) observer_->loses(machine.id);
  return machine.log.damage(
      Sequence{first.value + random_.below(machine.log.last().value - first.value + 1)});
}

bool Cluster::damage_state(BytesView node) {
  Machine& machine = this->machine(node);
  std::vector<Bytes> keys;
  const bool runs = machine.core != nullptr;  // then what is read at the start alone stays as it is
  const auto read = machine.state.scan({}, [&keys, runs](BytesView key, BytesView) {
    if (!runs || keys::parse_state(key)) keys.emplace_back(key);
    return true;
  });
  if (!read || keys.empty()) return false;
  if (observer_ != nullptr) observer_->loses(machine.id);
  return machine.state.damage(keys[random_.below(keys.size())], random_.next() % 4096);
}

void Cluster::pause(BytesView node, Micros time) {
  Machine& machine = this->machine(node);
  if (!machine.core) return;
  machine.paused_until = std::max(machine.paused_until, now_ + time);
}

void Cluster::resume(BytesView node) {
  Machine& machine = this->machine(node);
  machine.paused_until = {};
  if (machine.core) wake(machine, now_);
}

Result<void> Cluster::start(BytesView node, bool found) {
  Machine& machine = this->machine(node);
  CW_CHECK(!machine.core, "it is not up");
  const auto held = placement_.partitions_of(machine.id);
  CW_TRY(auto store, ShardStore::open(machine.log, machine.state, {held.begin(), held.end()}, disks_.store,
                                      machine.beside_state));
  NodeOptions options;
  options.self = machine.id;
  if (found) options.found = cluster_id;
  options.run = random_.next();
  options.boot_id = "boot " + std::to_string(machine.boots);
  options.seed = random_.next();
  options.chunk_bytes = disks_.chunk_bytes;
  CW_TRY(auto core, NodeCore::open(configuration_, options, *store, now_of(machine)));
  machine.store = std::move(store);
  machine.core = std::move(core);
  ++machine.life;
  machine.busy_until = now_;
  machine.wake_at = MonoTime::max();
  wake(machine, now_ + Micros(random_.below(1000)));
  if (observer_ != nullptr) observer_->started(machine.id);
  return {};
}

void Cluster::stop_clean(BytesView node) {
  Machine& machine = this->machine(node);
  const auto stopped = machine.core->stop(now_of(machine));
  if (!stopped) notices_.push_back(machine.name + ": did not stop in order: " + to_string(stopped.error()));
  kill(node);
}

void Cluster::reshard(BytesView topology) {
  std::map<NodeId, std::unique_ptr<Machine>> before = std::exchange(machines_, {});
  configuration_ = configuration_from(topology);
  placement_ = Placement::compute(configuration_);
  for (const NodeId id : configuration_.nodes()) machines_.emplace(id, make_machine(id));
  for (const Datacenter& datacenter : configuration_.topology().datacenters) {
    for (const Node& node : datacenter.nodes) {
      std::uint64_t boots = 0;
      std::vector<ShardFiles> old;
      for (const auto& [id, machine] : before) {
        if (!configuration_.share_a_machine(id, node.id)) continue;
        CW_CHECK(!machine->core, "only dead nodes are laid out anew");
        old.push_back({machine->log, machine->state});
        boots = std::max(boots, machine->boots);
      }
      std::vector<NewShard> now;
      for (std::uint32_t k = 0; k < node.shards; ++k) {
        Machine& machine = *machines_.at(shard_of(node, k).id);
        machine.boots = boots;
        now.push_back({machine.id, {machine.log, machine.state}});
      }
      const auto moved = reshard_node(old, now, "boot " + std::to_string(boots), random_.next());
      CW_CHECK(moved.has_value(), "what is not damaged moves");
    }
  }
  for (auto& [id, machine] : before) replaced_.push_back(std::move(machine));
  for (const auto& [id, machine] : machines_) {
    const auto started = start(machine->name);
    CW_CHECK(started.has_value(), "what has moved opens");
  }
}

}  // namespace causeway::testing
