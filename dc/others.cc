#include "dc/others.h"

#include <algorithm>

#include "base/plant.h"

namespace causeway {

bool OtherReplicas::is_said_to_have_ended(ActorId actor) const {
  const auto node = site_.clocks.owner(actor);
  const auto claim = node ? site_.clocks.claim_of(*node) : std::nullopt;
  return claim && *claim != actor;
}

PartitionId OtherReplicas::partition_of(BytesView key) const {
  return causeway::partition_of(key, site_.placement.partitions());
}

NodeId OtherReplicas::heir(PartitionId partition) const {
  const auto& members = site_.members(partition);
  const auto by_node = [](const Site::Member& a, const Site::Member& b) { return a.node < b.node; };
  return std::min_element(members.begin(), members.end(), by_node)->node;
}

Bytes OtherReplicas::name_of(ActorId actor) const {
  const auto node = site_.clocks.owner(actor);
  const Node* const known = node ? site_.configuration.node(*node) : nullptr;
  if (known == nullptr) return "a node that is not known";
  return known->name + (is_said_to_have_ended(actor) ? " before it lost its data" : "");
}

void OtherReplicas::ask(ActorId actor, const std::vector<Bytes>& arguments) {
  auto node = site_.clocks.owner(actor);
  if (!node || is_said_to_have_ended(actor)) node = heir(partition_of(arguments[1]));
  if (*node == site_.self) return;
  std::erase_if(asked_, [&](const auto& row) { return row.second + again_after <= now_; });
  if (asked_.size() >= asked_max || !asked_.try_emplace({actor, arguments[1]}, now_).second) return;
  // It is answered under a number that nobody waits for.
  Request request;
  request.arguments = arguments;
  request.read_level = request.write_level = {Level::Kind::local_one, 0};
  Forward forward;
  forward.requests.push_back(std::move(request));
  site_.post.send(*node, std::move(forward));
}

/// A heir that is lost itself has another actor, by which it inherits once all that the one before did is here.
bool OtherReplicas::inherits(BytesView key, ActorId actor) const {
  const PartitionId partition = partition_of(key);
  if (claimed_ == nullptr || heir(partition) != site_.self) return false;
  if (planted(Plant::inherited_too_early)) return is_said_to_have_ended(actor);
  Settled settled;
  site_.look_at_clocks(partition, *claimed_, settled);
  return settled.has_ended(actor);
}

}  // namespace causeway
