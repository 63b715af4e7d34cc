// Maps against their rule, in all schedules: values of several types, three fields deep, some of them in one field.
#include <map>
#include <set>

#include "tests/crdt/dialogue.h"
#include "tests/crdt/laws.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

using FieldPath = std::vector<Bytes>;

/// What a write does at one place.
struct Deed {
  enum class Kind { set, add, reset, join, leave, clear };
  Kind kind = Kind::clear;
  EntryType type = EntryType::map;
  FieldPath at;
  Bytes what;  ///< the text, or the member
  std::int64_t by = 0;
  const Write* write = nullptr;
};
using Deeds = std::vector<Deed>;

FieldPath operator/(FieldPath path, const Bytes& field) {
  path.push_back(field);
  return path;
}

bool is_below(const FieldPath& path, const FieldPath& above) {
  return path.size() >= above.size() && std::equal(above.begin(), above.end(), path.begin());
}

std::int64_t number(const Bytes& text) { return std::stoll(text); }

/// What "name key …" does at this path.
Deeds deeds_of(const std::vector<Bytes>& words, const FieldPath& at) {
  const Bytes& name = words[0];
  using Kind = Deed::Kind;
  if (name == "map.in") {
    std::vector<Bytes> inner{words[3], words[1]};
    inner.insert(inner.end(), words.begin() + 4, words.end());
    return deeds_of(inner, at / words[2]);
  }
  if (name == "del") return {{Kind::clear, EntryType::map, at, {}, 0}};
  if (name == "hdel") return {{Kind::clear, EntryType::map, at / words[2], {}, 0}};
  if (name == "hincrby") return {{Kind::add, EntryType::string, at / words[2], {}, number(words[3])}};
  if (name == "counter.add") return {{Kind::add, EntryType::counter, at, {}, number(words[2])}};
  if (name == "counter.reset") return {{Kind::reset, EntryType::counter, at, {}, 0}};
  if (name == "sadd") return {{Kind::join, EntryType::set, at, words[2], 0}};
  if (name == "srem") return {{Kind::leave, EntryType::set, at, words[2], 0}};
  if (name == "rwset.add") return {{Kind::join, EntryType::remove_wins_set, at, words[2], 0}};
  if (name == "rwset.rem") return {{Kind::leave, EntryType::remove_wins_set, at, words[2], 0}};
  Deeds deeds;  // hset
  for (std::size_t i = 2; i < words.size(); i += 2) {
    deeds.push_back({Kind::set, EntryType::string, at / words[i], words[i + 1], 0});
  }
  return deeds;
}

/// Whether a deed that saw the other takes it back.
bool takes(const Deed& later, const Deed& deed) {
  using Kind = Deed::Kind;
  if (later.kind == Kind::clear) return is_below(deed.at, later.at);
  if (later.at != deed.at || later.type != deed.type) return false;
  const bool same_member = later.what == deed.what;
  switch (later.kind) {
    case Kind::set:
    case Kind::reset: return true;
    case Kind::join: return same_member && later.type == EntryType::remove_wins_set;
    case Kind::leave: return same_member;
    default: return false;
  }
}

/// What the writes that are seen leave.
class World {
 public:
  explicit World(const Seen& seen) {
    Deeds all;
    for (const Write* write : seen) {
      for (Deed& deed : deeds_of(write->arguments, {})) {
        deed.write = write;
        all.push_back(std::move(deed));
      }
    }
    for (const Deed& deed : all) {
      const bool taken = std::any_of(all.begin(), all.end(), [&](const Deed& later) {
        return later.write->saw(*deed.write) && takes(later, deed);
      });
      if (!taken) left_.push_back(deed);
    }
  }

  [[nodiscard]] std::set<Bytes> members(const FieldPath& at, EntryType type) const {
    std::set<Bytes> joined;
    std::set<Bytes> left;
    for (const Deed& deed : left_) {
      if (deed.at != at || deed.type != type) continue;
      if (deed.kind == Deed::Kind::join) joined.insert(deed.what);
      if (deed.kind == Deed::Kind::leave) left.insert(deed.what);
    }
    // Of a set that is add-wins a remove takes what it saw, and is nothing beside what it did not see.
    if (type == EntryType::remove_wins_set) {
      for (const Bytes& member : left) joined.erase(member);
    }
    return joined;
  }

  [[nodiscard]] std::int64_t sum(const FieldPath& at, EntryType type) const {
    std::int64_t total = 0;
    for (const Deed& deed : left_) {
      if (deed.at == at && deed.type == type) total += deed.by;
    }
    return total;
  }

  [[nodiscard]] Bytes text(const FieldPath& at) const {
    const Deed* winner = nullptr;
    for (const Deed& deed : left_) {
      if (deed.at != at || deed.kind != Deed::Kind::set) continue;
      if (winner == nullptr || deed.write->is_later_than(*winner->write)) winner = &deed;
    }
    const std::int64_t count = sum(at, EntryType::string);
    if (winner == nullptr) return std::to_string(count);
    return winner->what[0] == 't' ? winner->what : std::to_string(number(winner->what) + count);
  }

  /// The lowest of the types that are there.
  [[nodiscard]] std::optional<EntryType> type(const FieldPath& at) const {
    std::set<EntryType> types;
    for (const Deed& deed : left_) {
      if (deed.at != at) continue;
      const bool holds = deed.kind == Deed::Kind::set || deed.kind == Deed::Kind::add;
      if (holds || !members(at, deed.type).empty()) types.insert(deed.type);
    }
    if (!fields(at).empty()) types.insert(EntryType::map);
    if (types.empty()) return std::nullopt;
    return *types.begin();
  }

  [[nodiscard]] std::set<Bytes> fields(const FieldPath& at) const {
    std::set<Bytes> names;
    for (const Deed& deed : left_) {
      if (deed.at.size() <= at.size() || !is_below(deed.at, at)) continue;
      const Bytes& name = deed.at[at.size()];
      if (!names.contains(name) && type(at / name)) names.insert(name);
    }
    return names;
  }

  /// The text of a string, else nil.
  [[nodiscard]] Value shown(const FieldPath& at) const {
    Value value;
    if (type(at) == EntryType::string) value = text(at);
    return value;
  }

  /// What "name key …" answers at this path; nothing where something of another type stands in the way.
  [[nodiscard]] std::optional<Value> read(const std::vector<Bytes>& words, const FieldPath& at) const {
    const Bytes& name = words[0];
    const auto here = type(at);
    if (name == "type") return Status{here ? Bytes(name_of(*here)) : "none"};
    if (here && *here != type_of(name)) return std::nullopt;
    if (name == "map.in") {
      std::vector<Bytes> inner{words[3], words[1]};
      inner.insert(inner.end(), words.begin() + 4, words.end());
      return read(inner, at / words[2]);
    }
    if (name == "counter.get") return sum(at, EntryType::counter);
    if (name == "smembers" || name == "rwset.members") {
      Value::Array all;
      for (const Bytes& member : members(at, type_of(name))) all.emplace_back(member);
      return Value(std::move(all));
    }
    if (name == "rwset.card") return static_cast<std::int64_t>(members(at, type_of(name)).size());
    if (name == "hlen") return static_cast<std::int64_t>(fields(at).size());
    if (name == "hexists") return std::int64_t{type(at / words[2]).has_value()};
    if (name == "hget") {
      const EntryType held = type(at / words[2]).value_or(EntryType::string);
      return held == EntryType::string ? std::optional(shown(at / words[2])) : std::nullopt;
    }
    Value::Array all;
    for (const Bytes& field : fields(at)) {
      all.emplace_back(field);
      if (name == "map.fields") all.emplace_back(Bytes(name_of(*type(at / field))));
      if (name == "hgetall") all.push_back(shown(at / field));
    }
    return Value(std::move(all));
  }

 private:
  static EntryType type_of(const Bytes& command) {
    if (command == "counter.get") return EntryType::counter;
    if (command == "smembers") return EntryType::set;
    return command.starts_with("rwset") ? EntryType::remove_wins_set : EntryType::map;
  }

  Deeds left_;
};

/// "map.in k m map.in m …" before a command of the map at that depth.
std::vector<Bytes> in_maps(unsigned depth, const std::string& command) {
  std::vector<Bytes> all = words(command);
  if (depth == 0) {
    all.insert(all.begin() + 1, "k");
    return all;
  }
  for (; depth > 1; --depth) all.insert(all.begin(), {"map.in", "m"});
  all.insert(all.begin(), {"map.in", "k", "m"});
  return all;
}

/// Mostly each type has fields of its own; all meet in "x".
std::vector<Bytes> draw(unsigned a, unsigned b, unsigned serial) {
  const unsigned depth = b % 3;
  const bool meets = b % 5 == 0;
  const std::string member(1, static_cast<char>('a' + b / 3 % 2));
  const auto at = [&](const char* field) { return std::string(meets ? "x" : field); };
  const auto inside = [&](const char* field, const std::string& command) {
    return in_maps(depth, "map.in " + at(field) + " " + command);
  };
  const std::string unique = std::to_string(1000 * (serial + 1));
  switch (a) {
    case 0: return b % 4 == 0 ? std::vector<Bytes>{"del", "k"} : in_maps(depth, "hdel m");
    case 1: return in_maps(depth, "hdel " + std::string(b % 2 == 0 ? "s" : "c"));
    case 2: return in_maps(depth, "hset s " + unique + " y t" + unique);
    case 3: return in_maps(depth, "hset " + at("s") + " " + (b % 7 == 0 ? "t" : "") + unique);
    case 4:
    case 5: return in_maps(depth, "hincrby " + at("s") + " " + std::to_string(static_cast<int>(b % 9) - 2));
    case 6:
    case 7: return inside("c", "counter.add " + std::to_string(static_cast<int>(b % 9) - 2));
    case 8: return b % 3 == 0 ? inside("c", "counter.reset") : inside("e", "srem " + member);
    case 9: return inside("e", "sadd " + member);
    case 10: return inside("r", "rwset.add " + member);
    default: return inside("r", "rwset.rem " + member);
  }
}

TypeUnderTest map_under_test() {
  TypeUnderTest type;
  type.draw = draw;
  type.reads = {{"type", "k"}};
  for (unsigned depth = 0; depth < 3; ++depth) {
    for (const char* read :
         {"hgetall", "hlen", "map.fields", "hkeys", "hget s", "hget x", "hexists m", "map.in c counter.get",
          "map.in x counter.get", "map.in e smembers", "map.in x smembers", "map.in r rwset.members",
          "map.in r rwset.card", "map.in m type", "map.in x type"}) {
      type.reads.push_back(in_maps(depth, read));
    }
  }
  type.oracle = [](const std::vector<Bytes>& read, const Seen& seen) -> std::optional<Value> {
    // All the reads are of the same writes, one after the other.
    static thread_local std::vector<Dot> dots;
    static thread_local std::optional<World> world;
    std::vector<Dot> now;
    for (const Write* write : seen) now.push_back(write->dot);
    if (!world || read == words("type k") || now != dots) world.emplace(seen);
    dots = std::move(now);
    return world->read(read, {});
  };
  return type;
}

}  // namespace

TEST_CASE("maps_hold_all_laws", "[laws]") { holds_all_laws(map_under_test()); }
