// causeway-micro: single steps of an operation, by Google Benchmark, to find where time goes; not a promise of any of them.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <map>

#include "base/check.h"
#include "bench/command_store.h"
#include "bench/nodes.h"
#include "crdt/codec.h"
#include "crdt/entry.h"
#include "server/thread_worker.h"
#include "storage/file_log.h"
#include "storage/lmdb_state.h"
#include "wire/codec.h"

namespace {

using namespace causeway;
using namespace causeway::bench;

/// An event of one SET over another, which the writer holds.
void write_event(EventWriter& writer, Event& event) {
  writer.begin(ActorId{77});
  writer.insert("key:000000000001", BytesView("\x11v"), {Dot{ActorId{77}, 99}}, Bytes(108, 'v'));
  writer.finish({{ActorId{77}, 100}, {}, {std::uint64_t{1'700'000'000'000} << 16U}}, event);
}
Bytes event_bytes() {
  EventWriter writer;
  Event event;
  write_event(writer, event);
  return Bytes(event.bytes);
}

void digest(benchmark::State& state) {
  const Bytes value(108, 'v');
  for (auto _ : state) {
    benchmark::DoNotOptimize(digest_of("key:000000000001", BytesView("\x01", 1), {ActorId{77}, 100}, value));
  }
}
BENCHMARK(digest);

void event_encode(benchmark::State& state) {
  EventWriter writer;
  Event event;
  for (auto _ : state) {
    write_event(writer, event);
    benchmark::DoNotOptimize(event.bytes);
  }
}
BENCHMARK(event_encode);

void event_decode(benchmark::State& state) {
  const Bytes bytes = event_bytes();
  Event event;
  for (auto _ : state) benchmark::DoNotOptimize(decode_event(bytes, event));
}
BENCHMARK(event_decode);

/// A message of 64 SETs; the time is of all.
Bytes message_of_64() {
  Requests requests;
  for (std::uint64_t i = 0; i < 64; ++i) {
    requests.requests.push_back(Request{i, {"set", "key:000000000001", Bytes(100, 'v')}, {}, {}, 0, {}});
  }
  return encode(ClientMessage(std::move(requests)));
}
void request_decode_64(benchmark::State& state) {
  const Bytes bytes = message_of_64();
  for (auto _ : state) benchmark::DoNotOptimize(decode_client_message(bytes));
}
BENCHMARK(request_decode_64);

void response_encode_64(benchmark::State& state) {
  Responses responses;
  for (std::uint64_t i = 0; i < 64; ++i) responses.responses.push_back({i, Value(Status{"OK"}), {}});
  const ClientMessage message(std::move(responses));
  for (auto _ : state) benchmark::DoNotOptimize(encode(message));
}
BENCHMARK(response_encode_64);

/// So many events, and their one write.
void log_turn(benchmark::State& state) {
  const ScratchFolder folder;
  ThreadWorker syncing;
  ThreadWorker preparing;
  FileEventLog log(folder.path(), {}, syncing, preparing);
  CW_CHECK(log.recover(Sequence{0}).has_value(), "the log opens");
  const Bytes bytes = event_bytes();
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      CW_CHECK(log.append(PartitionId{0}, bytes, false).has_value(), "there is room");
    }
    CW_CHECK(log.write().has_value(), "it is written");
    if (log.bytes_used() > (std::uint64_t{512} << 20U))
      CW_CHECK(log.trim(log.last()).has_value(), "it is trimmed");
  }
}
BENCHMARK(log_turn)->Arg(1)->Arg(16)->Arg(64);

/// A transaction of so many puts of 10^5 keys, synced.
void lmdb_commit(benchmark::State& state) {
  const ScratchFolder folder;
  auto opened = LmdbStateStore::open(folder.path(), {});
  CW_CHECK(opened.has_value(), "the state opens");
  WorkloadOptions options;
  Form form = form_of(Operation::set, options);
  Workload workload(options);
  for (auto _ : state) {
    std::vector<StateWrite> writes;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      write_digits(form.arguments[1].data() + form.offset, workload.next_key());
      writes.push_back({form.arguments[1], form.arguments[2]});
    }
    CW_CHECK((*opened)->commit(writes).has_value(), "it is committed");
  }
}
BENCHMARK(lmdb_commit)->Arg(1'000);

// ---- Commands on large objects ---------------------------------------------------------------------------------

/// Objects of so many elements each, a million in all, in a store that has come to rest; and the time of a set's add at each size,
/// what the others are compared with.
class LargeObjects {
 public:
  /// Google Benchmark asks several times for the same.
  static LargeObjects& of(const Bytes& command, std::int64_t size) {
    static std::unique_ptr<LargeObjects> last;
    if (last && last->command_ == command && last->size_ == size) return *last;
    last.reset();
    last = std::make_unique<LargeObjects>(command, size);
    return *last;
  }

  LargeObjects(Bytes command, std::int64_t size)
      : command_(std::move(command)), size_(size), store_(folder_.path(), Limits()) {
    for (std::int64_t i = 0; i < elements / size; ++i) keys_.push_back("large:" + std::to_string(i));
    for (const Bytes& key : keys_) fill(key);
    while (store_.store().checkpointing()) store_.turn();
    store_.checkpoint();
    for (std::size_t before = 0; before != store_.store().tier_bytes(); store_.turn()) {
      before = store_.store().tier_bytes();
    }
  }

  /// Executes commands of this form, the last argument of which is another each time: a new one, or one that is there.
  void run(benchmark::State& state, std::vector<Bytes> arguments, bool is_new = true) {
    arguments.insert(arguments.begin() + 1, Bytes());
    arguments.emplace_back();
    const auto begun = std::chrono::steady_clock::now();
    for (auto _ : state) {
      const std::uint64_t at = is_new ? next_ : next_ * prime % static_cast<std::uint64_t>(size_);
      arguments.back() = (is_new ? "new:" : "member:") + std::to_string(at);
      arguments[1] = keys_[next_++ / in_a_row % keys_.size()];
      benchmark::DoNotOptimize(store_.execute(span_of(views_of(arguments))));
      if (next_ % 64 == 0) store_.turn();
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    const double each = took.count() / static_cast<double>(state.iterations());
    double& add = add_s_[size_];
    if (command_ == "sadd") add = each;
    if (add > 0) state.counters["of_a_set_add"] = each / add;
  }

  /// Deletes one, up to what is left to checkpoints.
  void remove(benchmark::State& state) {
    for (auto _ : state) {
      store_.execute(std::array<BytesView, 2>{"del", keys_.back()});
      store_.turn();
    }
  }

 private:
  void fill(const Bytes& key) {
    for (std::int64_t at = 0; at < size_;) {
      std::vector<Bytes> arguments{command_, key};
      for (int i = 0; i < 1'000 && at < size_; ++i, ++at) {
        if (command_ == "zadd") arguments.push_back(std::to_string(at % 1'000));
        arguments.push_back("member:" + std::to_string(at));
      }
      store_.execute(span_of(views_of(arguments)));
      store_.turn();
    }
    // Their orders are kept from here on.
    if (command_ == "rpush") store_.execute(std::array<BytesView, 3>{"lindex", key, "0"});
    if (command_ == "zadd") store_.execute(std::array<BytesView, 3>{"zrank", key, "member:0"});
  }

  static constexpr std::int64_t elements = 1'000'000;
  static constexpr std::uint64_t in_a_row = 256;  // with one object
  static constexpr std::uint64_t prime = 7919;    // to come by all members, in no order
  static std::map<std::int64_t, double> add_s_;

  Bytes command_;
  std::int64_t size_;
  std::vector<Bytes> keys_;
  ScratchFolder folder_;
  CommandStore store_;
  std::uint64_t next_ = 0;
};

std::map<std::int64_t, double> LargeObjects::add_s_;

void set_add(benchmark::State& state) { LargeObjects::of("sadd", state.range(0)).run(state, {"sadd"}); }
BENCHMARK(set_add)->Arg(1'000)->Arg(1'000'000)->MinTime(1);

void list_push(benchmark::State& state) { LargeObjects::of("rpush", state.range(0)).run(state, {"rpush"}); }
BENCHMARK(list_push)->Arg(1'000)->Arg(1'000'000)->MinTime(1);

void list_insert_in_the_middle(benchmark::State& state) {
  LargeObjects::of("rpush", state.range(0)).run(state, {"list.insert", std::to_string(state.range(0) / 2)});
}
BENCHMARK(list_insert_in_the_middle)->Arg(1'000)->Arg(1'000'000)->MinTime(1);

void sorted_set_add(benchmark::State& state) {
  LargeObjects::of("zadd", state.range(0)).run(state, {"zadd", "500"});
}
BENCHMARK(sorted_set_add)->Arg(1'000)->Arg(1'000'000)->MinTime(1);

void sorted_set_rank(benchmark::State& state) {
  LargeObjects::of("zadd", state.range(0)).run(state, {"zrank"}, false);
}
BENCHMARK(sorted_set_rank)->Arg(1'000)->Arg(1'000'000)->MinTime(1);

void set_delete(benchmark::State& state) { LargeObjects("sadd", state.range(0)).remove(state); }
BENCHMARK(set_delete)->Arg(1'000)->Arg(1'000'000)->Iterations(1);

}  // namespace

BENCHMARK_MAIN();
