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

/// What the handles of one key share.
class KeyHandle {
 public:
  KeyHandle(ClientCore& core, Bytes key, CallOptions options)
      : core_(&core), key_(std::move(key)), options_(std::move(options)) {}

  [[nodiscard]] const Bytes& key() const { return key_; }

 protected:
  /// The command on the handle's key.
  Result<Value> execute(BytesView command, std::vector<Bytes> arguments) const;
  void submit(BytesView command, std::vector<Bytes> arguments, std::function<void(Result<Value>)> done) const;

  ClientCore* core_;
  Bytes key_;
  CallOptions options_;
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

/// The two ways to answer.
struct Waiting;
struct Async;

template <class Mode>
class ModeHandle;

template <>
class ModeHandle<Waiting> : public KeyHandle {
 public:
  using KeyHandle::KeyHandle;

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

  [[nodiscard]] CounterHandle<Async> async() const { return {*this->core_, this->key_, this->options_}; }
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

  [[nodiscard]] StringHandle<Async> async() const { return {*this->core_, this->key_, this->options_}; }
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

  [[nodiscard]] RegisterHandle<Async> async() const { return {*this->core_, this->key_, this->options_}; }
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

  [[nodiscard]] SetHandle<Async> async() const { return {*this->core_, this->key_, this->options_}; }
};

}  // namespace causeway
