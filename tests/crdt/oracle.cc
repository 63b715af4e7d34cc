#include "tests/crdt/oracle.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace causeway::testing {
namespace {

EntryType type_of(Op op) {
  switch (op) {
    case Op::set:
    case Op::incr: return EntryType::string;
    case Op::reg_set: return EntryType::reg;
    case Op::counter_add:
    case Op::counter_reset: return EntryType::counter;
    case Op::sadd:
    case Op::srem: return EntryType::set;
    case Op::del: break;
  }
  return EntryType::marker;
}

bool names(const Operation& operation, const Bytes& member) {
  const auto& members = operation.members;
  return std::find(members.begin(), members.end(), member) != members.end();
}

/// Whether seeing `earlier` makes `later` take it back (for adds: of this member).
bool takes_back(const Operation& later, const Operation& earlier, const Bytes& member) {
  if (later.clears) return true;
  switch (earlier.op) {
    case Op::set:
    case Op::incr: return later.op == Op::set;
    case Op::reg_set: return later.op == Op::reg_set;
    case Op::counter_add: return later.op == Op::counter_reset;
    case Op::sadd: return later.op == Op::srem && names(later, member);
    default: return true;  // the others claim nothing
  }
}

Expected answer(Value value, bool issues = false) { return {std::move(value), issues}; }
Expected refuse(ErrorCode code) { return {code, false}; }

Value array(const std::vector<Bytes>& items) {
  Value::Array values;
  for (const Bytes& item : items) values.emplace_back(item);
  return values;
}

std::int64_t nearest(Number number) {
  if (number > INT64_MAX) return INT64_MAX;
  return number < INT64_MIN ? INT64_MIN : static_cast<std::int64_t>(number);
}

/// What is set here is a small number or begins with a letter.
std::optional<std::int64_t> integer_in(const Bytes& value) {
  if (value.front() < '0' || value.front() > '9') return std::nullopt;
  return std::stoll(value);
}

Bytes text(Number number) { return std::to_string(nearest(number)); }

}  // namespace

std::vector<Bytes> arguments_of(const Operation& operation) {
  static const std::map<Op, Bytes> names_of_ops{{Op::set, "set"},
                                                {Op::incr, "incrby"},
                                                {Op::reg_set, "reg.set"},
                                                {Op::counter_add, "counter.add"},
                                                {Op::counter_reset, "counter.reset"},
                                                {Op::sadd, "sadd"},
                                                {Op::srem, "srem"},
                                                {Op::del, "del"}};
  std::vector<Bytes> arguments{names_of_ops.at(operation.op), operation.key};
  arguments.insert(arguments.end(), operation.members.begin(), operation.members.end());
  if (operation.op == Op::set || operation.op == Op::reg_set) arguments.push_back(operation.value);
  if (operation.op == Op::incr || operation.op == Op::counter_add) {
    arguments.push_back(std::to_string(operation.delta));
  }
  return arguments;
}

View::View(const std::vector<Operation>& history, Bytes key, const VersionVector& seen)
    : key_(std::move(key)) {
  for (const Operation& operation : history) {
    if (operation.key == key_ && seen.covers(operation.dot)) seen_.push_back(operation);
  }
}

template <class Takes>
bool View::is_taken_back(const Operation& operation, Takes takes) const {
  return std::any_of(seen_.begin(), seen_.end(), [&](const Operation& later) {
    return later.past.covers(operation.dot) && takes(later);
  });
}

bool View::is_alive(const Operation& operation) const {
  if (operation.op != Op::sadd) {
    const bool claims = operation.op == Op::set || operation.op == Op::incr || operation.op == Op::reg_set ||
                        operation.op == Op::counter_add;
    return claims && !is_taken_back(operation,
                                    [&](const Operation& later) { return takes_back(later, operation, {}); });
  }
  return std::any_of(operation.members.begin(), operation.members.end(), [&](const Bytes& member) {
    return !is_taken_back(operation,
                          [&](const Operation& later) { return takes_back(later, operation, member); });
  });
}

bool View::is_live(EntryType type) const {
  return std::any_of(seen_.begin(), seen_.end(), [&](const Operation& operation) {
    return type_of(operation.op) == type && is_alive(operation);
  });
}

std::optional<EntryType> View::type() const {
  std::vector<EntryType> live;
  for (const EntryType type : {EntryType::reg, EntryType::string, EntryType::counter, EntryType::set}) {
    if (is_live(type)) live.push_back(type);
  }
  if (live.empty()) return std::nullopt;
  const Operation* newest = nullptr;
  for (const Operation& operation : seen_) {
    const bool is_candidate = operation.marks && std::count(live.begin(), live.end(), *operation.marks) > 0;
    const auto unmarks = [](const Operation& later) { return later.marks || later.clears || later.empties; };
    if (!is_candidate || is_taken_back(operation, unmarks)) continue;
    if (newest == nullptr ||
        std::tie(newest->hlc, newest->dot.actor) < std::tie(operation.hlc, operation.dot.actor)) {
      newest = &operation;
    }
  }
  return newest != nullptr ? newest->marks : live.front();
}

std::vector<Bytes> View::members() const {
  std::set<Bytes> present;
  for (const Operation& add : seen_) {
    if (add.op != Op::sadd) continue;
    for (const Bytes& member : add.members) {
      const auto takes = [&](const Operation& later) { return takes_back(later, add, member); };
      if (!is_taken_back(add, takes)) present.insert(member);
    }
  }
  return {present.begin(), present.end()};
}

/// The writes that no later one has seen, the winner first.
View::Operations View::registers(Op op) const {
  Operations writes;
  for (const Operation& operation : seen_) {
    if (operation.op == op && is_alive(operation)) writes.push_back(&operation);
  }
  std::sort(writes.begin(), writes.end(), [](const Operation* a, const Operation* b) {
    return std::tie(a->hlc, a->dot.actor) > std::tie(b->hlc, b->dot.actor);
  });
  return writes;
}

/// The increments that no reset saw; each request once, and not at all if a reset saw one of its executions.
Number View::count(Op op) const {
  Number total = 0;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::pair<Number, bool>>
      requests;  // delta, whether it counts
  for (const Operation& operation : seen_) {
    if (operation.op != op) continue;
    const bool counts = is_alive(operation);
    if (operation.request) {
      const auto id = std::make_pair(operation.request->high, operation.request->low);
      const auto [at, is_first] = requests.emplace(id, std::make_pair(Number{operation.delta}, counts));
      if (!is_first) at->second.second = at->second.second && counts;
    } else if (counts) {
      total += operation.delta;
    }
  }
  for (const auto& [id, request] : requests) {
    if (request.second) total += request.first;
  }
  return total;
}

std::optional<Number> View::number(Op op) const {
  const Operations sets = op == Op::incr ? registers(Op::set) : Operations();
  if (sets.empty()) return count(op);
  const auto integer = integer_in(sets.front()->value);
  if (!integer) return std::nullopt;
  return *integer + count(op);
}

Bytes View::text_of(const Operation& set) const {
  const auto integer = integer_in(set.value);
  return integer ? testing::text(*integer + count(Op::incr)) : set.value;
}

std::optional<Bytes> View::text() const {
  const Operations sets = registers(Op::set);
  if (!sets.empty()) return text_of(*sets.front());
  if (!is_live(EntryType::string)) return std::nullopt;
  return testing::text(count(Op::incr));
}

bool View::has_executed(const Operation& increment) const {
  return increment.request && std::any_of(seen_.begin(), seen_.end(), [&](const Operation& operation) {
           return operation.op == increment.op && operation.request == increment.request;
         });
}

Expected View::predict_increment(const Operation& operation) const {
  const auto before = number(operation.op);
  if (has_executed(operation)) return answer(nearest(before.value_or(count(operation.op))));
  const auto holds = type();
  if (holds && *holds != type_of(operation.op)) return refuse(ErrorCode::wrong_type);
  if (!before) return refuse(ErrorCode::wrong_type);
  const Number after = *before + operation.delta;
  const bool leaves_range =
      (operation.delta > 0 && after > INT64_MAX) || (operation.delta < 0 && after < INT64_MIN);
  if (leaves_range) return refuse(ErrorCode::invalid);
  return answer(nearest(after), operation.delta != 0 || !holds);
}

Expected View::predict(const Operation& operation) const {
  if (operation.op == Op::incr || operation.op == Op::counter_add) return predict_increment(operation);
  const auto holds = type();
  const Value done = Status{"OK"};
  if (operation.op == Op::set) return answer(done, true);
  if (operation.op == Op::del) return answer(std::int64_t{holds.has_value()}, holds.has_value());
  if (holds && *holds != type_of(operation.op)) return refuse(ErrorCode::wrong_type);
  if (operation.op == Op::reg_set) return answer(done, true);
  if (operation.op == Op::counter_reset) return answer(done, is_live(EntryType::counter));
  const auto present = members();
  const std::set<Bytes> named(operation.members.begin(), operation.members.end());
  const auto known = std::count_if(named.begin(), named.end(), [&](const Bytes& member) {
    return std::binary_search(present.begin(), present.end(), member);
  });
  if (operation.op == Op::srem) return answer(std::int64_t{known}, known > 0);
  return answer(static_cast<std::int64_t>(named.size()) - known, true);
}

Expected View::predict_read(BytesView command, const Bytes& member) const {
  const auto holds = type();
  if (command == "type") return answer(Status{holds ? Bytes(name_of(*holds)) : "none"});
  if (command == "exists") return answer(std::int64_t{holds.has_value()});
  const auto is = [&](EntryType type) { return !holds || *holds == type; };
  if (command == "siblings") {
    if (!is(EntryType::string) && !is(EntryType::reg)) return refuse(ErrorCode::wrong_type);
    std::vector<Bytes> values;
    const bool is_string = holds == EntryType::string;
    for (const Operation* write : registers(is_string ? Op::set : Op::reg_set)) {
      if (holds) values.push_back(is_string ? text_of(*write) : write->value);
    }
    if (is_string && values.empty()) values.push_back(*text());
    return answer(array(values));
  }
  if (command == "get" || command == "strlen") {
    if (!is(EntryType::string)) return refuse(ErrorCode::wrong_type);
    const auto value = text();
    if (command == "strlen") return answer(static_cast<std::int64_t>(value.value_or(Bytes()).size()));
    return value ? answer(*value) : answer(Nil{});
  }
  if (command == "reg.get") {
    if (!is(EntryType::reg)) return refuse(ErrorCode::wrong_type);
    const auto writes = registers(Op::reg_set);
    return writes.empty() ? answer(Nil{}) : answer(writes.front()->value);
  }
  if (command == "counter.get") {
    return is(EntryType::counter) ? answer(nearest(count(Op::counter_add))) : refuse(ErrorCode::wrong_type);
  }
  if (!is(EntryType::set)) return refuse(ErrorCode::wrong_type);
  const auto present = members();
  if (command == "smembers") return answer(array(present));
  if (command == "scard") return answer(static_cast<std::int64_t>(present.size()));
  return answer(std::int64_t{std::binary_search(present.begin(), present.end(), member)});  // sismember
}

void View::complete(Operation& operation) const {
  const auto before = type();
  operation.clears =
      operation.op == Op::del || (operation.op == Op::set && before && *before != EntryType::string);
  if (operation.op != Op::del && (!before || operation.clears)) operation.marks = type_of(operation.op);
  View after = *this;
  after.seen_.push_back(operation);
  operation.empties = !after.type().has_value();
}

}  // namespace causeway::testing
