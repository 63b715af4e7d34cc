// Sets of one partition: members move between them, sets are combined into another, and some members are popped. No check on
// histories knows these, but the events must converge, and mean what the rule of sets says.
#include <array>

#include "tests/sim/pen.h"

namespace causeway::testing {
namespace {

/// Of these sets alone: elsewhere a member that moved would be taken for one that was added.
Bytes one(const Pen& pen) { return "{club}" + std::to_string(pen.random.below(pen.keys)); }

Draft combine(const Pen& pen, const std::array<const char*, 3>& commands, std::vector<Bytes> to) {
  std::vector<Bytes> words{commands[pen.random.below(commands.size())]};
  words.insert(words.end(), to.begin(), to.end());
  for (std::uint64_t i = pen.random.below(3) + 1; i > 0; --i) words.push_back(one(pen));
  return draft(std::move(words));
}

Draft update(const Pen& pen) {
  if (pen.one_in(4)) return combine(pen, {"SUNIONSTORE", "SINTERSTORE", "SDIFFSTORE"}, {one(pen)});
  if (pen.one_in(3)) return draft({"SMOVE", one(pen), one(pen), pen.former()});
  return draft({"SADD", one(pen), pen.own(), pen.shared()});
}

Draft removal(const Pen& pen) {
  if (pen.one_in(4)) return delete_key(one(pen));
  if (pen.one_in(2)) return draft({"SREM", one(pen), pen.former()});
  Meaning meaning;
  meaning.counts = true;  // another member goes each time
  if (pen.one_in(3)) return draft({"SPOP", one(pen)}, std::move(meaning));
  return draft({"SPOP", one(pen), std::to_string(pen.random.below(20))}, std::move(meaning));
}

Draft read_some(const Pen& pen) {
  if (pen.one_in(3)) return draft({"SRANDMEMBER", one(pen), "3"});
  return combine(pen, {"SUNION", "SINTER", "SDIFF"}, {});
}

}  // namespace

const Family several_family{"several", update, removal, read_some};

}  // namespace causeway::testing
