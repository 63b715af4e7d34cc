#include "net/client_table.h"

#include <catch2/catch.hpp>
#include <set>

using namespace causeway;

TEST_CASE("a_connection_keeps_its_number_as_long_as_it_is_known") {
  ClientTable table(10, 100, 1000);
  const ClientId first = table.heard("a").id;
  const ClientId second = table.heard(BytesView("b\0c", 3)).id;
  CHECK(first != second);
  CHECK(table.heard("a").id == first);
  CHECK(table.find(first)->routing_id == "a");
  CHECK(table.find(second)->routing_id == Bytes("b\0c", 3));
  CHECK(table.size() == 2);
}

TEST_CASE("beyond_the_limit_the_connection_that_was_silent_for_longest_is_forgotten") {
  ClientTable table(3, 100, 1000);
  const ClientId a = table.heard("a").id;
  const ClientId b = table.heard("b").id;
  const ClientId c = table.heard("c").id;
  table.heard("a");
  const ClientId d = table.heard("d").id;
  CHECK(table.find(b) == nullptr);
  CHECK((table.find(a) != nullptr && table.find(c) != nullptr && table.find(d) != nullptr));
  CHECK(table.size() == 3);
}

TEST_CASE("a_number_is_never_given_twice") {
  ClientTable table(2, 100, 1000);
  std::set<ClientId> given;
  for (int i = 0; i < 100; ++i) {
    const ClientId id = table.heard(std::to_string(i % 5)).id;
    CHECK(given.insert(id).second);
    if (i % 3 == 0) table.forget(id);
    if (i % 7 == 0) table.forget(ClientId(9999));
  }
}

TEST_CASE("a_queue_has_room_only_if_it_and_the_whole_have") {
  ClientTable table(10, 100, 150);
  const auto a = table.heard("a").queue;
  const auto b = table.heard("b").queue;
  CHECK(a->has_room(100));
  CHECK_FALSE(a->has_room(101));
  auto in_a = make_message(Bytes(100, 'x'), a);
  CHECK_FALSE(a->has_room(1));
  CHECK(b->has_room(50));
  CHECK_FALSE(b->has_room(51));
  in_a = zmq::message_t();
  CHECK(b->has_room(100));
}
