#include "tests/crdt/cluster.h"
#include "tests/crdt/event_draft.h"

#include <rapidcheck.h>

#include <algorithm>
#include <ostream>
#include <tuple>

namespace causeway::testing {
namespace {

constexpr std::int64_t wall_start_ms = 1'000'000;
constexpr std::int64_t request_expires_ms = wall_start_ms + 60'000;
constexpr unsigned ops_all[] = {0, 0, 1, 1, 1, 2, 3, 3, 3, 4, 5, 5, 5, 6, 6, 7};
constexpr unsigned ops_counters[] = {3, 3, 3, 3, 3, 3, 4, 4, 7};
constexpr unsigned ops_strings[] = {0, 0, 1, 1, 1, 1, 1, 7};
constexpr unsigned ops_sets[] = {5, 5, 5, 6, 6, 7};
constexpr unsigned ops_registers[] = {2, 2, 2, 7};

std::span<const unsigned> ops_of(Workload workload) {
  switch (workload) {
    case Workload::all: return ops_all;
    case Workload::counters: return ops_counters;
    case Workload::strings: return ops_strings;
    case Workload::sets: return ops_sets;
    case Workload::registers: return ops_registers;
  }
  return ops_all;
}

std::int64_t delta_of(unsigned number) {
  constexpr std::int64_t deltas[] = {1, 2, 5, -1, -3, 10, 1, 0, 7, -2, INT64_MAX, INT64_MIN, INT64_MAX / 2};
  // The large ones are rare: they make most others overflow.
  return deltas[number % 40 < std::size(deltas) ? number % 40 : number % 10];
}

bool equal(const Expected& expected, const Result<Value>& actual) {
  if (const auto* code = std::get_if<ErrorCode>(&expected.reply)) {
    return !actual && actual.error().code == *code;
  }
  return actual && *actual == std::get<Value>(expected.reply);
}

Bytes text(const Value& value) {
  if (const auto* status = std::get_if<Status>(&value)) return status->text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* bytes = std::get_if<Bytes>(&value)) return '"' + *bytes + '"';
  if (value.is_nil()) return "(nil)";
  Bytes all = "[";
  for (const Value& item : std::get<Value::Array>(value)) all += text(item) + " ";
  return all + "]";
}

Bytes text(const Result<Value>& reply) { return reply ? text(*reply) : to_string(reply.error()); }
Bytes text(const Expected& expected) {
  const auto* code = std::get_if<ErrorCode>(&expected.reply);
  return code != nullptr ? Bytes(name_of(*code)) : text(std::get<Value>(expected.reply));
}
Bytes text(const std::vector<Bytes>& arguments) {
  Bytes all;
  for (const Bytes& argument : arguments) all += argument + " ";
  return all;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Step& step) {
  constexpr const char* kinds[] = {"write", "deliver", "catch_up", "merge", "cut"};
  return out << kinds[static_cast<int>(step.kind)] << '(' << step.replica << ", " << step.a << ", " << step.b
             << ", " << step.c << ')';
}

// Skewed clocks, so that who writes later may have the lower stamp; two without skew, so that stamps tie.
Cluster::Cluster(Workload workload)
    : workload_(workload), replicas_{Replica(1), Replica(2, -500), Replica(3, 500), Replica(4)} {}

bool Cluster::are_connected(const Replica& a, const Replica& b) const {
  const auto side = [&](const Replica& r) { return (cut_ >> (r.actor().value - 1)) & 1U; };
  return side(a) == side(b);
}

Operation Cluster::draw(const Step& step) const {
  Operation operation;
  const auto ops = ops_of(workload_);
  operation.op = static_cast<Op>(ops[step.a % ops.size()]);
  operation.key = step.b % 4 == 0 ? "k2" : "k1";
  if (operation.op == Op::sadd || operation.op == Op::srem) {
    operation.members.emplace_back(1, static_cast<char>('a' + step.c % 3));
    if (step.c % 5 == 0) operation.members.emplace_back(1, static_cast<char>('a' + step.c / 5 % 3));
  }
  // Texts are unique; numbers are far enough apart to tell whose they are.
  const std::string unique = std::to_string(1000 * (history_.size() + 1));
  if (operation.op == Op::set) operation.value = step.c % 4 == 0 ? "t" + unique : unique;
  if (operation.op == Op::reg_set) operation.value = unique;
  if (operation.op != Op::incr && operation.op != Op::counter_add) return operation;
  operation.delta = delta_of(step.c);
  if (step.b % 3 == 0) {  // few ids, each always with the same amount, so that most are retries
    const unsigned id = step.c % 3;
    operation.request = RequestId{7, id, request_expires_ms};
    operation.delta = id == 2 ? -7 : 100 * (id + 1);
  }
  return operation;
}

void Cluster::write(Replica& at, const Step& step) {
  Operation operation = draw(step);
  const View before(history_, operation.key, at.clock());
  const Expected expected = before.predict(operation);
  operation.past = at.clock();
  const auto arguments = arguments_of(operation);
  const Done done = at.issue(arguments, wall_start_ms + steps_ / 4, operation.request);
  if (!equal(expected, done.reply) || expected.issues != done.event.has_value()) {
    RC_FAIL(text(arguments) + "answers " + text(done.reply) + (done.event ? " (event)" : "") + ", expected " +
            text(expected) + (expected.issues ? " (event)" : ""));
  }
  if (!done.event) return;
  operation.dot = done.event->dot;
  operation.hlc = done.event->hlc;
  before.complete(operation);
  history_.push_back(std::move(operation));
  events_.push_back(*done.event);
}

void Cluster::deliver(Replica& to, unsigned which) {
  std::vector<const EventDraft*> ready;
  for (const EventDraft& event : events_) {
    if (to.clock().covers(event.dot) || !to.is_ready_for(event)) continue;
    for (const Replica& from : replicas_) {
      if (!from.clock().covers(event.dot) || !are_connected(from, to)) continue;
      ready.push_back(&event);
      break;
    }
  }
  if (!ready.empty()) to.apply(*ready[which % ready.size()]);
}

void Cluster::run(const Step& step) {
  ++steps_;
  Replica& at = replica(step.replica);
  const Replica& other = replica(step.a);
  switch (step.kind) {
    case Step::Kind::write: write(at, step); break;
    case Step::Kind::deliver: deliver(at, step.a); break;
    case Step::Kind::catch_up:
      if (!are_connected(at, other)) break;
      for (const EventDraft& event : events_) {
        if (other.clock().covers(event.dot) && !at.clock().covers(event.dot)) at.apply(event);
      }
      break;
    case Step::Kind::merge:
      if (are_connected(at, other)) at.merge_from(other);
      break;
    case Step::Kind::cut: cut_ = step.a % 2 == 0 ? 0 : step.b; break;
  }
  check(at);
}

void Cluster::run_all(const std::vector<Step>& steps) {
  for (const Step& step : steps) run(step);
}

Replica Cluster::replay(const VersionVector& clock, unsigned salt) const {
  Replica fresh(99);
  std::vector<const EventDraft*> left;
  for (const EventDraft& event : events_) {
    if (clock.covers(event.dot)) left.push_back(&event);
  }
  while (!left.empty()) {
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (fresh.is_ready_for(*left[i])) ready.push_back(i);
    }
    RC_ASSERT(!ready.empty());
    salt = salt * 1664525U + 1013904223U;
    const std::size_t chosen = ready[(salt >> 8U) % ready.size()];
    fresh.apply(*left[chosen]);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  return fresh;
}

void Cluster::check_reads(Replica& at, const Bytes& key) const {
  const View view(history_, key, at.clock());
  for (const char* command : {"type", "exists", "get", "strlen", "siblings", "reg.get", "counter.get",
                              "smembers", "scard", "sismember"}) {
    std::vector<Bytes> arguments{command, key};
    if (Bytes(command) == "sismember") arguments.emplace_back("a");
    const Expected expected = view.predict_read(command, "a");
    const Done done = at.issue(arguments);
    if (equal(expected, done.reply)) continue;
    RC_FAIL("replica " + std::to_string(at.actor().value) + ": " + text(arguments) + "answers " +
            text(done.reply) + ", expected " + text(expected));
  }
}

/// Entries at one place are of events that did not see each other: nothing is stored that was superseded.
void Cluster::check_siblings(const std::vector<Entry>& entries) const {
  const auto past = [&](const Dot& dot) -> const VersionVector& {
    return std::find_if(history_.begin(), history_.end(), [&](const auto& o) { return o.dot == dot; })->past;
  };
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (std::size_t j = i + 1; j < entries.size(); ++j) {
      if (std::tie(entries[i].key, entries[i].path) != std::tie(entries[j].key, entries[j].path)) break;
      RC_ASSERT_FALSE(past(entries[i].dot).covers(entries[j].dot));
      RC_ASSERT_FALSE(past(entries[j].dot).covers(entries[i].dot));
    }
  }
}

void Cluster::check(Replica& at) const {
  const Replica again = replay(at.clock(), static_cast<unsigned>(steps_));
  const auto entries = at.entries().all();
  RC_ASSERT(entries == again.entries().all());
  check_siblings(entries);
  check_reads(at, "k1");
  check_reads(at, "k2");
}

void Cluster::heal(unsigned salt) {
  cut_ = 0;
  for (Replica& at : replicas_) {
    while (at.clock().events() < events_.size()) {
      salt = salt * 1664525U + 1013904223U;
      deliver(at, salt >> 8U);
    }
    check(at);
    RC_ASSERT(at.clock() == replicas_.front().clock());
    RC_ASSERT(at.entries().all() == replicas_.front().entries().all());
  }
}

}  // namespace causeway::testing
