#include "net/resp_writer.h"

#include <catch2/catch.hpp>
#include <limits>
#include <rapidcheck/catch.h>

using namespace causeway;

namespace {

template <class Write>
Bytes written(RespVersion version, Write write) {
  ByteBuffer buffer;
  RespWriter writer(buffer, version);
  write(writer);
  return Bytes(buffer.view());
}

Bytes written(RespVersion version, const Value& value, ReplyShape shape = ReplyShape::plain) {
  return written(version, [&](RespWriter& writer) { writer.value(value, shape); });
}

constexpr RespVersion two = RespVersion::two;
constexpr RespVersion three = RespVersion::three;

}  // namespace

TEST_CASE("values_are_written_as_redis_writes_them") {
  for (const RespVersion version : {two, three}) {
    CHECK(written(version, Value(Status{"OK"})) == "+OK\r\n");
    CHECK(written(version, Value(Bytes("a\r\nb"))) == "$4\r\na\r\nb\r\n");
    CHECK(written(version, Value(Bytes())) == "$0\r\n\r\n");
    CHECK(written(version, Value(std::int64_t{-7})) == ":-7\r\n");
    CHECK(written(version, Value(std::numeric_limits<std::int64_t>::min())) == ":-9223372036854775808\r\n");
    CHECK(written(version, Value(Value::Array{Bytes("a"), Value::Array{}})) == "*2\r\n$1\r\na\r\n*0\r\n");
  }
}

TEST_CASE("null_map_set_and_verbatim_have_types_in_version_3_only") {
  const auto map = [](RespWriter& writer) { writer.map(2); };
  const auto verbatim = [](RespWriter& writer) { writer.verbatim("text"); };
  const Value list(Value::Array{Bytes("a"), Value::Array{Bytes("b")}});
  CHECK(written(two, Value(Nil{})) == "$-1\r\n");
  CHECK(written(three, Value(Nil{})) == "_\r\n");
  CHECK(written(two, map) == "*4\r\n");
  CHECK(written(three, map) == "%2\r\n");
  CHECK(written(two, verbatim) == "$4\r\ntext\r\n");
  CHECK(written(three, verbatim) == "=8\r\ntxt:text\r\n");
  CHECK(written(two, list, ReplyShape::set) == "*2\r\n$1\r\na\r\n*1\r\n$1\r\nb\r\n");
  CHECK(written(three, list, ReplyShape::set) == "~2\r\n$1\r\na\r\n*1\r\n$1\r\nb\r\n");
}

TEST_CASE("pairs_are_arrays_in_version_3_and_stand_one_behind_the_other_in_version_2") {
  const Value pairs(Value::Array{Value::Array{Bytes("a"), 1.5}, Value::Array{Bytes("b"), 2.0}});
  CHECK(written(two, pairs, ReplyShape::pairs) == "*4\r\n$1\r\na\r\n$3\r\n1.5\r\n$1\r\nb\r\n$1\r\n2\r\n");
  CHECK(written(three, pairs, ReplyShape::pairs) == "*2\r\n*2\r\n$1\r\na\r\n,1.5\r\n*2\r\n$1\r\nb\r\n,2\r\n");
  const Value one(Value::Array{Bytes("a"), 1.5});
  CHECK(written(two, one, ReplyShape::pairs) == "*2\r\n$1\r\na\r\n$3\r\n1.5\r\n");
  CHECK(written(three, one, ReplyShape::pairs) == "*2\r\n$1\r\na\r\n,1.5\r\n");
}

TEST_CASE("doubles_are_written_as_redis_7_0_writes_them") {
  // Replies of redis-server 7.0.15 to ZSCORE.
  const std::pair<double, const char*> texts[] = {{0, "0"},
                                                  {3, "3"},
                                                  {0.1, "0.10000000000000001"},
                                                  {1e-7, "9.9999999999999995e-08"},
                                                  {1e17, "1e+17"},
                                                  {12345678901234567, "12345678901234568"},
                                                  {123456789012345678, "1.2345678901234568e+17"},
                                                  {4e-320, "3.999955468730732e-320"},
                                                  {std::numeric_limits<double>::infinity(), "inf"},
                                                  {-std::numeric_limits<double>::infinity(), "-inf"}};
  for (const auto& [number, text] : texts) {
    CHECK(written(three, Value(number)) == "," + Bytes(text) + "\r\n");
    CHECK(written(two, Value(number)) == "$" + std::to_string(Bytes(text).size()) + "\r\n" + text + "\r\n");
  }
}

TEST_CASE("an_error_is_one_line_whatever_it_says") {
  CHECK(written(two, [](RespWriter& writer) { writer.error("ERR a\r\nb\n"); }) == "-ERR a  b \r\n");
}

TEST_CASE("a_buffer_gives_what_was_put_in_however_it_is_taken_out") {
  rc::prop("append and consume", [](const std::vector<Bytes>& parts) {
    ByteBuffer buffer;
    Bytes expected;
    for (const Bytes& part : parts) {
      buffer.append(part);
      expected += part;
      const auto taken = *rc::gen::inRange<std::size_t>(0, expected.size() + 1);
      buffer.consume(taken);
      expected.erase(0, taken);
      RC_ASSERT(buffer.view() == expected);
    }
  });
}
