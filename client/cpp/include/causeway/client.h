// The C++ client of Causeway.
//
//   auto client = causeway::Client::connect({.endpoints = {"127.1.1.1:7400"}});
//   if (!client) { … to_string(client.error()) … }
//   auto views = client->counter("views").increment();   // Result<std::int64_t>
//
// A client learns the topology, sends each command straight to a replica of its key in the chosen datacenter, has many
// under way at once, and retries within the call's timeout what may be retried: each try that is not the first goes to
// another replica where there is one, with the same request id. See ClientOptions for what it does by default.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "causeway/handles.h"
#include "causeway/options.h"
#include "crdt/value.h"
#include "ring/configuration.h"
#include "wire/message.h"

namespace causeway {

class Pipeline;

/// May be moved; everything else may be called from any thread. One thread of its own does the network's work.
class Client {
 public:
  using Options = ClientOptions;
  using Done = std::function<void(Result<Value>)>;

  /// Waits until a node has told the topology, unless the options have it: then connections are opened as they are needed.
  /// Errors: invalid (what is wrong with the options), unavailable (no node answered within connect_timeout).
  static Result<Client> connect(Options options);

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  /// As close().
  ~Client();

  /// Ends the calls that have no answer yet, with `unavailable`: ambiguous, if they may have happened. So does every later call.
  /// Not for callbacks.
  void close() const;

  /// Executes one command of the table (causeway/commands.h), its name first, and waits for the answer. Several keys of
  /// DEL and EXISTS may be in different places: each is executed by itself, and the answers add up.
  /// Errors, by tag (base/result.h):
  ///   fatal      invalid, too_large, wrong_type and whatever else the store refuses;
  ///   retryable  unavailable, overloaded (also: outstanding_max), timeout of a read, storage_full: nothing happened;
  ///   ambiguous  timeout, unavailable: it may have happened, or may yet. Repeat it with the same request id.
  Result<Value> execute(std::vector<Bytes> arguments, CallOptions options = {}) const;
  /// The same, without waiting. The future does not wait when it is destroyed.
  [[nodiscard]] std::future<Result<Value>> async(std::vector<Bytes> arguments,
                                                 CallOptions options = {}) const;
  /// The same, for high rates: `done` is called once, on the client's own thread (or here, if the call is refused). It must
  /// be quick, must not throw and must not wait for another call; it may submit some.
  void submit(std::vector<Bytes> arguments, CallOptions options, Done done) const;

  [[nodiscard]] CounterHandle<Waiting> counter(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] StringHandle<Waiting> string(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] SetHandle<Waiting> set(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] RemoveWinsSetHandle<Waiting> remove_wins_set(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] MapHandle<Waiting> map(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] RegisterHandle<Waiting> reg(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] BoundedCounterHandle<Waiting> bounded_counter(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] MaxHandle<Waiting> max(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] MinHandle<Waiting> min(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] FlagHandle<Waiting> flag(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] DisableWinsFlagHandle<Waiting> disable_wins_flag(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] GrowSetHandle<Waiting> grow_set(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] HyperLogLogHandle<Waiting> hyperloglog(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] ListHandle<Waiting> list(Bytes key, CallOptions options = {}) const;
  [[nodiscard]] SortedSetHandle<Waiting> sorted_set(Bytes key, CallOptions options = {}) const;

  /// How many of the keys there were. Deletes what is visible: a concurrent write survives.
  Result<std::int64_t> del(std::vector<Bytes> keys, CallOptions options = {}) const;
  Result<bool> exists(Bytes key, CallOptions options = {}) const;
  /// "string", "counter", "set", … or "none".
  Result<Bytes> type(Bytes key, CallOptions options = {}) const;

  /// Many independent commands at once.
  [[nodiscard]] Pipeline pipeline(CallOptions options = {}) const;

  /// The newest configuration that this client knows (epoch 0: the one of its options).
  [[nodiscard]] Configuration topology() const;
  /// The datacenter that calls go to.
  [[nodiscard]] std::string datacenter() const;
  /// How a node is. Errors: invalid (no such node), unavailable, timeout.
  Result<NodeStatus> status(std::string node,
                            std::chrono::milliseconds timeout = std::chrono::seconds(2)) const;
  [[nodiscard]] std::future<Result<NodeStatus>> async_status(std::string node,
                                                             std::chrono::milliseconds timeout) const;

 private:
  explicit Client(std::unique_ptr<ClientCore> core);
  std::unique_ptr<ClientCore> core_;  ///< Null only when moved from.
};

/// Commands that are sent together and do not depend on each other: each may succeed or fail by itself, in any order.
/// For one thread. Lives at most as long as its client.
class Pipeline {
 public:
  Pipeline(ClientCore& core, CallOptions options) : core_(&core), options_(std::move(options)) {}

  /// So many at most are under way at a time.
  static constexpr std::size_t round_max = 16'384;
  using Results = std::vector<Result<Value>>;

  Pipeline& add(std::vector<Bytes> arguments);
  [[nodiscard]] std::size_t size() const { return commands_.size(); }
  // These execute them all; the results are in the order of add(). The pipeline is empty afterwards.
  /// Waits.
  Results run();
  /// Does not.
  [[nodiscard]] std::future<Results> async();
  /// As Client::submit().
  void submit(std::function<void(Results)> done);

 private:
  ClientCore* core_;
  CallOptions options_;
  std::vector<std::vector<Bytes>> commands_;
};

}  // namespace causeway
