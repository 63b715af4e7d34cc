// Max and min registers.
#include "tests/crdt/claims.h"
#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

using Numbers = std::set<std::int64_t>;

// Numbers that a narrowing to 32 bits, to doubles or to unsigned would confuse.
constexpr std::array<std::int64_t, 8> numbers{INT64_MIN, INT64_MIN + 1,  -4'294'967'297, -1,
                                              0,         1LL << 32U | 1, INT64_MAX - 1,  INT64_MAX};

std::int64_t number_in(const Write& write) { return std::stoll(write.arguments[2]); }

TypeUnderTest extreme_under_test(const Bytes& kind) {
  const bool is_max = kind == "max";
  const auto extreme = [=](const Numbers& all) { return is_max ? *all.rbegin() : *all.begin(); };
  const auto claims = std::make_shared<Claims<std::int64_t>>(
      [=](const Write& write, const Numbers& present) {
        if (write.command() == "del") return Numbers{};
        const std::int64_t number = number_in(write);
        Numbers with(present);
        with.insert(number);
        return present.empty() || extreme(with) != extreme(present) ? Numbers{number} : Numbers{};
      },
      [](const Write& later, std::int64_t) { return later.command() == "del"; });
  const auto draw = [=](unsigned a, unsigned b) -> std::vector<Bytes> {
    if (a < 2) return {"del", "k"};
    return {kind + ".set", "k", std::to_string(numbers[b % numbers.size()])};
  };
  const auto answer = [=](const std::vector<Bytes>& read, const Numbers& present) -> Value {
    if (read[0] == "type") return Status{present.empty() ? "none" : kind};
    if (present.empty()) return Nil{};
    return extreme(present);
  };
  return with_claims<std::int64_t>(claims, draw, {{kind + ".get", "k"}, {"type", "k"}}, answer);
}

}  // namespace

TEST_CASE("max_registers_hold_all_laws", "[laws]") { holds_all_laws(extreme_under_test("max")); }
TEST_CASE("min_registers_hold_all_laws", "[laws]") { holds_all_laws(extreme_under_test("min")); }

TEST_CASE("the_greatest_of_concurrent_numbers_is_read_and_the_others_go_with_the_next_raise") {
  Replica a(1);
  Replica b(2);
  say(a, "max.set k 7");
  say(b, "max.set k 9");
  heal(a, b);
  CHECK(say(a, "max.get k") == "9");
  CHECK(say(a, "max.set k 8") == "9");
  CHECK(say(a, "max.set k 10") == "10");
  CHECK(a.entries().all().size() == 3);  // one number, two markers
}

TEST_CASE("what_does_not_go_beyond_issues_nothing") {
  Replica a(1);
  say(a, "max.set k 5");
  say(a, "min.set l 5");
  for (const char* line : {"max.set k 5", "max.set k 4", "min.set l 5", "min.set l 6"}) {
    CHECK_FALSE(a.issue(words(line)).event);
  }
  CHECK(say(a, "min.set l -3") == "-3");
}

TEST_CASE("the_ends_of_64_bits_are_exact") {
  Replica a(1);
  const std::string most = std::to_string(INT64_MAX);
  const std::string least = std::to_string(INT64_MIN);
  CHECK(say(a, "max.set k " + least) == least);
  CHECK(say(a, "max.get k") == least);
  CHECK(say(a, "max.set k " + std::to_string(INT64_MAX - 1)) == std::to_string(INT64_MAX - 1));
  CHECK(say(a, "max.set k " + most) == most);
  CHECK(say(a, "min.set l " + most) == most);
  CHECK(say(a, "min.set l " + least) == least);
  CHECK(say(a, "min.get l") == least);
  CHECK(say(a, "max.set k 9223372036854775808") == "INVALID: value is not an integer or out of range");
}

TEST_CASE("a_register_that_was_never_set_is_nil") {
  Replica a(1);
  CHECK(say(a, "max.get k") == "(nil)");
  say(a, "max.set k 1");
  CHECK(say(a, "min.get k").starts_with("WRONG_TYPE"));
}

TEST_CASE("a_number_of_another_size_is_an_error") {
  Replica a(1);
  a.apply(EventDraft{{ActorId(5), 1},
                     {},
                     {},
                     std::nullopt,
                     {Update{"k", make_path(EntryType::minimum, Part::value), "1234", {}}}});
  CHECK(say(a, "min.get k").starts_with("INTERNAL: an entry of type min"));
}
