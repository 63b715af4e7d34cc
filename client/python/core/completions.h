// What asyncio waits for: calls under way, and the file by which an event loop learns that some have ended. The client's thread
// never touches Python: it puts answers into a queue, and the loop takes them out.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "client/python/core/client_object.h"

namespace causeway::python {

/// Of one event loop, on whose thread everything is called.
class Completions {
 public:
  /// Throws OSError if the process has too many files open.
  explicit Completions(std::shared_ptr<const ClientObject> client);

  /// Readable when drain() has something to do.
  [[nodiscard]] int fileno() const;
  /// Begins a command; its answer or exception goes to `future` (asyncio.Future), unless that is over by then.
  void submit(py::object words, const CallOptions& options, py::object future);
  /// The same with a list of commands, and of answers and exceptions.
  void run(py::list commands, const CallOptions& options, py::object future);
  /// Hands over the answers that have come.
  void drain();

 private:
  struct Queue;
  struct Waiting {
    py::object future;
    py::object asked;  ///< the words, or the commands
  };
  std::uint64_t wait(py::object future, py::object asked);
  void hand_over(const Waiting& waiting, Result<Value> answer) const;
  void hand_over(const Waiting& waiting, Pipeline::Results answers) const;

  std::shared_ptr<const ClientObject> client_;
  std::shared_ptr<Queue> queue_;  ///< outlives this while calls are under way
  std::unordered_map<std::uint64_t, Waiting> waiting_;
  std::uint64_t last_ = 0;
};

}  // namespace causeway::python
