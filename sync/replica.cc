#include "sync/replica.h"

#include <algorithm>
#include <utility>

#include "base/plant.h"

namespace causeway {

bool Replica::apply(Waiting waiting, Delivery& delivery) {
  Event event;
  if (!decode_event(waiting.encoded, event) || !acceptable_(event)) {
    ++delivery.malformed;
    return true;
  }
  if (!partition_.apply(event, false)) {
    delivery.refused = true;
    return false;
  }
  delivery.applied.push_back(
      {std::move(waiting.encoded), event.dot, event.hlc, waiting.from, waiting.hand_over});
  return true;
}

bool Replica::apply_ready(Delivery& delivery) {
  if (buffer_.bytes() == 0) return true;
  while (auto next = buffer_.take_ready(partition_.clock())) {
    if (!apply(std::move(*next), delivery)) return false;
  }
  return true;
}

Delivery Replica::deliver(std::vector<Bytes> events, NodeId from, ActorId own, bool hand_over, MonoTime now) {
  Delivery delivery;
  for (Bytes& encoded : events) {
    auto head = decode_event_head(encoded);
    if (!head) {
      ++delivery.malformed;
      continue;
    }
    const bool again = planted(Plant::applied_twice) && partition_.clock().covers(head->dot);
    if (partition_.clock().covers(head->dot) && !again) continue;
    if (head->dot.actor == own) {
      delivery.own_counter = std::max(delivery.own_counter, head->dot.counter);
      continue;
    }
    const bool ready = again || is_ready(head->dot, head->deps, partition_.clock());
    Waiting waiting{std::move(encoded), std::move(*head), from, hand_over, now};
    if (!ready) {
      buffer_.add(std::move(waiting));
      continue;
    }
    if (!apply(std::move(waiting), delivery) || !apply_ready(delivery)) return delivery;
  }
  if (delivery.applied.empty()) apply_ready(delivery);  // the clock may have moved by other means
  return delivery;
}

}  // namespace causeway
