#include "dc/wishes.h"

namespace causeway {

Bytes Wishes::name_of(ActorId actor) const {
  const auto node = site_.clocks.owner(actor);
  const Node* const known = node ? site_.configuration.node(*node) : nullptr;
  return known != nullptr ? known->name : "a node that is not known";
}

void Wishes::ask(ActorId actor, const std::vector<Bytes>& arguments) {
  const auto node = site_.clocks.owner(actor);
  if (!node || *node == site_.self) return;
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

}  // namespace causeway
