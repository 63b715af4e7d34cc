#include "client/python/core/completions.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <mutex>
#include <utility>
#include <variant>

namespace causeway::python {

struct Completions::Queue {
  using Answer = std::variant<Result<Value>, Pipeline::Results>;

  Queue() : file(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Queue() {
    if (file >= 0) ::close(file);
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  /// From any thread, without the GIL.
  void put(std::uint64_t id, Answer answer) {
    const std::lock_guard lock(mutex);
    answers.emplace_back(id, std::move(answer));
    if (answers.size() == 1) static_cast<void>(eventfd_write(file, 1));
  }
  std::vector<std::pair<std::uint64_t, Answer>> take() {
    const std::lock_guard lock(mutex);
    eventfd_t ignored = 0;
    static_cast<void>(eventfd_read(file, &ignored));
    return std::exchange(answers, {});
  }

  const int file;
  std::mutex mutex;
  std::vector<std::pair<std::uint64_t, Answer>> answers;
};

Completions::Completions(std::shared_ptr<const ClientObject> client)
    : client_(std::move(client)), queue_(std::make_shared<Queue>()) {
  if (queue_->file >= 0) return;
  PyErr_SetFromErrno(PyExc_OSError);
  throw py::error_already_set();
}

int Completions::fileno() const { return queue_->file; }

std::uint64_t Completions::wait(py::object future, py::object asked) {
  waiting_.emplace(++last_, Waiting{std::move(future), std::move(asked)});
  return last_;
}

void Completions::submit(py::object words, const CallOptions& options, py::object future) {
  std::vector<Bytes> all = words_of(words, client_->text());
  const Client& client = client_->client();
  client.submit(std::move(all), options,
                [queue = queue_, id = wait(std::move(future), std::move(words))](Result<Value> answer) {
                  queue->put(id, std::move(answer));
                });
}

void Completions::run(py::list commands, const CallOptions& options, py::object future) {
  Pipeline pipeline = client_->pipeline_of(commands, options);
  pipeline.submit([queue = queue_, id = wait(std::move(future), std::move(commands))](
                      Pipeline::Results answers) { queue->put(id, std::move(answers)); });
}

void Completions::hand_over(const Waiting& waiting, Result<Value> answer) const {
  if (!answer) {
    waiting.future.attr("set_exception")(exception_of(answer.error()));
    return;
  }
  waiting.future.attr("set_result")(to_python(std::move(*answer), waiting.asked, client_->text()));
}

void Completions::hand_over(const Waiting& waiting, Pipeline::Results answers) const {
  waiting.future.attr("set_result")(client_->answers_of(std::move(answers), py::list(waiting.asked)));
}

void Completions::drain() {
  for (auto& [id, answer] : queue_->take()) {
    const auto node = waiting_.extract(id);
    const Waiting& waiting = node.mapped();
    if (waiting.future.attr("done")().cast<bool>()) continue;  // nobody waits any more
    try {
      std::visit([&](auto& each) { hand_over(waiting, std::move(each)); }, answer);
    } catch (py::error_already_set& error) {  // a reply that cannot be decoded
      waiting.future.attr("set_exception")(error.value());
    }
  }
}

}  // namespace causeway::python
