// HyperLogLog.
#include "crdt/hyperloglog.h"

#include <cmath>
#include <optional>

#include "tests/crdt/claims.h"
#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

/// A register of a key at a rank; index 0 at rank 0 stands for a sketch with nothing in it.
struct Cell {
  Bytes key;
  Raise raise;

  friend auto operator<=>(const Cell&, const Cell&) = default;
};
using Cells = std::set<Cell>;

/// Few elements that meet: of each pair the second has the register of the first, and a higher rank.
const std::vector<Bytes>& elements() {
  static const std::vector<Bytes> found = [] {
    std::vector<Bytes> all;
    for (const char* first : {"p", "q", "r"}) {
      const Raise low = raise_of(first);
      for (int i = 0;; ++i) {
        const Bytes other = first + std::to_string(i);
        const Raise high = raise_of(other);
        if (high.index != low.index || high.rank <= low.rank) continue;
        all.insert(all.end(), {first, other});
        break;
      }
    }
    return all;
  }();
  return found;
}

std::map<std::uint16_t, std::uint8_t> sketch_of(const Bytes& key, const Cells& cells) {
  std::map<std::uint16_t, std::uint8_t> ranks;
  for (const Cell& cell : cells) {
    if (cell.key == key) ranks[cell.raise.index] = std::max(ranks[cell.raise.index], cell.raise.rank);
  }
  return ranks;
}

/// What a write raises beyond what its coordinator saw.
Cells claimed(const Write& write, const Cells& present) {
  if (write.command() == "del") return {};
  const Bytes& key = write.arguments[1];
  const auto known = sketch_of(key, present);
  std::map<std::uint16_t, std::uint8_t> wanted;
  for (std::size_t i = 2; i < write.arguments.size(); ++i) {
    if (write.command() == "pfadd") {
      const Raise raise = raise_of(write.arguments[i]);
      wanted[raise.index] = std::max(wanted[raise.index], raise.rank);
    } else {
      for (const auto& [index, rank] : sketch_of(write.arguments[i], present)) {
        wanted[index] = std::max(wanted[index], rank);
      }
    }
  }
  Cells claims;
  for (const auto& [index, rank] : wanted) {
    const auto at = known.find(index);
    if (rank > (at == known.end() ? 0 : at->second)) claims.insert({key, {index, rank}});
  }
  if (known.empty() && claims.empty()) claims.insert({key, {}});
  return claims;
}

Value answer(const std::vector<Bytes>& read, const Cells& cells) {
  if (read[0] == "exists") return std::int64_t{!sketch_of(read[1], cells).empty()};
  Sketch sketch;
  for (std::size_t i = 1; i < read.size(); ++i) {
    for (const auto& [index, rank] : sketch_of(read[i], cells)) {
      sketch.ranks[index] = std::max(sketch.ranks[index], rank);
    }
  }
  return static_cast<std::int64_t>(
      std::count_if(sketch.ranks.begin(), sketch.ranks.end(), [](std::uint8_t rank) { return rank > 0; }));
}

constexpr double standard_error = 1.04 / 128;  // of 2^14 registers

/// Of an estimate, relative to the truth.
double error_of(const std::string& seed, std::size_t cardinality) {
  Sketch sketch;
  for (std::size_t i = 0; i < cardinality; ++i) {
    const Raise raise = raise_of(seed + std::to_string(i));
    sketch.ranks[raise.index] = std::max(sketch.ranks[raise.index], raise.rank);
  }
  const auto truth = static_cast<double>(cardinality);
  return (static_cast<double>(sketch.estimate()) - truth) / truth;
}

/// The ranks that stand at the key.
std::vector<int> ranks_at(const Replica& at, const Bytes& key) {
  std::vector<int> ranks;
  for (const Entry& entry : at.entries().all()) {
    if (entry.key == key && entry.path[0] == static_cast<char>(EntryType::hyperloglog))
      ranks.push_back(entry.payload[0]);
  }
  return ranks;
}

}  // namespace

TEST_CASE("hyperloglogs_hold_all_laws", "[laws]") {
  const auto claims = std::make_shared<Claims<Cell>>(claimed, [](const Write& later, const Cell& cell) {
    return later.command() == "del" && later.arguments[1] == cell.key;
  });
  const auto draw = [](unsigned a, unsigned b) -> std::vector<Bytes> {
    const Bytes key = name(b % 2);
    if (a == 0) return {"del", key};
    if (a == 1) return {"pfadd", key};
    if (a < 4) return {"pfmerge", key, name(b / 2 % 2)};
    std::vector<Bytes> add{"pfadd", key, elements()[b / 2 % elements().size()]};
    if (a < 6) add.push_back(elements()[b / 4 % elements().size()]);
    return add;
  };
  holds_all_laws(with_claims<Cell>(
      claims, draw,
      {{"pfcount", "a"}, {"pfcount", "b"}, {"pfcount", "a", "b", "c"}, {"exists", "a"}, {"exists", "b"}},
      answer));
}

TEST_CASE("the_standard_error_is_that_of_the_paper_and_nothing_is_biased") {
  constexpr std::size_t cardinality = 50'000;
  constexpr int sketches = 100;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < sketches; ++i) {
    const double error = error_of(std::to_string(i) + ":", cardinality);
    sum += error;
    squares += error * error;
  }
  const double rms = std::sqrt(squares / sketches);
  INFO("rms " << rms << ", mean " << sum / sketches);
  // Four standard deviations of what a hundred sketches tell of either.
  CHECK(std::abs(rms - standard_error) < 4 * standard_error / std::sqrt(2.0 * sketches));
  CHECK(std::abs(sum / sketches) < 4 * standard_error / std::sqrt(double{sketches}));
}

TEST_CASE("an_estimate_is_within_three_standard_errors") {
  for (const std::size_t cardinality : {1U, 10U, 100U, 1'000U, 10'000U, 40'000U, 100'000U, 1'000'000U}) {
    for (const std::string seed : {"a", "b", "c"}) {
      const double error = error_of(seed, cardinality);
      INFO(cardinality << " elements of " << seed << ": " << error);
      CHECK(std::abs(error) < 3 * standard_error);
    }
  }
  CHECK(Sketch().estimate() == 0);
}

TEST_CASE("a_full_sketch_has_an_estimate") {
  Sketch sketch;
  sketch.ranks.fill(rank_max);
  CHECK(sketch.estimate() > std::uint64_t{1} << 62U);
  sketch.ranks.fill(1);
  CHECK(sketch.estimate() > registers / 2);
}

TEST_CASE("the_hash_of_elements_is_fixed_for_ever") {
  CHECK((raise_of("") == Raise{5314, 2}));
  CHECK((raise_of("causeway") == Raise{9447, 1}));
}

TEST_CASE("pfadd_answers_as_in_redis") {
  Replica a(1);
  CHECK(say(a, "pfadd k") == "1");
  CHECK(say(a, "exists k") == "1");
  CHECK(say(a, "type k") == "hyperloglog");
  CHECK(say(a, "pfcount k") == "0");
  CHECK(say(a, "pfadd k") == "0");
  CHECK(say(a, "pfadd k x y") == "1");
  CHECK(say(a, "pfadd k y x x") == "0");
  CHECK_FALSE(a.issue(words("pfadd k x")).event);
  CHECK(say(a, "pfcount k none") == "2");
  say(a, "set text 1");
  CHECK(say(a, "pfadd text x").starts_with("WRONG_TYPE"));
  CHECK(say(a, "pfcount k text").starts_with("WRONG_TYPE"));
  CHECK(say(a, "pfmerge k text").starts_with("WRONG_TYPE"));
  CHECK(say(a, "pfmerge new none") == "OK");
  CHECK(say(a, "exists new") == "1");
}

TEST_CASE("the_highest_rank_of_a_register_stays_whatever_came_first") {
  const Bytes& low = elements()[0];
  const Bytes& high = elements()[1];
  Replica a(1);
  Replica b(2);
  say(a, "pfadd k " + low);
  say(b, "pfadd k " + high);
  heal(a, b);
  CHECK(say(a, "pfadd k " + low + " " + high) == "0");
  CHECK(say(a, "pfcount k") == "1");
  CHECK(ranks_at(a, "k").size() == 2);
  Replica c(3);
  CHECK(say(c, "pfadd k " + low) == "1");
  CHECK(say(c, "pfadd k " + high) == "1");  // and supersedes the lower
  CHECK(ranks_at(c, "k") == std::vector<int>{raise_of(high).rank});
  CHECK(say(c, "pfadd l " + high + " " + low) == "1");
  CHECK(ranks_at(c, "l") == std::vector<int>{raise_of(high).rank});
}

TEST_CASE("a_merge_into_one_of_its_sources_raises_each_register_once") {
  Replica a(1);
  say(a, "pfadd k " + elements()[0] + " x");
  say(a, "pfadd l " + elements()[1] + " y");
  CHECK(event_of(a, "pfmerge k k l l").mutations.size() == 2);
  CHECK(say(a, "pfcount k") == "3");
  CHECK_FALSE(a.issue(words("pfmerge k k l")).event);
}

TEST_CASE("an_add_reads_one_register_for_each_element") {
  Replica a(1);
  for (int i = 0; i < 300; ++i) say(a, "pfadd k e" + std::to_string(i));
  (void)a.entries().take_visited();
  say(a, "pfadd k another");
  CHECK(a.entries().take_visited() <= 3);
}

TEST_CASE("a_register_that_cannot_be_is_an_error") {
  const Bytes payload = GENERATE(Bytes(1, '\x34'), Bytes(), Bytes("\1\1"));
  const Bytes index = GENERATE(Bytes("\0\1", 2), Bytes("\x40\0", 2), Bytes("\1"));
  if (payload == Bytes(1, '\x34') || payload.size() != 1 || index != Bytes("\0\1", 2)) {
    Replica a(1);
    const Bytes path = make_path(EntryType::hyperloglog, Part::value, index);
    a.apply(EventDraft{{ActorId(5), 1}, {}, {}, std::nullopt, {Update{"k", path, payload, {}}}});
    CHECK(say(a, "pfcount k").starts_with("INTERNAL: an entry of type hyperloglog"));
    CHECK(say(a, "pfmerge k").starts_with("INTERNAL"));
  }
}
