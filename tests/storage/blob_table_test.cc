#include "storage/blob_table.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "base/random.h"
#include "tests/storage/engines.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

Blob* made(const RecordName& name, const std::string& body) {
  Blob* const blob = Blob::make(name, body.size());
  blob->set(body, false);
  return blob;
}

}  // namespace

TEST_CASE("a_table_of_blobs_does_what_a_map_does_while_it_grows_and_is_swept") {
  const std::uint64_t seed = run_seed() + GENERATE(range<std::uint64_t>(1, 6));
  INFO("seed " << seed);
  Random random(seed);
  std::size_t memory = 0;
  BlobTable table(memory);
  std::map<std::pair<std::uint64_t, std::string>, std::string> model;  // (object, 0 for none; name) -> body
  for (int step = 0; step < 20'000; ++step) {
    const std::uint64_t object = random.below(3);
    const std::string text = "name " + std::to_string(random.below(700));
    const RecordName name{object == 0 ? RecordKind::object : RecordKind::entry, ObjectId{object}, text};
    const std::uint64_t hash = name.hash();
    Blob* const found = table.find(name, hash);
    const auto known = model.find({object, text});
    REQUIRE((found != nullptr) == (known != model.end()));
    if (found != nullptr) REQUIRE(found->body() == known->second);
    const std::string body = std::to_string(step);
    switch (random.below(4)) {
      case 0:
      case 1:
        if (found == nullptr) {
          table.insert(made(name, body), hash);
        } else {
          table.replace(found, made(name, body), hash);
          Blob::free(found);
        }
        model[{object, text}] = body;
        break;
      case 2:
        if (found == nullptr) break;
        table.erase(found, hash);
        Blob::free(found);
        model.erase({object, text});
        break;
      default:
        table.sweep(random.below(20), [&](Blob& blob) {
          if (random.chance(1, 2)) return false;
          const RecordName gone = blob.name();
          REQUIRE(model.erase({gone.object.value, std::string(gone.text)}) == 1);
          Blob::free(&blob);
          return true;
        });
    }
    REQUIRE(table.size() == model.size());
  }
  std::size_t seen = 0;
  table.each([&](Blob& blob) {
    ++seen;
    CHECK(model.contains({blob.name().object.value, std::string(blob.name().text)}));
  });
  CHECK(seen == model.size());
}

TEST_CASE("names_with_one_hash_are_told_apart") {
  // As if it were theirs: so few that the table does not grow, and asks none for its own.
  std::size_t memory = 0;
  BlobTable table(memory);
  for (int i = 0; i < 5; ++i) {
    const std::string text = std::to_string(i);
    table.insert(made({RecordKind::object, {}, text}, text), 7);
  }
  for (int i = 0; i < 5; ++i) {
    const std::string text = std::to_string(i);
    const Blob* const found = table.find({RecordKind::object, {}, text}, 7);
    REQUIRE(found != nullptr);
    CHECK(found->body() == text);
  }
  CHECK(table.find({RecordKind::object, {}, "none"}, 7) == nullptr);
  CHECK(table.find({RecordKind::entry, ObjectId{1}, "5"}, 7) == nullptr);
}

TEST_CASE("a_sweep_passes_over_what_was_used_since_the_last_one") {
  std::size_t memory = 0;
  BlobTable table(memory);
  const RecordName used{RecordKind::object, {}, "used"};
  const RecordName unused{RecordKind::object, {}, "unused"};
  table.insert(made(used, "1"), used.hash());
  table.insert(made(unused, "2"), unused.hash());
  const auto leave = [](Blob& blob) {
    Blob::free(&blob);
    return true;
  };
  table.sweep(table.slots(), leave);  // both came in as used
  REQUIRE(table.size() == 2);
  REQUIRE(table.find(used, used.hash()) != nullptr);
  table.sweep(table.slots(), leave);
  CHECK(table.size() == 1);
  CHECK(table.find(used, used.hash()) != nullptr);
}

TEST_CASE("a_table_that_grows_finds_everything_at_every_moment_and_says_what_it_takes") {
  std::size_t memory = 0;
  {
    BlobTable table(memory);
    const auto name = [](const std::string& text) { return RecordName{RecordKind::object, {}, text}; };
    constexpr int count = 5000;
    for (int i = 0; i < count; ++i) {
      const std::string text = std::to_string(i);
      table.insert(made(name(text), text), name(text).hash());
      REQUIRE(table.memory() == memory);
      for (int other = i; other >= 0; other -= 97) {
        const std::string wanted = std::to_string(other);
        REQUIRE(table.find(name(wanted), name(wanted).hash()) != nullptr);
      }
    }
    CHECK(memory <= std::size_t{count} * 8 * 3);
    for (int i = 0; i < count - 10; ++i) {
      const std::string text = std::to_string(i);
      Blob* const gone = table.find(name(text), name(text).hash());
      REQUIRE(gone != nullptr);
      table.erase(gone, name(text).hash());
      Blob::free(gone);
    }
    CHECK(table.size() == 10);
    // What comes and goes fills the table with graves, until it is made anew, and smaller.
    for (int i = 0; i < 4 * count; ++i) {
      const std::string text = "x" + std::to_string(i);
      Blob* const blob = made(name(text), text);
      table.insert(blob, name(text).hash());
      REQUIRE(table.find(name(text), name(text).hash()) == blob);
      table.erase(blob, name(text).hash());
      Blob::free(blob);
      REQUIRE(table.memory() == memory);
    }
    CHECK(memory <= std::size_t{count} * 8);
    for (int i = count - 10; i < count; ++i) CHECK(table.find(name(std::to_string(i)), name(std::to_string(i)).hash()));
  }
  CHECK(memory == 0);
}
