#include "cli/words.h"

#include <catch2/catch.hpp>

namespace causeway::cli {
namespace {

using List = std::vector<std::string>;

TEST_CASE("arguments of a data command may begin with a dash") {
  const Words words = split_words({"incrby", "k", "-5"});
  CHECK(words.options.empty());
  CHECK(words.data_command == List{"incrby", "k", "-5"});
}

TEST_CASE("options are found before and after the key of a data command") {
  const Words words =
      split_words({"--at", "127.9.1.1:7400", "get", "k", "--json", "--level=ONE", "--timeout", "5"});
  CHECK(words.options == List{"--at", "127.9.1.1:7400", "--json", "--level=ONE", "--timeout", "5"});
  CHECK(words.data_command == List{"get", "k"});
}

TEST_CASE("after two dashes every word is an argument") {
  const Words words = split_words({"set", "k", "--", "--json"});
  CHECK(words.options.empty());
  CHECK(words.data_command == List{"set", "k", "--json"});
}

TEST_CASE("the words of other commands are left to the parser of options") {
  const Words words = split_words({"ring", "get"});
  CHECK(words.options == List{"ring", "get"});
  CHECK(words.data_command.empty());
}

TEST_CASE("the value of an option is no command") {
  CHECK(split_words({"--dc", "get", "status"}).data_command.empty());
}

TEST_CASE("names of data commands are known in any case") {
  CHECK(split_words({"GET", "k"}).data_command == List{"GET", "k"});
}

TEST_CASE("a line is words between spaces") {
  CHECK(*split_line("  set k\tv  ") == std::vector<Bytes>{"set", "k", "v"});
  CHECK(split_line("")->empty());
}

TEST_CASE("quotes keep spaces and escapes give any byte") {
  CHECK(*split_line(R"(set "a b" 'c\n "d"')") == std::vector<Bytes>{"set", "a b", "c\\n \"d\""});
  CHECK(*split_line(R"("\x00\xff\n\"\\")") == std::vector<Bytes>{Bytes("\0\xff\n\"\\", 5)});
  CHECK(*split_line(R"(set k "")") == std::vector<Bytes>{"set", "k", ""});
}

TEST_CASE("a line that is cut short is refused") {
  const char* lines[] = {"\"abc", "'abc", "\"abc\\", R"("\x4")", R"("\xzz")", R"("a"b)"};
  for (const char* line : lines) {
    CAPTURE(line);
    CHECK_FALSE(split_line(line));
  }
}

}  // namespace
}  // namespace causeway::cli
