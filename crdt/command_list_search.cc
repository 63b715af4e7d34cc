// The commands of lists that look for a value: they read the items one by one.
#include <algorithm>
#include <limits>
#include <optional>

#include "crdt/command_table.h"
#include "crdt/integer.h"
#include "crdt/list.h"

namespace causeway {
namespace {

/// Whether the word is this one, in any case.
bool is_word(BytesView word, BytesView upper) {
  return std::equal(word.begin(), word.end(), upper.begin(), upper.end(),
                    [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 0x20 : a) == b; });
}

Result<void> execute_linsert(const Context& context, Arguments arguments, Value& reply) {
  const bool before = is_word(arguments[2], "BEFORE");
  if (!before && !is_word(arguments[2], "AFTER")) return syntax_error();
  CW_TRY_VOID(check_value(context, arguments[4]));
  CW_TRY(List list, List::open(context, "LINSERT"));
  reply = std::int64_t{0};
  if (!list.exists()) return {};
  std::optional<std::uint64_t> pivot;
  CW_TRY_VOID(list.visit(0, [&](std::uint64_t rank, Bytes&& value) {
    if (value == arguments[3]) pivot = rank;
    return !pivot;
  }));
  reply = std::int64_t{-1};
  if (!pivot) return {};
  CW_TRY_VOID(list.insert(before ? *pivot : *pivot + 1, arguments.subspan(4), Growth::rising));
  reply = static_cast<std::int64_t>(list.size() + 1);
  return issue(context);
}

Result<void> execute_lrem(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const std::int64_t count, integer_argument(arguments[2]));
  CW_TRY(List list, List::open(context, "LREM"));
  std::vector<std::uint64_t> ranks;
  const std::uint64_t wanted = count == 0  ? list.size()
                               : count < 0 ? -static_cast<std::uint64_t>(count)
                                           : static_cast<std::uint64_t>(count);
  const auto collect = [&](std::uint64_t rank, Bytes&& value) {
    if (value == arguments[3]) ranks.push_back(rank);
    return ranks.size() < wanted;
  };
  if (list.exists())
    CW_TRY_VOID(count < 0 ? list.visit_back(list.size() - 1, collect) : list.visit(0, collect));
  reply = static_cast<std::int64_t>(ranks.size());
  if (ranks.empty()) return {};
  CW_TRY_VOID(list.remove(ranks));
  return issue(context);
}

// ---- LPOS ------------------------------------------------------------------------------------------------------

struct Wanted {
  std::int64_t rank = 1;               ///< the first match that counts; below 0: from the tail
  std::optional<std::uint64_t> count;  ///< 0: all; nothing: the first, and not as an array
  std::uint64_t compared_max = 0;      ///< 0: no limit
};

Result<std::uint64_t> natural_argument(BytesView text, BytesView option) {
  const auto number = parse_integer(text);
  if (!number || *number < 0) return fail(ErrorCode::invalid, Bytes(option) + " can't be negative");
  return static_cast<std::uint64_t>(*number);
}

Result<std::int64_t> rank_argument(BytesView text) {
  CW_TRY(const std::int64_t rank, integer_argument(text));
  if (rank == 0) {
    return fail(ErrorCode::invalid,
                "RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use "
                "negative to " "start from the end of the list");
  }
  if (rank == std::numeric_limits<std::int64_t>::min()) {
    return fail(ErrorCode::invalid,
                "value is out of range, value must between -9223372036854775807 and 9223372036854775807");
  }
  return rank;
}

Result<Wanted> read_options(Arguments options) {
  Wanted wanted;
  for (std::size_t at = 0; at < options.size(); at += 2) {
    if (at + 1 == options.size()) return syntax_error();
    if (is_word(options[at], "RANK")) {
      CW_TRY(wanted.rank, rank_argument(options[at + 1]));
    } else if (is_word(options[at], "COUNT")) {
      CW_TRY(wanted.count, natural_argument(options[at + 1], "COUNT"));
    } else if (is_word(options[at], "MAXLEN")) {
      CW_TRY(wanted.compared_max, natural_argument(options[at + 1], "MAXLEN"));
    } else {
      return syntax_error();
    }
  }
  return wanted;
}

Result<void> execute_lpos(const Context& context, Arguments arguments, Value& reply) {
  CW_TRY(const Wanted wanted, read_options(arguments.subspan(3)));
  CW_TRY(List list, List::open(context, "LPOS"));
  Value::Array found;
  auto skipped = static_cast<std::uint64_t>(wanted.rank < 0 ? -wanted.rank : wanted.rank) - 1;
  const std::uint64_t count = wanted.count.value_or(1);
  std::uint64_t compared = 0;
  const auto compare = [&](std::uint64_t rank, Bytes&& value) {
    if (value == arguments[2]) {
      if (skipped > 0) {
        --skipped;
      } else {
        found.emplace_back(static_cast<std::int64_t>(rank));
      }
    }
    return ++compared != wanted.compared_max && (count == 0 || found.size() < count);
  };
  if (list.exists()) {
    CW_TRY_VOID(wanted.rank < 0 ? list.visit_back(list.size() - 1, compare) : list.visit(0, compare));
  }
  if (wanted.count) {
    reply = std::move(found);
  } else if (!found.empty()) {
    reply = std::move(found.front());
  }
  return {};
}

}  // namespace

void add_list_search_commands(std::vector<Command>& table) {
  constexpr Command::Traits counts{.counts = true, .takes_id = false};
  table.push_back({"linsert", "key BEFORE|AFTER pivot value", 5, Access::observed_write, true, "list",
                   "Puts a value next to the first item that is equal to the pivot; reads up to there.",
                   execute_linsert, counts});
  table.push_back(
      {"lrem", "key count value", 4, Access::observed_write, true, "list",
       "Removes so many items that are equal to a value, from the end below 0, all with 0; reads " "up to " "there.",
       execute_lrem, counts});
  table.push_back({"lpos", "key value [RANK rank] [COUNT count] [MAXLEN items]", -3, Access::read, true,
                   "list", "The index of an item that is equal to a value; reads up to there.",
                   execute_lpos});
}

}  // namespace causeway
