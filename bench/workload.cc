#include "bench/workload.h"

namespace causeway::bench {
namespace {

/// Bytes that do not compress and are the same in every run.
Bytes value_of(std::size_t size) {
  Bytes value(size, 'x');
  std::uint64_t state = 88172645463325252U;
  for (char& byte : value) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    byte = static_cast<char>('!' + state % 90);
  }
  return value;
}

}  // namespace

Form form_of(Operation operation, const WorkloadOptions& options) {
  const Bytes number(digits, '0');
  switch (operation) {
    case Operation::get: return {{"GET", "key:" + number}, 1, 4};
    case Operation::set: return {{"SET", "key:" + number, value_of(options.value_bytes)}, 1, 4};
    case Operation::incr: return {{"INCR", "counter:" + number}, 1, 8};
    case Operation::sadd: return {{"SADD", options.set_name, "element:" + number}, 2, 8};
    case Operation::ping: break;
  }
  return {{"PING", number}, 1, 0};
}

std::optional<Operation> operation_of(BytesView name) {
  if (name == "get") return Operation::get;
  if (name == "set") return Operation::set;
  if (name == "incr") return Operation::incr;
  if (name == "sadd") return Operation::sadd;
  if (name == "ping") return Operation::ping;
  return std::nullopt;
}

std::optional<Order> order_of(BytesView name) {
  if (name == "uniform") return Order::uniform;
  if (name == "sequential") return Order::sequential;
  if (name == "shuffled") return Order::shuffled;
  return std::nullopt;
}

}  // namespace causeway::bench
