// The elements of one value in an order, with their ranks: what LINDEX and ZRANK need. Derived and local.
#pragma once

#include <cstdint>
#include <ext/pb_ds/assoc_container.hpp>
#include <ext/pb_ds/tree_policy.hpp>

#include "base/bytes.h"
#include "base/function_ref.h"

namespace causeway {

/// Byte strings, sorted; everything in O(log n), visits besides by what they visit.
class ElementOrder {
 public:
  void insert(BytesView key) { keys_.insert(Bytes(key)); }
  void erase(BytesView key) { keys_.erase(Bytes(key)); }

  [[nodiscard]] std::uint64_t size() const { return keys_.size(); }
  [[nodiscard]] bool contains(BytesView key) const { return keys_.find(Bytes(key)) != keys_.end(); }
  /// How many are below the key.
  [[nodiscard]] std::uint64_t rank(BytesView key) const { return keys_.order_of_key(Bytes(key)); }
  /// REQUIRES: rank < size(). Stands until it is erased.
  [[nodiscard]] BytesView at(std::uint64_t rank) const { return *keys_.find_by_order(rank); }

  /// Returns whether to go on.
  using Visitor = FunctionRef<bool(BytesView key)>;
  /// From this rank on, upwards.
  void visit(std::uint64_t from, Visitor visit) const {
    for (auto at = keys_.find_by_order(from); at != keys_.end() && visit(*at); ++at) {
    }
  }
  /// From this rank on, downwards. REQUIRES: from < size()
  void visit_back(std::uint64_t from, Visitor visit) const {
    for (auto at = keys_.find_by_order(from); visit(*at) && at != keys_.begin(); --at) {
    }
  }

 private:
  // Of libstdc++: a red-black tree that knows the sizes of its subtrees.
  __gnu_pbds::tree<Bytes, __gnu_pbds::null_type, std::less<>, __gnu_pbds::rb_tree_tag,
                   __gnu_pbds::tree_order_statistics_node_update>
      keys_;
};

}  // namespace causeway
