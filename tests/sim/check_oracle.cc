// In the end: readers in each datacenter see what the rules of the types declare.
#include <memory>

#include "tests/sim/checks.h"

namespace causeway::testing {
namespace {

struct Asked {
  Bytes command;
  Bytes key;
  Value expected;
};

/// False if some question found too few replicas up: it is to be asked again.
bool ask(Cluster& cluster, const std::string& node, const std::vector<Asked>& asked, Verdict& verdict) {
  std::vector<Request> requests;
  for (const Asked& question : asked) {
    Request request;
    request.arguments = {question.command, question.key};
    request.read_level = request.write_level = Level{Level::Kind::local_one, 0};
    requests.push_back(std::move(request));
  }
  struct Answers {
    std::size_t count = 0;
    bool unavailable = false;
  };
  const auto answers = std::make_shared<Answers>();
  cluster.send(node, std::move(requests), [answers, asked, node, &verdict](std::size_t index, const Response& response) {
    ++answers->count;
    const Asked& question = asked[index];
    if (const auto* error = std::get_if<Error>(&response.result)) {
      answers->unavailable = answers->unavailable || error->code == ErrorCode::unavailable;
      if (error->code == ErrorCode::unavailable) return;
      verdict.blame("oracle", node + ": " + question.command + " " + question.key + ": " + to_string(*error));
    } else if (std::get<Value>(response.result) != question.expected) {
      verdict.blame("oracle", node + ": " + question.command + " " + question.key + " is not what its events declare");
    }
  });
  return cluster.run_until([&] { return answers->count == asked.size(); }, 5s) && !answers->unavailable;
}

/// A node that holds nothing itself learns by heartbeats who does.
void check_node(Cluster& cluster, const std::string& node, const std::vector<Asked>& asked, Verdict& verdict) {
  for (int tries = 0; tries < 5; ++tries) {
    if (ask(cluster, node, asked, verdict)) return;
    cluster.run_for(1s);
  }
  verdict.blame("oracle", node + " does not answer");
}

}  // namespace

void check_oracle(Cluster& cluster, Witness& witness, Verdict& verdict) {
  std::vector<Asked> asked;
  for (std::uint32_t number = 0; number < cluster.placement().partitions(); ++number) {
    const PartitionId id{number};
    const NodeId replica = cluster.placement().all_replicas(id).front();
    const VersionVector clock = cluster.store(cluster.configuration().node(replica)->name).partition(id).clock();
    for (const auto& [key, expected] : expected_of(witness.book(id), clock)) {
      for (const Bytes& command : reads_of(expected.type)) {
        if (auto reply = expected_reply(command, expected)) asked.push_back({command, key, std::move(*reply)});
      }
    }
  }
  for (const DcId id : cluster.configuration().datacenters()) {
    const auto nodes = cluster.configuration().nodes_of(id);
    check_node(cluster, cluster.configuration().node(nodes[cluster.random().below(nodes.size())])->name, asked, verdict);
  }
}

}  // namespace causeway::testing
