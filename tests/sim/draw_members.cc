// Sets of all kinds: add-wins, and bags that are deleted as a whole as well; grow-only; remove-wins.
#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;

struct Names {
  EntryType type;
  const char* key;
  const char* key_deleted;  ///< of those that are deleted, too
  const char* add;
  const char* remove;  ///< null: nothing is
  const char* members;
  const char* has;
};
constexpr Names add_wins{EntryType::set, "set", "bag", "SADD", "SREM", "SMEMBERS", "SISMEMBER"};
constexpr Names grow_only{EntryType::grow_set, "hoard",        "pile", "GSET.ADD", nullptr,
                          "GSET.MEMBERS",      "GSET.ISMEMBER"};
constexpr Names remove_wins{EntryType::remove_wins_set,
                            "guests",
                            "roll",
                            "RWSET.ADD",
                            "RWSET.REM",
                            "RWSET.MEMBERS",
                            "RWSET.ISMEMBER"};

Draft with_members(const char* command, const Names& names, Kind kind, Bytes key,
                   std::vector<Bytes> members) {
  Meaning meaning{kind, value_at(names.type), members};
  meaning.own = kind == Kind::add;
  meaning.adds_anew = names.type != EntryType::grow_set;
  members.insert(members.begin(), {Bytes(command), std::move(key)});
  return draft(std::move(members), std::move(meaning));
}

template <const Names& names>
Draft update(const Pen& pen) {
  std::vector<Bytes> members{pen.own()};
  for (std::uint64_t i = pen.random.below(3); i > 0; --i) members.push_back(pen.shared());
  return with_members(names.add, names, Kind::add, pen.key(pen.one_in(2) ? names.key_deleted : names.key),
                      std::move(members));
}

template <const Names& names>
Draft removal(const Pen& pen) {
  if (names.remove == nullptr || pen.one_in(4)) return delete_key(pen.key(names.key_deleted));
  std::vector<Bytes> members{pen.former()};
  if (pen.one_in(3)) members.push_back(pen.shared());
  return with_members(names.remove, names, Kind::remove,
                      pen.key(pen.one_in(3) ? names.key_deleted : names.key), std::move(members));
}

template <const Names& names>
Draft read_one(const Pen& pen) {
  if (pen.one_in(4)) return draft({names.has, pen.key(names.key), pen.former()});
  return read(names.members, pen.key(pen.one_in(3) ? names.key_deleted : names.key), Kind::read_names,
              names.type);
}

}  // namespace

const Family set_family{"set", update<add_wins>, removal<add_wins>, read_one<add_wins>};
const Family grow_set_family{"gset", update<grow_only>, removal<grow_only>, read_one<grow_only>};
const Family remove_wins_set_family{"rwset", update<remove_wins>, removal<remove_wins>,
                                    read_one<remove_wins>};

}  // namespace causeway::testing
