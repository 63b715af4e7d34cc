// The part of causeway-micro that has objects: what an operation costs as they grow, applying what another replica issued, and what
// elements take in the state.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <map>
#include <memory>

#include "base/check.h"
#include "bench/command_store.h"
#include "bench/nodes.h"
#include "crdt/codec.h"
#include "storage/keys.h"
#include "storage/lmdb_state.h"

namespace {

using namespace causeway;
using namespace causeway::bench;

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

// ---- Events of another replica --------------------------------------------------------------------------------

/// What one replica executes, another takes: from bytes, as they come, into its memory and its log.
class Replicas {
 public:
  Replicas()
      : there_(folder_.path() + "/there", Limits(), ActorId{1}), here_(folder_.path() + "/here", Limits()) {}

  /// One in each turn of 64, over so many objects. Only what `here` does is counted; gives seconds.
  double run(const Bytes& command, std::uint64_t members) {
    for (Bytes& event : events_) {
      std::vector<Bytes> arguments{command, command + std::to_string(next_ * prime % objects)};
      if (command == "set") arguments.emplace_back(100, 'v');
      if (command == "sadd") arguments.push_back("member:" + std::to_string(next_ % members));
      ++next_;
      there_.execute(span_of(views_of(arguments)));
      event = Bytes(there_.event());
    }
    there_.turn();
    const auto begun = std::chrono::steady_clock::now();
    for (const Bytes& event : events_) here_.take(event);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    here_.turn();
    return took.count() / static_cast<double>(events_.size());
  }

 private:
  static constexpr std::uint64_t objects = 1'000;
  static constexpr std::uint64_t prime = 7919;

  ScratchFolder folder_;
  CommandStore there_;
  CommandStore here_;
  std::array<Bytes, 64> events_;
  std::uint64_t next_ = 0;
};

/// The time is of one event.
void apply_remote(benchmark::State& state, const Bytes& command, std::uint64_t members) {
  Replicas replicas;
  for (int i = 0; i < 400; ++i)
    replicas.run(command, members);  // the objects are there, with some of the members
  for (auto _ : state) state.SetIterationTime(replicas.run(command, members));
}
constexpr std::uint64_t no_two_alike = std::uint64_t{1} << 60U;
BENCHMARK_CAPTURE(apply_remote, register, "set", no_two_alike)->UseManualTime()->Iterations(3'000);
BENCHMARK_CAPTURE(apply_remote, counter, "incr", no_two_alike)->UseManualTime()->Iterations(3'000);
BENCHMARK_CAPTURE(apply_remote, set, "sadd", 20'007)->UseManualTime()->Iterations(3'000);
BENCHMARK_CAPTURE(apply_remote, set_of_new_members, "sadd", no_two_alike)->UseManualTime()->Iterations(3'000);

// ---- Metadata --------------------------------------------------------------------------------------------------

/// Of all records of elements: their keys and values.
std::uint64_t element_bytes(const std::string& folder) {
  auto state = LmdbStateStore::open(ShardFolder{folder}.state(), {});
  CW_CHECK(state.has_value(), "the state opens");
  std::uint64_t bytes = 0;
  const auto done = (*state)->scan("E", [&](BytesView key, BytesView value) {
    if (!key.starts_with('E')) return false;
    bytes += key.size() + value.size();
    return true;
  });
  CW_CHECK(done.has_value(), "the state is read");
  return bytes;
}

/// What an element takes in the state besides its own bytes; no time.
void metadata(benchmark::State& state, const Bytes& command) {
  constexpr std::uint64_t elements = 100'000;
  const ScratchFolder folder;
  std::uint64_t own = 0;
  for (auto _ : state) {
    CommandStore store(folder.path(), Limits());
    for (std::uint64_t i = 0; i < elements; ++i) {
      std::vector<Bytes> arguments{command, "large"};
      if (command == "zadd") arguments.push_back(std::to_string(i % 1'000));
      arguments.push_back("member:" + std::to_string(i));
      if (command == "hset") arguments.push_back("value:" + std::to_string(i));
      own += arguments.back().size() + (command == "hset" ? arguments[2].size() : 0);
      store.execute(span_of(views_of(arguments)));
      if (i % 64 == 0) store.turn();
    }
    while (store.store().checkpointing()) store.turn();
    store.checkpoint();
  }
  state.counters["bytes_an_element"] =
      static_cast<double>(element_bytes(folder.path()) - own) / static_cast<double>(elements);
}
BENCHMARK_CAPTURE(metadata, set, "sadd")->Iterations(1);
BENCHMARK_CAPTURE(metadata, map, "hset")->Iterations(1);
BENCHMARK_CAPTURE(metadata, list, "rpush")->Iterations(1);
BENCHMARK_CAPTURE(metadata, sorted_set, "zadd")->Iterations(1);

}  // namespace
