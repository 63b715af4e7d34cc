// Proves when the janitor forgets and when it waits, who of the replicas does it, and that a turn does no more than its part.
#include <catch2/catch.hpp>

#include "dc/janitor.h"
#include "tests/cluster/topologies.h"
#include "tests/dc/bench.h"
#include "tests/node/issuer.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr PartitionId p0{0};
constexpr Level local_one{Level::Kind::local_one, 0};

/// A coordinator with a janitor, at one of three replicas, whose clocks the test tells.
struct Keeping : Bench {
  explicit Keeping(BytesView self = "eu-1", JanitorLimits limits = {})
      : Bench(one_dc, self), janitor(site, coordinator, limits) {
    // Replicas in the order of the preference list.
    for (const NodeId node : placement.all_replicas(p0)) names.push_back(configuration.node(node)->name);
    live_all();
    clocks.claimed(site.self, claimed.actor);
    coordinator.serve(&claimed, "");
  }
  [[nodiscard]] WallTime wall() const { return WallTime(now.time_since_epoch() + 1'700'000'000s); }
  [[nodiscard]] std::uint64_t wall_ms() const {
    return static_cast<std::uint64_t>(wall().time_since_epoch() / 1ms);
  }

  void increment(const Bytes& counter, std::uint64_t number, Micros lifetime = 60s) {
    const std::int64_t expires_ms = (wall().time_since_epoch() + lifetime) / 1ms;
    Request request{++requests, std::vector<Bytes>{"INCR", counter}, local_one, local_one,
                    0,          RequestId{1, number, expires_ms}};
    coordinator.request(ClientId{1}, std::move(request), {now, wall()});
    coordinator.flush();
    const auto answers = take_answers();
    CW_CHECK(std::holds_alternative<Value>(answers.at(requests)), "it is incremented");
  }
  /// All members say that they cover what this replica covers, at this time.
  void settle(std::optional<std::uint64_t> at_ms = {}) {
    if (!store->checkpointing()) told.save(*store, wall());
    CW_CHECK(store->checkpoint(now).has_value(), "a checkpoint");
    told.stored();
    for (const NodeId node : placement.all_replicas(p0)) {
      if (node == site.self) continue;
      clocks.learn({p0,
                    node,
                    Incarnation{1},
                    ActorId{node.value},
                    store->partition(p0).clock(),
                    {},
                    at_ms.value_or(wall_ms()),
                    0});
    }
  }
  void tick() { janitor.tick(claimed, {now, wall()}); }
  /// Lets time pass, in which everybody covers everything, and the janitor looks about.
  void keep(Micros time) {
    for (const MonoTime end = now + time; now < end;) {
      pass(1s);
      live_all();
      settle();
      tick();
    }
  }
  std::size_t count(Part part) {
    std::size_t sum = 0;
    const auto walked = store->partition(p0).walk(std::nullopt, [&](BytesView, const EntryView& entry) {
      if (parse_path(entry.path)->part == part) ++sum;
      return true;
    });
    CW_CHECK(walked.has_value(), "it is read");
    return sum;
  }
  std::uint64_t issued() const { return store->partition(p0).clock().counter(claimed.actor); }

  std::vector<std::string> names;
  Feeds feeds{*store, [](ActorId) { return std::nullopt; }, FeedLimits{}};
  Replication replication{site, feeds, GossipLimits{}, now};
  Claimed claimed{Incarnation{1}, ActorId{4711}};
  Coordinator coordinator{site, replication, CoordinatorLimits{}};
  Janitor janitor;
  Bytes key = key_in(p0, placement.partitions());
  std::uint64_t requests = 0;
};

/// The name of a replica, by its place in the preference list.
std::string replica_of(PartitionId id, std::size_t place) {
  const Configuration configuration = configuration_of(one_dc);
  const Placement placement = Placement::compute(configuration);
  return configuration.node(placement.all_replicas(id)[place])->name;
}

}  // namespace

TEST_CASE("the_first_replica_forgets_a_request_once_all_members_say_that_it_has_expired") {
  Keeping keeping(replica_of(p0, 0));
  keeping.increment(keeping.key, 1);
  keeping.keep(50s);
  CHECK(keeping.count(Part::request) == 1);
  keeping.keep(20s);
  CHECK(keeping.count(Part::request) == 0);
  CHECK(keeping.count(Part::cell) == 1);
  CHECK(keeping.issued() == 2);
  CHECK_FALSE(keeping.store->partition(p0).due().first_due());
}

TEST_CASE("nothing_is_forgotten_by_a_members_own_clock_alone") {
  Keeping keeping(replica_of(p0, 0));
  keeping.increment(keeping.key, 1);
  const std::uint64_t before_ms = keeping.wall_ms() + 59'000;
  for (int i = 0; i < 200; ++i) {
    keeping.pass(1s);
    keeping.live_all();
    keeping.settle(std::min(before_ms, keeping.wall_ms()));  // the others' clocks stand still
    keeping.tick();
  }
  CHECK(keeping.count(Part::request) == 1);
}

TEST_CASE("what_this_replica_forgets_goes_to_its_peers_and_no_answer_waits_for_it") {
  Keeping keeping(replica_of(p0, 0));
  keeping.increment(keeping.key, 1);
  keeping.keep(59s);
  keeping.replication.flush(&keeping.claimed, keeping.now);
  keeping.post.take();
  keeping.keep(10s);
  CHECK(keeping.count(Part::request) == 0);
  keeping.replication.flush(&keeping.claimed, keeping.now);
  const auto sent = keeping.take<Replicate>();
  REQUIRE(sent.size() == 2);
  REQUIRE(sent.front().second.batches.size() == 1);
  CHECK(sent.front().second.batches.front().want == Want::nothing);
  CHECK(keeping.take_answers().empty());
}

TEST_CASE("entries_that_may_be_forgotten_are_told_apart_by_their_paths") {
  Keeping keeping;
  Partition& partition = keeping.store->partition(p0);
  const auto apply = [&](const Bytes& event) {
    REQUIRE(partition.apply(*DraftedEvent(*draft_of(event)), false));
  };
  Issuer one(1);
  Issuer other(2);
  apply(one.issue({"rwset.rem", keeping.key, "a"}));
  apply(one.issue({"rwset.add", keeping.key, "b"}));
  apply(other.issue(
      {"rwset.rem", keeping.key, "b"}));  // it has not seen the add, which comes first at the path
  CHECK(partition.entries() == 4);
  keeping.keep(30s);
  CHECK(partition.entries() == 1);  // the marker of the set's type
}

TEST_CASE("the_second_replica_waits_for_the_first_and_then_does_it_itself") {
  Keeping keeping(replica_of(p0, 1));
  keeping.increment(keeping.key, 1);
  keeping.keep(60s + 25s);
  CHECK(keeping.count(Part::request) == 1);
  keeping.keep(15s);
  CHECK(keeping.count(Part::request) == 0);
}

TEST_CASE("the_second_replica_is_the_first_where_the_first_does_not_serve") {
  Keeping keeping(replica_of(p0, 1));
  keeping.increment(keeping.key, 1);
  for (int i = 0; i < 70; ++i) {
    keeping.pass(1s);
    for (const std::string& name : keeping.names) keeping.live(name, name != keeping.names.front());
    keeping.settle();
    keeping.tick();
  }
  CHECK(keeping.count(Part::request) == 0);
}

TEST_CASE("a_partition_that_is_not_fit_is_left_alone") {
  Keeping keeping(replica_of(p0, 0));
  keeping.increment(keeping.key, 1);
  keeping.unfit.insert(p0);
  keeping.keep(100s);
  CHECK(keeping.count(Part::request) == 1);
  keeping.unfit.clear();
  keeping.keep(2s);
  CHECK(keeping.count(Part::request) == 0);
}

TEST_CASE("of_an_object_with_much_to_forget_each_turn_reads_a_part_and_each_event_removes_one") {
  JanitorLimits limits;
  limits.entries_in_turn = 100;
  limits.removals_max = 10;
  Keeping keeping(replica_of(p0, 0), limits);
  for (std::uint64_t i = 0; i < 1000; ++i) keeping.increment(keeping.key, i);
  keeping.keep(60s);
  CHECK(keeping.count(Part::request) == 1000);
  keeping.pass(5s);
  keeping.live_all();
  keeping.settle();
  std::size_t turns = 0;
  for (std::size_t left = keeping.count(Part::request); left > 0; ++turns) {
    const std::uint64_t before = keeping.issued();
    keeping.tick();
    const std::size_t now_left = keeping.count(Part::request);
    REQUIRE(left - now_left <= limits.entries_in_turn + limits.removals_max);
    REQUIRE(left - now_left <= (keeping.issued() - before) * limits.removals_max);
    REQUIRE((now_left == 0 || keeping.janitor.wake_at()));
    REQUIRE(turns < 50);
    left = now_left;
  }
  CHECK(turns >= 10);
}

TEST_CASE("objects_for_which_the_list_has_no_room_are_found_too") {
  Keeping keeping(replica_of(p0, 0));
  constexpr std::uint64_t keys = DueIndex::rows_max + 100;
  std::uint64_t made = 0;
  for (int n = 0; made < keys; ++n) {
    const Bytes key = "k" + std::to_string(n);
    if (partition_of(key, keeping.placement.partitions()) != p0) continue;
    keeping.increment(key, ++made);
  }
  CHECK(keeping.store->partition(p0).due().size() == DueIndex::rows_max);
  CHECK(keeping.count(Part::request) == keys);
  for (int i = 0; i < 300 && keeping.count(Part::request) > 0; ++i) keeping.keep(1s);
  CHECK(keeping.count(Part::request) == 0);
  CHECK(keeping.store->verify());
}

TEST_CASE("a_request_that_must_stay_is_looked_at_ever_more_seldom") {
  Keeping keeping(replica_of(p0, 0));
  keeping.increment(keeping.key, 1);
  Issuer other(9);  // it has executed the same
  const Bytes event =
      other.issue({"INCR", keeping.key}, RequestId{1, 1, testing::Replica::wall_ms_usual + 60'000});
  REQUIRE(keeping.store->partition(p0).apply(*DraftedEvent(*draft_of(event)), false));
  keeping.keep(3000s);
  CHECK(keeping.count(Part::request) == 2);
  const auto next = keeping.store->partition(p0).due().first_due();
  REQUIRE(next);
  CHECK(*next > keeping.wall_ms() + 100'000);
}
