// Handles of sets of all kinds, and of the sketch that only counts.
#pragma once

#include "causeway/key_handle.h"

namespace causeway {

/// A set in which an add wins over a concurrent remove.
template <class Mode>
class SetHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  /// How many were new: on a retry those that the first try added are not. REQUIRES: at least one member.
  auto add(std::vector<Bytes> members) const {
    return this->template call<std::int64_t>("sadd", std::move(members));
  }
  /// How many were there. REQUIRES: at least one member.
  auto remove(std::vector<Bytes> members) const {
    return this->template call<std::int64_t>("srem", std::move(members));
  }
  /// Sorted.
  auto members() const { return this->template call<std::vector<Bytes>>("smembers"); }
  auto contains(Bytes member) const { return this->template call<bool>("sismember", {std::move(member)}); }
  auto size() const { return this->template call<std::int64_t>("scard"); }

  [[nodiscard]] SetHandle<Async> async() const { return SetHandle<Async>(*this); }
};

/// A set in which a remove wins over a concurrent add.
template <class Mode>
class RemoveWinsSetHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  /// How many were new. REQUIRES: at least one member.
  auto add(std::vector<Bytes> members) const {
    return this->template call<std::int64_t>("rwset.add", std::move(members));
  }
  /// How many were there; those that were not are removed as well, where others add them meanwhile. REQUIRES: at least one.
  auto remove(std::vector<Bytes> members) const {
    return this->template call<std::int64_t>("rwset.rem", std::move(members));
  }
  /// Sorted.
  auto members() const { return this->template call<std::vector<Bytes>>("rwset.members"); }
  auto contains(Bytes member) const {
    return this->template call<bool>("rwset.ismember", {std::move(member)});
  }
  auto size() const { return this->template call<std::int64_t>("rwset.card"); }

  [[nodiscard]] RemoveWinsSetHandle<Async> async() const { return RemoveWinsSetHandle<Async>(*this); }
};

/// A set whose members stay; only a delete of the key removes them.
template <class Mode>
class GrowSetHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  /// How many were new. REQUIRES: at least one member.
  auto add(std::vector<Bytes> members) const {
    return this->template call<std::int64_t>("gset.add", std::move(members));
  }
  /// Sorted.
  auto members() const { return this->template call<std::vector<Bytes>>("gset.members"); }
  auto contains(Bytes member) const {
    return this->template call<bool>("gset.ismember", {std::move(member)});
  }
  auto size() const { return this->template call<std::int64_t>("gset.card"); }

  [[nodiscard]] GrowSetHandle<Async> async() const { return GrowSetHandle<Async>(*this); }
};

/// About how many different elements were added, within some 0.8 %.
template <class Mode>
class HyperLogLogHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  /// Whether the count may have changed.
  auto add(std::vector<Bytes> elements) const {
    return this->template call<bool>("pfadd", std::move(elements));
  }
  auto count() const { return this->template call<std::int64_t>("pfcount"); }
  /// Adds what was added to other keys of the same partition.
  auto merge(std::vector<Bytes> keys) const { return this->template call<void>("pfmerge", std::move(keys)); }

  [[nodiscard]] HyperLogLogHandle<Async> async() const { return HyperLogLogHandle<Async>(*this); }
};

}  // namespace causeway
