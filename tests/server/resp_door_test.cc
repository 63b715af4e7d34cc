// The RESP door without a store behind it: whatever is said, each command gets exactly one reply, and a whole one.
#include "server/resp_door.h"

#include <charconv>
#include <optional>
#include <rapidcheck/catch.h>

#include "net/reactor.h"
#include "tests/net/resp_support.h"

using namespace causeway;
using namespace causeway::test;

namespace {

/// The door at a port; data commands are answered with `reply`.
struct Door {
  explicit Door(int number) : at(host(number)), reactor(options()) { REQUIRE(reactor.bind()); }
  ReactorOptions options() {
    ReactorOptions made = options_at(at);
    made.resp = &door;
    return made;
  }
  void turn() {
    Outbox out;
    for (auto& [client, message] : reactor.poll(1ms).clients) {
      Responses answers;
      for (Request& each : std::get<Requests>(message).requests) {
        answers.responses.push_back({each.id, reply});
        asked.push_back(std::move(each));
      }
      out.clients.emplace_back(client, std::move(answers));
    }
    reactor.send(std::move(out));
  }
  /// What is answered to it, up to the reply to a last ECHO.
  Bytes ask(RespClient& client, const Bytes& commands) {
    const std::size_t before = client.heard().size();
    const Bytes last = "$10\r\nthe-marker\r\n";
    const Bytes text = commands + "*2\r\n$4\r\nECHO\r\n" + last;
    std::size_t said = 0;
    REQUIRE(until([&] {
      said += client.say(BytesView(text).substr(said));
      turn();
      return (client.heard().size() > before && client.heard().ends_with(last)) || client.ended();
    }));
    return client.heard().substr(before, client.heard().size() - before - last.size());
  }

  std::string at;
  RespDoor door{[] { return RespFacts{}; }};
  Reactor reactor;
  Value reply = Status{"OK"};
  std::vector<Request> asked;
};

Bytes multibulk(const std::vector<Bytes>& words) {
  Bytes text = "*" + std::to_string(words.size()) + "\r\n";
  for (const Bytes& each : words) text += "$" + std::to_string(each.size()) + "\r\n" + each + "\r\n";
  return text;
}

/// Takes one reply of RESP2 or RESP3 from the front; false if there is none as a whole.
bool skip_reply(BytesView& text) {
  const std::size_t end = text.find("\r\n");
  if (end == BytesView::npos || end == 0) return false;
  const char kind = text[0];
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data() + 1, text.data() + end, number);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == text.data() + end;
  text.remove_prefix(end + 2);
  switch (kind) {
    case '+':
    case '-': return true;
    case '_': return end == 1;
    case ':': return is_number;
    case '$':
    case '=': {
      if (!is_number || number < -1) return false;
      if (number == -1) return true;
      const auto size = static_cast<std::size_t>(number);
      if (text.size() < size + 2 || text.substr(size, 2) != "\r\n") return false;
      text.remove_prefix(size + 2);
      return true;
    }
    case '*':
    case '~':
    case '%': {
      if (!is_number || number < 0) return false;
      for (std::int64_t left = kind == '%' ? 2 * number : number; left > 0; --left) {
        if (!skip_reply(text)) return false;
      }
      return true;
    }
    default: return false;
  }
}

std::optional<std::size_t> replies_in(BytesView text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    if (!skip_reply(text)) return std::nullopt;
  }
  return count;
}

rc::Gen<Bytes> word() {
  static const std::vector<Bytes> known{"auth",    "client",  "command", "config",    "cw.level",
                                        "echo",    "hello",   "info",    "ping",      "select",
                                        "reset",   "2",       "3",       "setname",   "default",
                                        "id",      "getname", "setinfo", "lib-name",  "list",
                                        "reply",   "on",      "count",   "docs",      "getkeys",
                                        "get",     "set",     "del",     "exists",    "*",
                                        "save",    "app*",    "ONE",     "quorum",    "0",
                                        "stats",   "all",     "incr",    "smembers",  "cw.counter.add",
                                        "no-such", "[",       "off",     "info",      "no-evict",
                                        "all",     "lib-ver", "AUTH",    "maxmemory", "list-compress-depth"};
  return rc::gen::oneOf(rc::gen::elementOf(known), rc::gen::elementOf(known), rc::gen::arbitrary<Bytes>());
}

}  // namespace

TEST_CASE("each_command_gets_one_whole_reply_whatever_it_says") {
  Door door(60);
  rc::prop("a pipeline of words", [&] {
    RespClient client(door.at);
    const auto commands = *rc::gen::container<std::vector<std::vector<Bytes>>>(
        rc::gen::nonEmpty(rc::gen::container<std::vector<Bytes>>(word())));
    Bytes text;
    for (const auto& each : commands) text += multibulk(each);
    RC_ASSERT(replies_in(door.ask(client, text)) == commands.size());
  });
}

TEST_CASE("a_data_command_becomes_a_request_at_the_levels_of_its_connection") {
  Door door(61);
  RespClient client(door.at);
  door.ask(client, "SeT k v\ncw.level ONE 2\nCW.Counter.Add c 5\nset k\ncounter.add c 5\nreset\nget k\n");
  REQUIRE(door.asked.size() == 3);
  CHECK(door.asked[0].arguments == std::vector<Bytes>{"set", "k", "v"});
  CHECK(door.asked[0].read_level == Level{});
  CHECK(door.asked[0].timeout_ms == 0);
  CHECK(door.asked[1].arguments == std::vector<Bytes>{"counter.add", "c", "5"});
  CHECK(door.asked[1].read_level == Level{Level::Kind::one, 0});
  CHECK(door.asked[1].write_level == Level{Level::Kind::count, 2});
  CHECK(door.asked[2].read_level == Level{});
}

TEST_CASE("a_command_of_many_keys_is_a_request_for_each") {
  Door door(62);
  RespClient client(door.at);
  door.ask(client, "del a b c\nexists a\n");
  REQUIRE(door.asked.size() == 4);
  CHECK(door.asked[2].arguments == std::vector<Bytes>{"del", "c"});
  CHECK(door.asked[3].arguments == std::vector<Bytes>{"exists", "a"});
  CHECK(door.asked[0].id == door.asked[2].id);
  std::vector<Bytes> words(16'386, "k");
  words[0] = "del";
  CHECK(door.ask(client, multibulk(words)) ==
        "-TOO_LARGE the command has 16385 keys, the limit is 16384: split it\r\n");
  words.pop_back();
  CHECK(replies_in(door.ask(client, multibulk(words))) == 1);
  CHECK(door.asked.size() == 4 + 16'384);
}

TEST_CASE("a_command_of_several_keys_is_one_request") {
  Door door(64);
  RespClient client(door.at);
  door.ask(client, "sunionstore d a b\nSINTERCARD 2 a b LIMIT 3\n");
  REQUIRE(door.asked.size() == 2);
  CHECK(door.asked[0].arguments == std::vector<Bytes>{"sunionstore", "d", "a", "b"});
  CHECK(door.asked[1].arguments == std::vector<Bytes>{"sintercard", "2", "a", "b", "LIMIT", "3"});
}

TEST_CASE("command_info_and_getkeys_follow_the_traits") {
  Door door(65);
  RespClient client(door.at);
  CHECK(door.ask(client, "command getkeys smove a b m\n") == "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  CHECK(door.ask(client, "command getkeys sintercard 1 a limit 3\n") == "*1\r\n$1\r\na\r\n");
  CHECK(door.ask(client, "command getkeys sintercard 5 a b\n") ==
        "-ERR Invalid arguments specified for command\r\n");
  CHECK(door.ask(client, "command getkeys get a\n") == "*1\r\n$1\r\na\r\n");
  const auto positions = [&](const Bytes& command) {
    const Bytes info = door.ask(client, "command info " + command + "\n");
    const std::size_t from =
        info.find("\r\n:", info.find("only") == Bytes::npos ? info.find("write") : info.find("only"));
    return info.substr(from, info.find("\r\n*", from) - from);
  };
  CHECK(positions("get") == "\r\n:1\r\n:1\r\n:1");
  CHECK(positions("smove") == "\r\n:1\r\n:2\r\n:1");
  CHECK(positions("unlink") == "\r\n:1\r\n:-1\r\n:1");
  CHECK(positions("sdiffstore") == "\r\n:1\r\n:-1\r\n:1");
  CHECK(positions("sintercard") == "\r\n:0\r\n:0\r\n:0");
  CHECK(door.ask(client, "command info sintercard\n").find("movablekeys") != Bytes::npos);
}

TEST_CASE("a_command_in_a_field_is_one_request_and_its_reply_has_the_shape_of_the_inner_command") {
  Door door(68);
  door.reply = Value(Value::Array{Bytes("x")});
  RespClient client(door.at);
  CHECK(door.ask(client, "cw.map.in k f smembers\n") == "*1\r\n$1\r\nx\r\n");
  CHECK(door.asked[0].arguments == std::vector<Bytes>{"map.in", "k", "f", "smembers"});
  door.ask(client, "hello 3\n");
  CHECK(door.ask(client, "cw.map.in k f smembers\n") == "~1\r\n$1\r\nx\r\n");
  CHECK(door.ask(client, "cw.map.in k f cw.map.in g lrange 0 -1\n") == "*1\r\n$1\r\nx\r\n");
  CHECK(door.ask(client, "cw.map.in k f nosuch\n") == "*1\r\n$1\r\nx\r\n");  // the store refuses it
}

TEST_CASE("errors_are_in_the_words_of_redis_or_begin_with_their_code") {
  const RespDoor door([] { return RespFacts{}; });
  const auto text = [&](const Error& error) {
    ByteBuffer buffer;
    RespWriter writer(buffer, RespVersion::two);
    door.write_error(writer, error);
    return Bytes(buffer.view());
  };
  const ErrorTag tag = ErrorTag::fatal;
  CHECK(text({ErrorCode::wrong_type, tag, "the key holds a set, and get works on a string", 0, 0}) ==
        "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n");
  CHECK(text({ErrorCode::wrong_type, tag,
              "the key holds a string that is not an integer or out of range, and …", 0, 0}) ==
        "-ERR value is not an integer or out of range\r\n");
  CHECK(text({ErrorCode::wrong_type, tag,
              "the field holds a string that is not an integer or out of range, and …", 0, 0}) ==
        "-ERR hash value is not an integer\r\n");
  CHECK(text({ErrorCode::wrong_type, tag, "the key holds a string that is not a number, and …", 0, 0}) ==
        "-ERR value is not a valid float\r\n");
  CHECK(text({ErrorCode::wrong_type, tag, "the field holds a string that is not a number, and …", 0, 0}) ==
        "-ERR hash value is not a float\r\n");
  CHECK(text({ErrorCode::invalid, tag, "value is not an integer or out of range", 0, 0}) ==
        "-ERR value is not an integer or out of range\r\n");
  CHECK(text({ErrorCode::invalid, tag, "CROSSSLOT Keys in request don't hash to the same slot: …", 0, 0}) ==
        "-CROSSSLOT Keys in request don't hash to the same slot: …\r\n");
  CHECK(text({ErrorCode::unavailable, tag, "why", 2, 1}) == "-UNAVAILABLE needed 2, alive 1: why\r\n");
  CHECK(text({ErrorCode::timeout, tag, "why", 2, 1}) == "-TIMEOUT needed 2, acknowledged 1: why\r\n");
  CHECK(text({ErrorCode::overloaded, tag, "why", 0, 0}) == "-OVERLOADED why\r\n");
  CHECK(text({ErrorCode::storage_full, tag, "why", 0, 0}) == "-STORAGE_FULL why\r\n");
}

TEST_CASE("a_page_in_a_browser_cannot_give_commands") {
  Door door(63);
  for (const Bytes text : {"POST / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\n"}) {
    RespClient client(door.at);
    client.say(text + "set k v\r\n");
    CHECK(until([&] {
      door.turn();
      return client.ended();
    }));
  }
  CHECK(door.asked.empty());
}
