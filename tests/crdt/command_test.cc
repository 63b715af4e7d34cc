#include <catch2/catch.hpp>

#include "crdt/command.h"
#include "tests/crdt/dialogue.h"
#include "tests/crdt/replica.h"

using namespace causeway;
using causeway::testing::Replica;
using causeway::testing::words;

namespace {

Value array(std::initializer_list<const char*> items) {
  Value::Array values;
  for (const char* item : items) values.emplace_back(Bytes(item));
  return values;
}
Value integer(std::int64_t value) { return value; }
Value bytes(BytesView text) { return Bytes(text); }
Value status(BytesView text) { return Status{Bytes(text)}; }

Value reply(Replica& replica, const std::vector<Bytes>& arguments) {
  auto done = replica.issue(arguments);
  if (!done.reply) FAIL(to_string(done.reply.error()));
  return *done.reply;
}
Error error(Replica& replica, const std::vector<Bytes>& arguments) {
  auto done = replica.issue(arguments);
  REQUIRE_FALSE(done.reply.has_value());
  REQUIRE_FALSE(done.event.has_value());
  return done.reply.error();
}

}  // namespace

TEST_CASE("the_table_is_sorted_and_complete") {
  const auto table = commands();
  REQUIRE(std::is_sorted(table.begin(), table.end(),
                         [](const Command& a, const Command& b) { return a.name < b.name; }));
  const auto same = [](const Command& a, const Command& b) { return a.name == b.name; };
  CHECK(std::adjacent_find(table.begin(), table.end(), same) == table.end());
  for (const Command& command : table) {
    INFO(command.name);
    CHECK_FALSE(command.help.empty());
    CHECK_FALSE(command.type.empty());
    CHECK(command.execute != nullptr);
    CHECK(std::abs(command.arity) >= 2);
    CHECK(command.redis == (command.name.find('.') == BytesView::npos && command.name != "siblings"));
  }
}

TEST_CASE("a_command_is_found_in_any_case_and_its_shape_is_checked") {
  const auto find = [](std::vector<Bytes> arguments) { return find_command(arguments); };
  REQUIRE(find({"GeT", "k"}).has_value());
  CHECK(find({"GeT", "k"})->command->name == "get");
  CHECK(find({}).error().code == ErrorCode::invalid);
  CHECK(find({"no\nsuch", "k"}).error().sentence == "unknown command 'no?such'");
  CHECK(find({"get"}).error().sentence == "wrong number of arguments for 'get': it is used as get key");
  CHECK(find({"get", "a", "b"}).error().code == ErrorCode::invalid);
  CHECK(find({"sadd", "k"}).error().code == ErrorCode::invalid);
  CHECK(find({"get", ""}).error().code == ErrorCode::invalid);
  CHECK(find({"get", Bytes(1024, 'k')}).has_value());
  CHECK(find({"get", Bytes(1025, 'k')}).error().sentence ==
        "the key has 1025 bytes; at most 1024 are possible");
  CHECK(find({"del", "a", Bytes(1025, 'k')}).error().code == ErrorCode::too_large);
  CHECK(find({"sadd", "k", Bytes(65536, 'm')}).has_value());
  CHECK(find({"sadd", "k", "m", Bytes(65537, 'm')}).error().code == ErrorCode::too_large);
}

TEST_CASE("a_command_says_which_arguments_are_keys") {
  const auto keys = [](const char* line) {
    const std::vector<Bytes> arguments = words(line);
    const auto command = find_command(arguments);
    REQUIRE(command.has_value());
    Bytes found;
    for (const std::size_t at : keys_of(*command->command, span_of(views_of(arguments))))
      found += arguments[at] + " ";
    return found + "from " + arguments[first_key_of(*command->command)];
  };
  CHECK(keys("sadd a m n") == "a from a");
  CHECK(keys("del a b c") == "a b c from a");
  CHECK(keys("smove a b m") == "a b from a");
  CHECK(keys("sunionstore d a b") == "d a b from d");
  CHECK(keys("pfmerge d") == "d from d");
  CHECK(keys("sintercard 2 a b limit 1") == "a b from a");
  for (const char* count : {"0", "4", "-1", "x"}) {
    CHECK(keys(("sintercard " + Bytes(count) + " a b c").c_str()) == "from a");
  }
  CHECK(has_several_keys(*find_command(words("smove a b m"))->command));
  CHECK(has_several_keys(*find_command(words("sintercard 1 a"))->command));
  CHECK_FALSE(has_several_keys(*find_command(words("del a b"))->command));
  CHECK_FALSE(has_several_keys(*find_command(words("sadd a b"))->command));
}

TEST_CASE("the_sizes_of_all_keys_are_checked") {
  const Bytes large(1025, 'k');
  for (const auto& arguments : std::vector<std::vector<Bytes>>{{"smove", "a", large, "m"},
                                                               {"sunion", "a", "b", large},
                                                               {"sdiffstore", large, "a"},
                                                               {"sintercard", "2", "a", large}}) {
    CHECK(find_command(arguments).error().code == ErrorCode::too_large);
  }
  CHECK(find_command({"smove", "a", "b", Bytes(65537, 'm')}).error().code == ErrorCode::too_large);
  CHECK(find_command({"smove", "a", "", "m"}).error().code == ErrorCode::invalid);
  CHECK(find_command({"sintercard", "1", "a", "LIMIT", large}).has_value());
}

TEST_CASE("strings_answer_as_in_redis") {
  Replica r(1);
  CHECK(reply(r, {"GET", "k"}) == Value(Nil{}));
  CHECK(reply(r, {"STRLEN", "k"}) == integer(0));
  CHECK(reply(r, {"SET", "k", "10"}) == status("OK"));
  CHECK(reply(r, {"INCR", "k"}) == integer(11));
  CHECK(reply(r, {"INCRBY", "k", "-20"}) == integer(-9));
  CHECK(reply(r, {"DECRBY", "k", "1"}) == integer(-10));
  CHECK(reply(r, {"DECR", "k"}) == integer(-11));
  CHECK(reply(r, {"GET", "k"}) == bytes("-11"));
  CHECK(reply(r, {"STRLEN", "k"}) == integer(3));
  CHECK(reply(r, {"SET", "k", "007"}) == status("OK"));
  CHECK(reply(r, {"GET", "k"}) == bytes("007"));
  CHECK(error(r, {"INCR", "k"}).code == ErrorCode::wrong_type);
  CHECK(error(r, {"INCRBY", "k", "1.5"}).sentence == "value is not an integer or out of range");
  CHECK(error(r, {"INCRBY", "k", "9223372036854775808"}).code == ErrorCode::invalid);
  CHECK(error(r, {"SET", "k", "v", "FOR", "10"}).sentence == "syntax error");
  CHECK(reply(r, {"SET", "k", Bytes(1024, 'v')}) == status("OK"));
  CHECK(error(r, {"SET", "k", Bytes(1025, 'v')}).sentence ==
        "the value has 1025 bytes; at most 1024 are possible");
  CHECK(reply(r, {"INCRBY", "new", "0"}) == integer(0));
  CHECK(reply(r, {"GET", "new"}) == bytes("0"));
}

TEST_CASE("sets_answer_as_in_redis") {
  Replica r(1);
  CHECK(reply(r, {"SMEMBERS", "s"}) == array({}));
  CHECK(reply(r, {"SADD", "s", "b", "a", "b"}) == integer(2));
  CHECK(reply(r, {"SADD", "s", "a", "c"}) == integer(1));
  CHECK(reply(r, {"SCARD", "s"}) == integer(3));
  CHECK(reply(r, {"SMEMBERS", "s"}) == array({"a", "b", "c"}));
  CHECK(reply(r, {"SISMEMBER", "s", "a"}) == integer(1));
  CHECK(reply(r, {"SISMEMBER", "s", "x"}) == integer(0));
  CHECK(reply(r, {"SREM", "s", "a", "x", "a"}) == integer(1));
  CHECK(reply(r, {"SREM", "s", "a"}) == integer(0));
  CHECK(reply(r, {"SREM", "s", "b", "c"}) == integer(2));
  CHECK(reply(r, {"EXISTS", "s"}) == integer(0));
  CHECK(r.entries().all().empty());  // the marker went with the last member
}

TEST_CASE("keys_answer_as_in_redis") {
  Replica r(1);
  CHECK(reply(r, {"TYPE", "k"}) == status("none"));
  CHECK(reply(r, {"DEL", "k"}) == integer(0));
  reply(r, {"SADD", "k", "m"});
  CHECK(reply(r, {"TYPE", "k"}) == status("set"));
  CHECK(reply(r, {"EXISTS", "k"}) == integer(1));
  CHECK(error(r, {"INCR", "k"}).sentence == "the key holds a set, and INCR works on a string");
  CHECK(error(r, {"REG.SET", "k", "v"}).code == ErrorCode::wrong_type);
  CHECK(reply(r, {"SET", "k", "v"}) == status("OK"));  // as in Redis, whatever it held
  CHECK(reply(r, {"TYPE", "k"}) == status("string"));
  CHECK(reply(r, {"DEL", "k"}) == integer(1));
  CHECK(r.entries().all().empty());
}

TEST_CASE("registers_and_counters_answer") {
  Replica r(1);
  CHECK(reply(r, {"REG.GET", "r"}) == Value(Nil{}));
  CHECK(reply(r, {"SIBLINGS", "r"}) == array({}));
  CHECK(reply(r, {"REG.SET", "r", "v"}) == status("OK"));
  CHECK(reply(r, {"REG.GET", "r"}) == bytes("v"));
  CHECK(reply(r, {"SIBLINGS", "r"}) == array({"v"}));
  CHECK(error(r, {"GET", "r"}).code == ErrorCode::wrong_type);
  CHECK(reply(r, {"COUNTER.GET", "c"}) == integer(0));
  CHECK(reply(r, {"COUNTER.ADD", "c", "5"}) == integer(5));
  CHECK(reply(r, {"COUNTER.ADD", "c", "-7"}) == integer(-2));
  CHECK(reply(r, {"COUNTER.GET", "c"}) == integer(-2));
  CHECK(reply(r, {"COUNTER.RESET", "c"}) == status("OK"));
  CHECK(reply(r, {"COUNTER.GET", "c"}) == integer(0));
  CHECK(reply(r, {"EXISTS", "c"}) == integer(0));
}

TEST_CASE("what_changes_nothing_and_claims_nothing_issues_nothing") {
  Replica r(1);
  CHECK_FALSE(r.issue({"DEL", "k"}).event);
  CHECK_FALSE(r.issue({"SREM", "k", "m"}).event);
  CHECK_FALSE(r.issue({"COUNTER.RESET", "k"}).event);
  CHECK(r.issue({"SADD", "k", "m"}).event);
  CHECK(r.issue({"SADD", "k", "m"}).event);  // it must win over a remove elsewhere
  CHECK_FALSE(r.issue({"SREM", "k", "other"}).event);
  CHECK(r.issue({"INCRBY", "n", "0"}).event);  // it creates the key
  CHECK_FALSE(r.issue({"INCRBY", "n", "0"}).event);
}

TEST_CASE("no_command_reads_more_than_it_needs") {
  Replica r(1);
  std::vector<Bytes> add{"SADD", "s"};
  for (int i = 0; i < 1000; ++i) add.push_back("m" + std::to_string(i));
  reply(r, add);
  r.entries().take_visited();
  const auto visited = [&](const std::vector<Bytes>& arguments) {
    reply(r, arguments);
    return r.entries().take_visited();
  };
  // Preparing one member: its entry, and the one that stops the scan.
  CHECK(visited({"SADD", "s", "m1"}) <= 4);
  CHECK(visited({"SADD", "s", "m"}) <= 2);  // a prefix of all the others
  CHECK(visited({"SREM", "s", "m"}) <= 4);
  CHECK(visited({"SISMEMBER", "s", "m2"}) <= 2);
  CHECK(visited({"EXISTS", "s"}) == 0);
  CHECK(visited({"TYPE", "s"}) == 0);
  CHECK(visited({"SCARD", "s"}) == 0);
  CHECK(visited({"DEL", "s"}) == 0);
}
