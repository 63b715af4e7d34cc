// Where keys are.
#include <cstdio>
#include <ostream>

#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/json_text.h"
#include "cli/status.h"
#include "cli/table.h"
#include "ring/placement.h"

namespace causeway::cli {
namespace {

std::string one_decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

}  // namespace

int print_ring(const Configuration& configuration, Output& output) {
  const Placement placement = Placement::compute(configuration);
  Json json = {{"cluster", configuration.topology().cluster},
               {"epoch", configuration.epoch().value},
               {"partitions", configuration.partitions()},
               {"datacenters", Json::array()}};
  Table table({"dc", "replicas", "node", "rack", "weight", "holds", "fair share", "leads"});
  for (const Datacenter& datacenter : configuration.topology().datacenters) {
    Json nodes = Json::array();
    for (const NodeId id : configuration.nodes_of(datacenter.id)) {
      const Node& node = *configuration.node(id);
      const std::size_t holds = placement.partitions_of(node.id).size();
      const double fair = placement.fair_share(node.id);
      const std::uint32_t leads = placement.led_by(node.id);
      nodes.push_back({{"node", node.name},
                       {"rack", node.rack},
                       {"weight", node.weight},
                       {"holds", holds},
                       {"fair_share", fair},
                       {"leads", leads}});
      table.add({datacenter.name, std::to_string(datacenter.replicas), node.name, node.rack,
                 std::to_string(node.weight), std::to_string(holds), one_decimal(fair),
                 std::to_string(leads)});
    }
    json["datacenters"].push_back(
        {{"name", datacenter.name}, {"replicas", datacenter.replicas}, {"nodes", nodes}});
  }
  if (output.json) {
    output.out << json_text(json) << '\n';
  } else {
    output.out << configuration.partitions() << " partitions\n";
    table.print(output.out);
  }
  return ExitStatus::done;
}

int print_ring_of(const Bytes& key, const Configuration& configuration, Output& output) {
  const Placement placement = Placement::compute(configuration);
  const PartitionId partition = partition_of(key, configuration.partitions());
  Json json = {{"key", json_of_bytes(key)}, {"partition", partition.value}, {"replicas", Json::object()}};
  Table table({"dc", "replicas, the preferred first"});
  for (const Datacenter& datacenter : configuration.topology().datacenters) {
    std::string names;
    for (const NodeId id : placement.replicas(partition, datacenter.id)) {
      const std::string& name = configuration.node(id)->name;
      names += (names.empty() ? "" : " ") + name;
      json["replicas"][datacenter.name].push_back(name);
    }
    table.add({datacenter.name, names});
  }
  if (output.json) {
    output.out << json_text(json) << '\n';
  } else {
    output.out << "partition " << partition.value << " of " << configuration.partitions() << '\n';
    table.print(output.out);
  }
  return ExitStatus::done;
}

int run_ring(const std::string& key, bool has_key, const Globals& globals, Output& output) {
  const auto client = connect(globals);
  if (!client) return report_call(client.error(), output);
  const Configuration configuration = client->topology();
  return has_key ? print_ring_of(key, configuration, output) : print_ring(configuration, output);
}

}  // namespace causeway::cli
