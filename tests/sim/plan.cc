#include "tests/sim/pen.h"

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"
#include "wire/level.h"

namespace causeway::testing {
namespace {

std::size_t between(Random& random, std::size_t low, std::size_t high) {
  return low + random.below(high - low + 1);
}

Micros some_ms(Random& random, std::uint64_t low, std::uint64_t high) {
  return std::chrono::milliseconds(between(random, low, high));
}

Disks draw_disks(Random& random, Random& apart, const Profile& profile) {
  Disks disks;
  disks.log.segment_bytes = std::uint64_t{1} << (profile.small_logs ? 11 : between(random, 11, 14));
  disks.log.block_bytes = 1 << 10U;
  disks.chunk_bytes = disks.log.segment_bytes / 8;  // so small that a full sync takes several
  disks.store.piece_bytes_max = apart.chance(2, 3) ? 0 : 1U << 20U;
  disks.store.forgotten_in_turn_max = apart.chance(1, 2) ? 1 : 1000;
  disks.store.packed_bytes_min = apart.chance(1, 2) ? 24 : 256;
  disks.store.detached_entries_min = apart.chance(2, 3) ? 1 : 1000;
  disks.store.checkpoint_every = random.chance(1, 2) ? 400ms : 2s;
  disks.store.tier_bytes_max = 1U << between(random, 6, 14);
  disks.store.whole_entries_max = random.chance(1, 2) ? 4 : 1;
  disks.store.whole_bytes_max = std::uint64_t{1} << between(random, 4, 10);
  disks.store.dirty_bytes_max = random.chance(1, 3) ? 4U << 10U : 1U << 20U;
  if (profile.small_logs) disks.store.log_bytes_max = 4 * disks.log.segment_bytes;
  return disks;
}

Network draw_network(Random& random, const Topology& topology) {
  Network network;
  network.local_delay = Micros(between(random, 50, 500));
  network.jitter = Micros(random.chance(1, 4) ? 10'000 : 300);
  for (const Datacenter& from : topology.datacenters) {
    for (const Datacenter& to : topology.datacenters)
      network.delays[{from.id, to.id}] = some_ms(random, 2, 90);
  }
  network.late_permille = random.chance(1, 2) ? 300 : 0;
  if (random.chance(1, 3)) {
    network.loss_permille = random.below(10);
    network.reorder_permille = random.below(60);
    network.duplicate_permille = random.below(20);
    network.client_loss_permille = random.below(30);
  }
  return network;
}

/// Draws the faults of one run: of the kinds that its profile has, a few.
class FaultPen {
 public:
  FaultPen(Random& random, const Profile& profile, const Topology& topology)
      : random_(random), topology_(topology) {
    for (const auto& [kind, weight] : profile.faults) {
      if (random.chance(1, 2)) kinds_.insert(kinds_.end(), weight, kind);
    }
    if (kinds_.empty() && !profile.faults.empty())
      kinds_.push_back(
          std::next(profile.faults.begin(), static_cast<std::ptrdiff_t>(random.below(profile.faults.size())))
              ->first);
  }

  [[nodiscard]] bool idle() const { return kinds_.empty(); }

  Fault draw() {
    Fault fault;
    fault.kind = kinds_[random_.below(kinds_.size())];
    const bool of_datacenters = random_.chance(1, 2);
    fault.a = of_datacenters ? datacenter() : node();
    fault.b = of_datacenters ? datacenter() : node();
    fault.lasts = random_.chance(1, 4) ? some_ms(random_, 2000, 5000) : some_ms(random_, 20, 1200);
    fault.amount = static_cast<std::int64_t>(random_.below(1000));
    switch (fault.kind) {
      case FaultKind::kill_many:
      case FaultKind::power_cut_dc: fault.a = datacenter(); break;
      case FaultKind::skew: fault.amount = static_cast<std::int64_t>(random_.below(4'000)) - 2'000; break;
      case FaultKind::drift: fault.amount = static_cast<std::int64_t>(random_.below(100'000)) - 50'000; break;
      case FaultKind::absence: fault.lasts = some_ms(random_, 3000, 9000); break;
      case FaultKind::rotate:
      case FaultKind::shift: fault.lasts = some_ms(random_, 1000, 4000); break;
      case FaultKind::cut:
      case FaultKind::cut_one_way:
      case FaultKind::isolate:
      case FaultKind::bad_network:
      case FaultKind::narrow:
      case FaultKind::heal: return fault;
      default: break;
    }
    if (fault.kind != FaultKind::kill_many && fault.kind != FaultKind::power_cut_dc) fault.a = node();
    return fault;
  }

 private:
  const Bytes& datacenter() {
    return topology_.datacenters[random_.below(topology_.datacenters.size())].name;
  }
  const Bytes& node() {
    const auto& nodes = topology_.datacenters[random_.below(topology_.datacenters.size())].nodes;
    return nodes[random_.below(nodes.size())].name;
  }

  Random& random_;
  const Topology& topology_;
  std::vector<FaultKind> kinds_;
};

Batch draw_batch(Pen& pen, const Profile& profile, const Plan& plan, std::size_t datacenters) {
  Batch batch;
  batch.client = pen.random.below(plan.clients);
  if (pen.random.chance(1, 15)) batch.moves_to = pen.random.below(datacenters);
  for (std::size_t count = pen.random.chance(1, 8) ? between(pen.random, 2, 5) : 1; count > 0; --count) {
    ++pen.serial;
    batch.drafts.push_back(draw_operation(pen, profile));
  }
  return batch;
}

std::string to_string(const Batch& batch) {
  std::string text = "client " + std::to_string(batch.client);
  if (batch.moves_to) text += ", moved to datacenter " + std::to_string(*batch.moves_to);
  for (const Draft& draft : batch.drafts) {
    text += ":";
    for (const Bytes& argument : draft.arguments)
      text += " " + (argument.size() > 24 ? argument.substr(0, 24) + "…" : argument);
    text += " @" + causeway::to_string(draft.level) + (draft.with_id ? " with id" : "");
  }
  return text;
}

}  // namespace

std::string to_string(const Step& step) {
  std::string text =
      std::to_string(step.at.count() / 1000) + " ms, step " + std::to_string(step.number) + ": ";
  if (const auto* batch = std::get_if<Batch>(&step.what)) return text + to_string(*batch);
  const auto& fault = std::get<Fault>(step.what);
  return text + "FAULT " + std::string(name_of(fault.kind)) + " " + fault.a + " " + fault.b + " for " +
         std::to_string(fault.lasts.count() / 1000) + " ms, " + std::to_string(fault.amount);
}

Plan draw_plan(const Wanted& wanted) {
  const Profile& profile = wanted.profile;
  Random random(hash64(profile.name, wanted.seed));
  Plan plan;
  plan.seed = wanted.seed;
  const Topology topology = draw_topology(random, profile);
  plan.topology = render_topology(topology);
  plan.network = draw_network(random, topology);
  Random apart(hash64("apart", wanted.seed));  // what came later: the rest of a run stays as it was
  plan.disks = draw_disks(random, apart, profile);
  plan.clients = between(random, 3, profile.clients_max);
  for (std::size_t i = 0; i < plan.clients; ++i) {
    plan.homes.push_back(random.below(topology.datacenters.size()));
    plan.sessions.push_back(random.chance(1, 2));
  }
  const std::size_t keys = between(random, 1, 3);
  const std::uint64_t pace_us = std::array<std::uint64_t, 4>{6'000, 15'000, 30'000, 60'000}[random.below(4)];
  const std::uint64_t faults_percent = random.chance(1, 12) ? 0 : profile.faults_percent;
  FaultPen faults(random, profile, topology);
  const auto families = draw_families(random);
  Pen pen{random, 0, keys, profile.big_values, families};
  Micros at = 0ms;
  while (pen.serial < wanted.ops) {
    at += Micros(1 + random.below(2 * pace_us));
    if (!faults.idle() && random.chance(faults_percent, 100)) {
      plan.steps.push_back({plan.steps.size(), at, faults.draw()});
    } else {
      plan.steps.push_back(
          {plan.steps.size(), at, draw_batch(pen, profile, plan, topology.datacenters.size())});
    }
  }
  return plan;
}

}  // namespace causeway::testing
