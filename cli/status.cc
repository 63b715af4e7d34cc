// How the nodes are, how far they are behind each other, and what they hold.
#include <ostream>

#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/json_text.h"
#include "cli/status.h"
#include "cli/table.h"

namespace causeway::cli {
namespace {

constexpr std::chrono::milliseconds status_within{2000};

struct NodeAnswer {
  std::string node;
  std::string datacenter;
  Result<NodeStatus> status;
};

/// Asks all at once.
std::vector<NodeAnswer> ask_all(const Client& client) {
  const Configuration configuration = client.topology();
  std::vector<std::pair<NodeAnswer, std::future<Result<NodeStatus>>>> asked;
  for (const Datacenter& datacenter : configuration.topology().datacenters) {
    for (const NodeId id : configuration.nodes_of(datacenter.id)) {
      const std::string& name = configuration.node(id)->name;
      asked.emplace_back(NodeAnswer{name, datacenter.name, NodeStatus{}},
                         client.async_status(name, status_within));
    }
  }
  std::vector<NodeAnswer> answers;
  for (auto& [answer, future] : asked) {
    answer.status = future.get();
    answers.push_back(std::move(answer));
  }
  return answers;
}

/// Unavailable, if no node at all answered.
int status_of(const std::vector<NodeAnswer>& answers) {
  for (const NodeAnswer& answer : answers) {
    if (answer.status) return ExitStatus::done;
  }
  return ExitStatus::unavailable;
}

std::string state_of(const NodeStatus& status) {
  if (!status.serving) return status.reason.empty() ? "not serving" : "not serving: " + status.reason;
  return status.ready ? "ready" : "serving, without a local quorum";
}

Json to_json(const NodeAnswer& answer) {
  Json json = {
      {"node", answer.node}, {"datacenter", answer.datacenter}, {"answers", answer.status.has_value()}};
  if (!answer.status) {
    json["error"] = answer.status.error().sentence;
    return json;
  }
  const NodeStatus& status = *answer.status;
  json.update({{"cluster_id", status.cluster_id},
               {"serving", status.serving},
               {"ready", status.ready},
               {"reason", status.reason},
               {"epoch", status.epoch.value},
               {"incarnation", status.incarnation.value},
               {"partitions", status.partitions},
               {"entries", status.entries},
               {"log_bytes", status.log_bytes},
               {"state_bytes", status.state_bytes},
               {"operations", status.operations},
               {"divergences", status.divergences},
               {"dropped", status.dropped},
               {"peers", Json::array()},
               {"lags", Json::array()}});
  for (const PeerStatus& peer : status.peers) {
    json["peers"].push_back({{"node", peer.node}, {"alive", peer.alive}, {"serving", peer.serving}});
  }
  for (const Lag& lag : status.lags) {
    json["lags"].push_back({{"from", lag.from}, {"events", lag.events}, {"micros", lag.micros}});
  }
  return json;
}

}  // namespace

int print_status(const Client& client, Output& output) {
  const std::vector<NodeAnswer> answers = ask_all(client);
  if (output.json) {
    Json json = Json::array();
    for (const NodeAnswer& answer : answers) json.push_back(to_json(answer));
    output.out << json_text(json) << '\n';
    return status_of(answers);
  }
  Table table({"node", "dc", "epoch", "incarnation", "partitions", "entries", "log", "state", "ops",
               "divergences", "is"});
  for (const auto& [node, datacenter, status] : answers) {
    if (!status) {
      table.add({node, datacenter, "-", "-", "-", "-", "-", "-", "-", "-", "no answer"});
      continue;
    }
    table.add({node, datacenter, std::to_string(status->epoch.value),
               std::to_string(status->incarnation.value), std::to_string(status->partitions),
               std::to_string(status->entries), bytes_text(status->log_bytes),
               bytes_text(status->state_bytes), std::to_string(status->operations),
               std::to_string(status->divergences), state_of(*status)});
  }
  table.print(output.out);
  return status_of(answers);
}

int print_lag(const Client& client, Output& output) {
  const std::vector<NodeAnswer> answers = ask_all(client);
  Json json = Json::array();
  Table table({"node", "dc", "from", "events", "time"});
  for (const auto& [node, datacenter, status] : answers) {
    if (!status) {
      json.push_back({{"node", node}, {"datacenter", datacenter}, {"answers", false}});
      table.add({node, datacenter, "no answer", "-", "-"});
      continue;
    }
    for (const Lag& lag : status->lags) {
      json.push_back({{"node", node},
                      {"datacenter", datacenter},
                      {"answers", true},
                      {"from", lag.from},
                      {"events", lag.events},
                      {"micros", lag.micros}});
      table.add({node, datacenter, lag.from, std::to_string(lag.events), micros_text(lag.micros)});
    }
  }
  if (output.json) {
    output.out << json_text(json) << '\n';
  } else {
    table.print(output.out);
  }
  return status_of(answers);
}

int run_status(const Globals& globals, Output& output) {
  const auto client = connect(globals);
  return client ? print_status(*client, output) : report_call(client.error(), output);
}

int run_lag(const Globals& globals, Output& output) {
  const auto client = connect(globals);
  return client ? print_lag(*client, output) : report_call(client.error(), output);
}

}  // namespace causeway::cli
