// Handles of values that are read whole: numbers, strings, registers, flags.
#pragma once

#include "causeway/key_handle.h"

namespace causeway {

/// A number that every datacenter may count on at once; no increment is lost, none counts twice.
template <class Mode>
class CounterHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  /// The value after, as the replica that took it sees it; `by` may be negative.
  /// Retried without harm: it has a request id. Errors: invalid, if it would overflow.
  auto increment(std::int64_t by = 1) const {
    return this->template call<std::int64_t>("counter.add", {std::to_string(by)});
  }
  /// 0 if there is none.
  auto value() const { return this->template call<std::int64_t>("counter.get"); }
  /// Takes back every increment that is visible; concurrent ones still count.
  auto reset() const { return this->template call<void>("counter.reset"); }

  [[nodiscard]] CounterHandle<Async> async() const { return CounterHandle<Async>(*this); }
};

/// A number that never falls below 0, in any partition. Who adds gains the right to subtract as much.
template <class Mode>
class BoundedCounterHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  /// The value after. REQUIRES: amount > 0.
  auto add(std::int64_t amount) const {
    return this->template call<std::int64_t>("bounded.add", {std::to_string(amount)});
  }
  /// The value after. Errors: invalid, if it would fall below 0; unavailable, where the rights do not suffice: others are asked
  /// for some, try again soon. REQUIRES: amount > 0.
  auto subtract(std::int64_t amount) const {
    return this->template call<std::int64_t>("bounded.sub", {std::to_string(amount)});
  }
  /// 0 if there is none.
  auto value() const { return this->template call<std::int64_t>("bounded.get"); }
  /// Which actors may subtract how much.
  auto rights() const { return this->template call<std::map<Bytes, std::int64_t>>("bounded.rights"); }

  [[nodiscard]] BoundedCounterHandle<Async> async() const { return BoundedCounterHandle<Async>(*this); }
};

/// The greatest number that was ever set, in any datacenter.
template <class Mode>
class MaxHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  /// Sets it if it goes beyond; the value after.
  auto set(std::int64_t number) const {
    return this->template call<std::int64_t>("max.set", {std::to_string(number)});
  }
  /// Nothing, if none was set.
  auto value() const { return this->template call<std::optional<std::int64_t>>("max.get"); }

  [[nodiscard]] MaxHandle<Async> async() const { return MaxHandle<Async>(*this); }
};

/// The least number that was ever set, in any datacenter.
template <class Mode>
class MinHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  /// Sets it if it goes beyond; the value after.
  auto set(std::int64_t number) const {
    return this->template call<std::int64_t>("min.set", {std::to_string(number)});
  }
  /// Nothing, if none was set.
  auto value() const { return this->template call<std::optional<std::int64_t>>("min.get"); }

  [[nodiscard]] MinHandle<Async> async() const { return MinHandle<Async>(*this); }
};

/// A value that is read whole; of concurrent writes the last by clock is read. An integer may be incremented.
template <class Mode>
class StringHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  /// Nothing, if there is none.
  auto get() const { return this->template call<std::optional<Bytes>>("get"); }
  auto set(Bytes value) const { return this->template call<void>("set", {std::move(value)}); }
  /// As CounterHandle::increment. Errors: wrong_type, if the string is no integer.
  auto increment(std::int64_t by = 1) const {
    return this->template call<std::int64_t>("incrby", {std::to_string(by)});
  }
  /// All concurrent values, the one that get() gives first.
  auto siblings() const { return this->template call<std::vector<Bytes>>("siblings"); }

  [[nodiscard]] StringHandle<Async> async() const { return StringHandle<Async>(*this); }
};

/// A value of which no concurrent write is silently lost: siblings() has them all until the next put().
template <class Mode>
class RegisterHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  /// Of the siblings the last by clock; nothing, if there is none.
  auto get() const { return this->template call<std::optional<Bytes>>("reg.get"); }
  /// Replaces every sibling that is visible.
  auto put(Bytes value) const { return this->template call<void>("reg.set", {std::move(value)}); }
  auto siblings() const { return this->template call<std::vector<Bytes>>("siblings"); }

  [[nodiscard]] RegisterHandle<Async> async() const { return RegisterHandle<Async>(*this); }
};

/// On or off; of concurrent changes an enable wins. Off if it was never changed.
template <class Mode>
class FlagHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  auto enable() const { return this->template call<void>("flag.enable"); }
  auto disable() const { return this->template call<void>("flag.disable"); }
  auto value() const { return this->template call<bool>("flag.get"); }

  [[nodiscard]] FlagHandle<Async> async() const { return FlagHandle<Async>(*this); }
};

/// On or off; of concurrent changes a disable wins. Off if it was never changed.
template <class Mode>
class DisableWinsFlagHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  auto enable() const { return this->template call<void>("dwflag.enable"); }
  auto disable() const { return this->template call<void>("dwflag.disable"); }
  auto value() const { return this->template call<bool>("dwflag.get"); }

  [[nodiscard]] DisableWinsFlagHandle<Async> async() const { return DisableWinsFlagHandle<Async>(*this); }
};

}  // namespace causeway
