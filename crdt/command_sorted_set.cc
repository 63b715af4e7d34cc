// The commands of sorted sets that name members.
#include "crdt/command_sorted_set.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "crdt/request.h"

namespace causeway {
namespace {

constexpr auto sorted_set = EntryType::sorted_set;

/// When ZADD acts.
struct Conditions {
  bool if_absent = false;   // NX
  bool if_present = false;  // XX
  bool if_greater = false;  // GT
  bool if_less = false;     // LT

  [[nodiscard]] bool allow(bool exists) const { return exists ? !if_absent : !if_present; }
  /// REQUIRES: the member exists.
  [[nodiscard]] bool allow(double before, double after) const {
    return (!if_greater || after > before) && (!if_less || after < before);
  }
};

struct Addition {
  Conditions conditions;
  bool counts_changes = false;  // CH
  bool increments = false;      // INCR
  Arguments pairs;              // score, member, …
};

Result<Addition> parse_addition(Arguments arguments) {
  Addition addition;
  std::size_t at = 2;
  for (; at < arguments.size(); ++at) {
    const BytesView option = arguments[at];
    if (is_option(option, "nx")) {
      addition.conditions.if_absent = true;
    } else if (is_option(option, "xx")) {
      addition.conditions.if_present = true;
    } else if (is_option(option, "gt")) {
      addition.conditions.if_greater = true;
    } else if (is_option(option, "lt")) {
      addition.conditions.if_less = true;
    } else if (is_option(option, "ch")) {
      addition.counts_changes = true;
    } else if (is_option(option, "incr")) {
      addition.increments = true;
    } else {
      break;
    }
  }
  addition.pairs = arguments.subspan(at);
  const Conditions& conditions = addition.conditions;
  if (addition.pairs.empty() || addition.pairs.size() % 2 != 0) return syntax_error();
  if (conditions.if_absent && conditions.if_present) {
    return fail(ErrorCode::invalid, "XX and NX options at the same time are not compatible");
  }
  if (conditions.if_absent + conditions.if_greater + conditions.if_less > 1) {
    return fail(ErrorCode::invalid, "GT, LT, and/or NX options at the same time are not compatible");
  }
  if (addition.increments && addition.pairs.size() > 2) {
    return fail(ErrorCode::invalid, "INCR option supports a single increment-element pair");
  }
  return addition;
}

/// A ZADD of one member, with all the scores that the command gives it: they are set one by one, and the last is written.
struct MemberAddition {
  BytesView member;
  std::span<const double> scores;
};

struct Changes {
  std::int64_t added = 0;
  std::int64_t changed = 0;
};

Result<void> add_scores(const Context& context, const Conditions& conditions, const MemberAddition& addition,
                        Changes& changes) {
  const MemberPlace place(context.place(sorted_set), addition.member);
  ScoreState observed;
  CW_TRY_VOID(read_score(context.entries, place.score(), observed));
  bool exists = observed.exists();
  double score = exists ? observed.score() : 0;
  bool writes = false;
  for (const double given : addition.scores) {
    if (!conditions.allow(exists) || (exists && !conditions.allow(score, given))) continue;
    if (!exists) {
      ++changes.added;
    } else if (given != score) {
      ++changes.changed;
    }
    exists = true;
    score = given;
    writes = true;
  }
  return writes ? set_score(context, place.score(), observed, score) : Result<void>();
}

/// Visits each member once. `scores` are those of the pairs.
template <class Visit>
Result<void> each_addition(Arguments pairs, const std::vector<double>& scores, Visit visit) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto member = [&](std::size_t i) { return pairs[2 * i + 1]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return member(a) < member(b); });
  std::vector<double> of_member;
  for (std::size_t i = 0; i < order.size();) {
    const BytesView name = member(order[i]);
    of_member.clear();
    for (; i < order.size() && member(order[i]) == name; ++i) of_member.push_back(scores[order[i]]);
    CW_TRY_VOID(visit(MemberAddition{name, of_member}));
  }
  return {};
}

Result<void> check_member(BytesView member) {
  if (member.size() <= CommandLimits::member_bytes_max) return {};
  return fail(ErrorCode::too_large, "the member has " + std::to_string(member.size()) + " bytes; at most " +
                                        std::to_string(CommandLimits::member_bytes_max) + " are possible");
}

/// ZINCRBY, and ZADD with INCR: nil if the conditions do not hold.
Result<void> increment_score(const Context& context, BytesView command, const Conditions& conditions,
                             BytesView member, double delta, Value& reply) {
  const MemberPlace place(context.place(sorted_set), member);
  bool is_done = false;
  if (context.request_id) {
    CW_TRY_VOID(check_request(*context.request_id, context.wall));
    CW_TRY(is_done, is_executed(context.entries, place.score(), *context.request_id));
  }
  ObjectState object;
  CW_TRY_VOID(read_object(context, object));
  // What is done is done, also if the key has another type by now.
  if (!is_done) CW_TRY_VOID(require_type(object, sorted_set, command));
  ScoreState observed;
  CW_TRY_VOID(read_score(context.entries, place.score(), observed));
  const double before = observed.score();
  reply = before;
  if (is_done) return {};
  if (!conditions.allow(observed.exists())) {
    reply = Nil{};
    return {};
  }
  if (std::isnan(before + delta)) return fail(ErrorCode::invalid, "resulting score is not a number (NaN)");
  if (observed.exists() && !conditions.allow(before, before + delta)) {
    reply = Nil{};
    return {};
  }
  if (delta == 0 && observed.exists()) return {};
  CW_TRY_VOID(create_object(context, sorted_set, object));
  CW_TRY(reply, add_to_score(context, place.score(), observed, delta));
  return issue(context);
}

Result<void> execute_zadd(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const Addition addition, parse_addition(arguments));
  std::vector<double> scores;
  for (std::size_t i = 0; i < addition.pairs.size(); i += 2) {
    CW_TRY(const double score, score_argument(addition.pairs[i]));
    scores.push_back(score);
    CW_TRY_VOID(check_member(addition.pairs[i + 1]));
  }
  if (addition.increments) {
    return increment_score(context, "ZADD", addition.conditions, addition.pairs[1], scores[0], reply);
  }
  ObjectState object;
  CW_TRY_VOID(read_sorted_set(context, "ZADD", object));
  Changes changes;
  CW_TRY_VOID(each_addition(addition.pairs, scores, [&](const MemberAddition& member) {
    return add_scores(context, addition.conditions, member, changes);
  }));
  reply = changes.added + (addition.counts_changes ? changes.changed : 0);
  if (context.changes.mutations() == 0) return {};
  CW_TRY_VOID(create_object(context, sorted_set, object));
  return issue(context);
}

Result<void> execute_zincrby(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const double delta, score_argument(arguments[2]));
  return increment_score(context, "ZINCRBY", {}, arguments[3], delta, reply);
}

Result<void> execute_zrem(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_sorted_set(context, "ZREM", object));
  std::vector<Bytes> members(arguments.begin() + 2, arguments.end());
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  CW_TRY(reply, remove_members(context, object, members));
  return issue(context);
}

/// Its score, or nil.
Result<void> answer_score(const Context& context, BytesView member, Value& reply) {
  ScoreState state;
  CW_TRY_VOID(read_score(context.entries, MemberPlace(context.place(sorted_set), member).score(), state));
  if (state.exists()) reply = state.score();
  return {};
}

Result<void> execute_zscore(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_sorted_set(context, "ZSCORE", object));
  return answer_score(context, arguments[2], reply);
}

Result<void> execute_zmscore(const Context& context, Arguments arguments, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_sorted_set(context, "ZMSCORE", object));
  Value::Array& scores = reply.emplace<Value::Array>();
  for (const BytesView member : arguments.subspan(2)) {
    CW_TRY_VOID(answer_score(context, member, scores.emplace_back()));
  }
  return {};
}

Result<void> execute_zcard(const Context& context, Arguments /*arguments*/, Value& reply) {
  ObjectState object;
  CW_TRY_VOID(read_sorted_set(context, "ZCARD", object));
  reply = static_cast<std::int64_t>(object.summary.count(sorted_set));
  return {};
}

}  // namespace

Result<void> read_sorted_set(const Context& context, BytesView command, ObjectState& object) {
  CW_TRY_VOID(read_object(context, object));
  return require_type(object, sorted_set, command);
}

Result<std::int64_t> remove_members(const Context& context, const ObjectState& object,
                                    const std::vector<Bytes>& members) {
  std::int64_t removed = 0;
  for (const BytesView member : members) {
    const MemberPlace place(context.place(sorted_set), member);
    ScoreState observed;
    CW_TRY_VOID(read_score(context.entries, place.score(), observed));
    if (!observed.exists()) continue;
    CW_TRY_VOID(remove_score(context, place.score(), observed));
    ++removed;
  }
  if (removed > 0) CW_TRY_VOID(unmark_if_emptied(context, object, static_cast<std::uint64_t>(removed)));
  return removed;
}

Result<double> score_argument(BytesView text) {
  if (const auto score = parse_real(text)) return *score;
  return fail(ErrorCode::invalid, "value is not a valid float");
}

void add_sorted_set_commands(std::vector<Command>& table) {
  const Command::Traits one_member{.first_member = 2, .member_of = sorted_set};
  table.push_back(
      {"zadd",
       "key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]",
       -4,
       Access::write,
       true,
       "zset",
       "Sets the scores of members; answers how many are new. The conditions hold where it is executed.",
       execute_zadd,
       {.first_member = 3, .member_step = 2, .member_of = sorted_set, .counts = true}});
  table.push_back({"zincrby",
                   "key increment member",
                   4,
                   Access::write,
                   true,
                   "zset",
                   "Adds to the score of a member; answers the score after.",
                   execute_zincrby,
                   {.first_member = 3, .member_of = sorted_set, .counts = true}});
  table.push_back({"zrem", "key member [member ...]", -3, Access::observed_write, true, "zset",
                   "Removes members from a sorted set; answers how many it had.", execute_zrem, one_member});
  table.push_back({"zscore", "key member", 3, Access::read, true, "zset", "The score of a member.",
                   execute_zscore, one_member});
  table.push_back({"zmscore", "key member [member ...]", -3, Access::read, true, "zset",
                   "The scores of members, nil for those that are not there.", execute_zmscore, one_member});
  table.push_back({"zcard", "key", 2, Access::read, true, "zset", "The number of members of a sorted set.",
                   execute_zcard});
}

}  // namespace causeway
