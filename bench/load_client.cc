#include <sys/prctl.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "bench/load.h"
#include "causeway/client.h"

namespace causeway::bench {
namespace {

/// Operations of one message: they are submitted together, and again when all are answered.
struct Group {
  std::uint64_t due = 0;
  std::uint64_t size = 0;
  std::uint64_t left = 0;
};

/// All but run() happens on the client's own thread; run() begins and awaits the end.
class ClientLoad {
 public:
  ClientLoad(const LoadOptions& options, Client client)
      : options_(options), client_(std::move(client)), workload_(options.workload), pace_(options.run) {
    for (const Operation each :
         {Operation::get, Operation::set, Operation::incr, Operation::sadd, Operation::ping}) {
      forms_.push_back(form_of(each, options.workload));
    }
    recorder_.begin(pace_.from(), pace_.until());
  }

  Recorder run() { return pace_.open() ? run_open() : run_closed(); }

 private:
  Recorder run_closed() {
    const std::uint64_t groups =
        std::max<std::uint64_t>(1, std::uint64_t{options_.connections} * options_.pipeline / options_.batch);
    groups_.resize(groups);
    std::unique_lock lock(mutex_);
    flying_ = groups;
    lock.unlock();
    for (Group& group : groups_) start(group);
    lock.lock();
    landed_.wait(lock, [this] { return flying_ == 0; });
    return finish();
  }

  /// On this thread operations begin; the group of one operation is on the heap, as a future's state would be.
  Recorder run_open() {
    ::prctl(PR_SET_TIMERSLACK, 1UL);
    for (std::uint64_t now = now_ns(); !pace_.over(now); now = now_ns()) {
      if (pace_.due() > now) {
        std::this_thread::sleep_for(
            std::chrono::nanoseconds(std::min<std::uint64_t>(pace_.due() - now, 1'000'000)));
        continue;
      }
      if (pace_.take(1) == 0) break;
      {
        const std::lock_guard lock(mutex_);
        ++flying_;
      }
      submit([this, due = pace_.due()](const Result<Value>& result) {
        if (!result) recorder_.fail(1, to_string(result.error()));
        recorder_.done(now_ns(), due, 1);
        land();
      });
      pace_.start_one();
    }
    std::unique_lock lock(mutex_);
    landed_.wait(lock, [this] { return flying_ == 0; });
    return finish();
  }

  Recorder finish() {
    recorder_.end();
    return std::move(recorder_);
  }

  void submit(Client::Done done) {
    const auto [operation, key] = workload_.next();
    const Form& form = forms_[static_cast<std::size_t>(operation)];
    std::vector<Bytes> arguments = form.arguments;
    write_digits(arguments[form.which].data() + form.offset, key);
    client_.submit(std::move(arguments), {}, std::move(done));
  }

  void start(Group& group) {
    const std::uint64_t now = now_ns();
    std::uint64_t size = 0;
    {
      const std::lock_guard lock(mutex_);  // the first groups are started by another thread
      size = pace_.over(now) ? 0 : pace_.take(options_.batch);
    }
    if (size == 0) return land();
    group = {now, size, size};
    const std::lock_guard lock(submitting_);
    for (std::uint64_t i = 0; i < size; ++i) {
      submit([this, &group](const Result<Value>& result) {
        if (!result) recorder_.fail(1, to_string(result.error()));
        if (--group.left > 0) return;
        recorder_.done(now_ns(), group.due, group.size);
        start(group);
      });
    }
  }

  void land() {
    const std::lock_guard lock(mutex_);
    if (--flying_ == 0) landed_.notify_one();
  }

  LoadOptions options_;
  std::mutex mutex_;
  std::mutex submitting_;
  std::condition_variable landed_;
  std::uint64_t flying_ = 0;  ///< groups or operations, guarded by mutex_
  std::vector<Group> groups_;
  std::vector<Form> forms_;
  Recorder recorder_;
  Client client_;
  Workload workload_;
  Pace pace_;
};

}  // namespace

Result<Recorder> load_client(const LoadOptions& options) {
  ClientOptions client_options;
  client_options.endpoints = {options.host + ":" + std::to_string(options.port)};
  client_options.automatic_request_ids = options.request_ids;
  client_options.read_level = options.level;
  client_options.write_level = options.level;
  // A server that stalls is to be measured, not given up.
  client_options.timeout = std::chrono::seconds(60);
  client_options.try_timeout = std::chrono::seconds(30);
  client_options.outstanding_max = std::size_t{1} << 20U;
  CW_TRY(Client client, Client::connect(std::move(client_options)));
  return ClientLoad(options, std::move(client)).run();
}

}  // namespace causeway::bench
