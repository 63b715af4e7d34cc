#include "client/cpp/peer_table.h"

#include "ring/topology.h"

namespace causeway {

PeerIndex PeerTable::at(const Endpoint& endpoint) {
  const auto [place, added] = by_endpoint_.try_emplace(endpoint, size());
  if (added) peers_.emplace_back().endpoint = endpoint;
  return place->second;
}

Result<Endpoint> client_endpoint(BytesView text) {
  const bool has_port = text.find(':') != BytesView::npos;
  return parse_endpoint(has_port ? Bytes(text) : Bytes(text) + ":" + std::to_string(Ports{}.client));
}

}  // namespace causeway
