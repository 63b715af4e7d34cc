// Proves of the oracle that it declares from events what the rules say, over events that are made by hand.
#include "tests/sim/oracle.h"

#include <catch2/catch.hpp>

#include "base/serial.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

/// Events of one partition, each issued by an actor that has seen what is said.
class Writing {
 public:
  Dot issue(std::uint64_t actor, const VersionVector& seen, std::vector<Drafted> mutations) {
    EventDraft draft;
    draft.dot = {ActorId{actor}, ++counters_[actor]};
    draft.deps = seen;
    draft.hlc = Hlc{++stamp_};
    draft.mutations = std::move(mutations);
    REQUIRE(book_.enter(NodeId{actor}, encode_event(draft)) != nullptr);
    all_.raise(draft.dot);
    return draft.dot;
  }
  [[nodiscard]] Hlc next_stamp() const { return Hlc{stamp_ + 1}; }
  [[nodiscard]] Bytes stamped(BytesView value) const {
    Bytes payload;
    Writer(payload).u64(next_stamp().value);
    return payload.append(value);
  }
  Expected object() { return expected_of(book_, all_).at("k"); }

 private:
  Verdict verdict_;
  EventBook book_{PartitionId{0}, verdict_};
  std::map<std::uint64_t, std::uint64_t> counters_;
  std::uint64_t stamp_ = 0;
  VersionVector all_;
};

VersionVector seen(std::initializer_list<Dot> dots) {
  VersionVector vector;
  for (const Dot& dot : dots) vector.raise(dot);
  return vector;
}

Update insert(Bytes path, Bytes payload) { return {"k", std::move(path), std::move(payload), {}}; }
Bytes flag_path(const Bytes& base, EntryType type) { return value_at(type, base) + "v"; }

Value answer_to(const Expected& expected, const std::vector<Bytes>& words) {
  for (const Question& question : expected.shown.questions) {
    if (question.words == words) return question.answer;
  }
  return Status{"not asked"};
}

const Bytes on("\1", 1);
const Bytes off("\0", 1);

}  // namespace

TEST_CASE("places_are_taken_apart_as_they_are_put_together") {
  const Bytes odd("a\0b\0\0\xff", 6);
  const Bytes outer = base_of({}, EntryType::map, odd);
  const Bytes path = flag_path(base_of(outer, EntryType::map, ""), EntryType::flag) + "rest";
  const auto head = parse_path(path);
  REQUIRE(head);
  const PathParts parts = parts_of(path);
  REQUIRE(parts.fields.size() == 2);
  CHECK(parts.fields[0].field == odd);
  CHECK(parts.fields[1].field.empty());
  CHECK(parts.base == head->base);
  CHECK(parts.type == EntryType::flag);
  CHECK(parts.subkey == "rest");
  CHECK(steps_to(outer)->size() == 1);
  CHECK(steps_to("")->empty());
  CHECK_FALSE(steps_to(outer + "\x31"));
}

TEST_CASE("a_clear_of_a_field_takes_what_it_saw_below_it_at_any_depth") {
  Writing writing;
  const Bytes outer = base_of({}, EntryType::map, "f");
  const Bytes inner = base_of(outer, EntryType::map, "g");
  const Dot first = writing.issue(1, {}, {insert(flag_path(inner, EntryType::flag), on)});
  CHECK(answer_to(writing.object(), {"MAP.IN", "f", "MAP.IN", "g", "FLAG.GET"}) == Value(std::int64_t{1}));
  writing.issue(2, seen({first}), {RangeRemoval{"k", outer, seen({first})}});
  CHECK_FALSE(writing.object().type);
  CHECK(writing.object().entries == 0);
  const Dot concurrent = writing.issue(1, {}, {insert(flag_path(inner, EntryType::flag), on)});
  CHECK(answer_to(writing.object(), {"MAP.IN", "f", "MAP.IN", "g", "FLAG.GET"}) == Value(std::int64_t{1}));
  writing.issue(2, seen({concurrent}), {RangeRemoval{"k", base_of({}, EntryType::map, "e"), {}}});
  CHECK(writing.object().entries == 1);
}

TEST_CASE("of_concurrent_changes_an_enable_wins_in_one_flag_and_a_disable_in_the_other") {
  for (const EntryType type : {EntryType::flag, EntryType::disable_flag}) {
    Writing writing;
    const Dot enabled = writing.issue(1, {}, {insert(flag_path({}, type), on)});
    const Dot disabled = writing.issue(2, {}, {insert(flag_path({}, type), off)});
    CHECK(writing.object().shown.whole == Value(std::int64_t{type == EntryType::flag}));
    CHECK(writing.object().entries == 2);
    writing.issue(1, seen({disabled}), {insert(flag_path({}, type), on)});
    CHECK(writing.object().shown.whole == Value(std::int64_t{1}));
    CHECK(writing.object().entries == 1);
    (void)enabled;
  }
}

TEST_CASE("a_member_of_a_remove_wins_set_is_there_if_no_remove_is_left") {
  Writing writing;
  const Bytes member = flag_path(base_of({}, EntryType::remove_wins_set, "m"), EntryType::disable_flag);
  const Dot added = writing.issue(1, {}, {insert(member, on)});
  CHECK(writing.object().type == EntryType::remove_wins_set);
  const Dot removed = writing.issue(2, {}, {insert(member, off)});
  CHECK_FALSE(writing.object().type);
  writing.issue(1, seen({removed}), {insert(member, on)});
  CHECK(writing.object().shown.whole == Value(Value::Array{Bytes("m")}));
  (void)added;
}

TEST_CASE("an_increment_counts_unless_a_write_or_a_clear_saw_it") {
  Writing writing;
  const Bytes cell = value_at(EntryType::string) + "c+" + Bytes(8, 'a') + Bytes(8, 'r');
  const Bytes amount("\5", 1);
  const Dot added = writing.issue(1, {}, {insert(cell, amount)});
  const Bytes text = value_at(EntryType::string) + "v";
  const Dot unseen = writing.issue(2, {}, {insert(text, writing.stamped("10"))});
  CHECK(writing.object().shown.whole == Value(Bytes("15")));
  writing.issue(2, seen({added}), {insert(text, writing.stamped("20"))});
  CHECK(writing.object().shown.whole == Value(Bytes("20")));
  (void)unseen;
}

TEST_CASE("the_newest_marker_among_the_types_that_are_there_names_the_type") {
  Writing writing;
  const Bytes marker = value_at(EntryType::marker) + "v";
  writing.issue(1, {},
                {insert(value_at(EntryType::set) + "vm", ""),
                 insert(marker, writing.stamped(Bytes(1, static_cast<char>(EntryType::set))))});
  writing.issue(2, {},
                {insert(value_at(EntryType::string) + "v", writing.stamped("x")),
                 insert(marker, writing.stamped(Bytes(1, static_cast<char>(EntryType::string))))});
  CHECK(writing.object().type == EntryType::string);
  writing.issue(3, {}, {insert(marker, writing.stamped(Bytes(1, static_cast<char>(EntryType::counter))))});
  CHECK(writing.object().type == EntryType::string);
  CHECK(writing.object().entries == 5);
}
