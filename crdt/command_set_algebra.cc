// The commands of several add-wins sets: they move a member, intersect, unite and subtract.
#include <algorithm>

#include "crdt/command_table.h"
#include "crdt/object.h"
#include "crdt/option.h"
#include "crdt/set.h"

namespace causeway {
namespace {

using Members = std::vector<Bytes>;  // sorted

/// One of the sets that a command reads.
struct Source {
  Context at;
  std::uint64_t size;

  [[nodiscard]] Place place() const { return at.place(EntryType::set); }
  [[nodiscard]] Result<Members> members() const {
    Members all;
    CW_TRY_VOID(scan_members(at.entries, place(), [&](BytesView member) { all.emplace_back(member); }));
    return all;
  }
  [[nodiscard]] Result<bool> has(BytesView member) const { return has_member(at.entries, place(), member); }
};
using Sources = std::vector<Source>;

/// Errors: wrong_type, whichever of the keys it is.
Result<Sources> sources_of(const Context& context, BytesView command, Arguments keys) {
  Sources sources;
  for (const BytesView key : keys) {
    const Context at = context.at(key);
    ObjectState object;
    CW_TRY_VOID(read_object(at, EntryType::set, command, object));
    sources.push_back({at, object.summary.count(EntryType::set)});
  }
  return sources;
}

/// What these sets make of each other, at most so many members.
using Algebra = Result<Members> (*)(const Sources& sources, std::uint64_t members_max);

constexpr std::uint64_t all = UINT64_MAX;

/// Reads the smallest of the sets, and asks the others for each of its members.
Result<Members> intersect(const Sources& sources, std::uint64_t members_max) {
  std::vector<const Source*> by_size;
  for (const Source& source : sources) by_size.push_back(&source);
  std::sort(by_size.begin(), by_size.end(),
            [](const Source* a, const Source* b) { return a->size < b->size; });
  Members common;
  if (by_size.front()->size == 0) return common;
  CW_TRY(Members members, by_size.front()->members());
  for (Bytes& member : members) {
    bool everywhere = true;
    for (auto other = by_size.begin() + 1; everywhere && other != by_size.end(); ++other) {
      CW_TRY(everywhere, (*other)->has(member));
    }
    if (everywhere) common.push_back(std::move(member));
    if (common.size() == members_max) break;
  }
  return common;
}

Result<Members> unite(const Sources& sources, std::uint64_t /*members_max*/) {
  Members united;
  for (const Source& source : sources) {
    CW_TRY(const Members members, source.members());
    Members both;
    std::set_union(united.begin(), united.end(), members.begin(), members.end(), std::back_inserter(both));
    united = std::move(both);
  }
  return united;
}

/// Reads the first, and of each other what costs less: all of it, or what it says of each member that is left.
Result<Members> subtract(const Sources& sources, std::uint64_t /*members_max*/) {
  CW_TRY(Members left, sources.front().members());
  for (auto other = sources.begin() + 1; other != sources.end() && !left.empty(); ++other) {
    Members kept;
    if (other->size <= left.size()) {
      CW_TRY(const Members gone, other->members());
      std::set_difference(left.begin(), left.end(), gone.begin(), gone.end(), std::back_inserter(kept));
    } else {
      for (Bytes& member : left) {
        CW_TRY(const bool is_gone, other->has(member));
        if (!is_gone) kept.push_back(std::move(member));
      }
    }
    left = std::move(kept);
  }
  return left;
}

template <Algebra algebra>
Result<void> execute_read(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const Sources sources, sources_of(context, arguments[0], arguments.subspan(1)));
  CW_TRY(Members members, algebra(sources, all));
  Value::Array& answer = reply.emplace<Value::Array>();
  for (Bytes& member : members) answer.emplace_back(std::move(member));
  return {};
}

/// Puts a set in the place of whatever the key held. All of it is claimed: a member that was there already, too.
Result<void> store(const Context& context, const Members& members, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  reply = static_cast<std::int64_t>(members.size());
  if (members.empty()) {
    if (object.exists()) CW_TRY_VOID(remove_object(context, object));
    return issue(context);
  }
  if (object.exists()) {
    CW_TRY_VOID(replace_object(context, EntryType::set, object));
  } else {
    CW_TRY_VOID(create_object(context, EntryType::set, object));
  }
  // What they supersede goes with the old object.
  const Place place = context.place(EntryType::set);
  for (const Bytes& member : members) {
    context.changes.insert(context.key, place.path(Part::value, member), {}, {});
  }
  return issue(context);
}

template <Algebra algebra>
Result<void> execute_store(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const Sources sources, sources_of(context, arguments[0], arguments.subspan(2)));
  CW_TRY(const Members members, algebra(sources, all));
  return store(context, members, reply);
}

/// Where a count of keys stands, and behind it the keys.
constexpr Command::Traits counted{.first_key = 0, .last_key = 0, .key_step = 0, .key_count = 1};

Result<std::uint64_t> limit_of(Arguments options) {
  std::uint64_t limit = all;
  for (std::size_t at = 0; at < options.size(); at += 2) {
    if (!is_option(options[at], "limit") || at + 1 == options.size()) return syntax_error();
    const auto given = integer_argument(options[at + 1]);
    if (!given || *given < 0) return fail(ErrorCode::invalid, "LIMIT can't be negative");
    limit = *given == 0 ? all : static_cast<std::uint64_t>(*given);
  }
  return limit;
}

Result<void> execute_sintercard(const Context& context, Arguments arguments, Value& reply) {
  const auto number = integer_argument(arguments[1]);
  if (!number || *number < 1) return fail(ErrorCode::invalid, "numkeys should be greater than 0");
  const auto keys = static_cast<std::uint64_t>(*number);
  if (keys > arguments.size() - 2) {
    return fail(ErrorCode::invalid, "Number of keys can't be greater than number of args");
  }
  CW_TRY(const std::uint64_t limit, limit_of(arguments.subspan(2 + keys)));
  CW_TRY(const Sources sources, sources_of(context, "SINTERCARD", arguments.subspan(2, keys)));
  CW_TRY(const Members members, intersect(sources, limit));
  reply = static_cast<std::int64_t>(members.size());
  return {};
}

/// A member that is moved to where it is already stays as it is.
Result<void> execute_smove(const Context& context, Arguments arguments, Value& reply) {
  const BytesView member = arguments[3];
  const Context to = context.at(arguments[2]);
  reply = std::int64_t{0};
  ObjectState source;
  ObjectState target;
  CW_TRY_VOID(read_object(context, EntryType::set, "SMOVE", source));
  if (!source.exists()) return {};
  CW_TRY_VOID(read_object(to, EntryType::set, "SMOVE", target));
  const Place from = context.place(EntryType::set);
  if (to.key == context.key) {
    CW_TRY(const bool present, has_member(context.entries, from, member));
    reply = std::int64_t{present};
    return {};
  }
  CW_TRY(const std::uint64_t removed, remove_member(context.entries, from, member, context.changes));
  if (removed == 0) return {};
  CW_TRY_VOID(unmark_if_emptied(context, source, 1));
  CW_TRY_VOID(create_object(to, EntryType::set, target));
  CW_TRY_VOID(add_member(to.entries, to.place(EntryType::set), member, to.changes));
  reply = std::int64_t{1};
  return issue(context);
}

}  // namespace

void add_set_algebra_commands(std::vector<Command>& table) {
  constexpr Command::Traits reading{.last_key = -1, .shape = ReplyShape::set};
  constexpr Command::Traits storing{.last_key = -1};
  constexpr BytesView keys = "key [key ...]";
  constexpr BytesView keys_to = "destination key [key ...]";
  const auto add_read = [&](BytesView name, BytesView help, auto execute) {
    table.push_back({name, keys, -2, Access::read, true, "set", help, execute, reading});
  };
  const auto add_store = [&](BytesView name, BytesView help, auto execute) {
    table.push_back({name, keys_to, -3, Access::observed_write, true, "set", help, execute, storing});
  };
  add_read("sinter", "The members that all sets have; the keys are of one partition.",
           execute_read<intersect>);
  add_read("sunion", "The members of all sets; the keys are of one partition.", execute_read<unite>);
  add_read("sdiff", "The members that only the first set has; the keys are of one partition.",
           execute_read<subtract>);
  add_store("sinterstore", "SINTER into a key of the same partition; answers how many members.",
            execute_store<intersect>);
  add_store("sunionstore", "SUNION into a key of the same partition; answers how many members.",
            execute_store<unite>);
  add_store("sdiffstore", "SDIFF into a key of the same partition; answers how many members.",
            execute_store<subtract>);
  table.push_back({"sintercard", "numkeys key [key ...] [LIMIT limit]", -3, Access::read, true, "set",
                   "How many members all sets have; stops at the limit.", execute_sintercard, counted});
  table.push_back({"smove",
                   "source destination member",
                   4,
                   Access::observed_write,
                   true,
                   "set",
                   "Moves a member to a set of the same partition; answers 1 if the source had it.",
                   execute_smove,
                   {.last_key = 2, .first_member = 3}});
}

}  // namespace causeway
