#include "client/cpp/client_core.h"

#include <algorithm>
#include <random>
#include <utility>

#include "client/cpp/fan_out.h"
#include "crdt/command.h"

namespace causeway {
namespace {

Now read_clocks() {
  const auto mono = std::chrono::steady_clock::now().time_since_epoch();
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {MonoTime(std::chrono::duration_cast<Micros>(mono)),
          WallTime(std::chrono::duration_cast<Micros>(wall))};
}

std::uint64_t random_bits() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

Result<void> check(const ClientOptions& options) {
  if (options.timeout <= 0ms || options.try_timeout <= 0ms || options.connect_timeout <= 0ms) {
    return fail(ErrorCode::invalid, "a timeout must be more than 0 ms");
  }
  return {};
}

}  // namespace

ClientCore::ClientCore(ClientOptions options)
    : options_(std::move(options)),
      engine_(options_, RequestId{random_bits(), random_bits(), 0}, random_bits()) {}

Result<std::unique_ptr<ClientCore>> ClientCore::start(ClientOptions options) {
  CW_TRY_VOID(check(options));
  std::unique_ptr<ClientCore> core(new ClientCore(std::move(options)));
  std::promise<Result<void>> started;
  core->tasks_.emplace_back([&](RequestEngine& engine, Now now) {
    engine.start(
        [&](Result<void> result) {
          core->publish_ring();
          started.set_value(std::move(result));
        },
        now);
  });
  core->thread_ = std::thread([&core = *core] { core.run(); });
  core->thread_id_ = core->thread_.get_id();
  CW_TRY_VOID(started.get_future().get());
  return core;
}

ClientCore::~ClientCore() { stop(); }

void ClientCore::stop() {
  std::call_once(stopped_, [this] {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    sockets_.wake();
    if (thread_.joinable()) thread_.join();
  });
}

tl::unexpected<Error> ClientCore::would_wait_for_ever() {
  return fail(ErrorCode::invalid, "a callback may not wait for another call: submit() it");
}

// ---- Other threads ---------------------------------------------------------------------------------------------

void ClientCore::submit(std::vector<Bytes> arguments, CallOptions options,
                        std::function<void(Result<Value>)> done) {
  const auto call = find_command(arguments);
  if (!call) return done(tl::unexpected(call.error()));
  if (options.timeout && *options.timeout <= 0ms)
    return done(fail(ErrorCode::invalid, "a timeout must be more than 0 ms"));
  const Command& command = *call->command;
  arguments[0] = command.name;  // nodes see one form
  const bool reads = call->reads();
  if (command.traits.many_keys && arguments.size() > 2) {
    for (auto& [part, part_done] : fan_out(std::move(arguments), reads, std::move(done))) {
      submit_one(
          {.arguments = std::move(part), .reads = reads, .options = options, .done = std::move(part_done)});
    }
    return;
  }
  const Command::Traits& traits = call->effect->traits;
  submit_one({.arguments = std::move(arguments),
              .key_at = first_key_of(command),
              .reads = reads,
              .counts = traits.counts,
              .takes_id = traits.takes_id,
              .options = std::move(options),
              .done = std::move(done)});
}

std::future<Result<Value>> ClientCore::async(std::vector<Bytes> arguments, CallOptions options) {
  auto answer = std::make_shared<std::promise<Result<Value>>>();
  auto future = answer->get_future();
  submit(std::move(arguments), std::move(options),
         [answer](Result<Value> result) { answer->set_value(std::move(result)); });
  return future;
}

Result<Value> ClientCore::execute(std::vector<Bytes> arguments, CallOptions options) {
  if (is_own_thread()) return would_wait_for_ever();
  return async(std::move(arguments), std::move(options)).get();
}

void ClientCore::submit_one(NewCall&& call) {
  call.outstanding = &outstanding_;
  if (outstanding_.fetch_add(1) >= std::min(options_.outstanding_max, RequestEngine::outstanding_max)) {
    return refuse(std::move(call), fail_retryable(ErrorCode::overloaded,
                                                  std::to_string(options_.outstanding_max) +
                                                      " calls are without an answer: wait for some of them"));
  }
  if (is_own_thread() && !ending_) return own_calls_.push_back(std::move(call));
  std::unique_lock lock(mutex_);
  if (stopping_) {
    lock.unlock();
    return refuse(std::move(call), fail_retryable(ErrorCode::unavailable, "the client is closed"));
  }
  calls_.push_back(std::move(call));
  const bool wake = std::exchange(asleep_, false);
  lock.unlock();
  if (wake) sockets_.wake();
}

void ClientCore::refuse(NewCall&& call, tl::unexpected<Error> error) {
  call.outstanding->fetch_sub(1);
  call.done(std::move(error));
}

void ClientCore::ask_status(std::string node, std::chrono::milliseconds timeout,
                            std::function<void(Result<NodeStatus>)> done) {
  const bool asked =
      post([=](RequestEngine& engine, Now now) { engine.ask_status(node, timeout, done, now); });
  if (!asked) done(fail_retryable(ErrorCode::unavailable, "the client is closed"));
}

bool ClientCore::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    tasks_.push_back(std::move(task));
  }
  sockets_.wake();
  return true;
}

std::shared_ptr<const ClientRing> ClientCore::ring() const {
  const std::lock_guard lock(mutex_);
  return ring_;
}

DcId ClientCore::home() const {
  const std::lock_guard lock(mutex_);
  return home_;
}

// ---- The client's thread ---------------------------------------------------------------------------------------

void ClientCore::run() {
  constexpr Micros longest = 1s;
  Micros wait{0};
  while (!ending_) {
    auto messages = sockets_.poll(may_sleep() ? wait : Micros{0});
    const Now now = read_clocks();
    watch_connections(now);
    for (auto& [index, message] : messages)
      engine_.receive(connections_.at(index).peer, std::move(message), now);
    take_submitted(now);
    engine_.tick(now);
    open_connections(now);
    send_messages(now);
    publish_ring();
    wait = std::clamp(engine_.wake_at() - read_clocks().mono, Micros{0}, longest);
  }
  engine_.shut_down();
}

bool ClientCore::may_sleep() {
  const std::lock_guard lock(mutex_);
  asleep_ = own_calls_.empty() && calls_.empty() && tasks_.empty() && !stopping_;
  return asleep_;
}

void ClientCore::publish_ring() {
  auto ring = engine_.ring();
  const std::lock_guard lock(mutex_);
  ring_ = std::move(ring);
  home_ = engine_.home();
}

void ClientCore::take_submitted(Now now) {
  std::vector<Task> tasks;
  taken_.clear();
  {
    const std::lock_guard lock(mutex_);
    asleep_ = false;
    ending_ = stopping_;
    taken_.swap(calls_);
    tasks.swap(tasks_);
  }
  for (Task& task : tasks) task(engine_, now);
  for (NewCall& call : taken_) engine_.submit(std::move(call), now);
  // What these submit in turn comes with the next turn.
  taken_.clear();
  taken_.swap(own_calls_);
  for (NewCall& call : taken_) engine_.submit(std::move(call), now);
}

void ClientCore::open_connections(Now now) {
  for (const auto& [peer, endpoint] : engine_.take_connects()) {
    const auto index = sockets_.connect(endpoint);
    if (!index) {
      engine_.disconnected(peer, now);
      continue;
    }
    connections_[*index] = {peer};
    index_of_peer_[peer] = *index;
  }
}

void ClientCore::watch_connections(Now now) {
  for (auto& [index, connection] : connections_) {
    const std::uint64_t failures = sockets_.failures(index);
    if (std::exchange(connection.failures, failures) != failures) {
      connection.up = false;
      engine_.disconnected(connection.peer, now);
    }
    const bool up = sockets_.up(index);
    if (up && !connection.up) engine_.connected(connection.peer, now);
    connection.up = up;
  }
}

void ClientCore::send_messages(Now now) {
  // What cannot be sent goes elsewhere at once, or rests: so this ends.
  for (auto messages = engine_.take_messages(); !messages.empty(); messages = engine_.take_messages()) {
    for (const auto& [peer, message] : messages) {
      const auto index = index_of_peer_.find(peer);
      if (index == index_of_peer_.end() || !sockets_.send(index->second, message))
        engine_.not_sent(peer, message, now);
    }
  }
}

}  // namespace causeway
