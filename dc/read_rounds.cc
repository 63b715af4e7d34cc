#include "dc/read_rounds.h"

#include <algorithm>
#include <utility>

namespace causeway {
namespace {

/// What a peer has and this replica lacks is mostly in flight: so long it may take before it is pulled.
constexpr Micros in_flight = 20ms;

}  // namespace

void ReadRounds::join(Operation operation, Quorum quorum, bool beyond) {
  Round& round = open_[operation.partition];
  round.partition = operation.partition;
  round.beyond = round.beyond || beyond;
  ++size_;
  bytes_ += operation.bytes;
  round.waiting.push_back({std::move(operation), std::move(quorum)});
}

void ReadRounds::flush() {
  for (auto& [partition, round] : std::exchange(open_, {})) {
    const std::uint64_t number = ++last_round_;
    const auto members =
        round.beyond ? site_.placement.all_replicas(partition) : site_.placement.replicas(partition, site_.home);
    for (const NodeId member : members) {
      if (member != site_.self && site_.liveness.alive(member)) site_.post.send(member, AskClock{partition, number});
    }
    in_flight_.emplace(number, std::move(round));
  }
}

void ReadRounds::advance(Round& round) {
  const VersionVector& own = site_.store.partition(round.partition).clock();
  std::erase_if(round.ahead, [&](const auto& answer) {
    const bool covered = own.covers(answer.second);
    if (covered) round.covered.insert(answer.first);
    return covered;
  });
  std::vector<Operation> ready;
  std::erase_if(round.waiting, [&](Reading& reading) {
    reading.quorum.reset();
    reading.quorum.add(site_.home);
    for (const NodeId member : round.covered) reading.quorum.add(site_.datacenter_of(member));
    if (!reading.quorum.enough()) return false;
    bytes_ -= reading.operation.bytes;
    ready.push_back(std::move(reading.operation));
    return true;
  });
  size_ -= ready.size();
  for (Operation& operation : ready) proceed_(std::move(operation));
}

void ReadRounds::on(NodeId from, const ClockAnswer& answer, MonoTime now) {
  const auto at = in_flight_.find(answer.round);
  if (at == in_flight_.end() || at->second.partition != answer.clock.partition) return;
  Round& round = at->second;
  if (!site_.placement.is_replica(round.partition, from) || round.covered.contains(from)) return;
  round.ahead[from] = answer.clock.clock;
  if (!site_.store.partition(round.partition).clock().covers(answer.clock.clock)) {
    site_.puller.lack(round.partition, answer.clock.clock, from, now + in_flight);
  }
  advance(round);
  if (round.waiting.empty()) in_flight_.erase(at);
}

void ReadRounds::grown(PartitionId partition) {
  for (auto at = in_flight_.begin(); at != in_flight_.end();) {
    if (at->second.partition == partition) advance(at->second);
    at = at->second.waiting.empty() ? in_flight_.erase(at) : std::next(at);
  }
}

void ReadRounds::tick(MonoTime now) {
  for (auto at = in_flight_.begin(); at != in_flight_.end();) {
    size_ -= std::erase_if(at->second.waiting, [&](const Reading& reading) {
      if (reading.operation.deadline > now) return false;
      Error error{ErrorCode::timeout, ErrorTag::retryable,
                  "the replicas that the read level asks for were not heard, or not caught up with, in time: try again",
                  reading.quorum.needed(), reading.quorum.got()};
      bytes_ -= reading.operation.bytes;
      answers_.add(reading.operation.origin, reading.operation.request.id, std::move(error), site_.post);
      return true;
    });
    at = at->second.waiting.empty() ? in_flight_.erase(at) : std::next(at);
  }
}

std::optional<MonoTime> ReadRounds::wake_at() const {
  std::optional<MonoTime> first;
  for (const auto& [number, round] : in_flight_) {
    for (const Reading& reading : round.waiting) {
      if (!first || reading.operation.deadline < *first) first = reading.operation.deadline;
    }
  }
  return first;
}

}  // namespace causeway
