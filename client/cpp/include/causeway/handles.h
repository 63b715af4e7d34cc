// Typed handles: what an application says of one key.
//
//   client.counter("views").increment(3);          // Result<std::int64_t>: waits
//   client.counter("views").async().increment(3);  // std::future<Result<std::int64_t>>: does not
//
// A handle is small, may be copied, and may be used from any thread. It holds its key and call options, and lives at most
// as long as its client. Every call may fail with the errors of Client::execute().
#pragma once

#include "causeway/key_handle.h"
#include "causeway/sequence_handles.h"
#include "causeway/set_handles.h"
#include "causeway/value_handles.h"

namespace causeway {

/// Fields, each with a value of its own: client.map("user:7").counter("logins").increment(). A Redis hash is a map of strings.
template <class Mode>
class MapHandle : public ValueHandle<Mode> {
 public:
  using ValueHandle<Mode>::ValueHandle;

  // What a field holds, taken as a value of this type: it does what such a handle of a key does.
  [[nodiscard]] CounterHandle<Mode> counter(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] StringHandle<Mode> string(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] RegisterHandle<Mode> reg(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] SetHandle<Mode> set(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] RemoveWinsSetHandle<Mode> remove_wins_set(Bytes field) const {
    return {*this, std::move(field)};
  }
  [[nodiscard]] GrowSetHandle<Mode> grow_set(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] HyperLogLogHandle<Mode> hyperloglog(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] BoundedCounterHandle<Mode> bounded_counter(Bytes field) const {
    return {*this, std::move(field)};
  }
  [[nodiscard]] MaxHandle<Mode> max(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] MinHandle<Mode> min(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] FlagHandle<Mode> flag(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] DisableWinsFlagHandle<Mode> disable_wins_flag(Bytes field) const {
    return {*this, std::move(field)};
  }
  [[nodiscard]] ListHandle<Mode> list(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] SortedSetHandle<Mode> sorted_set(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] MapHandle<Mode> map(Bytes field) const { return {*this, std::move(field)}; }

  // Fields that hold strings.
  /// Nothing, if there is none. Errors: wrong_type, if it holds something else.
  auto get(Bytes field) const {
    return this->template call<std::optional<Bytes>>("hget", {std::move(field)});
  }
  /// Whether the field is new. Errors: as get().
  auto put(Bytes field, Bytes value) const {
    return this->template call<bool>("hset", {std::move(field), std::move(value)});
  }
  /// As CounterHandle::increment. Errors: wrong_type, if the field holds something else than an integer.
  auto increment(Bytes field, std::int64_t by = 1) const {
    return this->template call<std::int64_t>("hincrby", {std::move(field), std::to_string(by)});
  }
  /// All fields; those that hold no strings have no value.
  auto values() const { return this->template call<std::map<Bytes, std::optional<Bytes>>>("hgetall"); }

  // Fields, whatever they hold.
  /// How many there were. Removes what is visible in them: a concurrent write survives. REQUIRES: at least one field.
  auto remove(std::vector<Bytes> fields) const {
    return this->template call<std::int64_t>("hdel", std::move(fields));
  }
  auto contains(Bytes field) const { return this->template call<bool>("hexists", {std::move(field)}); }
  auto size() const { return this->template call<std::int64_t>("hlen"); }
  /// Each with the type of what it holds.
  auto types() const { return this->template call<std::map<Bytes, Bytes>>("map.fields"); }

  [[nodiscard]] MapHandle<Async> async() const { return MapHandle<Async>(*this); }
};

}  // namespace causeway
