// Grow-only sets.
#include "tests/crdt/claims.h"
#include "tests/crdt/dialogue.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

using Members = std::set<Bytes>;

/// An add claims what was not there; a delete takes what it saw.
Members claimed(const Write& write, const Members& present) {
  Members claims;
  if (write.command() != "gset.add") return claims;
  std::copy_if(write.arguments.begin() + 2, write.arguments.end(), std::inserter(claims, claims.end()),
               [&](const Bytes& member) { return !present.contains(member); });
  return claims;
}

Value answer(const std::vector<Bytes>& read, const Members& members) {
  if (read[0] == "gset.card") return static_cast<std::int64_t>(members.size());
  if (read[0] == "gset.ismember") return std::int64_t{members.contains(read[2])};
  if (read[0] == "type") return Status{members.empty() ? "none" : "gset"};
  Value::Array all;
  for (const Bytes& member : members) all.emplace_back(member);
  return all;
}

}  // namespace

TEST_CASE("grow_only_sets_hold_all_laws", "[laws]") {
  const auto claims = std::make_shared<Claims<Bytes>>(
      claimed, [](const Write& later, const Bytes&) { return later.command() == "del"; });
  const auto draw = [](unsigned a, unsigned b) -> std::vector<Bytes> {
    if (a < 2) return {"del", "k"};
    std::vector<Bytes> add{"gset.add", "k", name(b % 4)};
    if (a % 3 == 0) add.push_back(name(b / 4 % 4));
    return add;
  };
  holds_all_laws(with_claims<Bytes>(
      claims, draw, {{"gset.members", "k"}, {"gset.card", "k"}, {"gset.ismember", "k", "a"}, {"type", "k"}},
      answer));
}

TEST_CASE("an_add_of_what_is_there_issues_nothing") {
  Replica a(1);
  CHECK(say(a, "gset.add g m n m") == "2");
  CHECK_FALSE(a.issue(words("gset.add g n m")).event);
  CHECK(say(a, "gset.add g n o") == "1");
  CHECK(say(a, "gset.members g") == "m n o");
  CHECK(say(a, "gset.card g") == "3");
  CHECK(say(a, "sadd g m").starts_with("WRONG_TYPE"));
}

TEST_CASE("concurrent_adds_of_one_member_make_one") {
  Replica a(1);
  Replica b(2);
  say(a, "gset.add g m");
  say(b, "gset.add g m n");
  heal(a, b);
  CHECK(say(a, "gset.members g") == "m n");
  CHECK(say(a, "gset.card g") == "2");
}

TEST_CASE("an_add_touches_one_member") {
  Replica a(1);
  for (int i = 0; i < 100; ++i) say(a, "gset.add g m" + std::to_string(i));
  (void)a.entries().take_visited();
  CHECK(event_of(a, "gset.add g another").mutations.size() == 1);
  CHECK(a.entries().take_visited() <= 2);
}
