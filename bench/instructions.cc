// causeway-instructions KIND [OPERATIONS]: executes so many operations of one kind on a node in this process, in turns of
// 16, after a warm-up. Under callgrind only NodeCore::run_turn of the measured part is counted, so the instructions that it
// reports, divided by the operations, are those of one operation. check_instructions.py compares them with the budget.
//
//   get set incr sadd   a native client's requests, 10,000 keys that exist (sadd: members, half of them new)
//   apply               the SETs of another replica arrive as its messages
#include <valgrind/callgrind.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/check.h"
#include "bench/nodes.h"
#include "bench/workload.h"

namespace {

using namespace causeway;
using namespace causeway::bench;

constexpr std::uint64_t key_count = 10'000;
constexpr std::uint64_t turn_requests = 16;

/// Nothing of the turns' input and output is counted: neither making the requests nor looking at the answers.
class Measurement {
 public:
  Measurement(BenchCluster& cluster, std::size_t measured) : cluster_(cluster), measured_(measured) {}

  /// Requests go to the first node; one node's turn is counted.
  void run(Operation operation, const WorkloadOptions& options, std::uint64_t operations, bool count) {
    Workload workload(options);
    for (std::uint64_t done = 0; done < operations; done += turn_requests) {
      cluster_.node(0).inbox.clients.emplace_back(ClientId{1},
                                                  requests_of(operation, options, workload, turn_requests));
      turn(0, count);
      for (std::size_t i = 1; i < nodes(); ++i) turn(i, count);
      cluster_.pass(100us);
    }
  }

 private:
  [[nodiscard]] std::size_t nodes() const { return measured_ + 1; }  // the last one is measured

  void turn(std::size_t index, bool count) {
    BenchNode& node = cluster_.node(index);
    const Now now = cluster_.now();
    const bool counted = count && index == measured_;
    if (counted) CALLGRIND_TOGGLE_COLLECT;
    Outbox out = node.turn(now);
    if (counted) CALLGRIND_TOGGLE_COLLECT;
    cluster_.deliver(std::move(out));
  }

  BenchCluster& cluster_;
  std::size_t measured_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string kind = argc > 1 ? argv[1] : "";
  const std::uint64_t operations = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 3'200;
  const bool apply = kind == "apply";
  const auto operation = apply ? Operation::set : operation_of(kind);
  if (!operation || *operation == Operation::ping || operations == 0) {
    std::fprintf(stderr, "causeway-instructions get|set|incr|sadd|apply [OPERATIONS]\n");
    return 2;
  }
  const ScratchFolder scratch;
  BenchCluster cluster(apply ? 2 : 1, scratch.path());
  cluster.start();

  Measurement measurement(cluster, apply ? 1 : 0);
  WorkloadOptions options;
  options.keys = key_count;
  options.order = Order::sequential;
  // Reads find what was written; the members of a set are new in one half of all cases.
  if (*operation == Operation::sadd) options.keys = key_count / 2;
  measurement.run(*operation == Operation::get ? Operation::set : *operation, options, options.keys, false);
  options.keys = key_count;
  options.order = Order::uniform;
  measurement.run(*operation, options, 1'600, false);
  options.seed = 2;
  const std::uint64_t answered = cluster.answers();
  CALLGRIND_START_INSTRUMENTATION;
  measurement.run(*operation, options, operations, true);
  CW_CHECK(cluster.answers() - answered >= operations, "each request was answered");
  std::printf("%s %llu\n", kind.c_str(), static_cast<unsigned long long>(operations));
  return 0;
}
