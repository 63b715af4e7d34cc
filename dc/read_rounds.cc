#include "dc/read_rounds.h"

#include <algorithm>
#include <utility>

#include "base/plant.h"

namespace causeway {
namespace {

/// What a peer has and this replica lacks is mostly in flight: so long it may take before it is pulled.
constexpr Micros in_flight = 20ms;
/// What a session lacks gets so long to come over a link or from a peer, before all replicas are asked for it.
constexpr Micros ask_every = 250ms;

}  // namespace

void ReadRounds::join(Operation operation, Quorum quorum, bool beyond) {
  Round& round = open_[operation.partition];
  round.partition = operation.partition;
  round.beyond = round.beyond || beyond;
  ++size_;
  bytes_ += operation.bytes;
  operation.request.arguments.own();
  round.waiting.push_back({std::move(operation), std::move(quorum), std::nullopt});
  Reading& reading = round.waiting.back();
  if (!reading.operation.request.session) return;
  reading.missing =
      lacking(site_.store.partition(round.partition).clock(), *reading.operation.request.session);
  round.session = round.session || reading.missing;
}

bool ReadRounds::behind(Reading& reading) const {
  if (!reading.missing) return false;
  const VersionVector& own = site_.store.partition(reading.operation.partition).clock();
  if (own.covers(*reading.missing)) reading.missing = lacking(own, *reading.operation.request.session);
  return reading.missing.has_value();
}

void ReadRounds::ask(std::uint64_t number, const Round& round, bool beyond) {
  const auto members = beyond ? site_.placement.all_replicas(round.partition)
                              : site_.placement.replicas(round.partition, site_.home);
  for (const NodeId member : members) {
    if (member != site_.self && site_.liveness.alive(member))
      site_.post.send(member, AskClock{round.partition, number});
  }
}

void ReadRounds::flush() {
  for (auto& [partition, round] : std::exchange(open_, {})) {
    const std::uint64_t number = ++last_round_;
    ask(number, round, round.beyond);
    if (round.session) ask_at_.try_emplace(partition, now_ + ask_every);
    in_flight_.emplace(number, std::move(round));
  }
}

void ReadRounds::advance(Round& round) {
  const VersionVector& own = site_.store.partition(round.partition).clock();
  std::erase_if(round.ahead, [&](const auto& answer) {
    const bool covered = own.covers(answer.second) || planted(Plant::read_without_catch_up);
    if (covered) round.covered.insert(answer.first);
    return covered;
  });
  std::vector<Operation> ready;
  std::erase_if(round.waiting, [&](Reading& reading) {
    if (behind(reading)) return false;
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
  if (!site_.placement.is_replica(round.partition, from)) return;
  // One that was caught up with counts, whatever it has by now.
  if (!round.covered.contains(from)) round.ahead[from] = answer.clock.clock;
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

void ReadRounds::ask_again(MonoTime now) {
  std::map<PartitionId, MonoTime> ask_at;
  for (auto& [number, round] : in_flight_) {
    if (!round.session || ask_at.contains(round.partition)) continue;
    if (std::none_of(round.waiting.begin(), round.waiting.end(),
                     [this](Reading& each) { return behind(each); }))
      continue;
    MonoTime at = ask_at_.try_emplace(round.partition, now + ask_every).first->second;
    if (at <= now) {
      ask(number, round, true);
      at = now + ask_every;
    }
    ask_at.emplace(round.partition, at);
  }
  ask_at_ = std::move(ask_at);
}

void ReadRounds::tick(MonoTime now) {
  now_ = now;
  for (auto at = in_flight_.begin(); at != in_flight_.end();) {
    size_ -= std::erase_if(at->second.waiting, [&](Reading& reading) {
      if (reading.operation.deadline > now) return false;
      Error error{ErrorCode::timeout, ErrorTag::retryable,
                  "the replicas that the read level asks for were not heard, or not caught up with, in time: "
                  "try again",
                  reading.quorum.needed(), reading.quorum.got()};
      if (behind(reading)) {
        error = {
            ErrorCode::not_yet, ErrorTag::retryable,
            "the session has seen more than this replica has so far: try another node, or again in a while",
            0, 0};
      }
      bytes_ -= reading.operation.bytes;
      answers_.add(reading.operation, std::move(error));
      return true;
    });
    at = at->second.waiting.empty() ? in_flight_.erase(at) : std::next(at);
  }
  ask_again(now);
}

std::optional<MonoTime> ReadRounds::wake_at() const {
  std::optional<MonoTime> first;
  for (const auto& [partition, at] : ask_at_) {
    if (!first || at < *first) first = at;
  }
  for (const auto& [number, round] : in_flight_) {
    for (const Reading& reading : round.waiting) {
      if (!first || reading.operation.deadline < *first) first = reading.operation.deadline;
    }
  }
  return first;
}

}  // namespace causeway
