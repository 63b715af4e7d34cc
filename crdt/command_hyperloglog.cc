// The commands of HyperLogLog.
#include <algorithm>

#include "crdt/command_table.h"
#include "crdt/hyperloglog.h"
#include "crdt/object.h"

namespace causeway {
namespace {

constexpr EntryType type = EntryType::hyperloglog;

/// What the elements do together: each register once, raised as far as the highest of them says.
std::vector<Raise> raises_of(Arguments elements) {
  std::vector<Raise> raises;
  for (const BytesView element : elements) raises.push_back(raise_of(element));
  std::sort(raises.begin(), raises.end(), std::greater<>());
  const auto same = [](const Raise& a, const Raise& b) { return a.index == b.index; };
  raises.erase(std::unique(raises.begin(), raises.end(), same), raises.end());
  return raises;
}

/// The sketch of all keys together. Errors: wrong_type; a failed read.
Result<void> unite(const Context& context, BytesView command, Arguments keys, Sketch& sketch) {
  for (const BytesView key : keys) {
    const Context at = context.at(key);
    ObjectState object;
    CW_TRY_VOID(read_object(at, type, command, object));
    if (object.exists()) CW_TRY_VOID(add_sketch(at.entries, at.place(type), sketch));
  }
  return {};
}

Result<void> execute_add(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, type, "PFADD", object));
  const Place place = context.place(type);
  bool changed = !object.exists();
  CW_TRY_VOID(create_object(context, type, object));
  if (!object.exists() && arguments.size() == 2) create_sketch(place, context.changes);
  for (const Raise& raise : raises_of(arguments.subspan(2))) {
    CW_TRY(const bool raised, raise_register(context.entries, place, raise, context.changes));
    changed = changed || raised;
  }
  reply = std::int64_t{changed};
  return issue(context);
}

Result<void> execute_count(const Context& context, Arguments arguments, Value& reply) {
  Sketch sketch;
  CW_TRY_VOID(unite(context, "PFCOUNT", arguments.subspan(1), sketch));
  reply = static_cast<std::int64_t>(sketch.estimate());
  return {};
}

Result<void> execute_merge(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_object(context, type, "PFMERGE", object));
  Sketch sketch;
  CW_TRY_VOID(unite(context, "PFMERGE", arguments.subspan(2), sketch));
  CW_TRY_VOID(create_object(context, type, object));
  CW_TRY(const bool raised, raise_registers(context.entries, context.place(type), sketch, context.changes));
  if (!object.exists() && !raised) create_sketch(context.place(type), context.changes);
  answer_ok(reply);
  return issue(context);
}

}  // namespace

void add_hyperloglog_commands(std::vector<Command>& table) {
  table.push_back({"pfadd", "key [element ...]", -2, Access::write, true, "hyperloglog",
                   "Adds elements to a HyperLogLog; answers whether its count may have changed.",
                   execute_add});
  table.push_back({"pfcount",
                   "key [key ...]",
                   -2,
                   Access::read,
                   true,
                   "hyperloglog",
                   "About how many different elements were added to the keys, which are of one partition.",
                   execute_count,
                   {.last_key = -1}});
  table.push_back({"pfmerge",
                   "destkey [sourcekey ...]",
                   -2,
                   Access::observed_write,
                   true,
                   "hyperloglog",
                   "Adds what was added to the other keys, of the same partition.",
                   execute_merge,
                   {.last_key = -1}});
}

}  // namespace causeway
