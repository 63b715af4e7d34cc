#include "wire/level.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

using namespace causeway;

TEST_CASE("every_level_has_one_name_in_any_case") {
  for (int kind = 0; kind < static_cast<int>(Level::Kind::count); ++kind) {
    const Level level{static_cast<Level::Kind>(kind), 0};
    std::string name = to_string(level);
    CHECK(parse_level(name) == level);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return static_cast<char>(std::tolower(c)); });
    CHECK(parse_level(name) == level);
  }
  CHECK(to_string(Level{}) == "LOCAL_QUORUM");
  CHECK(parse_level("each_Quorum") == Level{Level::Kind::each_quorum, 0});
}

TEST_CASE("a_number_of_replicas_is_a_level") {
  rc::prop("from 1 on", [] {
    const auto replicas = *rc::gen::inRange<std::uint32_t>(1, 1'000'000);
    const Level level{Level::Kind::count, replicas};
    RC_ASSERT(parse_level(std::to_string(replicas)) == level);
    RC_ASSERT(to_string(level) == std::to_string(replicas));
  });
}

TEST_CASE("what_is_no_level_is_told_what_is") {
  for (const std::string text :
       {"", "0", "-1", "+1", "1.5", " 1", "2x", "4294967296", "FOUR", "QUORUM ", "LOCAL"}) {
    const auto level = parse_level(text);
    REQUIRE_FALSE(level);
    CHECK(level.error().code == ErrorCode::invalid);
    CHECK(level.error().sentence.find("LOCAL_QUORUM") != std::string::npos);
  }
}

TEST_CASE("any_text_gives_a_level_or_an_error") {
  rc::prop("and a level reads as it is written", [](const std::string& text) {
    const auto level = parse_level(text);
    if (level) RC_ASSERT(parse_level(to_string(*level)) == *level);
  });
}
