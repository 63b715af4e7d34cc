// Compressed bodies come back as they were; whatever is not what was stored is damage, and costs nothing.
#include "storage/packed_body.h"

#include <catch2/catch.hpp>

#include "base/random.h"
#include "engines.h"
#include "storage/keys.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"
#include "storage/named_scan.h"
#include "storage/record.h"
#include "store_steps.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

Bytes noise(Random& random, std::size_t count) {
  Bytes out;
  while (out.size() < count) out.push_back(static_cast<char>(random.next()));
  return out;
}

Bytes stored(const Bytes& body, std::size_t bytes_min) {
  Bytes out = "head" + body;
  BodyPacker packer(bytes_min);
  packer.pack(out, 4);
  REQUIRE(out.substr(0, 4) == "head");
  return out.substr(4);
}

}  // namespace

TEST_CASE("bodies_come_back_and_are_compressed_only_where_that_saves_an_eighth") {
  Random random(run_seed() + 1);
  for (const std::size_t size : {1U, 31U, 32U, 33U, 511U, 4096U, 300000U}) {
    for (const bool is_noise : {true, false}) {
      Bytes body = is_noise ? noise(random, size) : Bytes(size, 'x');
      body[0] = 'x';
      const Bytes out = stored(body, 32);
      INFO(size << (is_noise ? " of noise" : " of one byte"));
      const bool is_packed = out[0] != 'x';
      CHECK(is_packed == (size >= 32 && !is_noise));
      CHECK(out.size() <= size - (is_packed ? size / 8 : 0));
      Bytes unpacked;
      CHECK(unpack_body(out, unpacked) == BytesView(body));
    }
  }
}

TEST_CASE("what_was_not_stored_so_is_damage_and_never_a_large_allocation") {
  Random random(run_seed() + 2);
  Bytes unpacked;
  CHECK_FALSE(unpack_body("", unpacked));
  CHECK_FALSE(unpack_body("\x80", unpacked));
  CHECK_FALSE(unpack_body("\x81 of no form", unpacked));
  for (int round = 0; round < 300; ++round) {
    const Bytes body = "x" + noise(random, 20 + random.below(50)) + Bytes(200 + random.below(3000), 'y');
    Bytes out = stored(body, 32);
    for (std::size_t flips = 1 + random.below(3); flips > 0; --flips) {
      char& byte = out[random.below(out.size())];
      byte = static_cast<char>(byte ^ (1U << random.below(8)));
    }
    if (random.chance(1, 4)) out.resize(random.below(out.size()));
    if (random.chance(1, 4)) out += noise(random, random.below(40));
    Bytes fresh;
    const auto found = unpack_body(out, fresh);  // Zstandard has no checksum here: the record's tells (below)
    CHECK(fresh.capacity() <= std::size_t{4} << 20U);
    if (found) CHECK(found->size() <= std::size_t{4} << 20U);
  }
  // A frame of nothing that says it holds so much: 0x28B52FFD, eight bytes of size, one block.
  for (const std::uint64_t size : {std::uint64_t{1} << 21U, std::uint64_t{1} << 40U, ~std::uint64_t{0} - 5}) {
    Bytes lie("\x80\x28\xB5\x2F\xFD\xE0", 6);
    for (std::size_t i = 0; i < 8; ++i) lie.push_back(static_cast<char>(size >> (8 * i)));
    lie += Bytes("\x01\x00\x00", 3);
    Bytes fresh;
    CHECK_FALSE(unpack_body(lie, fresh));
    CHECK(fresh.capacity() < 64);
  }
}

TEST_CASE("a_damaged_compressed_record_is_a_typed_error_to_who_reads_it") {
  Random random(run_seed() + 3);
  MemoryEventLog log;
  MemoryStateStore state;
  Model model;
  StoreLimits limits;
  {
    auto store = opened(log, state, limits);
    apply(*store, model, put(model, "text", member, Bytes(5000, 'z')));
    apply(*store, model, put(model, "noise", member, noise(random, 5000)));
    REQUIRE(store->checkpoint(MonoTime()));
    CHECK(state.bytes_used() < 7000);
    CHECK(state.bytes_used() > 5000);
    limits.tier_bytes_max = 0;
    store = opened(log, state, limits);
    model.check(store->partition(p));
    store->make_room();
    model.check(store->partition(p));
  }
  Bytes key;
  REQUIRE(state.scan("O", [&key](BytesView at, BytesView value) {
    if (value.size() < 1000) key = at;
    return key.empty();
  }));
  for (std::size_t bit = 0; bit < 8 * state.get(key)->value().size(); bit += 3) {
    MemoryStateStore flipped = state;
    REQUIRE(flipped.damage(key, bit));
    MemoryEventLog same = log;
    const auto refused = try_open(same, flipped, limits);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::internal);
  }
  // A lie that is sealed right is one all the same.
  Bytes lie("\x80\x28\xB5\x2F\xFD\xE0\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x01\x00\x00", 17);
  REQUIRE(state.commit({{key, seal_record(key, lie)}}));
  const auto refused = try_open(log, state, limits);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::internal);
}
