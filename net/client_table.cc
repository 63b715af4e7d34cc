#include "net/client_table.h"

namespace causeway {

ClientTable::ClientTable(std::size_t clients_max, std::size_t send_bytes_max, std::size_t all_send_bytes_max)
    : clients_max_(clients_max),
      send_bytes_max_(send_bytes_max),
      whole_(std::make_shared<SendQueue>(all_send_bytes_max)) {}

const ClientConnection& ClientTable::heard(BytesView routing_id) {
  const auto known = by_routing_id_.find(routing_id);
  if (known != by_routing_id_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, known->second);
    return by_use_.front();
  }
  if (by_use_.size() >= clients_max_) forget(by_use_.back().id);
  by_use_.push_front(
      {ClientId(++last_id_), Bytes(routing_id), std::make_shared<SendQueue>(send_bytes_max_, whole_)});
  by_routing_id_.emplace(by_use_.front().routing_id, by_use_.begin());
  by_id_.emplace(by_use_.front().id, by_use_.begin());
  return by_use_.front();
}

const ClientConnection* ClientTable::find(ClientId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &*found->second;
}

void ClientTable::forget(ClientId id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  const auto connection = found->second;
  by_routing_id_.erase(connection->routing_id);
  by_id_.erase(found);
  by_use_.erase(connection);
}

}  // namespace causeway
