#include <atomic>

#include "causeway/client.h"
#include "client/cpp/client_core.h"

namespace causeway {
namespace {

/// A pipeline that runs. Owns itself until `done` has been called.
class RunningPipeline {
 public:
  RunningPipeline(ClientCore& core, CallOptions options, std::vector<std::vector<Bytes>> commands,
                  std::function<void(Pipeline::Results)> done)
      : core_(core),
        options_(std::move(options)),
        commands_(std::move(commands)),
        results_(commands_.size()),
        done_(std::move(done)) {}

  /// Ends with the answer to the last command of the round, which may come before the loop is over.
  void start_round() {
    const std::size_t from = next_;
    const std::size_t to = std::min(commands_.size(), from + Pipeline::round_max);
    next_ = to;
    left_ = to - from;
    for (std::size_t i = from; i < to; ++i) {
      // Small enough for a std::function to hold it without memory of its own.
      core_.submit(std::move(commands_[i]), options_,
                   [this, i](Result<Value> result) { answer(i, std::move(result)); });
    }
  }

 private:
  void answer(std::size_t i, Result<Value> result) {
    results_[i] = std::move(result);
    if (left_.fetch_sub(1) > 1) return;
    if (next_ < commands_.size()) return start_round();
    const std::unique_ptr<RunningPipeline> self(this);
    done_(std::move(results_));
  }

  ClientCore& core_;
  const CallOptions options_;
  std::vector<std::vector<Bytes>> commands_;
  Pipeline::Results results_;
  const std::function<void(Pipeline::Results)> done_;
  std::size_t next_ = 0;  ///< the first that no round has had; of one thread at a time, as left_ orders them
  std::atomic<std::size_t> left_ = 0;
};

}  // namespace

Pipeline& Pipeline::add(std::vector<Bytes> arguments) {
  commands_.push_back(std::move(arguments));
  return *this;
}

void Pipeline::submit(std::function<void(Results)> done) {
  if (commands_.empty()) return done({});
  auto run =
      std::make_unique<RunningPipeline>(*core_, options_, std::exchange(commands_, {}), std::move(done));
  run.release()->start_round();
}

std::future<Pipeline::Results> Pipeline::async() {
  auto answer = std::make_shared<std::promise<Results>>();
  auto future = answer->get_future();
  submit([answer](Results results) { answer->set_value(std::move(results)); });
  return future;
}

Pipeline::Results Pipeline::run() {
  if (!core_->is_own_thread()) return async().get();
  return Results(std::exchange(commands_, {}).size(), ClientCore::would_wait_for_ever());
}

}  // namespace causeway
