#include "tests/sim/profile.h"

#include <algorithm>

namespace causeway::testing {
namespace {

using Kind = FaultKind;
using Weights = std::map<FaultKind, std::uint64_t>;

const Weights of_network{{Kind::cut, 5},  {Kind::cut_one_way, 4}, {Kind::isolate, 4},
                         {Kind::heal, 2}, {Kind::bad_network, 4}, {Kind::narrow, 2}};
const Weights of_processes{{Kind::kill, 6}, {Kind::kill_many, 1}, {Kind::stop, 3}, {Kind::pause, 3}};
const Weights of_power{{Kind::power_cut, 6}, {Kind::power_cut_dc, 1}};
const Weights of_disks{{Kind::fail_sync, 4}, {Kind::fill_log, 2}, {Kind::fill_state, 2}};
const Weights of_clocks{{Kind::skew, 3}, {Kind::drift, 3}};
const Weights of_loss{
    {Kind::wipe, 4}, {Kind::back_up, 4}, {Kind::restore, 4}, {Kind::damage_log, 3}, {Kind::damage_state, 3}};

Weights together(std::initializer_list<Weights> all) {
  Weights sum;
  for (const Weights& weights : all) {
    for (const auto& [kind, weight] : weights) sum[kind] += weight;
  }
  return sum;
}

std::vector<Profile> build() {
  std::vector<Profile> table;
  const auto add = [&table](std::string name, std::string what, Weights faults) -> Profile& {
    Profile& profile = table.emplace_back();
    profile.name = std::move(name);
    profile.what = std::move(what);
    profile.faults = std::move(faults);
    return profile;
  };
  add("core", "every fault after which nothing durable is lost",
      together({of_network, of_processes, of_power, of_disks, of_clocks}));
  add("network", "cuts, loss, repetition, overtaking", of_network).faults_percent = 15;
  add("crash", "processes and machines die and come back",
      together({of_processes, of_power, {{Kind::cut, 2}}}))
      .faults_percent = 15;
  Profile& disk =
      add("disk", "full disks and failed syncs", together({of_disks, of_processes, {{Kind::cut, 2}}}));
  disk.faults_percent = 12;
  add("clocks", "wrong wall clocks, while datacenters are cut off",
      together({of_clocks, {{Kind::cut, 4}, {Kind::isolate, 2}}}));
  Profile& timed = add("timed", "durability by time: processes die, which loses nothing",
                       together({of_network, of_processes}));
  timed.timed_percent = 100;
  Profile& resets = add("resets", "resets and deletes against concurrent increments, over cuts",
                        {{Kind::cut, 5}, {Kind::isolate, 3}, {Kind::kill, 2}});
  resets.datacenters_min = 2;
  resets.datacenters_max = 4;
  resets.resets_percent = 30;
  Profile& absence = add("absence", "nodes come back when the logs no longer reach back to them",
                         together({{{Kind::absence, 6}, {Kind::cut, 2}, {Kind::kill, 1}}}));
  absence.small_logs = absence.big_values = true;
  absence.datacenters_max = 3;
  Profile& loss = add("loss", "wiped, restored and damaged disks",
                      together({of_loss, of_processes, of_power, {{Kind::cut, 3}, {Kind::isolate, 1}}}));
  loss.faults_percent = 6;
  Profile& power = add("power", "durability by time, and machines lose power",
                       together({{{Kind::power_cut, 6}, {Kind::kill, 2}, {Kind::cut, 2}}}));
  power.timed_percent = 100;
  power.faults_percent = 6;
  Profile& quorum =
      add("quorum", "four nodes that lose what they have, in turn, while one after the other hears nobody",
          {{Kind::rotate, 8}, {Kind::shift, 2}, {Kind::power_cut, 2}, {Kind::kill, 1}});
  quorum.timed_percent = 70;
  quorum.datacenters_max = 1;
  quorum.nodes_min = quorum.nodes_max = 4;
  quorum.clients_max = 12;
  quorum.faults_percent = 6;
  Profile& shards =
      add("shards", "nodes of several shards, which die, lose what they have and hear nobody one by one",
          together({of_loss, of_processes, of_power, {{Kind::cut, 4}, {Kind::isolate, 2}}}));
  shards.shards_max = 4;
  shards.datacenters_max = 3;
  shards.nodes_max = 4;
  return table;
}

}  // namespace

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> table = build();
  return table;
}

const Profile* find_profile(BytesView name) {
  const auto& table = profiles();
  const auto at =
      std::find_if(table.begin(), table.end(), [&](const Profile& profile) { return profile.name == name; });
  return at == table.end() ? nullptr : &*at;
}

const std::vector<std::string>& clean_profiles() {
  static const std::vector<std::string> names{"core",   "network", "crash", "disk",  "clocks", "timed",
                                              "resets", "absence", "loss",  "power", "quorum", "shards"};
  return names;
}

}  // namespace causeway::testing
