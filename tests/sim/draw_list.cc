// Lists: some that are pushed to, inserted into, and whose items are removed by value; and queues, of which items are taken from
// the ends, put in the place of others, and which are deleted as a whole.
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;
constexpr EntryType type = EntryType::list;

Bytes key_of(const Pen& pen) { return pen.key(pen.one_in(2) ? "list" : "queue"); }

/// Several in one event are a run.
Draft push(const Pen& pen) {
  Meaning meaning{Kind::add, value_at(type)};
  for (std::uint64_t i = pen.one_in(2) ? 0 : 1 + pen.random.below(3);; --i) {
    meaning.names.push_back(i == 0 ? pen.own() : pen.own() + "+" + std::to_string(i));
    if (i == 0) break;
  }
  meaning.own = meaning.counts = true;
  std::vector<Bytes> words{pen.one_in(2) ? "RPUSH" : "LPUSH", key_of(pen)};
  words.insert(words.end(), meaning.names.begin(), meaning.names.end());
  return draft(std::move(words), std::move(meaning));
}

Draft insert(const Pen& pen) {
  Meaning meaning{Kind::add, value_at(type), {pen.own()}};
  meaning.own = meaning.counts = meaning.may_do_nothing = true;
  return draft({"LINSERT", key_of(pen), pen.one_in(2) ? "BEFORE" : "AFTER",
                "u" + std::to_string(pen.random.below(pen.serial + 1)), pen.own()},
               std::move(meaning));
}

/// It takes away what it hides, whatever that is.
Draft replace(const Pen& pen) {
  Meaning meaning{Kind::other, value_at(type), {pen.own()}};
  meaning.clears = value_at(type);
  meaning.counts = true;  // by then another item may be at the index
  const std::int64_t index = static_cast<std::int64_t>(pen.random.below(6)) - 3;
  return draft({"LSET", pen.key("queue"), std::to_string(index), pen.own()}, std::move(meaning));
}

Draft update(const Pen& pen) {
  switch (pen.random.below(5)) {
    case 0: return insert(pen);
    case 1: return replace(pen);
    default: return push(pen);
  }
}

Draft removal(const Pen& pen) {
  if (pen.one_in(6)) return delete_key(pen.key("queue"));
  if (pen.one_in(3)) {
    Meaning meaning{Kind::clear};
    meaning.clears = value_at(type);
    meaning.counts = true;
    return draft({pen.one_in(2) ? "LPOP" : "RPOP", pen.key("queue")}, std::move(meaning));
  }
  const Bytes item = "u" + std::to_string(pen.random.below(pen.serial + 1));
  return draft({"LREM", key_of(pen), "0", item}, {Kind::remove, value_at(type), {item}});
}

Draft read_one(const Pen& pen) {
  if (pen.one_in(8)) return draft({"LLEN", key_of(pen)});
  if (pen.one_in(8)) return draft({"LINDEX", key_of(pen), "-1"});
  return draft({"LRANGE", key_of(pen), "0", "-1"}, {Kind::read_names, value_at(type)});
}

}  // namespace

const Family list_family{"list", update, removal, read_one};

}  // namespace causeway::testing
