// Maps: stories of nested values, and what other implementations are known to get wrong.
#include "crdt/map.h"

#include "crdt/request.h"
#include "tests/crdt/dialogue.h"
#include "tests/crdt/event_draft.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

constexpr RequestId q{1, 2, 1'060'000};

/// "map.in k f map.in f … command", so many fields deep.
std::vector<Bytes> deep(std::size_t depth, const std::string& command) {
  std::vector<Bytes> all = words(command);
  for (std::size_t i = 1; i < depth; ++i) all.insert(all.begin(), {"map.in", "f"});
  all.insert(all.begin(), {"map.in", "k", "f"});
  return all;
}

}  // namespace

TEST_CASE("a_reset_of_a_nested_map_that_meets_an_update_loses_neither") {
  const std::string in = GENERATE("map.in k m ", "map.in k m map.in m ", "map.in k m map.in m map.in m ");
  const std::string remove = GENERATE("map.del k m", "hdel k m", "del k");
  Replica a(1);
  Replica b(2);
  say(a, in + "hset name ada age 36");
  say(a, in + "map.in logins counter.add 5");
  say(a, in + "map.in tags sadd old");
  b.merge_from(a);
  CHECK(say(b, remove) == "1");
  say(a, in + "hset name eva");
  say(a, in + "map.in logins counter.add 1");
  say(a, in + "map.in tags sadd new");
  heal(a, b);
  CHECK(say(a, in + "hgetall") == "logins (nil) name eva tags (nil)");
  CHECK(say(a, in + "map.in logins counter.get") == "1");
  CHECK(say(a, in + "map.in tags smembers") == "new");
}

TEST_CASE("a_counter_in_a_map_does_not_come_back_after_its_removal") {
  const std::string in = GENERATE("map.in k c ", "map.in k m map.in c ", "map.in k m map.in m map.in c ");
  Replica a(1);
  Replica b(2);
  Replica c(3);
  say(a, in + "counter.add 5");
  b.merge_from(a);
  c.merge_from(a);
  say(b, in + "del");
  CHECK(say(b, "exists k") == "0");
  say(c, in + "counter.add 2");  // beside it, in a cell of its own
  heal(a, b);
  heal(b, c);
  CHECK(say(b, in + "counter.get") == "2");
  CHECK(say(b, in + "counter.add 1") == "3");
  heal(a, c);
  heal(a, b);
  CHECK(say(a, in + "counter.get") == "3");
}

TEST_CASE("a_second_removal_forgets_what_came_between") {
  Replica a(1);
  Replica b(2);
  say(a, "hincrby k f 5");
  b.merge_from(a);
  say(b, "hdel k f");
  say(a, "hincrby k f 1");  // the cell goes on: 6
  b.merge_from(a);
  CHECK(say(b, "hget k f") == "1");
  say(b, "hdel k f");
  CHECK(say(b, "hget k f") == "(nil)");
  say(a, "hincrby k f 3");
  heal(a, b);
  CHECK(say(a, "hget k f") == "3");
}

TEST_CASE("hset_and_hincrby_meet_as_set_and_incr_do") {
  Replica a(1);
  Replica b(2);
  say(a, "hset k f 10");
  b.merge_from(a);
  say(a, "hincrby k f 1");
  say(b, "hincrby k f 2");
  heal(a, b);
  CHECK(say(a, "hget k f") == "13");
  say(a, "hset k f 100");
  say(b, "hincrby k f 5");
  heal(a, b);
  CHECK(say(b, "hget k f") == "105");
}

TEST_CASE("a_repeated_hincrby_counts_once_here_and_elsewhere") {
  Replica a(1);
  Replica b(2);
  CHECK(say(a, "hincrby k f 5", q) == "5");
  CHECK(say(a, "hincrby k f 5", q) == "5");
  CHECK(say(b, "hincrby k f 5", q) == "5");
  CHECK(say(b, "hincrby k g 5", q) == "5");  // another field, another request
  heal(a, b);
  CHECK(say(a, "hget k f") == "5");
  CHECK(say(a, "map.in k f incr", q) == "5");
  CHECK(say(a, "map.in k m map.in c counter.add 7", q) == "7");
  CHECK(say(a, "map.in k m map.in c counter.add 7", q) == "7");
}

TEST_CASE("a_request_is_known_after_its_field_was_removed_and_after_its_key_was") {
  const std::string remove = GENERATE("hdel k f", "del k");
  Replica a(1);
  Replica b(2);
  say(a, "hincrby k f 5", q);
  say(b, "hincrby k f 5", q);
  say(a, remove);
  const Done again = a.issue(words("hincrby k f 5"), 1'000'000, q);
  CHECK_FALSE(again.event);
  CHECK(*again.reply == Value(std::int64_t{0}));
  heal(a, b);
  CHECK(say(a, "hget k f") == "0");  // one execution was taken back, which takes back the request
  say(a, remove);
  CHECK(say(a, "exists k") == "0");
}

TEST_CASE("a_removal_does_not_take_what_it_did_not_see") {
  Replica a(1);
  Replica b(2);
  b.apply(event_of(a, "hset k f 1 g 2"));
  say(a, "hset k f 3");
  say(b, "hdel k f g");
  heal(a, b);
  CHECK(say(a, "hgetall k") == "f 3");
  CHECK(say(a, "type k") == "hash");
}

TEST_CASE("of_types_in_one_field_the_lowest_is_read_and_the_others_are_hidden") {
  Replica a(1);
  Replica b(2, 1000);
  say(a, "hset k f text");
  say(b, "map.in k f sadd m");
  heal(a, b);
  CHECK(say(a, "hget k f") == "text");
  CHECK(say(a, "map.type k f") == "string");
  CHECK(say(a, "hlen k") == "1");
  CHECK(say(a, "map.in k f sadd n") == "WRONG_TYPE: the field holds a string, and SADD works on a set");
  CHECK(say(a, "map.in k f set new") == "OK");
  CHECK(say(a, "map.type k f") == "string");
  CHECK(say(a, "hdel k f") == "1");  // and what is hidden
  CHECK(say(a, "exists k") == "0");
}

TEST_CASE("a_field_of_another_type_is_no_string") {
  Replica a(1);
  say(a, "map.in k c counter.add 3");
  say(a, "hset k s text");
  const std::string refusal = "WRONG_TYPE: the field holds a counter, and ";
  CHECK(say(a, "hget k c") == refusal + "HGET works on a string");
  CHECK(say(a, "hset k c 5") == refusal + "HSET works on a string");
  CHECK(say(a, "hset k s 5 c 5") == refusal + "HSET works on a string");
  CHECK(say(a, "hincrby k c 5") == refusal + "HINCRBY works on a string");
  CHECK(say(a, "hstrlen k c") == refusal + "HSTRLEN works on a string");
  CHECK(say(a, "hget k s") == "text");
  CHECK(say(a, "hmget k c s none") == "(nil) text (nil)");
  CHECK(say(a, "hgetall k") == "c (nil) s text");
  CHECK(say(a, "hvals k") == "(nil) text");
  CHECK(say(a, "hsetnx k c 1") == "0");
  CHECK(say(a, "hexists k c") == "1");
  CHECK(say(a, "map.fields k") == "c counter s string");
}

TEST_CASE("a_command_works_in_a_field_as_in_a_key_at_any_depth") {
  Replica a(1);
  CHECK(say(a, "map.in k cart SADD apple pear") == "2");
  CHECK(say(a, "map.in k cart cw.sadd apple") == "0");
  CHECK(say(a, "CW.MAP.IN k").starts_with("INVALID: unknown command"));
  CHECK(say(a, "MAP.IN k a MAP.IN b CW.MAP.IN c CW.COUNTER.ADD 2") == "2");
  CHECK(say(a, "map.in k a map.in b map.in c counter.get") == "2");
  CHECK(say(a, "map.type k a b c") == "counter");
  CHECK(say(a, "map.type k a b") == "hash");
  CHECK(say(a, "map.type k a none c") == "none");
  CHECK(say(a, "map.fields k a b") == "c counter");
  CHECK(say(a, "map.len k") == "2");
  CHECK(say(a, "map.len k a b") == "1");
  CHECK(say(a, "map.len k none") == "0");
  CHECK(say(a, "map.in k a exists") == "1");
  CHECK(say(a, "map.in k a map.len b") == "1");
  CHECK(say(a, "map.del k a b c") == "1");
  CHECK(say(a, "map.del k a b c") == "0");
  CHECK(say(a, "map.len k") == "1");  // what it emptied is gone, too
  CHECK(say(a, "map.in k cart srem apple pear") == "2");
  CHECK(a.entries().all().empty());
}

TEST_CASE("what_map_in_cannot_execute_is_refused_with_the_reason") {
  Replica a(1);
  say(a, "set text v");
  CHECK(say(a, "map.in text f sadd m") == "WRONG_TYPE: the key holds a string, and MAP.IN works on a hash");
  CHECK(say(a, "map.in k f nosuch x") == "INVALID: unknown command 'nosuch'");
  CHECK(say(a, "map.in k f sadd") ==
        "INVALID: wrong number of arguments for 'sadd': it is used as sadd key member [member ...]");
  CHECK(say(a, "map.in k f del g") ==
        "INVALID: 'del' does not work in a field: map.in takes commands of one key");
  CHECK(say(a, "map.in k f").starts_with("INVALID: wrong number of arguments for 'map.in'"));
  CHECK(say(a, "map.in k f del") == "0");
}

TEST_CASE("the_access_of_map_in_is_that_of_what_it_executes") {
  const auto call = [](const std::string& line) { return *find_command(words(line)); };
  CHECK(call("map.in k f scard").reads());
  CHECK(call("map.in k f sadd m").effect->access == Access::write);
  CHECK(call("map.in k f srem m").effect->access == Access::observed_write);
  CHECK(call("map.in k f map.in g incr").effect->traits.counts);
  CHECK_FALSE(call("map.in k f map.in g get").effect->traits.counts);
  CHECK(shape_of(*call("map.in k f smembers").command, span_of(views_of(words("map.in k f smembers")))) ==
        ReplyShape::set);
  CHECK(shape_of(*call("map.in k f get").command, span_of(views_of(words("map.in k f nosuch")))) ==
        ReplyShape::plain);
}

TEST_CASE("values_nest_so_deep_and_no_deeper") {
  Replica a(1);
  CHECK(a.issue(deep(fields_deep_max, "hset leaf v")).reply.has_value());
  CHECK(*a.issue(deep(fields_deep_max, "hget leaf")).reply == Value(Bytes("v")));
  const Done deeper = a.issue(deep(fields_deep_max + 1, "sadd m"));
  REQUIRE_FALSE(deeper.reply.has_value());
  CHECK(deeper.reply.error().code == ErrorCode::too_large);
  CHECK(a.issue(deep(5000, "sadd m")).reply.error().code == ErrorCode::too_large);
  std::vector<Bytes> path(fields_deep_max + 3, "f");
  path[0] = "map.type";
  CHECK(a.issue(path).reply.error().code == ErrorCode::too_large);
  path.pop_back();
  CHECK(a.issue(path).reply.has_value());
}

TEST_CASE("names_that_nest_to_more_than_a_path_holds_are_refused") {
  Replica a(1);
  const Bytes longest(CommandLimits::member_bytes_max, 'f');
  const Bytes zeros(CommandLimits::member_bytes_max, '\0');  // each takes two bytes
  CHECK(a.issue({"hset", "k", longest, "v"}).reply.has_value());
  CHECK(*a.issue({"hget", "k", longest}).reply == Value(Bytes("v")));
  CHECK(a.issue({"hset", "k", longest + "f", "v"}).reply.error().sentence ==
        "the field has 65537 bytes; at most 65536 are possible");
  CHECK(a.issue({"hset", "k", zeros, "v"}).reply.error().code == ErrorCode::too_large);
  CHECK(a.issue({"map.in", "l", longest, "sadd", longest}).reply.error().code == ErrorCode::too_large);
  CHECK(a.issue({"map.in", "l", longest, "sadd", longest.substr(8)}).reply.has_value());
  CHECK(a.issue({"map.in", "k", "f", "set", Bytes(Replica::value_bytes_max, 'v')}).reply.has_value());
  CHECK(a.issue({"map.in", "k", "f", "set", Bytes(Replica::value_bytes_max + 1, 'v')}).reply.error().code ==
        ErrorCode::too_large);
}

TEST_CASE("a_value_that_was_emptied_leaves_no_map_behind") {
  Replica a(1);
  Replica b(2);
  say(a, "map.in k r rwset.add m");
  say(a, "map.in k r rwset.rem m");
  CHECK(say(a, "exists k") == "0");
  CHECK(say(a, "hlen k") == "0");
  CHECK(say(a, "map.fields k").empty());
  say(b, "map.in k r rwset.add m");
  heal(a, b);
  CHECK(say(b, "exists k") == "0");
  CHECK(say(b, "map.in k r rwset.add m") == "1");
  CHECK(say(b, "map.fields k") == "r rwset");
}

TEST_CASE("a_field_that_is_removed_costs_nothing_where_nothing_was_counted") {
  Replica a(1);
  say(a, "hset k f 1 g 2");
  say(a, "map.in k m map.in s sadd a b c");
  CHECK(say(a, "hdel k f g m") == "3");
  CHECK(a.entries().all().empty());
}

TEST_CASE("an_operation_on_one_field_reads_and_writes_that_field") {
  Replica a(1);
  std::vector<Bytes> set{"hset", "k"};
  for (int i = 0; i < 1000; ++i) {
    set.push_back("f" + std::to_string(i));
    set.emplace_back("v");
  }
  a.issue(set);
  for (int i = 0; i < 1000; ++i) say(a, "map.in k s sadd m" + std::to_string(i));
  for (const char* line :
       {"hset k f1 v", "hincrby k new 1", "hincrby k new 1", "hget k f", "hmget k f1 f2", "hlen k",
        "hexists k f2", "hsetnx k f3 v", "hdel k f4", "hstrlen k f5", "map.type k f6", "map.len k",
        "map.in k s sadd m1", "map.in k s scard", "map.del k s", "hscan k 0", "hrandfield k 3"}) {
    a.entries().take_visited();
    const Done done = a.issue(words(line));
    INFO(line);
    REQUIRE(done.reply.has_value());
    CHECK(a.entries().take_visited() <= (std::string(line) == "hscan k 0" ? 20 : 6));
    if (done.event) CHECK(encode_event(*done.event).size() < 100);
  }
}

TEST_CASE("rights_that_a_bounded_counter_lacks_are_asked_for_in_its_field") {
  struct Asked : Others {
    [[nodiscard]] Bytes name_of(ActorId /*actor*/) const override { return "eu-1"; }
    void ask(ActorId /*actor*/, const std::vector<Bytes>& arguments) override { asked = arguments; }
    [[nodiscard]] bool inherits(BytesView /*key*/, ActorId /*actor*/) const override { return false; }
    std::vector<Bytes> asked;
  };
  Asked others;
  Replica a(1);
  say(a, "map.in k stock bounded.add 10");
  const Replica& holder = a;
  EventWriter changes;
  changes.begin(ActorId(2));
  const Context context{
      holder.entries(), holder.clock(),           {ActorId(2), 1}, holder.hlc(), WallTime(1s),
      std::nullopt,     Replica::value_bytes_max, changes,         "k",          &others};
  const auto line = words("map.in k stock bounded.sub 3");
  Value reply;
  const auto done = find_command(line)->command->execute(context, span_of(views_of(line)), reply);
  REQUIRE_FALSE(done.has_value());
  REQUIRE(others.asked.size() == 6);
  CHECK(std::vector(others.asked.begin(), others.asked.begin() + 5) ==
        std::vector<Bytes>{"map.in", "k", "stock", "bounded.give", "3"});
  say(a, "map.in k stock " + others.asked[3] + " " + others.asked[4] + " " + others.asked[5]);
  CHECK(say(a, "map.in k stock bounded.rights").starts_with("0000000000000001 5"));
}
