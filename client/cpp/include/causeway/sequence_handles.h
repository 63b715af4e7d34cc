// Handles of lists and sorted sets.
#pragma once

#include <algorithm>

#include "causeway/key_handle.h"

namespace causeway {

/// Items in an order. Runs of items that are pushed concurrently never mix. Indexes count from the end below 0, and go by what
/// the node sees that executes the call. No push or pop has a request id: one whose outcome is unknown is not retried.
template <class Mode>
class ListHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  // How many items there are then. REQUIRES: at least one value.
  /// Behind all, in their order.
  auto append(std::vector<Bytes> values) const {
    return this->template call<std::int64_t>("rpush", std::move(values));
  }
  /// In front of all, in their order.
  auto prepend(std::vector<Bytes> values) const {
    std::reverse(values.begin(), values.end());
    return this->template call<std::int64_t>("lpush", std::move(values));
  }
  /// In front of the item at an index, or (-1) behind all.
  auto insert(std::int64_t index, std::vector<Bytes> values) const {
    values.insert(values.begin(), std::to_string(index));
    return this->template call<std::int64_t>("list.insert", std::move(values));
  }

  // Nothing, if there is none. Two coordinators may both pop an item that neither has seen removed.
  auto pop_front() const { return this->template call<std::optional<Bytes>>("lpop"); }
  auto pop_back() const { return this->template call<std::optional<Bytes>>("rpop"); }
  auto get(std::int64_t index) const {
    return this->template call<std::optional<Bytes>>("lindex", {std::to_string(index)});
  }

  /// Replaces an item. Errors: there is none.
  auto put(std::int64_t index, Bytes value) const {
    return this->template call<void>("lset", {std::to_string(index), std::move(value)});
  }
  /// From one index to another, both included.
  auto range(std::int64_t first = 0, std::int64_t last = -1) const {
    return this->template call<std::vector<Bytes>>("lrange", {std::to_string(first), std::to_string(last)});
  }
  /// Removes all but the items from one index to another.
  auto trim(std::int64_t first, std::int64_t last) const {
    return this->template call<void>("ltrim", {std::to_string(first), std::to_string(last)});
  }
  /// Removes items from an index on; how many.
  auto remove_at(std::int64_t index, std::int64_t count = 1) const {
    return this->template call<std::int64_t>("list.remove", {std::to_string(index), std::to_string(count)});
  }
  /// Removes so many items that are equal to a value, from the end below 0, all with 0; how many.
  auto remove(Bytes value, std::int64_t count = 0) const {
    return this->template call<std::int64_t>("lrem", {std::to_string(count), std::move(value)});
  }
  auto size() const { return this->template call<std::int64_t>("llen"); }

  [[nodiscard]] ListHandle<Async> async() const { return ListHandle<Async>(*this); }
};

/// Members in the order of their scores. Of concurrent settings of a score the last wins; concurrent increments all count, on top.
template <class Mode>
class SortedSetHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;
  using Scored = std::vector<std::pair<Bytes, double>>;

  /// Sets scores; how many members are new. REQUIRES: at least one.
  auto add(const Scored& scores) const {
    std::vector<Bytes> words;
    for (const auto& [member, score] : scores) words.insert(words.end(), {text_of(score), member});
    return this->template call<std::int64_t>("zadd", std::move(words));
  }
  /// Adds to a score, 0 if there is none; the score after. As CounterHandle::increment.
  auto increment(Bytes member, double by = 1) const {
    return this->template call<double>("zincrby", {text_of(by), std::move(member)});
  }
  /// How many were there. REQUIRES: at least one member.
  auto remove(std::vector<Bytes> members) const {
    return this->template call<std::int64_t>("zrem", std::move(members));
  }

  // Nothing, if it is not there.
  auto score(Bytes member) const {
    return this->template call<std::optional<double>>("zscore", {std::move(member)});
  }
  /// From 0, the lowest score.
  auto rank(Bytes member) const {
    return this->template call<std::optional<std::int64_t>>("zrank", {std::move(member)});
  }

  /// By rank, which counts from the end below 0; both included.
  auto range(std::int64_t first = 0, std::int64_t last = -1) const {
    return this->template call<Scored>("zrange", {std::to_string(first), std::to_string(last), "withscores"});
  }
  /// With scores from low to high, both included.
  auto between(double low, double high) const {
    return this->template call<Scored>("zrange", {text_of(low), text_of(high), "byscore", "withscores"});
  }
  auto count(double low, double high) const {
    return this->template call<std::int64_t>("zcount", {text_of(low), text_of(high)});
  }
  // Up to so many with the lowest, the highest scores. Regions that do not hear each other may pop the same.
  auto pop_min(std::int64_t count = 1) const {
    return this->template call<Scored>("zpopmin", {std::to_string(count)});
  }
  auto pop_max(std::int64_t count = 1) const {
    return this->template call<Scored>("zpopmax", {std::to_string(count)});
  }
  auto size() const { return this->template call<std::int64_t>("zcard"); }

  [[nodiscard]] SortedSetHandle<Async> async() const { return SortedSetHandle<Async>(*this); }
};

}  // namespace causeway
