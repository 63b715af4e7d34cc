#include <catch2/catch.hpp>
#include <sstream>

#include "cli/globals.h"
#include "cli/json_text.h"
#include "cli/print_value.h"
#include "cli/table.h"

namespace causeway::cli {
namespace {

std::string for_reader(const Value& value) {
  std::ostringstream out;
  print_for_reader(value, out);
  return out.str();
}

std::string raw(const Value& value) {
  std::ostringstream out;
  print_raw(value, out);
  return out.str();
}

TEST_CASE("a person sees types and quotes") {
  CHECK(for_reader(Value(std::int64_t{3})) == "(integer) 3\n");
  CHECK(for_reader(Value(Bytes("a\"b\n\x01"))) == "\"a\\\"b\\n\\x01\"\n");
  CHECK(for_reader(Value(Nil{})) == "(nil)\n");
  CHECK(for_reader(Value(Status{"OK"})) == "OK\n");
  CHECK(for_reader(Value(Value::Array{})) == "(empty array)\n");
}

TEST_CASE("a person sees numbered items, aligned and nested") {
  Value::Array items(10, Value(Bytes("x")));
  items[0] = Value(Value::Array{Value(Bytes("y")), Value(std::int64_t{1})});
  CHECK(for_reader(Value(items)).starts_with(" 1) 1) \"y\"\n    2) (integer) 1\n 2) \"x\"\n"));
}

TEST_CASE("a pipe gets values as they are") {
  CHECK(raw(Value(std::int64_t{-3})) == "-3\n");
  CHECK(raw(Value(Bytes("a\"b"))) == "a\"b\n");
  CHECK(raw(Value(Nil{})) == "(nil)\n");
  CHECK(raw(Value(Value::Array{Value(Bytes("a")), Value(Bytes("b"))})) == "a\nb\n");
}

TEST_CASE("JSON keeps every byte") {
  CHECK(json_of(Value(Bytes("grün"))) == Json("grün"));
  CHECK(json_of(Value(Bytes("\xff\xfe"))) == Json({{"base64", "//4="}}));
  CHECK(json_of(Value(Bytes("\xff"))) == Json({{"base64", "/w=="}}));
  CHECK(json_of(Value(Bytes("\xff\xfe\xfd"))) == Json({{"base64", "//79"}}));
  CHECK(json_of(Value(Nil{})).is_null());
}

TEST_CASE("the exit status tells what a script may do") {
  CHECK(exit_status_of({ErrorCode::wrong_type, ErrorTag::fatal, "", 0, 0}) == 1);
  CHECK(exit_status_of({ErrorCode::unavailable, ErrorTag::retryable, "", 2, 1}) == 3);
  CHECK(exit_status_of({ErrorCode::timeout, ErrorTag::retryable, "", 0, 0}) == 3);
  CHECK(exit_status_of({ErrorCode::timeout, ErrorTag::ambiguous, "", 2, 1}) == 4);
  CHECK(exit_status_of({ErrorCode::unavailable, ErrorTag::ambiguous, "", 0, 0}) == 4);
}

TEST_CASE("columns of numbers stand to the right") {
  Table table({"node", "count"});
  table.add({"a", "5"});
  table.add({"bcdef", "-"});
  std::ostringstream out;
  table.print(out);
  CHECK(out.str() == "node   count\na          5\nbcdef      -\n");
}

TEST_CASE("sizes and times are readable") {
  CHECK(bytes_text(1023) == "1023 B");
  CHECK(bytes_text(1536) == "1.5 KiB");
  CHECK(bytes_text(std::uint64_t{3} << 40U) == "3.0 TiB");
  CHECK(micros_text(0) == "0");
  CHECK(micros_text(1500) == "1.5 ms");
  CHECK(micros_text(90'000'000) == "90 s");
}

}  // namespace
}  // namespace causeway::cli
