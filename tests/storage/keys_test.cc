#include "storage/keys.h"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>
#include <set>

#include "storage/memory_state.h"
#include "storage/named_scan.h"
#include "storage/names.h"
#include "storage/record.h"

using namespace causeway;

namespace {

constexpr PartitionId p{3};

Bytes named_body(BytesView name, BytesView body) {
  Bytes out;
  append_named_body(name, body, out);
  return out;
}

/// Names that meet at the limit, with zeros and common beginnings.
rc::Gen<Bytes> any_name() {
  const auto part =
      rc::gen::element(Bytes(), Bytes(1, '\0'), Bytes("\x01"), Bytes("\xFF"), Bytes("a"), Bytes(2, '\0'));
  return rc::gen::apply(
      [](std::size_t common, const Bytes& fill, const std::vector<Bytes>& rest) {
        Bytes name(common, fill.empty() ? 'k' : fill[0]);
        for (const Bytes& bytes : rest) name += bytes;
        return name;
      },
      rc::gen::element<std::size_t>(0, 1, 222, 223, 224, 440, 445, 446, 447, 448, 600),
      rc::gen::element(Bytes("k"), Bytes(1, '\0')), rc::gen::container<std::vector<Bytes>>(part));
}

}  // namespace

TEST_CASE("names_are_read_in_their_own_order_whatever_their_length") {
  rc::prop("scan from any name, with any prefix", [] {
    const auto names = *rc::gen::container<std::set<Bytes>>(any_name());
    const Bytes prefix = (*any_name()).substr(0, *rc::gen::inRange<std::size_t>(0, 450));
    const Bytes from = prefix + *rc::gen::element(Bytes(), Bytes("a"), Bytes(1, '\0'));
    MemoryStateStore state;
    std::vector<StateWrite> writes;
    for (const Bytes& name : names) {
      Bytes key = "head";
      append_name(name, key);
      RC_ASSERT(key.size() <= state_key_bytes_max);
      writes.push_back({key, seal_record(key, named_body(name, "body"))});
    }
    RC_ASSERT(state.commit(writes).has_value());
    std::vector<Bytes> found;
    const auto scanned =
        scan_named(state, "head", from, prefix, [&](BytesView name, BytesView body) -> Result<bool> {
          RC_ASSERT(body == "body");
          found.emplace_back(name);
          return true;
        });
    RC_ASSERT(scanned.has_value());
    std::vector<Bytes> expected;
    for (auto at = names.lower_bound(from); at != names.end() && at->starts_with(prefix); ++at) {
      expected.push_back(*at);
    }
    RC_ASSERT(found == expected);
  });
}

TEST_CASE("a_key_gives_back_what_it_was_made_of") {
  rc::prop("entries", [](std::uint64_t object) {
    const Bytes path = *any_name();
    const ObjectId id{*rc::gen::element(object, std::uint64_t{0}, std::uint64_t{247}, std::uint64_t{248},
                                        std::uint64_t{256}, ~std::uint64_t{0})};
    const Bytes key = keys::entry(StateId{p.value}, id, path);
    RC_ASSERT(key.size() <= state_key_bytes_max);
    RC_ASSERT(key.starts_with(keys::entries(StateId{p.value}, id)));
    RC_ASSERT(keys::parse_entry_object(key) == id);
    const BytesView form = BytesView(key).substr(keys::entries(StateId{p.value}, id).size());
    Bytes unescaped;
    const auto name = parse_name(form, unescaped);
    RC_ASSERT(name.has_value());
    RC_ASSERT(name->hashed || name->name == path);
    RC_ASSERT(keys::parse_state(key) == StateId{p.value});
  });
  CHECK(keys::parse_partition(keys::partition(p)) == p);
  CHECK(keys::parse_mark(keys::mark(p, Sequence{77})) == Sequence{77});
}

TEST_CASE("keys_of_numbers_are_in_the_order_of_the_numbers") {
  Bytes last;
  for (const std::uint64_t number :
       {0ULL, 1ULL, 247ULL, 248ULL, 255ULL, 256ULL, 65535ULL, 65536ULL, 1ULL << 40U, ~0ULL}) {
    const Bytes key = keys::entries(StateId{1}, ObjectId{number});
    CHECK(last < key);
    CHECK_FALSE((!last.empty() && key.starts_with(last)));
    last = key;
  }
}

TEST_CASE("the_longest_key_of_each_kind_fits") {
  const Bytes longest(448, 'x');
  const std::uint64_t most = ~std::uint64_t{0};
  CHECK(keys::entry(StateId{p.value}, ObjectId{most}, longest).size() <= state_key_bytes_max);
  CHECK(keys::entry(StateId{p.value}, ObjectId{most}, Bytes(100000, '\0')).size() <= state_key_bytes_max);
  CHECK(keys::object(StateId{p.value}, Bytes(1024, 'x')).size() <= state_key_bytes_max);
}

TEST_CASE("any_bytes_are_a_name_or_are_not") {
  rc::prop("parse", [](const Bytes& bytes) {
    Bytes unescaped;
    const auto parsed = parse_name(bytes, unescaped);
    if (!parsed || parsed->hashed) return;
    Bytes form;
    append_name(parsed->name, form);
    RC_ASSERT(form == bytes);
  });
}

TEST_CASE("a_flipped_bit_anywhere_in_a_record_is_noticed") {
  const Bytes key = "key";
  const Bytes sealed = seal_record(key, "some value");
  REQUIRE(open_record(key, sealed) == BytesView("some value"));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes flipped = sealed;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto opened = open_record(key, flipped);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::internal);
    CHECK(opened.error().sentence.find("damaged record") == 0);
  }
  CHECK_FALSE(open_record("kez", sealed));
  CHECK_FALSE(open_record(key, sealed.substr(0, 3)));
}

TEST_CASE("two_names_with_one_hash_are_told_apart") {
  const Bytes one(1000, 'a');
  Bytes key = "O";
  append_name(one, key);
  const Bytes value = seal_record(key, named_body(one, "body"));
  Bytes unpacked;
  CHECK(open_named(key, one, value, unpacked) == BytesView("body"));
  CHECK_FALSE(open_named(key, Bytes(1000, 'b'), value, unpacked));  // as if it had come out at the same key
}
