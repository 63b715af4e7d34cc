// The commands of sorted sets that go by their order.
#include <algorithm>
#include <limits>
#include <optional>

#include "crdt/command_sorted_set.h"
#include "crdt/option.h"
#include "crdt/score_range.h"

namespace causeway {
namespace {

constexpr auto sorted_set = EntryType::sorted_set;

/// A sorted set, in its order.
struct Ordered {
  ObjectState object;
  ElementOrder scratch;
  const ElementOrder* order = &scratch;  // empty if the object does not exist

  Result<void> read(const Context& context, BytesView command) {
    CW_TRY_VOID(read_sorted_set(context, command, object));
    if (!object.exists()) return {};
    CW_TRY(order, context.entries.order(context.place(sorted_set), scratch));
    return {};
  }
};

/// What ZRANGE and those like it take behind the bounds. What the name of a command settles, no option can.
struct RangeOptions {
  std::optional<RangeBy> by;
  std::optional<bool> is_reversed;
  bool with_scores = false;
  std::int64_t offset = 0;
  std::int64_t count = -1;  // below 0: all

  Result<void> parse(Arguments options);
};

Result<void> RangeOptions::parse(Arguments options) {
  for (std::size_t at = 0; at < options.size(); ++at) {
    const BytesView option = options[at];
    if (is_option(option, "withscores")) {
      with_scores = true;
    } else if (is_option(option, "limit") && at + 2 < options.size()) {
      CW_TRY(offset, integer_argument(options[at + 1]));
      CW_TRY(count, integer_argument(options[at + 2]));
      at += 2;
    } else if (is_option(option, "rev") && !is_reversed) {
      is_reversed = true;
    } else if (is_option(option, "bylex") && !by) {
      by = RangeBy::bytes;
    } else if (is_option(option, "byscore") && !by) {
      by = RangeBy::score;
    } else {
      return syntax_error();
    }
  }
  by = by.value_or(RangeBy::rank);
  is_reversed = is_reversed.value_or(false);
  if (count != -1 && by == RangeBy::rank) {
    return fail(ErrorCode::invalid,
                "syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  }
  if (with_scores && by == RangeBy::bytes) {
    return fail(ErrorCode::invalid, "syntax error, WITHSCORES not supported in combination with BYLEX");
  }
  return {};
}

/// What LIMIT leaves of a range.
RankRange limited(RankRange range, const RangeOptions& options) {
  if (options.by == RangeBy::rank) return range;
  if (options.offset < 0) return {};
  const std::uint64_t skipped = std::min(static_cast<std::uint64_t>(options.offset), range.size());
  const std::uint64_t left = range.size() - skipped;
  const std::uint64_t taken =
      options.count < 0 ? left : std::min(left, static_cast<std::uint64_t>(options.count));
  if (*options.is_reversed) return {range.end - skipped - taken, range.end - skipped};
  return {range.begin + skipped, range.begin + skipped + taken};
}

void append_member(BytesView order_key, bool with_score, Value::Array& members) {
  Value member = member_in(order_key);
  if (with_score) {
    Value::Array pair;
    pair.push_back(std::move(member));
    pair.emplace_back(score_in(order_key));
    member = std::move(pair);
  }
  members.push_back(std::move(member));
}

Result<void> answer_range(const Context& context, Arguments arguments, BytesView command,
                          RangeOptions options, Value& reply) {
  CW_TRY_VOID(options.parse(arguments.subspan(4)));
  CW_TRY(const MemberRange range,
         MemberRange::parse(*options.by, arguments[2], arguments[3], *options.is_reversed));
  Ordered set;
  CW_TRY_VOID(set.read(context, command));
  Value::Array& members = reply.emplace<Value::Array>();
  const RankRange ranks = limited(range.find(*set.order), options);
  members.reserve(ranks.size());
  visit_range(*set.order, ranks, *options.is_reversed, [&](BytesView order_key) {
    append_member(order_key, options.with_scores, members);
    return true;
  });
  return {};
}

Result<void> execute_zrange(const Context& context, Arguments arguments, Value& reply) {
  return answer_range(context, arguments, "ZRANGE", {}, reply);
}
Result<void> execute_zrevrange(const Context& context, Arguments arguments, Value& reply) {
  return answer_range(context, arguments, "ZREVRANGE", {.by = RangeBy::rank, .is_reversed = true}, reply);
}
Result<void> execute_zrangebyscore(const Context& context, Arguments arguments, Value& reply) {
  return answer_range(context, arguments, "ZRANGEBYSCORE", {.by = RangeBy::score, .is_reversed = false},
                      reply);
}
Result<void> execute_zrevrangebyscore(const Context& context, Arguments arguments, Value& reply) {
  return answer_range(context, arguments, "ZREVRANGEBYSCORE", {.by = RangeBy::score, .is_reversed = true},
                      reply);
}
Result<void> execute_zrangebylex(const Context& context, Arguments arguments, Value& reply) {
  return answer_range(context, arguments, "ZRANGEBYLEX", {.by = RangeBy::bytes, .is_reversed = false}, reply);
}
Result<void> execute_zrevrangebylex(const Context& context, Arguments arguments, Value& reply) {
  return answer_range(context, arguments, "ZREVRANGEBYLEX", {.by = RangeBy::bytes, .is_reversed = true},
                      reply);
}

Result<void> count_range(const Context& context, Arguments arguments, BytesView command, RangeBy by,
                         Value& reply) {
  CW_TRY(const MemberRange range, MemberRange::parse(by, arguments[2], arguments[3], false));
  Ordered set;
  CW_TRY_VOID(set.read(context, command));
  reply = static_cast<std::int64_t>(range.find(*set.order).size());
  return {};
}

Result<void> execute_zcount(const Context& context, Arguments arguments, Value& reply) {
  return count_range(context, arguments, "ZCOUNT", RangeBy::score, reply);
}
Result<void> execute_zlexcount(const Context& context, Arguments arguments, Value& reply) {
  return count_range(context, arguments, "ZLEXCOUNT", RangeBy::bytes, reply);
}

Result<void> answer_rank(const Context& context, BytesView member, BytesView command, bool is_reversed,
                         Value& reply) {
  Ordered set;
  CW_TRY_VOID(set.read(context, command));
  ScoreState state;
  CW_TRY_VOID(read_score(context.entries, MemberPlace(context.place(sorted_set), member).score(), state));
  if (!state.exists()) return {};
  const std::uint64_t rank = set.order->rank(member_key(state.score(), member));
  reply = static_cast<std::int64_t>(is_reversed ? set.order->size() - 1 - rank : rank);
  return {};
}

Result<void> execute_zrank(const Context& context, Arguments arguments, Value& reply) {
  return answer_rank(context, arguments[2], "ZRANK", false, reply);
}
Result<void> execute_zrevrank(const Context& context, Arguments arguments, Value& reply) {
  return answer_rank(context, arguments[2], "ZREVRANK", true, reply);
}

std::vector<Bytes> members_of(const ElementOrder& order, const RankRange& range) {
  std::vector<Bytes> members;
  visit_range(order, range, false, [&](BytesView order_key) {
    members.push_back(member_in(order_key));
    return members.size() <= CodecLimits::mutations_max;  // of more issue() says that they are too many
  });
  return members;
}

Result<void> remove_range(const Context& context, Arguments arguments, BytesView command, RangeBy by,
                          Value& reply) {
  CW_TRY(const MemberRange range, MemberRange::parse(by, arguments[2], arguments[3], false));
  Ordered set;
  CW_TRY_VOID(set.read(context, command));
  CW_TRY(reply, remove_members(context, set.object, members_of(*set.order, range.find(*set.order))));
  return issue(context);
}

Result<void> execute_zremrangebyrank(const Context& context, Arguments arguments, Value& reply) {
  return remove_range(context, arguments, "ZREMRANGEBYRANK", RangeBy::rank, reply);
}
Result<void> execute_zremrangebyscore(const Context& context, Arguments arguments, Value& reply) {
  return remove_range(context, arguments, "ZREMRANGEBYSCORE", RangeBy::score, reply);
}
Result<void> execute_zremrangebylex(const Context& context, Arguments arguments, Value& reply) {
  return remove_range(context, arguments, "ZREMRANGEBYLEX", RangeBy::bytes, reply);
}

/// The first members, or the last: one as it is, or a count of them as pairs.
Result<void> pop(const Context& context, Arguments arguments, BytesView command, bool is_last, Value& reply) {
  if (arguments.size() > 3) return syntax_error();
  std::uint64_t count = 1;
  if (arguments.size() == 3) {
    const auto given = parse_integer(arguments[2]);
    if (!given || *given < 0) return fail(ErrorCode::invalid, "value is out of range, must be positive");
    count = static_cast<std::uint64_t>(*given);
  }
  Ordered set;
  CW_TRY_VOID(set.read(context, command));
  const std::uint64_t size = set.order->size();
  count = std::min(count, size);
  const RankRange range = is_last ? RankRange{size - count, size} : RankRange{0, count};
  Value::Array& popped = reply.emplace<Value::Array>();
  visit_range(*set.order, range, is_last, [&](BytesView order_key) {
    append_member(order_key, true, popped);
    return popped.size() <= CodecLimits::mutations_max;
  });
  CW_TRY_VOID(remove_members(context, set.object, members_of(*set.order, range)));
  if (arguments.size() == 2 && !popped.empty()) {
    Value pair = std::move(popped.front());
    reply = std::move(pair);
  }
  return issue(context);
}

Result<void> execute_zpopmin(const Context& context, Arguments arguments, Value& reply) {
  return pop(context, arguments, "ZPOPMIN", false, reply);
}
Result<void> execute_zpopmax(const Context& context, Arguments arguments, Value& reply) {
  return pop(context, arguments, "ZPOPMAX", true, reply);
}

Result<void> refuse_to_wait(const Context& /*context*/, Arguments arguments, Value& /*reply*/) {
  return fail(ErrorCode::invalid, Bytes(arguments[0]) +
                                      " is not supported: while it waits, several regions would pop the same "
                                      "member. Ask with ZPOPMIN or ZPOPMAX until there is one");
}

}  // namespace

void add_sorted_range_commands(std::vector<Command>& table) {
  const auto add = [&](BytesView name, BytesView arguments, int arity, Access access, BytesView help,
                       auto execute, Command::Traits traits = {}) {
    table.push_back({name, arguments, arity, access, true, "zset", help, execute, traits});
  };
  const Command::Traits one_member{.first_member = 2, .member_of = sorted_set};
  const Command::Traits pairs{.shape = ReplyShape::pairs};
  const Command::Traits popped{.shape = ReplyShape::pairs, .counts = true, .takes_id = false};
  const auto read = Access::read;
  const auto removal = Access::observed_write;
  add("zrange", "key start stop [BYSCORE|BYLEX] [REV] [LIMIT offset count] [WITHSCORES]", -4, read,
      "The members of a range by rank, score or bytes.", execute_zrange, pairs);
  add("zrevrange", "key start stop [WITHSCORES]", -4, read, "The members of a range of ranks from the end.",
      execute_zrevrange, pairs);
  add("zrangebyscore", "key min max [WITHSCORES] [LIMIT offset count]", -4, read,
      "The members of a range of scores.", execute_zrangebyscore, pairs);
  add("zrevrangebyscore", "key max min [WITHSCORES] [LIMIT offset count]", -4, read,
      "The members of a range of scores, from the highest.", execute_zrevrangebyscore, pairs);
  add("zrangebylex", "key min max [LIMIT offset count]", -4, read,
      "The members of a range of bytes, where all scores are equal.", execute_zrangebylex, pairs);
  add("zrevrangebylex", "key max min [LIMIT offset count]", -4, read, "The same, from the last.",
      execute_zrevrangebylex, pairs);
  add("zcount", "key min max", 4, read, "The number of members with scores in a range.", execute_zcount);
  add("zlexcount", "key min max", 4, read, "The number of members in a range of bytes.", execute_zlexcount);
  add("zrank", "key member", 3, read, "The rank of a member, from 0; nil if it is not there.", execute_zrank,
      one_member);
  add("zrevrank", "key member", 3, read, "The rank of a member from the end.", execute_zrevrank, one_member);
  add("zremrangebyrank", "key start stop", 4, removal,
      "Removes a range of ranks; answers how many members it had.", execute_zremrangebyrank);
  add("zremrangebyscore", "key min max", 4, removal,
      "Removes a range of scores; answers how many members it had.", execute_zremrangebyscore);
  add("zremrangebylex", "key min max", 4, removal,
      "Removes a range of bytes; answers how many members it had.", execute_zremrangebylex);
  add("zpopmin", "key [count]", -2, removal,
      "Removes the members with the lowest scores. Regions that do not hear each other may pop the same.",
      execute_zpopmin, popped);
  add("zpopmax", "key [count]", -2, removal,
      "Removes the members with the highest scores. Regions that do not hear each other may pop the same.",
      execute_zpopmax, popped);
  add("bzpopmin", "key [key ...] timeout", -3, read, "Not supported: use ZPOPMIN.", refuse_to_wait);
  add("bzpopmax", "key [key ...] timeout", -3, read, "Not supported: use ZPOPMAX.", refuse_to_wait);
  add("bzmpop", "timeout numkeys key [key ...] MIN|MAX [COUNT count]", -5, read,
      "Not supported: use ZPOPMIN.", refuse_to_wait);
}

}  // namespace causeway
