// Typed handles: what an application says of one key.
//
//   client.counter("views").increment(3);          // Result<std::int64_t>: waits
//   client.counter("views").async().increment(3);  // std::future<Result<std::int64_t>>: does not
//
// A handle is small, may be copied, and may be used from any thread. It holds its key and call options, and lives at most
// as long as its client. Every call may fail with the errors of Client::execute().
#pragma once

#include <cstdint>
#include <future>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "causeway/options.h"
#include "crdt/value.h"

namespace causeway {

class ClientCore;

/// What all handles share: they are of a key, or of a field of the map there, at any depth.
class KeyHandle {
 public:
  KeyHandle(ClientCore& core, Bytes key, CallOptions options)
      : core_(&core), key_(std::move(key)), options_(std::move(options)) {}

  [[nodiscard]] const Bytes& key() const { return key_; }
  /// The fields that lead to what it is of, the outermost first; none: it is of the key.
  [[nodiscard]] const std::vector<Bytes>& path() const { return path_; }

 protected:
  /// Of a field of what `map` is of.
  KeyHandle(const KeyHandle& map, Bytes field) : KeyHandle(map) { path_.push_back(std::move(field)); }

  /// The command on what the handle is of.
  Result<Value> execute(BytesView command, std::vector<Bytes> arguments) const;
  void submit(BytesView command, std::vector<Bytes> arguments, std::function<void(Result<Value>)> done) const;

 private:
  [[nodiscard]] std::vector<Bytes> words(BytesView command, std::vector<Bytes> arguments) const;

  ClientCore* core_;
  Bytes key_;
  CallOptions options_;
  std::vector<Bytes> path_;
};

/// What a reply means. Errors: internal, if the store answered something else.
template <class T>
Result<T> value_as(Value value);
template <>
Result<void> value_as(Value value);
template <>
Result<bool> value_as(Value value);
template <>
Result<std::int64_t> value_as(Value value);
template <>
Result<Bytes> value_as(Value value);
template <>
Result<std::optional<Bytes>> value_as(Value value);
template <>
Result<std::vector<Bytes>> value_as(Value value);
template <>
Result<std::map<Bytes, Bytes>> value_as(Value value);
template <>
Result<std::map<Bytes, std::optional<Bytes>>> value_as(Value value);

/// The two ways to answer.
struct Waiting;
struct Async;

template <class Mode>
class ModeHandle;

template <>
class ModeHandle<Waiting> : public KeyHandle {
 public:
  using KeyHandle::KeyHandle;
  explicit ModeHandle(const KeyHandle& same) : KeyHandle(same) {}
  ModeHandle(const KeyHandle& map, Bytes field) : KeyHandle(map, std::move(field)) {}

 protected:
  template <class T>
  Result<T> call(BytesView command, std::vector<Bytes> arguments = {}) const {
    CW_TRY(Value value, execute(command, std::move(arguments)));
    return value_as<T>(std::move(value));
  }
};

template <>
class ModeHandle<Async> : public KeyHandle {
 public:
  using KeyHandle::KeyHandle;
  explicit ModeHandle(const KeyHandle& same) : KeyHandle(same) {}
  ModeHandle(const KeyHandle& map, Bytes field) : KeyHandle(map, std::move(field)) {}

 protected:
  template <class T>
  std::future<Result<T>> call(BytesView command, std::vector<Bytes> arguments = {}) const {
    auto promise = std::make_shared<std::promise<Result<T>>>();
    auto future = promise->get_future();
    submit(command, std::move(arguments), [promise](Result<Value> value) {
      promise->set_value(value ? value_as<T>(std::move(*value))
                               : Result<T>(tl::unexpect, std::move(value).error()));
    });
    return future;
  }
};

/// A number that every datacenter may count on at once; no increment is lost, none counts twice.
template <class Mode>
class CounterHandle : public ModeHandle<Mode> {
 public:
  using ModeHandle<Mode>::ModeHandle;

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

/// A value that is read whole; of concurrent writes the last by clock is read. An integer may be incremented.
template <class Mode>
class StringHandle : public ModeHandle<Mode> {
 public:
  using ModeHandle<Mode>::ModeHandle;

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
class RegisterHandle : public ModeHandle<Mode> {
 public:
  using ModeHandle<Mode>::ModeHandle;

  /// Of the siblings the last by clock; nothing, if there is none.
  auto get() const { return this->template call<std::optional<Bytes>>("reg.get"); }
  /// Replaces every sibling that is visible.
  auto put(Bytes value) const { return this->template call<void>("reg.set", {std::move(value)}); }
  auto siblings() const { return this->template call<std::vector<Bytes>>("siblings"); }

  [[nodiscard]] RegisterHandle<Async> async() const { return RegisterHandle<Async>(*this); }
};

/// A set in which an add wins over a concurrent remove.
template <class Mode>
class SetHandle : public ModeHandle<Mode> {
 public:
  using ModeHandle<Mode>::ModeHandle;

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
class RemoveWinsSetHandle : public ModeHandle<Mode> {
 public:
  using ModeHandle<Mode>::ModeHandle;

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

/// Fields, each with a value of its own: client.map("user:7").counter("logins").increment(). A Redis hash is a map of strings.
template <class Mode>
class MapHandle : public ModeHandle<Mode> {
 public:
  using ModeHandle<Mode>::ModeHandle;

  // What a field holds, taken as a value of this type: it does what such a handle of a key does.
  [[nodiscard]] CounterHandle<Mode> counter(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] StringHandle<Mode> string(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] RegisterHandle<Mode> reg(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] SetHandle<Mode> set(Bytes field) const { return {*this, std::move(field)}; }
  [[nodiscard]] RemoveWinsSetHandle<Mode> remove_wins_set(Bytes field) const {
    return {*this, std::move(field)};
  }
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
