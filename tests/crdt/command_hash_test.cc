// Hashes answer as in Redis 7.
#include <map>
#include <set>

#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

Value::Array array_of(Replica& at, const std::vector<Bytes>& arguments) {
  const Done done = at.issue(arguments);
  REQUIRE(done.reply.has_value());
  return std::get<Value::Array>(*done.reply);
}

Bytes text(const Value& value) { return std::get<Bytes>(value); }

/// A hash of f0 … with the values v0 ….
void fill(Replica& at, int fields) {
  std::vector<Bytes> set{"hset", "h"};
  for (int i = 0; i < fields; ++i) set.insert(set.end(), {"f" + std::to_string(i), "v" + std::to_string(i)});
  at.issue(set);
}

/// What HSCAN finds until its cursor is 0 again.
std::map<Bytes, Bytes> scan(Replica& at, const std::vector<Bytes>& options) {
  std::map<Bytes, Bytes> found;
  Bytes cursor = "0";
  do {
    std::vector<Bytes> arguments{"hscan", "h", cursor};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto answer = array_of(at, arguments);
    REQUIRE(answer.size() == 2);
    cursor = text(answer[0]);
    const auto& rows = std::get<Value::Array>(answer[1]);
    for (std::size_t i = 0; i < rows.size(); i += 2) found[text(rows[i])] = text(rows[i + 1]);
  } while (cursor != "0");
  return found;
}

}  // namespace

TEST_CASE("hashes_are_written_and_read_as_in_redis") {
  Replica r(1);
  CHECK(say(r, "HSET h a 1 b 2") == "2");
  CHECK(say(r, "HSET h a 3 c 4 a 5") == "1");
  CHECK(say(r, "HGET h a") == "5");
  CHECK(say(r, "HGET h none") == "(nil)");
  CHECK(say(r, "HGET none a") == "(nil)");
  CHECK(say(r, "HMSET h d text e 6") == "OK");
  CHECK(say(r, "HGETALL h") == "a 5 b 2 c 4 d text e 6");
  CHECK(say(r, "HGETALL none").empty());
  CHECK(say(r, "HKEYS h") == "a b c d e");
  CHECK(say(r, "HVALS h") == "5 2 4 text 6");
  CHECK(say(r, "HLEN h") == "5");
  CHECK(say(r, "HLEN none") == "0");
  CHECK(say(r, "HEXISTS h d") == "1");
  CHECK(say(r, "HEXISTS h x") == "0");
  CHECK(say(r, "HSTRLEN h d") == "4");
  CHECK(say(r, "HSTRLEN h x") == "0");
  CHECK(say(r, "HMGET h a x d") == "5 (nil) text");
  CHECK(say(r, "HMGET none a x") == "(nil) (nil)");
  CHECK(say(r, "TYPE h") == "hash");
  CHECK(say(r, "HDEL h a a x") == "1");
  CHECK(say(r, "HDEL h b c d e") == "4");
  CHECK(say(r, "EXISTS h") == "0");
  CHECK(r.entries().all().empty());
}

TEST_CASE("conditions_and_sums_of_fields_are_those_of_redis") {
  Replica r(1);
  CHECK(say(r, "HSETNX h f 10") == "1");
  CHECK(say(r, "HSETNX h f 20") == "0");
  CHECK(say(r, "HINCRBY h f 5") == "15");
  CHECK(say(r, "HINCRBY h n -5") == "-5");
  CHECK(say(r, "HINCRBYFLOAT h f 0.25") == "15.25");
  CHECK(say(r, "HINCRBYFLOAT h f -0.25") == "15");
  CHECK(say(r, "HINCRBY h f 1") == "16");
  CHECK(say(r, "HINCRBYFLOAT h new 1e3") == "1000");
  CHECK(say(r, "HSET h t text") == "1");
  CHECK(say(r, "HINCRBY h t 1") ==
        "WRONG_TYPE: the field holds a string that is not an integer or out of range, and HINCRBY works on "
        "an integer");
  CHECK(say(r, "HINCRBYFLOAT h t 1") ==
        "WRONG_TYPE: the field holds a string that is not a number, and HINCRBYFLOAT works on a number");
  CHECK(say(r, "HINCRBY h f one") == "INVALID: value is not an integer or out of range");
  CHECK(say(r, "HINCRBYFLOAT h f one") == "INVALID: value is not a valid float");
  CHECK(say(r, "HINCRBY h f 9223372036854775807") == "INVALID: increment or decrement would overflow");
  CHECK(
      say(r, "HSET h f") ==
      "INVALID: wrong number of arguments for 'hset': it is used as hset key field value [field value ...]");
  CHECK(say(r, "HSET h f 1 g") == "INVALID: wrong number of arguments for 'hset' command");
  CHECK(say(r, "HMSET h f 1 g") == "INVALID: wrong number of arguments for 'hmset' command");
  CHECK(say(r, "SET s text") == "OK");
  for (const char* line : {"HSET s f v", "HGET s f", "HDEL s f", "HGETALL s", "HLEN s", "HINCRBY s f 1",
                           "HSCAN s 0", "HRANDFIELD s", "HMGET s f", "HEXISTS s f"}) {
    CHECK(say(r, line).starts_with("WRONG_TYPE: the key holds a string, and "));
  }
}

TEST_CASE("fields_at_random_are_distinct_or_drawn_again_and_again") {
  Replica r(1);
  CHECK(say(r, "HRANDFIELD none") == "(nil)");
  CHECK(say(r, "HRANDFIELD none 3").empty());
  fill(r, 50);
  CHECK(say(r, "HRANDFIELD h 0").empty());
  const auto five = array_of(r, words("HRANDFIELD h 5"));
  std::set<Bytes> distinct;
  for (const Value& field : five) distinct.insert(text(field));
  CHECK(five.size() == 5);
  CHECK(distinct.size() == 5);
  CHECK(array_of(r, words("HRANDFIELD h 60")).size() == 50);
  CHECK(array_of(r, words("HRANDFIELD h -60")).size() == 60);
  for (const Value& pair : array_of(r, words("HRANDFIELD h -20 WITHVALUES"))) {
    const auto& parts = std::get<Value::Array>(pair);
    CHECK("v" + text(parts.at(0)).substr(1) == text(parts.at(1)));
  }
  CHECK(say(r, "HRANDFIELD h 1 2") == "INVALID: syntax error");
  CHECK(say(r, "HRANDFIELD h 1 withvalues 2") == "INVALID: syntax error");
  CHECK(say(r, "HRANDFIELD h one") == "INVALID: value is not an integer or out of range");
  CHECK(say(r, "HRANDFIELD h 9223372036854775807 WITHVALUES") == "INVALID: value is out of range");
  CHECK(say(r, "HRANDFIELD h -9223372036854775807").starts_with("TOO_LARGE: what is drawn has more than"));
}

TEST_CASE("another_request_draws_another_field") {
  Replica r(1);
  fill(r, 50);
  std::set<Bytes> drawn;
  EventWriter changes;
  changes.begin(ActorId(1));
  for (std::uint64_t salt = 0; salt < 50; ++salt) {
    Context context{r.entries(),  r.clock(), {ActorId(1), 2}, Hlc(), WallTime(1s),
                    std::nullopt, 1024,      changes,         "h"};
    context.salt = salt;
    const auto line = words("HRANDFIELD h");
    Value reply;
    REQUIRE(find_command(line)->command->execute(context, span_of(views_of(line)), reply));
    drawn.insert(text(reply));
  }
  CHECK(drawn.size() > 20);
}

TEST_CASE("a_hash_is_scanned_in_parts_while_it_changes") {
  Replica r(1);
  CHECK(say(r, "HSCAN none 0") == "0 ");
  fill(r, 200);
  const auto all = scan(r, {"COUNT", "7"});
  CHECK(all.size() == 200);
  CHECK(all.at("f13") == "v13");
  CHECK(scan(r, {"MATCH", "f1?", "COUNT", "50"}).size() == 10);
  CHECK(array_of(r, words("HSCAN h 0 COUNT 1000")).at(0) == Value(Bytes("0")));
  // As those do who delete what they find, while others add.
  Bytes cursor = "0";
  std::set<Bytes> found;
  for (int step = 0;; ++step) {
    const auto answer = array_of(r, {"HSCAN", "h", cursor, "COUNT", "9"});
    const auto& rows = std::get<Value::Array>(answer.at(1));
    for (std::size_t i = 0; i < rows.size(); i += 2) {
      found.insert(text(rows[i]));
      r.issue({"HDEL", "h", text(rows[i])});
    }
    r.issue({"HSET", "h", "other" + std::to_string(step), "v"});
    cursor = text(answer.at(0));
    if (cursor == "0") break;
    REQUIRE(step < 1000);
  }
  for (int i = 0; i < 200; ++i) CHECK(found.contains("f" + std::to_string(i)));
  CHECK(say(r, "HSCAN h x") == "INVALID: invalid cursor");
  CHECK(say(r, "HSCAN h 0 COUNT") == "INVALID: syntax error");
}

TEST_CASE("fields_and_values_are_any_bytes") {
  Replica r(1);
  const Bytes zeros("\0\0", 2);
  const Bytes escaped("\0\xff", 2);
  REQUIRE(
      r.issue({"HSET", "h", zeros, "a", escaped, "b", Bytes(), "c", zeros + "x", zeros}).reply.has_value());
  CHECK(*r.issue({"HGETALL", "h"}).reply ==
        Value(Value::Array{Bytes(), Bytes("c"), zeros, Bytes("a"), zeros + "x", zeros, escaped, Bytes("b")}));
  CHECK(*r.issue({"HGET", "h", Bytes()}).reply == Value(Bytes("c")));
  CHECK(scan(r, {}).at(escaped) == "b");
  CHECK(*r.issue({"HDEL", "h", zeros, escaped}).reply == Value(std::int64_t{2}));
  CHECK(say(r, "HLEN h") == "2");
}

TEST_CASE("a_set_of_too_many_fields_is_refused_as_a_whole") {
  Replica r(1);
  std::vector<Bytes> set{"HSET", "h"};
  for (std::size_t i = 0; i < CodecLimits::mutations_max; ++i)
    set.insert(set.end(), {std::to_string(i), "v"});
  const Done done = r.issue(set);
  REQUIRE_FALSE(done.reply.has_value());
  CHECK(done.reply.error().code == ErrorCode::too_large);
  set.resize(set.size() - 2);  // the type marker needs one
  CHECK(r.issue(set).event.has_value());
}
