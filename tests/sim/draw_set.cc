// Add-wins sets, and bags that are deleted as a whole as well.
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;
constexpr EntryType type = EntryType::set;

Draft with_members(const char* command, Kind kind, Bytes key, std::vector<Bytes> members) {
  Meaning meaning{kind, value_at(type), members};
  meaning.own = kind == Kind::add;
  members.insert(members.begin(), {Bytes(command), std::move(key)});
  return draft(std::move(members), std::move(meaning));
}

Draft update(const Pen& pen) {
  std::vector<Bytes> members{pen.own()};
  for (std::uint64_t i = pen.random.below(3); i > 0; --i) members.push_back(pen.shared());
  return with_members("SADD", Kind::add, pen.key(pen.one_in(2) ? "bag" : "set"), std::move(members));
}

Draft removal(const Pen& pen) {
  if (pen.one_in(4)) return delete_key(pen.key("bag"));
  std::vector<Bytes> members{pen.former()};
  if (pen.one_in(3)) members.push_back(pen.shared());
  return with_members("SREM", Kind::remove, pen.key(pen.one_in(3) ? "bag" : "set"), std::move(members));
}

Draft read_one(const Pen& pen) {
  switch (pen.random.below(4)) {
    case 0: return draft({"SISMEMBER", pen.key("set"), pen.former()});
    case 1: return read("SMEMBERS", pen.key("bag"), Kind::read_names, type);
    default: return read("SMEMBERS", pen.key("set"), Kind::read_names, type);
  }
}

}  // namespace

const Family set_family{"set", update, removal, read_one};

}  // namespace causeway::testing
