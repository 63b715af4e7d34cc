#include "net/resp_parser.h"

#include <catch2/catch.hpp>
#include <optional>
#include <rapidcheck/catch.h>

using namespace causeway;

namespace {

using Words = std::vector<Bytes>;

Bytes multibulk(const Words& words) {
  Bytes text = "*" + std::to_string(words.size()) + "\r\n";
  for (const Bytes& each : words) text += "$" + std::to_string(each.size()) + "\r\n" + each + "\r\n";
  return text;
}

/// What a stream gives, fed in parts. The rest of the input moves in memory between the parts.
struct Stream {
  explicit Stream(RespLimits l = {}) : limits(l) {}

  void feed(BytesView part) {
    Bytes moved = rest + Bytes(part);
    rest.swap(moved);
    while (!error) {
      const RespParser::Step step = parser.next(rest);
      if (step == RespParser::Step::more) return;
      if (step == RespParser::Step::error) {
        error = parser.error();
        return;
      }
      commands.emplace_back();
      for (const BytesView each : parser.arguments()) commands.back().emplace_back(each);
      rest.erase(0, parser.consumed());
    }
  }
  void feed_in_parts(BytesView text, std::size_t size) {
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) feed(text.substr(0, size));
  }

  RespLimits limits;
  RespParser parser{limits};
  Bytes rest;
  std::vector<Words> commands;
  std::optional<std::string> error;
};

std::vector<Words> commands_of(BytesView text) {
  Stream stream;
  stream.feed(text);
  CHECK_FALSE(stream.error);
  return stream.commands;
}

std::string error_of(BytesView text, RespLimits limits = {}) {
  Stream stream(limits);
  stream.feed(text);
  return stream.error.value_or("none");
}

}  // namespace

TEST_CASE("a_pipeline_gives_its_commands_wherever_it_is_split") {
  const std::vector<Words> expected{
      {"SET", "k", Bytes("a\r\n\0b", 5)}, {"get", ""}, {"x"}, {"PING", "a b", "'"}, {"last"}};
  Bytes text;
  for (const Words& each : expected) {
    text += each[0] == "PING" ? "PING \"a b\"  \"'\" \r\n" : (each[0] == "x" ? "x\n" : multibulk(each));
  }
  for (std::size_t at = 0; at <= text.size(); ++at) {
    Stream stream;
    stream.feed(BytesView(text).substr(0, at));
    stream.feed(BytesView(text).substr(at));
    CHECK(stream.commands == expected);
    CHECK(stream.rest.empty());
  }
  Stream by_byte;
  by_byte.feed_in_parts(text, 1);
  CHECK(by_byte.commands == expected);
}

TEST_CASE("inline_words_may_be_quoted_as_for_redis") {
  CHECK(commands_of("set k \"a\\x41\\n\\\"b\\q\"\r\n") == std::vector<Words>{{"set", "k", "aA\n\"bq"}});
  CHECK(commands_of("set 'it\\'s' '\\n'\n") == std::vector<Words>{{"set", "it's", "\\n"}});
  CHECK(commands_of("a\"b c\"\n") == std::vector<Words>{{"ab c"}});
  CHECK(commands_of("set k \"\"\n") == std::vector<Words>{{"set", "k", ""}});
  for (const char* text : {"set \"k\r\n", "set 'k\n", "set \"k\"v\n", "'a'b\n", "\"a\\\n"}) {
    CHECK(error_of(text) == "Protocol error: unbalanced quotes in request");
  }
}

TEST_CASE("empty_commands_are_passed_over") {
  CHECK(commands_of("\r\n*0\r\n*-1\r\n  \n*1\r\n$1\r\na\r\n") == std::vector<Words>{{}, {}, {}, {}, {"a"}});
}

TEST_CASE("what_is_not_the_protocol_is_told_in_the_words_of_redis") {
  const std::pair<const char*, const char*> cases[] = {
      {"*x\r\n", "invalid multibulk length"},
      {"*\r\n", "invalid multibulk length"},
      {"*1\n", "invalid multibulk length"},
      {"*1\rx", "invalid multibulk length"},
      {"*01\r\n", "invalid multibulk length"},
      {"*1048577\r\n", "invalid multibulk length"},
      {"*9223372036854775807\r\n", "invalid multibulk length"},
      {"*99999999999999999999999", "invalid multibulk length"},
      {"*2\r\n:1\r\n", "expected '$', got ':'"},
      {"*1\r\n$-1\r\n", "invalid bulk length"},
      {"*1\r\n$\r\n", "invalid bulk length"},
      {"*1\r\n$abc\r\n", "invalid bulk length"},
      {"*1\r\n$8388609\r\n", "invalid bulk length"},
      {"*1\r\n$18446744073709551615\r\n", "invalid bulk length"},
      {"*1\r\n$1\r\nabc", "expected CR LF behind an argument"},
  };
  for (const auto& [text, why] : cases) {
    INFO(text);
    CHECK(error_of(text) == std::string("Protocol error: ") + why);
  }
}

TEST_CASE("a_command_has_a_limit_as_a_whole") {
  RespLimits limits;
  limits.bulk_bytes_max = 100;
  limits.command_bytes_max = 250;
  limits.arguments_max = 10;
  limits.inline_bytes_max = 50;
  CHECK(error_of(multibulk(Words(2, Bytes(100, 'x'))), limits) == "none");
  CHECK(error_of(multibulk(Words(1, Bytes(101, 'x'))), limits) == "Protocol error: invalid bulk length");
  CHECK(error_of(multibulk(Words(3, Bytes(100, 'x'))), limits) == "Protocol error: too big request");
  CHECK(error_of(multibulk(Words(11, "x")), limits) == "Protocol error: invalid multibulk length");
  CHECK(error_of(Bytes(51, 'x'), limits) == "Protocol error: too big inline request");
  CHECK(error_of(Bytes(51, 'x') + "\r\n", limits) == "Protocol error: too big inline request");
  CHECK(error_of(Bytes(49, 'x') + "\r\n", limits) == "none");
}

TEST_CASE("any_commands_come_back_however_they_are_split") {
  rc::prop("encode, split, parse", [](const std::vector<Words>& commands) {
    Bytes text;
    for (const Words& each : commands) text += multibulk(each);
    Stream stream;
    stream.feed_in_parts(text, *rc::gen::inRange<std::size_t>(1, 20));
    RC_ASSERT(!stream.error);
    RC_ASSERT(stream.commands == commands);
    RC_ASSERT(stream.rest.empty());
  });
}

TEST_CASE("any_bytes_give_commands_or_an_error_alike_however_they_are_split") {
  // Of the bytes that mean something to the protocol, so that much of it comes near to a command.
  const auto byte = rc::gen::oneOf(
      rc::gen::element('*', '$', '\r', '\n', '0', '1', '2', '9', '-', 'a', '"', '\'', '\\', ' '),
      rc::gen::arbitrary<char>());
  rc::prop("feed", [&] {
    const auto text = *rc::gen::container<Bytes>(byte);
    Stream whole;
    whole.feed(text);
    Stream parts;
    parts.feed_in_parts(text, *rc::gen::inRange<std::size_t>(1, 5));
    RC_ASSERT(whole.commands == parts.commands);
    RC_ASSERT(whole.error == parts.error);
  });
}
