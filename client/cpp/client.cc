#include "causeway/client.h"

#include "client/cpp/client_core.h"

namespace causeway {

Client::Client(std::unique_ptr<ClientCore> core) : core_(std::move(core)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

void Client::close() const { core_->stop(); }

Result<Client> Client::connect(Options options) {
  CW_TRY(auto core, ClientCore::start(std::move(options)));
  return Client(std::move(core));
}

Result<Value> Client::execute(std::vector<Bytes> arguments, CallOptions options) const {
  return core_->execute(std::move(arguments), std::move(options));
}

std::future<Result<Value>> Client::async(std::vector<Bytes> arguments, CallOptions options) const {
  return core_->async(std::move(arguments), std::move(options));
}

void Client::submit(std::vector<Bytes> arguments, CallOptions options, Done done) const {
  core_->submit(std::move(arguments), std::move(options), std::move(done));
}

// ---- Keys -----------------------------------------------------------------------------------------------------

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

Pipeline Client::pipeline(CallOptions options) const { return {*core_, std::move(options)}; }

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
  if (core_->is_own_thread()) return ClientCore::would_wait_for_ever();
  return async_status(std::move(node), timeout).get();
}

}  // namespace causeway
