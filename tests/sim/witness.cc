#include "tests/sim/witness.h"

#include <algorithm>

#include "base/check.h"
#include "crdt/container.h"
#include "tests/sim/places.h"

namespace causeway::testing {
namespace {

constexpr std::uint64_t verify_every = 32;  ///< changes of a replica

bool has_elements(EntryType type) {
  return type == EntryType::set || type == EntryType::grow_set || has_fields(type);
}

/// Where there are collections: by key, and what their paths begin with.
std::set<std::pair<Bytes, Bytes>> values_with_elements(const Partition& partition) {
  std::set<std::pair<Bytes, Bytes>> places;
  const auto walked = partition.walk(std::nullopt, [&](BytesView key, const EntryView& entry) {
    const PathParts parts = parts_of(entry.path);
    Bytes base;
    for (const FieldStep& step : parts.fields) {
      places.emplace(key, value_at(step.type, base));
      base = base_of(base, step.type, step.field);
    }
    if (has_elements(parts.type)) places.emplace(key, value_at(parts.type, base));
    return true;
  });
  return walked ? places : decltype(places)();
}

/// The elements in their order, each where its rank says.
std::vector<Bytes> order_of(const ElementOrder& order) {
  std::vector<Bytes> keys;
  for (std::uint64_t rank = 0; rank < order.size(); ++rank) {
    keys.emplace_back(order.at(rank));
    if (order.rank(keys.back()) != rank) keys.emplace_back("not of rank " + std::to_string(rank));
  }
  return keys;
}

}  // namespace

Witness::Witness(Cluster& cluster, Verdict& verdict) : cluster_(cluster), verdict_(verdict) {
  for (std::uint32_t id = 0; id < cluster.placement().partitions(); ++id) {
    books_.emplace(PartitionId{id}, EventBook(PartitionId{id}, verdict));
  }
  for (const NodeId node : cluster.configuration().nodes()) {
    Watched& watched = nodes_[node];
    watched.id = node;
    watched.name = cluster.configuration().node(node)->name;
    for (const PartitionId id : cluster.placement().partitions_of(node)) watched.seats[id];
  }
  cluster.observe(this);
}

void Witness::turned(NodeId node, const Outbox& outbox) {
  if (verdict_.failed()) return;
  Watched& watched = nodes_.at(node);
  read_log(node, watched, false);
  look(watched);
  check_answers(watched, outbox);
}

void Witness::started(NodeId node) {
  Watched& watched = nodes_.at(node);
  watched.served = watched.issued = false;
  if (verdict_.failed()) return;
  watched.read = Sequence{};  // a power cut gives numbers to other records
  read_log(node, watched, true);
  look(watched);
}

void Witness::stopped_itself(NodeId node, const Error& why) {
  if (on_stop) on_stop(node, why);
}

void Witness::delivered(NodeId from, NodeId to, const PeerMessage& message) {
  if (const auto* reply = std::get_if<ClaimReply>(&message))
    nodes_.at(to).recorded[reply->incarnation].insert(from);
  if (on_delivery) on_delivery(from, to, message);
}

/// Of what this node has, that which nobody else has may be gone.
void Witness::breaks_promise(NodeId /*node*/, const std::string& what) {
  verdict_.blame("durable in time", what);
}

void Witness::loses(NodeId node) {
  losses_.push_back({node, cluster_.now()});
  Watched& watched = nodes_.at(node);
  for (auto& [id, seat] : watched.seats) {
    VersionVector others;
    for (const NodeId other : cluster_.placement().all_replicas(id)) {
      if (other != node) others.join(nodes_.at(other).seats.at(id).clock);
    }
    books_.at(id).each([&, &held = seat.clock](KnownEvent& known) {
      if (held.covers(known.event.dot) && !others.covers(known.event.dot)) known.excused = true;
    });
    seat.clock = {};
    seat.model.clear();
    seat.may_shrink = true;
  }
}

void Witness::read_log(NodeId node, Watched& watched, bool at_start) {
  const MemoryEventLog& log = cluster_.log(watched.name);
  if (log.last() <= watched.read) return;
  std::map<PartitionId, VersionVector> clocks;  // before each record
  const auto read = log.read_all(Sequence{watched.read.value + 1}, [&](const LogRecord& record) {
    if (!cluster_.store(watched.name).holds(record.partition)) return true;
    EventBook& book = books_.at(record.partition);
    const std::size_t before = book.size();
    const KnownEvent* known = book.enter(node, record.bytes);
    if (known == nullptr) return false;
    const bool issued_now = book.size() > before && !at_start;  // else it is back, after a loss
    if (issued_now && !std::exchange(watched.issued, true)) check_claim(node, watched);
    const auto& request = known->event.request_id;
    if (issued_now && request &&
        request->expires_ms <= cluster_.wall(watched.name).time_since_epoch() / 1ms) {
      verdict_.blame("expired",
                     book.name() + ": " + to_text(known->event.dot) + " executes a request that had expired");
    }
    auto [at, is_new] = clocks.try_emplace(record.partition);
    if (is_new) at->second = watched.seats.at(record.partition).clock;
    if (issued_now && !at->second.covers(known->event.dot) && !known->past.covers(at->second)) {
      verdict_.blame("dependencies", books_.at(record.partition).name() + ": " + to_text(known->event.dot) +
                                         " of " + watched.name +
                                         " hides that it depends on what its issuer had applied");
    }
    at->second.raise(known->event.dot);
    return true;
  });
  if (!read) verdict_.blame("log", watched.name + ": " + to_string(read.error()));
  watched.read = log.last();
}

/// A quorum of its datacenter has recorded its incarnation before its first event leaves.
void Witness::check_claim(NodeId node, Watched& watched) {
  const DcId home = cluster_.configuration().datacenter_of(node)->id;
  const auto nodes = cluster_.configuration().first_shards_of(home);
  const auto& recorded = watched.recorded[cluster_.status(watched.name).incarnation];
  const auto count = std::count_if(nodes.begin(), nodes.end(),
                                   [&](NodeId other) { return other == node || recorded.contains(other); });
  if (static_cast<std::size_t>(count) > nodes.size() / 2) return;
  verdict_.blame("incarnation", watched.name + " issues, and only " + std::to_string(count) +
                                    " have recorded its incarnation");
}

void Witness::look(Watched& watched) {
  ShardStore& store = cluster_.store(watched.name);
  for (auto& [id, seat] : watched.seats) look_at(watched, store.partition(id), seat);
}

void Witness::look_at(Watched& watched, const Partition& partition, Seat& seat) {
  const VersionVector& clock = partition.clock();
  if (clock == seat.model.clock() && clock == seat.clock) return;
  const std::string where = books_.at(partition.id()).name() + " at " + watched.name;
  if (!clock.covers(seat.clock) && !seat.may_shrink) {
    return verdict_.blame("clock", where + ": its clock shrank");
  }
  seat.may_shrink = false;
  seat.clock = clock;
  if (!clock.covers(seat.model.clock())) seat.model.clear();
  const VersionVector from = seat.model.clock();
  const bool known = books_.at(partition.id()).between(from, clock, watched.name, [&](KnownEvent& event) {
    seat.model.apply(event.event);
    event.covered.try_emplace(watched.id, cluster_.now());
  });
  if (!known) return;
  if (seat.model.digest() != partition.digest() || seat.model.entries() != partition.entries()) {
    return verdict_.blame("state", where + ": it has " + std::to_string(partition.entries()) +
                                       " entries, and its events make " +
                                       std::to_string(seat.model.entries()) + " others");
  }
  if (++seat.changes % verify_every != 0) return;
  const auto verified = partition.verify();
  if (!verified && partition.damage() == nullptr)
    verdict_.blame("derived", where + ": " + to_string(verified.error()));
  check_orders(partition, where);
}

/// The order of a collection, kept or not, is what a scan of its entries makes.
void Witness::check_orders(const Partition& partition, const std::string& where) {
  for (const auto& [key, path] : values_with_elements(partition)) {
    const Place place{key, BytesView(path).substr(0, path.size() - 1), static_cast<EntryType>(path.back())};
    ElementOrder scratch;
    ElementOrder scanned;
    const auto order = partition.order(place, scratch);
    if (!order || !read_order(partition, place, scanned)) continue;  // a damaged read, which is noticed
    if (order_of(**order) == order_of(scanned)) continue;
    verdict_.blame("derived", where + ": the order of " + key + " is not that of its elements");
  }
}

/// Who has not said that it serves gives no values.
void Witness::check_answers(Watched& watched, const Outbox& outbox) {
  for (const auto& notice : outbox.notices)
    watched.served = watched.served || notice.starts_with("serves") || notice.ends_with("and serves");
  if (watched.served) return;
  for (const auto& [client, message] : outbox.clients) {
    const auto* responses = std::get_if<Responses>(&message);
    if (responses == nullptr) continue;
    for (const Response& response : responses->responses) {
      if (!std::holds_alternative<Value>(response.result)) continue;
      verdict_.blame("serving", watched.name + " answers, although it does not serve");
    }
  }
}

void Witness::check_nothing_lost() {
  for (auto& [id, book] : books_) {
    VersionVector all;
    for (const NodeId node : cluster_.placement().all_replicas(id)) {
      if (cluster_.up(nodes_.at(node).name)) all.join(nodes_.at(node).seats.at(id).clock);
    }
    book.each([&, &name = book](const KnownEvent& known) {
      if (known.excused || all.covers(known.event.dot)) return;
      verdict_.blame("durable", name.name() + ": " + to_text(known.event.dot) + " was durable, and is gone");
    });
  }
}

void Witness::scrub() {
  for (const auto& [node, watched] : nodes_) {
    if (!cluster_.up(watched.name)) continue;
    for (const auto& [id, seat] : watched.seats) (void)cluster_.store(watched.name).partition(id).verify();
  }
}

void Witness::check_derived() {
  for (const auto& [node, watched] : nodes_) {
    if (!cluster_.up(watched.name)) continue;
    if (const auto verified = cluster_.store(watched.name).verify(); !verified) {
      verdict_.blame("derived", watched.name + ": " + to_string(verified.error()));
    }
    if (cluster_.status(watched.name).divergences > 0) {
      verdict_.blame("digest", watched.name + " saw another digest at its own clock");
    }
  }
}

std::uint64_t Witness::events() const {
  std::uint64_t events = 0;
  for (const auto& [id, book] : books_) events += book.size();
  return events;
}

}  // namespace causeway::testing
