// causeway-micro: single steps of an operation, by Google Benchmark, to find where time goes; not a promise of any of them.
#include <benchmark/benchmark.h>

#include "base/check.h"
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

}  // namespace

BENCHMARK_MAIN();
