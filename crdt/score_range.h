// Which members of a sorted set a command means: by rank, by score or by their bytes, in the notation of Redis.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crdt/element_order.h"

namespace causeway {

enum class RangeBy : std::uint8_t { rank, score, bytes };

/// Ranks, the end not included.
struct RankRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  [[nodiscard]] std::uint64_t size() const { return end - begin; }
};

class MemberRange {
 public:
  /// By rank: "0" "-1"; by score: "(1.5" "+inf"; by bytes: "[a" "(b", "-", "+". Reversed, ranks count from the end, and bounds
  /// are named from above. Errors: invalid, in the words of Redis.
  static Result<MemberRange> parse(RangeBy by, BytesView first, BytesView last, bool is_reversed);

  /// The ranks that it has in this order, of a sorted set. Bounds by bytes are among the members with the lowest score: as in
  /// Redis they mean something only where all have the same.
  [[nodiscard]] RankRange find(const ElementOrder& order) const;

 private:
  /// Between two order keys: what is below `key` lies before it.
  struct Cut {
    enum class At : std::uint8_t { start, key, end } at = At::start;
    Bytes key;  // by bytes: what follows the score
  };

  static Result<Cut> parse_score_cut(BytesView text, bool is_lower);
  static Result<Cut> parse_bytes_cut(BytesView text, bool is_lower);
  [[nodiscard]] std::uint64_t rank(const ElementOrder& order, const Cut& cut) const;
  [[nodiscard]] RankRange find_ranks(std::uint64_t size) const;

  RangeBy by_ = RangeBy::rank;
  bool is_reversed_ = false;
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
  Cut lower_;
  Cut upper_;
};

/// Visits the order keys of a range, from its end if reversed; the visitor returns whether to go on.
void visit_range(const ElementOrder& order, const RankRange& range, bool is_reversed,
                 ElementOrder::Visitor visit);

}  // namespace causeway
