#include "tests/cluster/witness.h"

#include "base/check.h"
#include "tests/crdt/replica.h"

namespace causeway::testing {
namespace {

std::string to_text(const Dot& dot) { return std::to_string(dot.actor.value) + ":" + std::to_string(dot.counter); }

/// The events that `clock` covers, in an order that respects causality.
std::vector<const Event*> causal_order(const std::vector<Event>& events) {
  std::vector<const Event*> order;
  VersionVector clock;
  std::vector<bool> done(events.size());
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (done[i] || !is_ready(events[i].dot, events[i].deps, clock)) continue;
      clock.raise(events[i].dot);
      order.push_back(&events[i]);
      done[i] = more = true;
    }
  }
  return order;
}

}  // namespace

Witness::Witness(Cluster& cluster) : cluster_(cluster) {
  cluster_.watch([this](BytesView node) { turned(node); });
}

void Witness::blame(const std::string& what) {
  if (fault_.empty()) fault_ = "at " + std::to_string(cluster_.now().time_since_epoch().count()) + " us: " + what;
}

void Witness::keep(BytesView node, const LogRecord& record) {
  const auto head = decode_event_head(record.bytes);
  if (!head) return blame(std::string(node) + " logged what is no event");
  const auto [at, is_new] = events_[record.partition].try_emplace(head->dot, record.bytes);
  if (!is_new && at->second != record.bytes) blame(std::string(node) + " has another event under the dot " + to_text(head->dot));
}

void Witness::turned(BytesView node) {
  const MemoryEventLog& log = cluster_.log(node);
  Sequence& read = read_[Bytes(node)];
  read = std::min(read, log.last());
  CW_CHECK(log.read_all(Sequence{read.value + 1}, [&](const LogRecord& record) {
    keep(node, record);
    return true;
  }).has_value(), "a log is read");
  read = log.last();
  auto& clocks = clocks_[Bytes(node)];
  for (const PartitionId id : cluster_.store(node).partitions()) {
    const VersionVector& now = cluster_.store(node).partition(id).clock();
    VersionVector& before = clocks[id];
    if (now == before) continue;
    if (!now.covers(before)) blame("the clock of " + std::string(node) + " shrank");
    before = now;
  }
}

const Partition* Witness::any_replica(PartitionId partition) {
  for (const NodeId node : cluster_.placement().all_replicas(partition)) {
    const std::string& name = cluster_.configuration().node(node)->name;
    if (cluster_.up(name)) return &cluster_.store(name).partition(partition);
  }
  return nullptr;
}

Events Witness::events(PartitionId partition) {
  const Partition* replica = any_replica(partition);
  CW_CHECK(replica != nullptr, "some replica is up");
  std::vector<Event> covered;
  for (const auto& [dot, bytes] : events_[partition]) {
    if (!replica->clock().covers(dot)) continue;
    auto event = decode_event(bytes);
    if (event) covered.push_back(std::move(*event));
  }
  Events found;
  for (const Event* event : causal_order(covered)) {
    VersionVector past = event->deps;
    for (const auto& [actor, counter] : event->deps.rows()) past.join(found.at({actor, counter}).past);
    if (event->dot.counter > 1) {
      const Dot before{event->dot.actor, event->dot.counter - 1};
      past.join(found.at(before).past);
      past.raise(before);
    }
    found[event->dot] = {*event, std::move(past)};
  }
  return found;
}

std::string Witness::explain(PartitionId partition) {
  const std::string where = "partition " + std::to_string(partition.value) + ": ";
  const Partition* first = any_replica(partition);
  std::vector<Event> covered;
  VersionVector known;
  for (const auto& [dot, bytes] : events_[partition]) {
    if (!first->clock().covers(dot)) continue;
    if (dot.counter != known.counter(dot.actor) + 1) return where + "a gap before " + to_text(dot);
    known.raise(dot);
    auto event = decode_event(bytes);
    if (!event) return where + event.error().sentence;
    covered.push_back(std::move(*event));
  }
  if (known != first->clock()) return where + "a clock covers events that no log ever held";
  const auto order = causal_order(covered);
  if (order.size() != covered.size()) return where + "an event depends on one that does not exist";
  testing::Replica fresh(1);
  for (const Event* event : order) fresh.apply(*event);
  Hash128 digest;
  for (const Entry& entry : fresh.entries().all()) digest += digest_of(entry.key, entry.path, entry.dot, entry.payload);
  for (const NodeId node : cluster_.placement().all_replicas(partition)) {
    const std::string& name = cluster_.configuration().node(node)->name;
    if (!cluster_.up(name)) continue;
    const Partition& replica = cluster_.store(name).partition(partition);
    if (replica.digest() != digest) return where + name + " is not what the events make";
    if (replica.entries() != fresh.entries().all().size()) return where + name + " counts its entries wrong";
  }
  return "";
}

std::string Witness::explain() {
  if (!fault_.empty()) return fault_;
  for (std::uint32_t id = 0; id < cluster_.placement().partitions(); ++id) {
    if (any_replica(PartitionId{id}) == nullptr) continue;
    if (auto what = explain(PartitionId{id}); !what.empty()) return what;
  }
  return "";
}

}  // namespace causeway::testing
