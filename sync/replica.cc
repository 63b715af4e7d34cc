#include "sync/replica.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/plant.h"

namespace causeway {

bool Replica::apply(Bytes encoded, NodeId from, bool hand_over, Delivery& delivery) {
  if (!acceptable_(event_)) {
    ++delivery.malformed;
    return true;
  }
  if (!partition_.apply(event_, false)) {
    delivery.refused = true;
    return false;
  }
  delivery.applied.push_back({std::move(encoded), event_.dot, event_.hlc, from, hand_over});
  return true;
}

bool Replica::apply_ready(Delivery& delivery) {
  if (buffer_.bytes() == 0) return true;
  while (auto next = buffer_.take_ready(partition_.clock())) {
    const bool decoded = decode_event(next->encoded, event_).has_value();
    CW_CHECK(decoded, "it could be decoded when it came");
    if (!apply(std::move(next->encoded), next->from, next->hand_over, delivery)) return false;
  }
  return true;
}

Delivery Replica::deliver(std::vector<Bytes> events, NodeId from, ActorId own, bool hand_over, MonoTime now) {
  Delivery delivery;
  delivery.applied.reserve(events.size());
  for (Bytes& encoded : events) {
    if (!decode_event(encoded, event_)) {
      ++delivery.malformed;
      continue;
    }
    const bool again = planted(Plant::applied_twice) && partition_.clock().covers(event_.dot);
    if (partition_.clock().covers(event_.dot) && !again) continue;
    if (event_.dot.actor == own) {
      delivery.own_counter = std::max(delivery.own_counter, event_.dot.counter);
      continue;
    }
    if (!again && !is_ready(event_.dot, event_.deps, partition_.clock())) {
      buffer_.add({std::move(encoded), event_, from, hand_over, now});
      continue;
    }
    if (!apply(std::move(encoded), from, hand_over, delivery) || !apply_ready(delivery)) return delivery;
  }
  if (delivery.applied.empty()) apply_ready(delivery);  // the clock may have moved by other means
  return delivery;
}

}  // namespace causeway
