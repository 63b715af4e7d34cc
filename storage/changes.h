// The records that changed in one generation, of those that are read in order together. Once frozen they are shared with the
// checkpoint, which reads the blobs, and nothing else.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/ranked_tree.h"
#include "storage/tier.h"

namespace causeway {

class Changes {
 public:
  struct ByName {
    bool operator()(const Blob* a, const Blob* b) const { return a->name().text < b->name().text; }
    bool operator()(const Blob* a, BytesView b) const { return a->name().text < b; }
    bool operator()(BytesView a, const Blob* b) const { return a < b->name().text; }
  };
  using Order = RankedTree<const Blob*, ByName>;

  [[nodiscard]] const std::vector<Blob*>& blobs() const { return blobs_; }
  [[nodiscard]] bool empty() const { return blobs_.empty(); }
  /// What the blobs take.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  void add(Blob* blob, Tier& tier) {
    blob->generation = tier.generation;
    blob->place = static_cast<std::uint32_t>(blobs_.size());
    blobs_.push_back(blob);
    bytes_ += blob->memory();
    tier.dirty_bytes += blob->memory();
  }
  /// Another blob of the same name takes the place of `old`, which is still there.
  void replace(const Blob* old, Blob* blob, Tier& tier) {
    blob->generation = old->generation;
    blob->place = old->place;
    blobs_[blob->place] = blob;
    bytes_ += blob->memory() - old->memory();
    tier.dirty_bytes += blob->memory() - old->memory();
    if (blob->place >= ordered_) return;
    order_.erase(old);
    order_.insert(blob);
    count(tier);
  }

  /// The blobs in the order of their names. Costs what came since the last call.
  const Order& order(Tier& tier) {
    if (ordered_ == blobs_.size()) return order_;
    for (; ordered_ < blobs_.size(); ++ordered_) order_.insert(blobs_[ordered_]);
    count(tier);
    return order_;
  }
  [[nodiscard]] std::size_t order_bytes() const { return counted_; }
  /// Whoever holds it last frees it, wherever that is: it is not counted any more.
  void uncount(Tier& tier) { tier.order_bytes -= std::exchange(counted_, 0); }

 private:
  void count(Tier& tier) {
    tier.order_bytes += order_.bytes() - counted_;
    counted_ = order_.bytes();
  }

  std::vector<Blob*> blobs_;  ///< the place of each is in it
  std::size_t bytes_ = 0;
  Order order_;
  std::size_t ordered_ = 0;  ///< so many of the blobs are in it
  std::size_t counted_ = 0;
};

}  // namespace causeway
