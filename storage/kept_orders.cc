#include "storage/kept_orders.h"

#include "base/check.h"
#include "base/plant.h"

namespace causeway {

KeptOrders::~KeptOrders() {
  while (!orders_.empty()) drop(orders_.begin());
}

const ElementOrder* KeptOrders::find(const Of& of) {
  if (orders_.empty()) return nullptr;
  const auto at = orders_.find(of);
  if (at == orders_.end()) return nullptr;
  at->second.was_asked = true;
  return at->second.order.get();
}

const ElementOrder* KeptOrders::keep(const Of& of, ElementOrder& order) {
  if (tier_.order_bytes + order.bytes() > tier_.order_bytes_max()) {
    tier_.orders_are_crowded = true;
    return nullptr;
  }
  auto kept = std::make_unique<ElementOrder>();
  std::swap(*kept, order);
  tier_.order_bytes += kept->bytes();
  const auto [at, is_new] = orders_.emplace(of, Kept{std::move(kept)});
  CW_CHECK(is_new, "an order is built once");
  return at->second.order.get();
}

void KeptOrders::change(const Of& of, const std::optional<Bytes>& before, const std::optional<Bytes>& after) {
  if (before == after) return;
  ElementOrder& order = *orders_.at(of).order;
  tier_.order_bytes -= order.bytes();
  if (before) order.erase(*before);
  if (after && !planted(Plant::kept_order_lacks_what_comes)) order.insert(*after);
  tier_.order_bytes += order.bytes();
  if (tier_.order_bytes > tier_.order_bytes_max()) tier_.orders_are_crowded = true;
}

KeptOrders::Rows::iterator KeptOrders::drop(Rows::iterator at) {
  tier_.order_bytes -= at->second.order->bytes();
  tier_.dropped_orders.push_back(std::move(at->second.order));
  return orders_.erase(at);
}

void KeptOrders::drop(ObjectId object) {
  if (orders_.empty()) return;
  for (auto at = orders_.lower_bound({object, {}, {}}); at != orders_.end() && at->first.object == object;) {
    at = drop(at);
  }
}

void KeptOrders::sweep() {
  for (auto at = orders_.begin(); at != orders_.end();) {
    at = std::exchange(at->second.was_asked, false) ? std::next(at) : drop(at);
  }
}

std::size_t KeptOrders::bytes() const {
  std::size_t bytes = 0;
  for (const auto& [of, kept] : orders_) bytes += kept.order->bytes();
  return bytes;
}

}  // namespace causeway
