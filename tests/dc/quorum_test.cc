// Proves how many replicas of which datacenters each level asks for, for all levels and several topologies.
#include <catch2/catch.hpp>

#include "dc/quorum.h"
#include "tests/cluster/topologies.h"
#include "tests/dc/bench.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

/// Datacenters d0, d1 … with so many replicas each.
Configuration with_replicas(const std::vector<std::uint32_t>& replicas) {
  Bytes text = "cluster: test\npartitions: 1\ndatacenters:\n";
  for (std::size_t d = 0; d < replicas.size(); ++d) {
    const Bytes name = "d" + std::to_string(d);
    text += "  " + name + ":\n    replicas: " + std::to_string(replicas[d]) + "\n    nodes:\n";
    for (std::uint32_t n = 0; n < replicas[d]; ++n) {
      const Bytes node = name + "-" + std::to_string(n);
      text += "      - {name: " + node + ", rack: " + node + ", address: 127.9." + std::to_string(d + 1) + "." +
              std::to_string(n + 1) + "}\n";
    }
  }
  return configuration_of(text);
}

Result<Quorum> quorum(BytesView level, const Configuration& configuration) {
  return Quorum::of(*parse_level(level), dc_id("d0"), configuration);
}

/// Whether answers of so many replicas of each datacenter are enough.
bool enough(BytesView level, const Configuration& configuration, const std::vector<std::uint32_t>& answered) {
  Quorum asked = *quorum(level, configuration);
  for (std::size_t d = 0; d < answered.size(); ++d) {
    for (std::uint32_t n = 0; n < answered[d]; ++n) asked.add(dc_id("d" + std::to_string(d)));
  }
  return asked.enough();
}

struct Row {
  std::vector<std::uint32_t> replicas;
  const char* level;
  std::uint32_t needed;  // 0: refused
};

}  // namespace

TEST_CASE("each_level_needs_what_its_name_says") {
  const std::vector<Row> table = {
      {{1}, "ONE", 1},       {{1}, "TWO", 0},          {{1}, "QUORUM", 1},       {{1}, "ALL", 1},
      {{1}, "LOCAL_ONE", 1}, {{1}, "LOCAL_QUORUM", 1}, {{1}, "EACH_QUORUM", 1},  {{1}, "1", 1},
      {{1}, "2", 0},         {{2}, "LOCAL_QUORUM", 2}, {{2}, "QUORUM", 2},       {{2}, "THREE", 0},
      {{3}, "ONE", 1},       {{3}, "TWO", 2},          {{3}, "THREE", 3},        {{3}, "QUORUM", 2},
      {{3}, "ALL", 3},       {{3}, "LOCAL_ONE", 1},    {{3}, "LOCAL_QUORUM", 2}, {{3}, "EACH_QUORUM", 2},
      {{3}, "3", 3},         {{3}, "4", 0},            {{5}, "LOCAL_QUORUM", 3}, {{5}, "QUORUM", 3},
      {{3, 3}, "QUORUM", 4}, {{3, 3}, "ALL", 6},       {{3, 3}, "EACH_QUORUM", 4},
      {{3, 3}, "LOCAL_QUORUM", 2},
      {{1, 1, 1}, "QUORUM", 2},
      {{1, 1, 1}, "EACH_QUORUM", 3},
      {{1, 1, 1}, "THREE", 3},
      {{1, 1, 1}, "4", 0},
      {{3, 2, 5}, "QUORUM", 6},
      {{3, 2, 5}, "EACH_QUORUM", 7},
      {{3, 2, 5}, "ALL", 10},
      {{3, 2, 5}, "LOCAL_QUORUM", 2},
      {{3, 2, 5}, "10", 10},
      {{3, 2, 5}, "11", 0},
  };
  for (const Row& row : table) {
    const auto asked = quorum(row.level, with_replicas(row.replicas));
    INFO(row.level << " of " << row.replicas.size() << " datacenters, the first of " << row.replicas[0]);
    if (row.needed == 0) {
      REQUIRE_FALSE(asked);
      CHECK(asked.error().code == ErrorCode::invalid);
    } else {
      REQUIRE(asked);
      CHECK(asked->needed() == row.needed);
      CHECK(asked->got() == 0);
      CHECK_FALSE(asked->enough());
    }
  }
}

TEST_CASE("a_local_level_counts_its_own_datacenter_alone") {
  const Configuration two = with_replicas({3, 3});
  CHECK_FALSE(enough("LOCAL_QUORUM", two, {1, 3}));
  CHECK(enough("LOCAL_QUORUM", two, {2, 0}));
  CHECK_FALSE(enough("LOCAL_ONE", two, {0, 3}));
}

TEST_CASE("a_level_without_a_place_counts_replicas_anywhere") {
  const Configuration two = with_replicas({3, 3});
  CHECK(enough("ONE", two, {0, 1}));
  CHECK(enough("QUORUM", two, {1, 3}));
  CHECK_FALSE(enough("QUORUM", two, {0, 3}));
  CHECK(enough("4", two, {2, 2}));
  CHECK_FALSE(enough("ALL", two, {3, 2}));
  CHECK(enough("ALL", two, {3, 3}));
}

TEST_CASE("each_quorum_is_a_quorum_in_every_datacenter_and_no_surplus_helps") {
  const Configuration three = with_replicas({3, 2, 5});
  CHECK(enough("EACH_QUORUM", three, {2, 2, 3}));
  CHECK_FALSE(enough("EACH_QUORUM", three, {3, 1, 5}));
  CHECK_FALSE(enough("EACH_QUORUM", three, {2, 2, 2}));
  Quorum asked = *quorum("EACH_QUORUM", three);
  for (int i = 0; i < 5; ++i) asked.add(dc_id("d2"));
  CHECK(asked.got() == 3);
}

TEST_CASE("answers_can_be_forgotten_and_counted_again") {
  Quorum asked = *quorum("TWO", with_replicas({3}));
  asked.add(dc_id("d0"));
  asked.add(dc_id("d0"));
  CHECK(asked.enough());
  asked.reset();
  CHECK(asked.got() == 0);
}
