#include "tests/sim/injector.h"

#include <algorithm>
#include <limits>

namespace causeway::testing {

Injector::Injector(Cluster& cluster, Verdict& verdict)
    : cluster_(cluster), verdict_(verdict), calm_(cluster.network()) {
  for (const NodeId id : cluster.configuration().nodes())
    nodes_.push_back(cluster.configuration().node(id)->name);
}

void Injector::undo(Micros after, std::function<void()> action) {
  cluster_.at(cluster_.now() + after, [this, action = std::move(action)] {
    if (!ended_) action();
  });
}

std::vector<Bytes> Injector::nodes_of(const Bytes& datacenter) const {
  std::vector<Bytes> names;
  for (const NodeId id : cluster_.configuration().nodes_of(dc_id(datacenter))) {
    names.push_back(cluster_.configuration().node(id)->name);
  }
  return names;
}

void Injector::inject(const Fault& fault) {
  ++counts_[std::string(name_of(fault.kind))];
  switch (fault.kind) {
    case FaultKind::cut:
    case FaultKind::cut_one_way:
    case FaultKind::isolate:
    case FaultKind::heal:
    case FaultKind::shift:
    case FaultKind::bad_network:
    case FaultKind::narrow: return inject_network(fault);
    case FaultKind::kill:
    case FaultKind::kill_many:
    case FaultKind::power_cut:
    case FaultKind::power_cut_dc:
    case FaultKind::stop:
    case FaultKind::pause:
    case FaultKind::absence: return inject_process(fault);
    case FaultKind::fail_sync:
    case FaultKind::fill_log:
    case FaultKind::fill_state: return inject_disk(fault);
    case FaultKind::skew: return cluster_.skew(fault.a, std::chrono::milliseconds(fault.amount));
    case FaultKind::drift: return cluster_.drift(fault.a, fault.amount);
    case FaultKind::wipe:
    case FaultKind::back_up:
    case FaultKind::restore:
    case FaultKind::damage_log:
    case FaultKind::damage_state: return inject_loss(fault);
    case FaultKind::rotate: return rotate(fault);
  }
}

/// In the end one replica lacks what was written meanwhile, one has lost it, and who still has it cannot be heard.
void Injector::rotate(const Fault& fault) {
  const Configuration& configuration = cluster_.configuration();
  const auto replicas =
      cluster_.placement().replicas(PartitionId{0}, configuration.datacenter_of(node_id(fault.a))->id);
  if (replicas.size() < 3) return;
  const auto name = [&](std::uint64_t place) -> Bytes {
    return configuration.node(replicas[(static_cast<std::uint64_t>(fault.amount) + place) % replicas.size()])
        ->name;
  };
  const auto alone = [this, lasts = fault.lasts](const Bytes& node) {
    ++heals_;
    cluster_.heal();
    for (const Bytes& other : nodes_) {
      if (other == node) continue;
      cut(other, node, lasts);
      cut(node, other, lasts);
    }
  };
  alone(name(0));
  undo(std::chrono::milliseconds(200 + fault.amount % 500), [this, alone, next = name(1), third = name(2)] {
    if (!can_spare(third, false)) return;
    alone(next);
    take_down(third);
    cluster_.wipe(third);
    start_later(third, 20ms);
  });
}

void Injector::cut(const std::string& from, const std::string& to, Micros lasts) {
  cluster_.cut_one_way(from, to);
  undo(lasts, [this, from, to, heals = heals_] {
    if (heals == heals_) cluster_.mend_one_way(from, to);
  });
}

/// From all others of its kind, and all nodes of other datacenters.
void Injector::isolate(const Fault& fault) {
  for (const DcId id : cluster_.configuration().datacenters()) {
    const std::string& other = cluster_.configuration().datacenter(id)->name;
    if (other != fault.a) cut(other, fault.a, fault.lasts);
    if (other != fault.a) cut(fault.a, other, fault.lasts);
  }
}

void Injector::weather(const Fault& fault) {
  Network& network = cluster_.network();
  if (fault.kind == FaultKind::narrow) {
    network.high_water = 1 + static_cast<std::size_t>(fault.amount) % 12;
  } else {
    network.loss_permille = static_cast<std::uint64_t>(fault.amount) % 200;
    network.reorder_permille = static_cast<std::uint64_t>(fault.amount) % 130;
    network.duplicate_permille = static_cast<std::uint64_t>(fault.amount) % 70;
    network.client_loss_permille = static_cast<std::uint64_t>(fault.amount) % 90;
  }
  undo(fault.lasts, [this, number = ++weathers_] {
    if (number == weathers_) cluster_.network() = calm_;
  });
}

void Injector::inject_network(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::cut: cut(fault.b, fault.a, fault.lasts); [[fallthrough]];
    case FaultKind::cut_one_way: return cut(fault.a, fault.b, fault.lasts);
    case FaultKind::isolate: return isolate(fault);
    case FaultKind::heal:
    case FaultKind::shift:
      ++heals_;
      cluster_.heal();
      return fault.kind == FaultKind::shift ? isolate(fault) : void();
    default: return weather(fault);
  }
}

void Injector::inject_process(const Fault& fault) {
  const bool many = fault.kind == FaultKind::kill_many || fault.kind == FaultKind::power_cut_dc;
  for (const Bytes& node : many ? nodes_of(fault.a) : std::vector<Bytes>{fault.a}) {
    if (!cluster_.up(node)) continue;
    if (fault.kind == FaultKind::pause) {
      cluster_.pause(node, fault.lasts);
      continue;
    }
    if (fault.kind == FaultKind::power_cut || fault.kind == FaultKind::power_cut_dc) {
      const auto amount = static_cast<std::uint64_t>(fault.amount);
      cluster_.power_cut(node, amount % 8 < 4 ? 0 : amount % 4);
    } else if (fault.kind == FaultKind::stop && cluster_.status(node).serving && !failing_.contains(node)) {
      relieve(node);
      cluster_.stop_clean(node);
    } else {
      cluster_.kill(node);
    }
    if (fault.kind == FaultKind::absence) {
      absent_.insert(node);
      undo(fault.lasts, [this, node] { absent_.erase(node); });
    }
    start_later(node, fault.lasts);
  }
}

void Injector::inject_disk(const Fault& fault) {
  if (fault.kind == FaultKind::fail_sync) {
    cluster_.log(fault.a).fail_next_sync();
    failing_.insert(fault.a);
    return;
  }
  if (fault.kind == FaultKind::fill_log) cluster_.log(fault.a).set_disk_bytes_max(0);
  if (fault.kind == FaultKind::fill_state) cluster_.state(fault.a).set_bytes_max(0);
  undo(fault.lasts, [this, node = fault.a] { relieve(node); });
}

/// A disk is lost only where its datacenter's other replicas serve, and nothing of theirs is damaged: more losses at a time
/// are beyond what is promised. Where there are none, or an old copy may pass for the newest, others must have all it has.
bool Injector::can_spare(const Bytes& node, bool to_all) const {
  const Placement& placement = cluster_.placement();
  const NodeId self = node_id(node);
  const DcId home = cluster_.configuration().datacenter_of(self)->id;
  const auto whole = [&](NodeId other, PartitionId id) {
    const std::string& name = cluster_.configuration().node(other)->name;
    return other != self && cluster_.up(name) && !cluster_.paused(name) && cluster_.status(name).ready &&
           cluster_.store(name).partition(id).verify().has_value();
  };
  const auto has_all = [&](NodeId other, PartitionId id) {
    return whole(other, id) && cluster_.store(cluster_.configuration().node(other)->name)
                                   .partition(id)
                                   .clock()
                                   .covers(cluster_.store(node).partition(id).clock());
  };
  const auto held = placement.partitions_of(self);
  return std::all_of(held.begin(), held.end(), [&](PartitionId id) {
    const auto local = placement.replicas(id, home);
    const auto all = placement.all_replicas(id);
    const bool spared = std::all_of(local.begin(), local.end(),
                                    [&](NodeId other) { return other == self || whole(other, id); });
    if (!spared || (local.size() > 1 && !to_all)) return spared;
    return cluster_.up(node) &&
           std::any_of(all.begin(), all.end(), [&](NodeId other) { return has_all(other, id); });
  });
}

/// A disk goes with all shards that are on it.
void Injector::wipe_machine(const Fault& fault) {
  std::vector<Bytes> shards;
  for (const Bytes& node : nodes_) {
    if (cluster_.configuration().share_a_machine(node_id(node), node_id(fault.a))) shards.push_back(node);
  }
  if (!std::all_of(shards.begin(), shards.end(),
                   [&](const Bytes& shard) { return can_spare(shard, false); })) {
    --counts_[std::string(name_of(fault.kind))];
    return;
  }
  for (const Bytes& shard : shards) {
    take_down(shard);
    cluster_.wipe(shard);
    start_later(shard, fault.lasts);
  }
}

void Injector::inject_loss(const Fault& fault) {
  if (fault.kind == FaultKind::back_up) return cluster_.back_up(fault.a);
  if (fault.kind == FaultKind::wipe) return wipe_machine(fault);
  if (fault.kind == FaultKind::restore && !cluster_.has_backup(fault.a)) {
    cluster_.back_up(fault.a);
    return undo(fault.lasts, [this, fault] { inject_loss(fault); });
  }
  if (!can_spare(fault.a, fault.kind == FaultKind::restore)) {
    --counts_[std::string(name_of(fault.kind))];
    return;
  }
  if (fault.kind == FaultKind::damage_state && fault.amount % 3 > 0) {  // while it runs
    cluster_.damage_state(fault.a);
    damaged_.insert(fault.a);
    return;
  }
  take_down(fault.a);
  switch (fault.kind) {
    case FaultKind::restore:
      cluster_.restore(fault.a);
      copies_.insert(fault.a);
      break;
    case FaultKind::damage_log: cluster_.damage_log(fault.a); break;
    default: cluster_.damage_state(fault.a); break;
  }
  const bool damages = fault.kind == FaultKind::damage_log || fault.kind == FaultKind::damage_state;
  if (damages) damaged_.insert(fault.a);
  start_later(fault.a, fault.lasts);
}

void Injector::take_down(const Bytes& node) {
  if (cluster_.up(node)) cluster_.kill(node);
  failing_.erase(node);
}

void Injector::relieve(const Bytes& node) {
  cluster_.log(node).set_disk_bytes_max(LogLimits{}.disk_bytes_max);
  cluster_.state(node).set_bytes_max(std::numeric_limits<std::uint64_t>::max());
}

void Injector::start_later(const Bytes& node, Micros after) {
  failing_.erase(node);
  undo(after, [this, node] {
    if (!cluster_.up(node) && !absent_.contains(node)) start(node);
  });
}

/// An old copy is put in place by somebody, who looks that it hears the others: alone it cannot know what it is.
bool Injector::may_start(const Bytes& node) {
  if (!copies_.contains(node)) return true;
  const Configuration& configuration = cluster_.configuration();
  for (const PartitionId id : cluster_.placement().partitions_of(node_id(node))) {
    for (const NodeId other : cluster_.placement().all_replicas(id)) {
      const std::string& name = configuration.node(other)->name;
      if (!ended_ && name != node && (!cluster_.up(name) || cluster_.paused(name))) return false;
    }
  }
  ++heals_;
  cluster_.heal();
  copies_.erase(node);
  return true;
}

void Injector::start(const Bytes& node) {
  if (!may_start(node)) return start_later(node, 200ms);
  const auto opened = cluster_.start(node);
  if (opened) return;
  // An operator empties the folder; but what nobody damaged must open.
  if (!damaged_.contains(node))
    return verdict_.blame("opens", node + " does not start: " + to_string(opened.error()));
  empty(node);
}

void Injector::empty(const Bytes& node) {
  cluster_.wipe(node);
  ++counts_["emptied"];
  if (const auto again = cluster_.start(node); !again) {
    verdict_.blame("start", node + " does not start empty: " + to_string(again.error()));
  }
}

void Injector::stopped(NodeId id) {
  const Bytes& node = cluster_.configuration().node(id)->name;
  if (!failing_.contains(node)) {
    verdict_.blame("stopped", node + " stopped itself without a cause");
  }
  start_later(node, 300ms);
}

bool Injector::obey() {
  bool obeyed = false;
  for (const Bytes& node : nodes_) {
    if (!cluster_.up(node) ||
        cluster_.status(node).reason.find("start with an empty one") == std::string::npos)
      continue;
    cluster_.kill(node);
    empty(node);
    obeyed = true;
  }
  return obeyed;
}

void Injector::end() {
  ended_ = true;
  cluster_.heal();
  cluster_.network() = calm_;
  cluster_.network().loss_permille = cluster_.network().duplicate_permille = 0;
  cluster_.network().reorder_permille = cluster_.network().client_loss_permille = 0;
  for (const Bytes& node : nodes_) {
    relieve(node);
    if (failing_.contains(node) && cluster_.up(node)) cluster_.kill(node);
    if (!cluster_.up(node)) start(node);
    cluster_.resume(node);
  }
}

}  // namespace causeway::testing
