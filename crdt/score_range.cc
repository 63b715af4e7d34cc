#include "crdt/score_range.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "crdt/command_table.h"
#include "crdt/sorted_set.h"

namespace causeway {
namespace {

tl::unexpected<Error> no_score_range() { return fail(ErrorCode::invalid, "min or max is not a float"); }
tl::unexpected<Error> no_bytes_range() {
  return fail(ErrorCode::invalid, "min or max not valid string range item");
}

/// The key that follows this one directly.
Bytes next_key(Bytes key) { return std::move(key).append(1, '\0'); }

/// As Redis reads a bound: it takes blanks before the number, nothing for 0, and what is too large for infinity.
std::optional<double> parse_bound(BytesView text) {
  const Bytes terminated(text);
  char* end = nullptr;
  const double number = std::strtod(terminated.c_str(), &end);
  if (end != terminated.c_str() + terminated.size() || std::isnan(number)) return std::nullopt;
  return number;
}

}  // namespace

Result<MemberRange> MemberRange::parse(RangeBy by, BytesView first, BytesView last, bool is_reversed) {
  MemberRange range;
  range.by_ = by;
  range.is_reversed_ = is_reversed;
  if (by == RangeBy::rank) {
    CW_TRY(range.first_, integer_argument(first));
    CW_TRY(range.last_, integer_argument(last));
    return range;
  }
  const auto parse_cut = by == RangeBy::score ? parse_score_cut : parse_bytes_cut;
  if (is_reversed) std::swap(first, last);
  CW_TRY(range.lower_, parse_cut(first, true));
  CW_TRY(range.upper_, parse_cut(last, false));
  return range;
}

Result<MemberRange::Cut> MemberRange::parse_score_cut(BytesView text, bool is_lower) {
  const bool is_exclusive = text.starts_with('(');
  const auto bound = parse_bound(is_exclusive ? text.substr(1) : text);
  if (!bound) return no_score_range();
  // A member's key begins with that of its score: it lies behind it, and before the next one's.
  const bool is_behind = is_exclusive == is_lower;
  return Cut{Cut::At::key, is_behind ? score_key_above(*bound) : score_key(*bound)};
}

Result<MemberRange::Cut> MemberRange::parse_bytes_cut(BytesView text, bool is_lower) {
  if (text == "-") return Cut{Cut::At::start, {}};
  if (text == "+") return Cut{Cut::At::end, {}};
  const bool is_exclusive = text.starts_with('(');
  if (!is_exclusive && !text.starts_with('[')) return no_bytes_range();
  Bytes key;
  append_field(key, text.substr(1));
  return Cut{Cut::At::key, is_exclusive == is_lower ? next_key(std::move(key)) : std::move(key)};
}

RankRange MemberRange::find(const ElementOrder& order) const {
  if (by_ == RangeBy::rank) return find_ranks(order.size());
  RankRange range{rank(order, lower_), rank(order, upper_)};
  range.end = std::max(range.begin, range.end);
  return range;
}

std::uint64_t MemberRange::rank(const ElementOrder& order, const Cut& cut) const {
  switch (cut.at) {
    case Cut::At::start: return 0;
    case Cut::At::end: return order.size();
    case Cut::At::key: break;
  }
  if (by_ == RangeBy::score || order.size() == 0) return order.rank(cut.key);
  return order.rank(Bytes(order.at(0).substr(0, score_key_bytes)) + cut.key);
}

RankRange MemberRange::find_ranks(std::uint64_t size) const {
  const auto count = static_cast<std::int64_t>(size);
  const std::int64_t first = std::max<std::int64_t>(first_ < 0 ? first_ + count : first_, 0);
  const std::int64_t last = std::min(last_ < 0 ? last_ + count : last_, count - 1);
  if (first > last) return {};
  if (is_reversed_)
    return {static_cast<std::uint64_t>(count - 1 - last), static_cast<std::uint64_t>(count - first)};
  return {static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(last + 1)};
}

void visit_range(const ElementOrder& order, const RankRange& range, bool is_reversed,
                 ElementOrder::Visitor visit) {
  std::uint64_t left = range.size();
  if (left == 0) return;
  const auto visit_some = [&](BytesView key) { return visit(key) && --left > 0; };
  if (is_reversed) {
    order.visit_back(range.end - 1, visit_some);
  } else {
    order.visit(range.begin, visit_some);
  }
}

}  // namespace causeway
