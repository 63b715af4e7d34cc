#include "net/endpoint.h"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

using namespace causeway;

TEST_CASE("an_endpoint_reads_as_it_is_written") {
  for (const std::string text : {"127.1.1.1:7400", "[::1]:1", "node.example.org:65535"}) {
    const auto endpoint = parse_endpoint(text);
    REQUIRE(endpoint);
    CHECK(to_string(*endpoint) == text);
  }
  CHECK(parse_endpoint("[fe80::1]:7400") == Endpoint{"fe80::1", 7400});
}

TEST_CASE("what_is_no_endpoint_is_told_what_is") {
  for (const std::string text : {"", ":", "127.1.1.1", ":7400", "127.1.1.1:", "127.1.1.1:0",
                                 "127.1.1.1:65536", "127.1.1.1:-1", "127.1.1.1:1x", "::1:7400", "[]:7400"}) {
    const auto endpoint = parse_endpoint(text);
    REQUIRE_FALSE(endpoint);
    CHECK(endpoint.error().code == ErrorCode::invalid);
    CHECK(endpoint.error().sentence.find("HOST:PORT") != std::string::npos);
  }
  rc::prop("any text", [](const std::string& text) {
    const auto endpoint = parse_endpoint(text);
    if (endpoint) RC_ASSERT(parse_endpoint(to_string(*endpoint)) == *endpoint);
  });
}

TEST_CASE("only_an_address_of_loopback_may_be_listened_on") {
  CHECK(loopback_address("127.0.0.1") == "127.0.0.1");
  CHECK(loopback_address("127.255.255.254") == "127.255.255.254");
  CHECK(loopback_address("::1") == "::1");
  for (const std::string host :
       {"128.0.0.1", "126.255.255.255", "0.0.0.0", "::", "::2", "::ffff:127.0.0.1", "10.0.0.1"}) {
    CHECK(loopback_address(host).error().code == ErrorCode::permission_denied);
  }
  CHECK_FALSE(loopback_address("no such host"));
}
