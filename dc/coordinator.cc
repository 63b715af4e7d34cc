#include "dc/coordinator.h"

#include <algorithm>
#include <utility>

#include "base/plant.h"
#include "crdt/codec.h"
#include "crdt/execute.h"

namespace causeway {
namespace {

tl::unexpected<Error> unavailable(std::string sentence, std::uint32_t needed, std::uint32_t alive) {
  return tl::unexpected<Error>(
      Error{ErrorCode::unavailable, ErrorTag::retryable, std::move(sentence), needed, alive});
}

}  // namespace

Coordinator::Coordinator(Site& site, Replication& replication, const CoordinatorLimits& limits)
    : site_(site),
      replication_(replication),
      limits_(limits),
      writes_(site, answers_),
      rounds_(site, answers_, [this](Operation operation) { proceed(std::move(operation)); }),
      forwarder_(site, answers_),
      others_(site) {}

void Coordinator::serve(const Claimed* claimed, const std::string& reason) {
  claimed_ = claimed;
  others_.serve(claimed);
  reason_ = reason;
}

void Coordinator::fail_with(const Operation& operation, Error error) {
  answers_.add(operation, std::move(error));
}

Result<void> Coordinator::admit(Operation& operation, MonoTime now) const {
  const Request& request = operation.request;
  if (claimed_ == nullptr) return unavailable("this node does not serve: " + reason_ + "; try another", 1, 0);
  if (writes_.size() + rounds_.size() + forwarder_.size() >= limits_.pending_max) {
    return fail_retryable(ErrorCode::overloaded, "this node has " + std::to_string(limits_.pending_max) +
                                                     " requests waiting: try again later");
  }
  std::size_t bytes = request.session ? request.session->rows().size() * sizeof(VersionVector::Row) : 0;
  bytes += request.arguments.bytes();
  const std::uint64_t bytes_max = site_.configuration.topology().limits.request_bytes;
  if (bytes > bytes_max) {
    return fail(ErrorCode::too_large, "the request has " + std::to_string(bytes) + " bytes, the limit is " +
                                          std::to_string(bytes_max) + " (limits.request_bytes): split it");
  }
  if (rounds_.bytes() + forwarder_.bytes() + bytes > std::max(limits_.pending_bytes_max, bytes)) {
    return fail_retryable(ErrorCode::overloaded, "the requests that wait at this node have more than " +
                                                     std::to_string(limits_.pending_bytes_max) +
                                                     " bytes: try again later");
  }
  if (operation.call.command == nullptr) {
    CW_TRY(operation.call, find_command(request.arguments.span()));
  }
  const Command::Traits& traits = operation.call.effect->traits;
  if (request.request_id && traits.counts && !traits.takes_id) {
    return fail(ErrorCode::invalid, Bytes(operation.call.effect->name) +
                                        " takes no request id, for executed twice it would count twice all "
                                        "the same: read before you try again");
  }
  const std::uint32_t timeout_ms = request.timeout_ms == 0
                                       ? limits_.timeout_ms_default
                                       : std::min(request.timeout_ms, limits_.timeout_ms_max);
  operation.deadline = now + std::chrono::milliseconds(timeout_ms);
  operation.bytes = bytes;
  return has_several_keys(*operation.call.command) ? check_keys(operation) : Result<void>();
}

Result<void> Coordinator::check_keys(const Operation& operation) const {
  const auto arguments = operation.request.arguments.span();
  for (const std::size_t place : keys_of(*operation.call.command, arguments)) {
    if (partition_of(arguments[place], site_.placement.partitions()) == operation.partition) continue;
    return fail(
        ErrorCode::invalid,
        Bytes(cross_slot) +
            " Keys in request don't hash to the same slot: give all of them one hash tag, as in {tag}key");
  }
  return {};
}

void Coordinator::request(const Origin& origin, Request request, Now now) {
  Known known;
  known.call = find_command(request.arguments.span()).value_or(Call{});
  if (known.call.command != nullptr) {
    const BytesView key = request.arguments[first_key_of(*known.call.command)];
    known.key_hash = Partition::hash_of(key);
    known.partition = partition_of(key, known.key_hash, site_.placement.partitions());
  }
  this->request(origin, std::move(request), known, now);
}

void Coordinator::request(const Origin& origin, Request&& request, const Known& known, Now now) {
  observe(now);
  ++operations_;
  Operation operation{origin, std::move(request), known.call, known.partition, {}, known.key_hash, 0};
  if (auto admitted = admit(operation, now.mono); !admitted) {
    fail_with(operation, std::move(admitted).error());
    return;
  }
  if (!site_.store.holds(operation.partition)) {
    if (std::holds_alternative<Forwarded>(origin)) {
      fail_with(operation,
                unavailable("the key has no replica here: the nodes' topology files differ", 1, 0).value());
      return;
    }
    forwarder_.forward(std::move(operation), now.mono);
    return;
  }
  if (auto done = coordinate(operation); !done) fail_with(operation, std::move(done).error());
}

Result<const Quorum*> Coordinator::quorum(const Level& level) {
  for (const auto& [known, quorum] : quorums_) {
    if (known == level) return &quorum;
  }
  CW_TRY(Quorum quorum, Quorum::of(level, site_.home, site_.configuration));
  if (quorums_.size() == quorums_kept_max) quorums_.pop_front();
  return &quorums_.emplace_back(level, std::move(quorum)).second;
}

Result<Coordinator::Reach> Coordinator::reach(PartitionId partition, const Level& level) {
  CW_TRY(const Quorum* const asked, quorum(level));
  if (asked->needed() == 1 && asked->is_met_by(site_.home)) return Reach{asked, false, true};
  Quorum quorum = *asked;
  const auto count = [&](bool local) {
    for (const Site::Member& member : site_.members(partition)) {
      const bool up =
          member.is_local == local && (member.node == site_.self || site_.liveness.serving(member.node));
      if (up) quorum.add(member.datacenter);
    }
  };
  count(true);
  const bool beyond = !quorum.enough();
  if (beyond) count(false);
  if (!quorum.enough()) {
    return unavailable(
        "too few replicas are up for level " + to_string(level) + ": try again, or a lower level",
        quorum.needed(), quorum.got());
  }
  return Reach{asked, beyond, false};
}

Result<void> Coordinator::check_fit(PartitionId partition) const {
  if (!site_.unfit.contains(partition)) return {};
  return unavailable("this replica was damaged and is being repaired from another: try another node", 1, 0);
}

Result<void> Coordinator::coordinate(Operation& operation) {
  CW_TRY_VOID(check_fit(operation.partition));
  Partition& partition = site_.store.partition(operation.partition);
  const std::optional<VersionVector>& session = operation.request.session;
  const bool obeyed = session && !planted(Plant::session_ignored);
  const bool behind = obeyed && !partition.clock().covers(*session);
  if (operation.call.effect->access != Access::write) {
    CW_TRY(const Reach reach, this->reach(operation.partition, operation.request.read_level));
    if (behind || !reach.met) {
      rounds_.join(std::move(operation), reach.with(site_.home), reach.beyond);
      return {};
    }
  } else if (behind) {
    CW_TRY_VOID(reach(operation.partition, operation.request.write_level));
    rounds_.join(std::move(operation), Quorum{}, false);
    return {};
  }
  return execute(operation, partition);
}

void Coordinator::follow(Operation& operation, const Partition& partition) {
  if (operation.request.session) operation.request.session->join(partition.clock());
}

void Coordinator::proceed(Operation operation) {
  const auto go_on = [&]() -> Result<void> {
    if (claimed_ == nullptr)
      return unavailable("this node no longer serves: " + reason_ + "; try another", 1, 0);
    CW_TRY_VOID(check_fit(operation.partition));
    return execute(operation, site_.store.partition(operation.partition));
  };
  if (auto done = go_on(); !done) fail_with(operation, std::move(done).error());
}

Result<void> Coordinator::execute(Operation& operation, Partition& partition) {
  Value& reply = std::get<Value>(answers_.begin(operation).result);
  auto done = execute_begun(operation, partition, reply);
  if (!done) answers_.take_back();
  return done;
}

Result<void> Coordinator::execute_begun(Operation& operation, Partition& partition, Value& reply) {
  EventHead head = begin_event(partition, !operation.call.reads());
  CW_TRY_VOID(run_command(operation, partition, head, reply));
  if (!operation.call.reads()) return write(operation, partition, head);
  follow(operation, partition);
  answers_.finish(operation);
  return {};
}

EventHead Coordinator::begin_event(const Partition& partition, bool stamped) {
  EventHead head;
  head.dot = {claimed_->actor, partition.clock().counter(claimed_->actor) + 1};
  if (stamped) head.hlc = site_.hlc.next(now_.wall);
  changes_.begin(claimed_->actor);
  site_.store.make_room();
  return head;
}

Context Coordinator::context(const ObjectEntries& entries, const Partition& partition, const EventHead& head,
                             BytesView key, const std::optional<RequestId>& request_id) {
  return {entries,
          partition.clock(),
          head.dot,
          head.hlc,
          site_.told.at_least(now_.wall),
          request_id,
          site_.configuration.topology().limits.value_bytes,
          changes_,
          key,
          &others_,
          site_.is_alone(partition.id()),
          ++executed_};
}

Result<void> Coordinator::run_command(const Operation& operation, const Partition& partition,
                                      const EventHead& head, Value& reply) {
  const BytesView key = operation.request.arguments[first_key_of(*operation.call.command)];
  CW_TRY(const Partition::Held held, partition.hold(key, operation.key_hash));
  const ObjectEntries entries =
      held.entries ? ObjectEntries(partition, key, *held.entries) : ObjectEntries(partition);
  const Context context = this->context(entries, partition, head, key, operation.request.request_id);
  return causeway::execute(*operation.call.command, context, operation.request.arguments.span(), reply);
}

bool Coordinator::wait(Operation& operation, const Quorum& quorum, VersionVector target) {
  Value reply = answers_.take_back();
  return writes_.wait(std::move(operation), quorum, std::move(target), std::move(reply));
}

Result<void> Coordinator::write(Operation& operation, Partition& partition, EventHead& head) {
  CW_TRY(const Reach reach, this->reach(operation.partition, operation.request.write_level));
  const Want want = reach.beyond ? Want::everywhere : Want::local;
  if (changes_.mutations() == 0) {
    follow(operation, partition);
    answer_unchanged(operation, partition, reach);
    return {};
  }
  CW_TRY_VOID(issue(operation.partition, partition, head, want));
  follow(operation, partition);
  if (reach.met) {
    answers_.finish(operation);
  } else {
    wait(operation, *reach.quorum, VersionVector{{head.dot.actor, head.dot.counter}});
  }
  return {};
}

void Coordinator::answer_unchanged(Operation& operation, const Partition& partition, const Reach& reach) {
  // What is done already, perhaps by this request, must be as safe as was asked before the answer.
  VersionVector target = operation.request.request_id ? partition.clock() : changes_.rests_on();
  if (target.empty() || planted(Plant::retry_answered_unsafe)) {
    answers_.finish(operation);
    return;
  }
  const PartitionId id = operation.partition;
  if (wait(operation, *reach.quorum, std::move(target)))
    replication_.owe_clock(id, site_.self, Want::everywhere);
}

Result<void> Coordinator::issue(PartitionId id, Partition& partition, EventHead& head, Want want) {
  if (!site_.store.has_room(false)) {
    return fail_retryable(
        ErrorCode::storage_full,
        "the disk is full, or limits.disk_bytes is reached: free or grant space; reads go on");
  }
  if (site_.store.is_behind()) {
    return fail_retryable(ErrorCode::overloaded,
                          "the disk is slower than the writes, and memory is full of them: try again later");
  }
  if (issued_at_.size() <= id.value) issued_at_.resize(id.value + std::size_t{1});
  VersionVector& issued_at = issued_at_[id.value];
  head.deps = moved_since(partition.clock(), issued_at, claimed_->actor);
  if (planted(Plant::no_deps)) head.deps = {};
  changes_.finish(head, event_);
  CW_TRY_VOID(partition.apply(event_, true));
  issued_at.join(head.deps);
  replication_.push(id, event_.bytes, want);
  return {};
}

Result<void> Coordinator::keep_house(PartitionId id, Housework prepare) {
  Partition& partition = site_.store.partition(id);
  EventHead head = begin_event(partition, true);
  CW_TRY_VOID(prepare(context(ObjectEntries(partition), partition, head, {}, std::nullopt)));
  return changes_.mutations() == 0 ? Result<void>() : issue(id, partition, head, Want::nothing);
}

void Coordinator::tick(Now now) {
  observe(now);
  writes_.tick(now.mono);
  rounds_.tick(now.mono);
  forwarder_.tick(now.mono);
}

void Coordinator::flush() {
  rounds_.flush();
  forwarder_.flush();
  answers_.flush(site_.configuration.epoch(), site_.post);
}

std::optional<MonoTime> Coordinator::wake_at() const {
  std::optional<MonoTime> first;
  for (const auto& at : {writes_.wake_at(), rounds_.wake_at(), forwarder_.wake_at()}) {
    if (at && (!first || *at < *first)) first = at;
  }
  return first;
}

}  // namespace causeway
