// A client as Python holds it. The GIL is held by who calls, and released while something is waited for.
#pragma once

#include <memory>

#include "causeway/client.h"
#include "client/python/core/words.h"

namespace causeway::python {

class ClientObject {
 public:
  /// Waits until it is connected. Throws causeway.Error.
  ClientObject(ClientOptions options, Text text);
  ~ClientObject();
  ClientObject(const ClientObject&) = delete;
  ClientObject& operator=(const ClientObject&) = delete;

  /// What the command answered; throws causeway.Error, or what a signal handler does (KeyboardInterrupt).
  py::object execute(const py::object& words, const CallOptions& options) const;
  /// A list with the answer or the exception of each command.
  py::object run(const py::list& commands, const CallOptions& options) const;
  /// A dict of what the node tells of itself.
  py::object status(const std::string& node, std::chrono::milliseconds timeout) const;
  [[nodiscard]] std::string datacenter() const { return client().datacenter(); }
  void close() const;

  /// Throws RuntimeError in a process that was forked: the client's thread is not there.
  [[nodiscard]] const Client& client() const;
  [[nodiscard]] const Text& text() const { return text_; }

  /// The commands, ready to run.
  [[nodiscard]] Pipeline pipeline_of(const py::list& commands, const CallOptions& options) const;
  [[nodiscard]] py::object answers_of(Pipeline::Results results, const py::list& commands) const;

 private:
  Text text_;
  unsigned forks_;
  std::unique_ptr<Client> client_;
};

}  // namespace causeway::python
