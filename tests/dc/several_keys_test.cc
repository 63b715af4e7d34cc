// Proves that a command of several keys is one event of one partition, and refused where it could not be.
#include <catch2/catch.hpp>

#include "tests/cluster/topologies.h"
#include "tests/dc/coordinating.h"

using namespace causeway;
using namespace causeway::testing;

TEST_CASE("keys_of_several_partitions_are_refused_before_anything_happens") {
  Coordinating bench(one_dc);
  const Bytes other = key_in(PartitionId{1}, bench.placement.partitions());
  for (const auto& arguments : std::vector<std::vector<Bytes>>{{"SMOVE", bench.key, other, "m"},
                                                               {"SUNION", bench.key, bench.key, other},
                                                               {"SINTERCARD", "2", bench.key, other},
                                                               {"PFMERGE", other, bench.key}}) {
    const Error error = bench.error(bench.request(arguments, local_one));
    CHECK(error.code == ErrorCode::invalid);
    CHECK(error.tag == ErrorTag::fatal);
    CHECK(error.sentence.starts_with("CROSSSLOT Keys in request don't hash to the same slot"));
    CHECK(error.sentence.find("{tag}") != std::string::npos);
  }
  CHECK(bench.log.last().value == 0);
}

TEST_CASE("keys_of_several_partitions_are_refused_where_the_first_has_no_replica_too") {
  Coordinating bench("cluster: test\npartitions: 8\ndatacenters:\n  eu:\n    replicas: 1\n    nodes:\n"
                     "      - {name: eu-1, rack: a, address: 127.9.1.1}\n"
                     "      - {name: eu-2, rack: b, address: 127.9.1.2}\n");
  for (std::uint32_t partition = 0; partition < 8; ++partition) {
    const Bytes first = key_in(PartitionId{partition}, 8);
    const Bytes second = key_in(PartitionId{(partition + 1) % 8}, 8);
    CHECK(bench.error(bench.request({"SUNION", first, second})).code == ErrorCode::invalid);
  }
}

TEST_CASE("a_command_of_several_keys_is_one_event_over_what_each_of_them_holds") {
  Coordinating bench(one_dc);
  const Bytes a = "{" + bench.key + "}a";
  const Bytes b = "{" + bench.key + "}b";
  bench.request({"SADD", a, "1", "2"}, local_one);
  bench.request({"SADD", b, "2", "3"}, local_one);
  const std::uint64_t before = bench.log.last().value;
  const auto stored = bench.request({"SUNIONSTORE", bench.key, a, b}, local_one);
  const auto moved = bench.request({"SMOVE", a, b, "1"}, local_one);
  const auto common = bench.request({"SINTERCARD", "2", bench.key, b}, local_one);
  bench.turn();
  CHECK(bench.log.last().value == before + 2);
  CHECK(std::get<Value>(bench.answers.at(stored)) == Value(std::int64_t{3}));
  CHECK(std::get<Value>(bench.answers.at(moved)) == Value(std::int64_t{1}));
  CHECK(std::get<Value>(bench.answers.at(common)) == Value(std::int64_t{3}));
}

TEST_CASE("random_choice_is_another_in_each_request") {
  Coordinating bench(one_dc);
  std::vector<Bytes> add{"SADD", bench.key};
  for (int i = 0; i < 100; ++i) add.push_back("m" + std::to_string(i));
  bench.request(add, local_one);
  std::vector<std::uint64_t> asked;
  for (int i = 0; i < 20; ++i) asked.push_back(bench.request({"SRANDMEMBER", bench.key}, local_one));
  bench.turn();
  std::set<Bytes> drawn;
  for (const std::uint64_t each : asked)
    drawn.insert(std::get<Bytes>(std::get<Value>(bench.answers.at(each))));
  CHECK(drawn.size() > 10);
}
