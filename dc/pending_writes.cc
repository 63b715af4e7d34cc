#include "dc/pending_writes.h"

#include <algorithm>

#include "base/plant.h"

namespace causeway {

void PendingWrites::look(PartitionId partition) {
  members_.clear();
  for (const Site::Member& member : site_.members(partition)) {
    const MemberClock* const known = site_.clocks.of(partition, member.node);
    members_.push_back(
        {member.datacenter, member.node == site_.self, known == nullptr ? nullptr : &known->clock});
  }
}

void PendingWrites::count(Pending& pending) const {
  pending.quorum.reset();
  for (const Member& member : members_) {
    const bool any = planted(Plant::counted_without_coverage);
    const bool covers = member.clock != nullptr && (any || member.clock->covers(pending.target));
    if (member.self || covers) {
      pending.quorum.add(member.datacenter);
      if (planted(Plant::counted_twice) && covers) pending.quorum.add(member.datacenter);
    }
  }
}

bool PendingWrites::wait(Operation operation, Quorum quorum, VersionVector target, Value reply) {
  Pending pending{std::move(operation), std::move(quorum), std::move(target), std::move(reply)};
  look(pending.operation.partition);
  count(pending);
  if (pending.quorum.enough()) {
    answers_.add(pending.operation, std::move(pending.reply));
    return false;
  }
  next_deadline_ = std::min(next_deadline_, pending.operation.deadline);
  pending.operation.request.arguments = {};  // the event has what is needed of them
  ++size_;
  pending_[pending.operation.partition].push_back(std::move(pending));
  return true;
}

void PendingWrites::check(PartitionId partition) {
  const auto at = pending_.find(partition);
  if (at == pending_.end()) return;
  look(partition);
  size_ -= std::erase_if(at->second, [this](Pending& pending) {
    count(pending);
    if (!pending.quorum.enough()) return false;
    answers_.add(pending.operation, std::move(pending.reply));
    return true;
  });
  if (at->second.empty()) pending_.erase(at);
}

void PendingWrites::tick(MonoTime now) {
  if (now < next_deadline_) return;
  next_deadline_ = MonoTime::max();
  for (auto& [partition, writes] : pending_) {
    size_ -= std::erase_if(writes, [&](const Pending& pending) {
      if (pending.operation.deadline > now) {
        next_deadline_ = std::min(next_deadline_, pending.operation.deadline);
        return false;
      }
      Error error{ErrorCode::timeout, ErrorTag::ambiguous,
                  "the write is applied on some replicas and spreads, but its level was not reached in time: "
                  "retry with " "the same request id",
                  pending.quorum.needed(), pending.quorum.got()};
      if (planted(Plant::timeout_says_nothing_happened)) error.tag = ErrorTag::retryable;
      answers_.add(pending.operation, std::move(error));
      return true;
    });
  }
  std::erase_if(pending_, [](const auto& item) { return item.second.empty(); });
}

std::optional<MonoTime> PendingWrites::wake_at() const {
  if (size_ == 0) return std::nullopt;
  return next_deadline_;
}

}  // namespace causeway
