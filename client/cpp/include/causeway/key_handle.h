// What all handles share (causeway/handles.h): the key, how commands of it are executed, and what keys of every type can do.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
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
Result<std::optional<std::int64_t>> value_as(Value value);
template <>
Result<double> value_as(Value value);
template <>
Result<std::optional<double>> value_as(Value value);
template <>
Result<Bytes> value_as(Value value);
template <>
Result<std::optional<Bytes>> value_as(Value value);
template <>
Result<std::vector<Bytes>> value_as(Value value);
template <>
Result<std::vector<std::pair<Bytes, double>>> value_as(Value value);
template <>
Result<std::map<Bytes, Bytes>> value_as(Value value);
template <>
Result<std::map<Bytes, std::int64_t>> value_as(Value value);
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

/// What a value of any type can do.
template <class Mode>
class ValueHandle : public ModeHandle<Mode> {
 public:
  using ModeHandle<Mode>::ModeHandle;

  /// Lets the key expire; whether there is one. Of concurrent expiries the longest counts.
  auto expire(std::chrono::milliseconds after) const {
    return this->template call<bool>("pexpire", {std::to_string(after.count())});
  }
  /// Takes the expiry away; whether there was one. Wins over concurrent expiries.
  auto persist() const { return this->template call<bool>("persist"); }
  /// Milliseconds until the key expires; -1 if it does not, -2 if there is none.
  auto ttl_ms() const { return this->template call<std::int64_t>("pttl"); }
};

}  // namespace causeway
