// What cannot be read is an error, never taken for absent.
#include <algorithm>

#include "tests/crdt/dialogue.h"
#include "tests/crdt/event_draft.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

/// Fails the read with this number, and counts them.
class FailingEntries : public EntryReader {
 public:
  FailingEntries(const EntryReader& under, int failing) : under_(under), failing_(failing) {}

  Result<void> at(BytesView key, BytesView path, Visitor visit) const override {
    if (reads_++ == failing_) return fail(ErrorCode::internal, "the disk said no");
    return under_.at(key, path, visit);
  }
  Result<void> scan(BytesView key, BytesView prefix, Visitor visit) const override {
    if (reads_++ == failing_) return fail(ErrorCode::internal, "the disk said no");
    return under_.scan(key, prefix, visit);
  }
  Result<void> summary(BytesView key, BytesView base, ObjectSummary& summary) const override {
    if (reads_++ == failing_) return fail(ErrorCode::internal, "the disk said no");
    return under_.summary(key, base, summary);
  }
  Result<const ElementOrder*> order(const Place& place, ElementOrder& scratch) const override {
    if (reads_++ == failing_) return fail(ErrorCode::internal, "the disk said no");
    return under_.order(place, scratch);
  }
  [[nodiscard]] int reads() const { return reads_; }

 private:
  const EntryReader& under_;
  int failing_;
  mutable int reads_ = 0;
};

/// Several replicas' worth of everything: siblings, cells, forgotten records, a duplicate request, two types.
Replica busy_replica() {
  constexpr RequestId q{1, 1, 1'060'000};
  Replica a(1);
  Replica b(2);
  for (Replica* replica : {&a, &b}) {
    for (const char* line :
         {"set k 1", "incr k", "counter.add c 3", "sadd s m n", "reg.set r v", "sadd both m", "flag.enable f",
          "dwflag.disable d", "gset.add g m", "max.set x 5", "min.set y 5", "sadd t m o", "pfadd p a b",
          "pfadd r2 c", "hset h f 1", "hincrby h f 2", "map.in h m map.in s sadd m", "rwset.add w m n"}) {
      say(*replica, line);
    }
    say(*replica, "incr k", q);
  }
  say(b, "del both");
  say(b, "set both text");
  say(b, "counter.reset c");
  say(b, "counter.add c 2");
  a.merge_from(b);
  return a;
}

const char* const lines[] = {"get k",
                             "set k 2",
                             "incr k",
                             "strlen k",
                             "siblings k",
                             "counter.add c 1",
                             "counter.get c",
                             "counter.reset c",
                             "sadd s m x",
                             "srem s m",
                             "smembers s",
                             "scard s",
                             "sismember s m",
                             "reg.get r",
                             "reg.set r w",
                             "siblings r",
                             "del k",
                             "del both",
                             "type both",
                             "exists both",
                             "set both x",
                             "get both",
                             "srem s m n",
                             "set new 1",
                             "del c",
                             "flag.enable f",
                             "dwflag.get d",
                             "dwflag.enable d",
                             "gset.add g m n",
                             "gset.members g",
                             "gset.ismember g m",
                             "gset.card g",
                             "max.set x 6",
                             "max.get x",
                             "min.set y 4",
                             "min.get y",
                             "pfadd p a c",
                             "pfadd q",
                             "pfcount p r2",
                             "pfmerge p r2",
                             "pfmerge q p",
                             "smismember s m q",
                             "spop s",
                             "spop s 1",
                             "spop s 9",
                             "srandmember s",
                             "srandmember s 2",
                             "srandmember s -2",
                             "sscan s 0",
                             "smove s t n",
                             "smove s s n",
                             "sinter s t",
                             "sunion s t",
                             "sdiff s t",
                             "sdiff s t k2",
                             "sinterstore k s t",
                             "sunionstore u s t",
                             "sdiffstore s s t",
                             "sintercard 2 s t",
                             "append k 5",
                             "incrbyfloat k 1.5",
                             "setrange k 1 x",
                             "getrange k 0 1",
                             "bitcount k",
                             "hset h f 2 g 3",
                             "hget h f",
                             "hgetall h",
                             "hkeys h",
                             "hlen h",
                             "hdel h f m",
                             "hincrby h f 1",
                             "hsetnx h f 1",
                             "hmget h f m",
                             "hscan h 0",
                             "hrandfield h 2 withvalues",
                             "hincrbyfloat h f 1",
                             "map.in h m map.in s srem m",
                             "map.type h m s",
                             "map.del h m",
                             "map.fields h",
                             "map.len h m",
                             "rwset.add w x",
                             "rwset.rem w m n",
                             "rwset.members w",
                             "rwset.card w",
                             "rwset.ismember w m"};

}  // namespace

TEST_CASE("a_failed_read_fails_the_command") {
  const Replica replica = busy_replica();
  const VersionVector& clock = replica.clock();
  for (const char* line : lines) {
    const auto arguments = words(line);
    const auto command = find_command(arguments);
    REQUIRE(command.has_value());
    for (int failing = 0;; ++failing) {
      const FailingEntries entries(replica.entries(), failing);
      EventWriter changes;
      changes.begin(ActorId(7));
      const Context context{entries,
                            clock,
                            {ActorId(7), 1},
                            replica.hlc(),
                            WallTime(1s),
                            std::nullopt,
                            Replica::value_bytes_max,
                            changes,
                            arguments[first_key_of(*command->command)]};
      Value reply;
      const auto outcome = command->command->execute(context, span_of(views_of(arguments)), reply);
      if (entries.reads() <= failing) break;  // the read that should fail did not come
      INFO(line << ", read " << failing);
      REQUIRE_FALSE(outcome.has_value());
      CHECK(outcome.error().sentence == "the disk said no");
    }
  }
}

TEST_CASE("an_entry_that_its_type_cannot_read_is_an_error") {
  struct Case {
    EntryType type;
    Part part;
    Bytes subkey;
    const char* read;
  };
  const auto c = GENERATE(Case{EntryType::reg, Part::value, "", "reg.get k"},
                          Case{EntryType::string, Part::value, "", "get k"},
                          Case{EntryType::counter, Part::cell, "+short", "counter.get k"},
                          Case{EntryType::counter, Part::cell, Bytes(17, '+'), "del k"},
                          Case{EntryType::string, Part::cell, Bytes(17, '?'), "incr k"});
  Replica a(1);
  a.apply(EventDraft{{ActorId(5), 1},
                     {},
                     {},
                     std::nullopt,
                     {Update{"k", make_path(c.type, c.part, c.subkey), "x\xff", {}}}});
  CHECK(say(a, c.read).starts_with("INTERNAL: an entry of type"));
}
