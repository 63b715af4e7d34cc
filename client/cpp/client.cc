#include "causeway/client.h"

#include <atomic>

#include "client/cpp/client_core.h"

namespace causeway {
namespace {

tl::unexpected<Error> would_wait_for_ever() {
  return fail(ErrorCode::invalid, "a callback may not wait for another call: submit() it");
}

std::future<Result<Value>> async_on(ClientCore& core, std::vector<Bytes> arguments, CallOptions options) {
  auto answer = std::make_shared<std::promise<Result<Value>>>();
  auto future = answer->get_future();
  core.submit(std::move(arguments), std::move(options),
              [answer](Result<Value> result) { answer->set_value(std::move(result)); });
  return future;
}

Result<Value> execute_on(ClientCore& core, std::vector<Bytes> arguments, CallOptions options) {
  if (core.is_own_thread()) return would_wait_for_ever();
  return async_on(core, std::move(arguments), std::move(options)).get();
}

}  // namespace

Client::Client(std::unique_ptr<ClientCore> core) : core_(std::move(core)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::connect(Options options) {
  CW_TRY(auto core, ClientCore::start(std::move(options)));
  return Client(std::move(core));
}

Result<Value> Client::execute(std::vector<Bytes> arguments, CallOptions options) const {
  return execute_on(*core_, std::move(arguments), std::move(options));
}

std::future<Result<Value>> Client::async(std::vector<Bytes> arguments, CallOptions options) const {
  return async_on(*core_, std::move(arguments), std::move(options));
}

void Client::submit(std::vector<Bytes> arguments, CallOptions options, Done done) const {
  core_->submit(std::move(arguments), std::move(options), std::move(done));
}

// ---- Handles ---------------------------------------------------------------------------------------------------

std::vector<Bytes> KeyHandle::words(BytesView command, std::vector<Bytes> arguments) const {
  std::vector<Bytes> all;
  for (const Bytes& field : path_) all.insert(all.end(), {"map.in", field});
  all.emplace_back(command);
  all.insert(all.begin() + 1, key_);
  all.insert(all.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
  return all;
}

Result<Value> KeyHandle::execute(BytesView command, std::vector<Bytes> arguments) const {
  return execute_on(*core_, words(command, std::move(arguments)), options_);
}

void KeyHandle::submit(BytesView command, std::vector<Bytes> arguments,
                       std::function<void(Result<Value>)> done) const {
  core_->submit(words(command, std::move(arguments)), options_, std::move(done));
}

CounterHandle<Waiting> Client::counter(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
StringHandle<Waiting> Client::string(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
SetHandle<Waiting> Client::set(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
RemoveWinsSetHandle<Waiting> Client::remove_wins_set(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
MapHandle<Waiting> Client::map(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}
RegisterHandle<Waiting> Client::reg(Bytes key, CallOptions options) const {
  return {*core_, std::move(key), std::move(options)};
}

Result<std::int64_t> Client::del(std::vector<Bytes> keys, CallOptions options) const {
  keys.insert(keys.begin(), "del");
  CW_TRY(Value value, execute(std::move(keys), std::move(options)));
  return value_as<std::int64_t>(std::move(value));
}

Result<bool> Client::exists(Bytes key, CallOptions options) const {
  CW_TRY(Value value, execute({"exists", std::move(key)}, std::move(options)));
  return value_as<bool>(std::move(value));
}

Result<Bytes> Client::type(Bytes key, CallOptions options) const {
  CW_TRY(Value value, execute({"type", std::move(key)}, std::move(options)));
  return value_as<Bytes>(std::move(value));
}

// ---- Pipelines -------------------------------------------------------------------------------------------------

Pipeline Client::pipeline(CallOptions options) const { return {*core_, std::move(options)}; }

Pipeline& Pipeline::add(std::vector<Bytes> arguments) {
  commands_.push_back(std::move(arguments));
  return *this;
}

std::vector<Result<Value>> Pipeline::run() {
  std::vector<Result<Value>> results(commands_.size(), would_wait_for_ever());
  if (core_->is_own_thread() || commands_.empty()) return results;
  struct Answers {
    std::vector<Result<Value>>& results;
    std::atomic<std::size_t> left;
    std::promise<void> all{};
    std::shared_ptr<Answers> self{};  ///< the waiting thread may go on before the last callback has ended
  };
  const auto answers = std::make_shared<Answers>(results, results.size());
  answers->self = answers;
  for (std::size_t i = 0; i < results.size(); ++i) {
    // Small enough for a std::function to hold it without memory of its own.
    const auto done = [to = answers.get(), i](Result<Value> result) {
      to->results[i] = std::move(result);
      if (to->left.fetch_sub(1) > 1) return;
      const auto keep = std::move(to->self);
      keep->all.set_value();
    };
    core_->submit(std::move(commands_[i]), options_, done);
  }
  answers->all.get_future().wait();
  commands_.clear();
  return results;
}

// ---- The cluster -----------------------------------------------------------------------------------------------

Configuration Client::topology() const { return core_->ring()->configuration(); }

std::string Client::datacenter() const {
  return core_->ring()->configuration().datacenter(core_->home())->name;
}

std::future<Result<NodeStatus>> Client::async_status(std::string node,
                                                     std::chrono::milliseconds timeout) const {
  auto answer = std::make_shared<std::promise<Result<NodeStatus>>>();
  auto future = answer->get_future();
  core_->ask_status(std::move(node), timeout,
                    [answer](Result<NodeStatus> status) { answer->set_value(std::move(status)); });
  return future;
}

Result<NodeStatus> Client::status(std::string node, std::chrono::milliseconds timeout) const {
  if (core_->is_own_thread()) return would_wait_for_ever();
  return async_status(std::move(node), timeout).get();
}

}  // namespace causeway
