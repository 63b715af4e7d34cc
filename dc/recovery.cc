#include "dc/recovery.h"

#include <algorithm>

#include "base/plant.h"

namespace causeway {
namespace {

constexpr Micros ask_every = 300ms;
/// So long members are waited for that may still have what a restored replica has.
constexpr Micros patience = 5s;

}  // namespace

void Recovery::begin(PartitionId partition, bool void_claim, bool restored) {
  const bool alone = site_.placement.replicas(partition, site_.home).size() == 1;  // nobody here can be asked
  pending_[partition] = {void_claim, void_claim || alone, restored, last_round_ + 1, {}, {}};
  next_ask_ = MonoTime();
}

void Recovery::on(NodeId from, const ClockAnswer& answer, MonoTime now) {
  const auto at = pending_.find(answer.clock.partition);
  if (at == pending_.end() || answer.round < at->second.since || answer.round > last_round_) return;
  if (!site_.placement.is_replica(at->first, from)) return;
  const auto [known, is_new] = at->second.answers.try_emplace(from);
  if (is_new || (answer.complete && !known->second.complete)) {
    known->second.clock = answer.clock.clock;
    known->second.complete = answer.complete;
  }
  known->second.latest = answer.clock.clock;
  if (!covers(at->first, known->second)) site_.puller.lack(at->first, known->second.clock, from, now);
}

bool Recovery::home_caught_up(PartitionId partition, const Pending& pending) const {
  const auto replicas = site_.placement.replicas(partition, site_.home);
  const std::size_t write_quorum = planted(Plant::caught_up_with_one) ? replicas.size() : replicas.size() / 2 + 1;
  std::size_t complete = 0;
  std::size_t covered = 0;
  for (const NodeId node : replicas) {
    const auto answer = pending.answers.find(node);
    if (node == site_.self || answer == pending.answers.end() || !covers(partition, answer->second)) continue;
    ++covered;
    if (answer->second.complete) ++complete;
  }
  return complete >= replicas.size() - write_quorum + 1 || covered + 1 >= replicas.size();
}

/// One replica of each other datacenter that serves; of one at least, if nobody here could tell what is stored nowhere.
bool Recovery::others_caught_up(PartitionId partition, const Pending& pending) const {
  bool told = !pending.void_claim || site_.placement.replicas(partition, site_.home).size() > 1;
  for (const DcId datacenter : site_.configuration.datacenters()) {
    if (datacenter == site_.home) continue;
    bool caught_up = false;
    bool serving = false;
    for (const NodeId node : site_.placement.replicas(partition, datacenter)) {
      const auto answer = pending.answers.find(node);
      const bool covered = answer != pending.answers.end() && covers(partition, answer->second);
      caught_up = caught_up || covered;
      serving = serving || site_.liveness.serving(node);
    }
    if (serving && !caught_up) return false;
    told = told || caught_up;
  }
  return told;
}

bool Recovery::covered_by_others(PartitionId partition, const Pending& pending) const {
  VersionVector others;
  for (const auto& [node, answer] : pending.answers) others.join(answer.latest);
  return others.covers(site_.store.partition(partition).clock());
}

bool Recovery::caught_up(PartitionId partition, Pending& pending, MonoTime now) const {
  if (site_.store.partition(partition).damage() != nullptr || !home_caught_up(partition, pending)) return false;
  if (pending.everywhere && !others_caught_up(partition, pending)) return false;
  if (!pending.restored || covered_by_others(partition, pending)) return true;
  if (!pending.has_more_since) pending.has_more_since = now;
  return false;
}

void Recovery::tick(MonoTime now) {
  if (pending_.empty()) return;
  for (auto at = pending_.begin(); at != pending_.end();) at = caught_up(at->first, at->second, now) ? pending_.erase(at) : std::next(at);
  if (now < next_ask_) return;
  next_ask_ = now + ask_every;
  ++last_round_;
  for (const auto& [partition, pending] : pending_) {
    for (const NodeId node : site_.placement.all_replicas(partition)) {
      if (node == site_.self || !site_.liveness.alive(node)) continue;
      if (!site_.is_local(node) && !pending.everywhere) continue;
      const auto answer = pending.answers.find(node);
      const bool known = answer != pending.answers.end() && answer->second.complete && covers(partition, answer->second);
      if (!known || pending.restored) site_.post.send(node, AskClock{partition, last_round_});
    }
  }
}

std::string Recovery::waits_for() const {
  if (pending_.empty()) return "";
  const auto& [partition, pending] = *pending_.begin();
  std::string text = "catches up with the other replicas after a loss, in " + std::to_string(pending_.size()) +
                     " partitions; of partition " + std::to_string(partition.value) + ":";
  for (const NodeId node : site_.placement.all_replicas(partition)) {
    if (node == site_.self || (!site_.is_local(node) && !pending.everywhere)) continue;
    const auto answer = pending.answers.find(node);
    text += " " + site_.configuration.node(node)->name;
    if (answer == pending.answers.end()) {
      text += site_.liveness.alive(node) ? " has not answered," : " is down,";
    } else {
      text += covers(partition, answer->second) ? " is caught up with" : " is ahead";
      text += answer->second.complete ? "," : " and recovers itself,";
    }
  }
  text.back() = '.';
  return text;
}

std::optional<PartitionId> Recovery::has_more(MonoTime now) const {
  for (const auto& [partition, pending] : pending_) {
    if (pending.has_more_since && now - *pending.has_more_since >= patience) return partition;
  }
  return std::nullopt;
}

std::optional<MonoTime> Recovery::wake_at() const {
  return pending_.empty() ? std::nullopt : std::optional(next_ask_);
}

}  // namespace causeway
