#include "client/python/core/client_object.h"

#include <pthread.h>

#include <atomic>

namespace causeway::python {
namespace {

/// How long a signal may wait for its handler, which Python runs between two of its own steps.
constexpr std::chrono::milliseconds signal_wait{50};

/// How often this process or those before it were forked since the module was loaded.
unsigned forks() {
  static std::atomic<unsigned> count = 0;
  static const int registered = pthread_atfork(nullptr, nullptr, [] { ++count; });
  static_cast<void>(registered);
  return count;
}

template <class T>
T wait_for(std::future<T> future) {
  for (;;) {
    {
      const py::gil_scoped_release others_run;
      if (future.wait_for(signal_wait) == std::future_status::ready) break;
    }
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
  return future.get();
}

std::unique_ptr<Client> connect(ClientOptions options) {
  Result<Client> client = [&] {
    const py::gil_scoped_release others_run;
    return Client::connect(std::move(options));
  }();
  if (!client) throw_error(client.error());
  return std::make_unique<Client>(std::move(*client));
}

py::dict dict_of(const NodeStatus& status) {
  py::dict lags;
  for (const Lag& lag : status.lags) lags[py::str(lag.from)] = static_cast<double>(lag.micros) / 1e6;
  py::dict peers;
  for (const PeerStatus& peer : status.peers) peers[py::str(peer.node)] = peer.alive;
  using py::operator""_a;
  return py::dict("node"_a = status.node, "datacenter"_a = status.datacenter, "serving"_a = status.serving,
                  "ready"_a = status.ready, "reason"_a = status.reason, "partitions"_a = status.partitions,
                  "entries"_a = status.entries, "operations"_a = status.operations, "peers"_a = peers,
                  "lags"_a = lags);
}

}  // namespace

ClientObject::ClientObject(ClientOptions options, Text text)
    : text_(std::move(text)), forks_(forks()), client_(connect(std::move(options))) {}

ClientObject::~ClientObject() {
  if (forks_ != forks()) {
    static_cast<void>(client_.release());  // its thread cannot be joined, its locks may be held for ever
    return;
  }
  const py::gil_scoped_release others_run;
  client_.reset();
}

const Client& ClientObject::client() const {
  if (forks_ != forks())
    throw std::runtime_error("a client does not survive fork(): connect in the new process");
  return *client_;
}

py::object ClientObject::execute(const py::object& words, const CallOptions& options) const {
  const Result<Value> answer = wait_for(client().async(words_of(words, text_), options));
  if (!answer) throw_error(answer.error());
  return to_python(*answer, words, text_);
}

Pipeline ClientObject::pipeline_of(const py::list& commands, const CallOptions& options) const {
  Pipeline pipeline = client().pipeline(options);
  for (const py::handle& words : commands) pipeline.add(words_of(words, text_));
  return pipeline;
}

py::object ClientObject::answers_of(Pipeline::Results results, const py::list& commands) const {
  py::list answers(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    Result<Value>& result = results[i];
    answers[i] = result ? to_python(std::move(*result), commands[i], text_) : exception_of(result.error());
  }
  return answers;
}

py::object ClientObject::run(const py::list& commands, const CallOptions& options) const {
  return answers_of(wait_for(pipeline_of(commands, options).async()), commands);
}

py::object ClientObject::status(const std::string& node, std::chrono::milliseconds timeout) const {
  const auto status = wait_for(client().async_status(node, timeout));
  if (!status) throw_error(status.error());
  return dict_of(*status);
}

void ClientObject::close() const {
  if (forks_ != forks()) return;
  const py::gil_scoped_release others_run;
  client_->close();
}

}  // namespace causeway::python
