// Maps: what other families ask of keys, asked of fields, at any depth; some maps are deleted as a whole as well. A hash is a map
// of strings.
#include <array>

#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;
constexpr EntryType type = EntryType::map;
constexpr std::array inner_families{
    &string_family, &string_family, &counter_family,    &set_family,      &flag_family,
    &any_family,    &list_family,   &sorted_set_family, &register_family, &remove_wins_set_family};

/// The command of hashes that does the same to a field as this one to a key; nothing: there is none.
std::optional<std::vector<Bytes>> hash_words(const Bytes& key, const std::vector<Bytes>& words) {
  const Bytes& command = words[0];
  const Bytes& field = words[1];
  if (command == "SET") return std::vector<Bytes>{"HSET", key, field, words[2]};
  if (command == "INCRBY") return std::vector<Bytes>{"HINCRBY", key, field, words[2]};
  if (command == "DECRBY") return std::vector<Bytes>{"HINCRBY", key, field, "-" + words[2]};
  if (command == "GET") return std::vector<Bytes>{"HGET", key, field};
  if (command == "STRLEN") return std::vector<Bytes>{"HSTRLEN", key, field};
  if (command == "EXISTS") return std::vector<Bytes>{"HEXISTS", key, field};
  if (command == "DEL") return std::vector<Bytes>{"HDEL", key, field};
  return std::nullopt;
}

std::vector<Bytes> nested_words(const Bytes& key, const std::vector<Bytes>& words) {
  std::vector<Bytes> nested{"MAP.IN", key, words[1], words[0]};
  nested.insert(nested.end(), words.begin() + 2, words.end());
  return nested;
}

/// What is asked of a key, asked of a field of that name.
Draft in_field(const Pen& pen, Bytes key, Draft draft) {
  const Bytes base = base_of({}, type, draft.arguments[1]);
  auto words = hash_words(key, draft.arguments);
  const bool as_hash = words && (draft.arguments[0] == "DEL" || pen.one_in(2));
  draft.arguments = as_hash ? std::move(*words) : nested_words(key, draft.arguments);
  draft.meaning.where = base + draft.meaning.where;
  if (draft.meaning.clears) draft.meaning.clears = base + *draft.meaning.clears;
  return draft;
}

using Draw = Draft (*Family::*)(const Pen&);

/// `whole`: the map may be deleted, and its fields hold anything.
Draft draw_in(const Pen& pen, Draw draw, bool whole, std::size_t depth) {
  if (depth > 0) return in_field(pen, pen.key("map"), draw_in(pen, draw, whole, depth - 1));
  Pen inner = pen;
  if (whole) inner.kind = "part";
  const Family& family = *inner_families[pen.random.below(inner_families.size())];
  Draft draft = (family.*draw)(inner);
  // What else is done there, by other families, counts as well.
  if (whole && draft.meaning.reads() && draft.meaning.kind != Kind::read_names)
    draft.meaning.kind = Kind::other;
  return draft;
}

Draft draw_one(const Pen& pen, Draw draw) {
  const bool whole = pen.one_in(3) || !pen.kind.empty();
  const std::size_t depth = pen.one_in(3) ? 1 + pen.random.below(2) : 0;
  return in_field(pen, pen.key(whole ? "heap" : "map"), draw_in(pen, draw, whole, depth));
}

/// In one event; the first of them is what it is known by.
Draft set_several(const Pen& pen) {
  const bool whole = pen.one_in(2) || !pen.kind.empty();
  const char* const kind = whole ? "part" : "text";
  const Bytes value = pen.unique();
  Meaning meaning{Kind::write, value_at(EntryType::string, base_of({}, type, kind + Bytes("0"))), {value}};
  meaning.own = true;
  std::vector<Bytes> words{"HSET", pen.key(whole ? "heap" : "map"), kind + Bytes("0"), value};
  for (const char* const number : {"1", "2"})
    words.insert(words.end(), {kind + Bytes(number), pen.own() + "+" + number});
  return draft(std::move(words), std::move(meaning));
}

Draft update(const Pen& pen) { return pen.one_in(8) ? set_several(pen) : draw_one(pen, &Family::update); }

Draft removal(const Pen& pen) {
  if (pen.one_in(4)) return delete_key(pen.key("heap"));
  if (pen.one_in(6)) {
    Meaning meaning;
    meaning.clears = Bytes();  // of several fields: any
    return draft({"HDEL", pen.key("heap"), "part0", "part1"}, std::move(meaning));
  }
  return draw_one(pen, &Family::removal);
}

Draft read_one(const Pen& pen) {
  if (pen.one_in(4)) return draft({pen.one_in(2) ? "HLEN" : "HGETALL", pen.key("heap")});
  return draw_one(pen, &Family::read);
}

}  // namespace

const Family map_family{"map", update, removal, read_one};

}  // namespace causeway::testing
