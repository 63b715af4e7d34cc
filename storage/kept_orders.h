// Orders of the elements of spread containers (crdt/element_order.h), of one partition. Each is built when it is asked for, kept up to
// date while it is kept, and dropped when memory is short and it was not asked for since the sweep last came by. A container's id is
// never given again, so that an order is of no other.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "crdt/element_order.h"
#include "crdt/path.h"
#include "storage/keys.h"
#include "storage/tier.h"

namespace causeway {

class KeptOrders {
 public:
  explicit KeptOrders(Tier& tier) : tier_(tier) {}
  KeptOrders(const KeptOrders&) = delete;
  KeptOrders& operator=(const KeptOrders&) = delete;
  ~KeptOrders();

  /// Of the elements of one type in one container.
  struct Of {
    ObjectId object;     ///< that the container is in, or
    ObjectId container;  ///< the same, if it is the object itself
    EntryType type{};

    friend auto operator<=>(const Of&, const Of&) = default;
  };

  [[nodiscard]] bool has(const Of& of) const { return !orders_.empty() && orders_.contains(of); }
  /// Null: it is not kept. Marks it as asked for.
  const ElementOrder* find(const Of& of);
  /// Keeps an order that has just been built: where it stands, or null, if there is no room for it: then it is left as it is.
  const ElementOrder* keep(const Of& of, ElementOrder& order);
  /// An element's key has become another; nothing: it is not in the order. REQUIRES: has(of).
  void change(const Of& of, const std::optional<Bytes>& before, const std::optional<Bytes>& after);
  /// The object, with all in it, is gone.
  void drop(ObjectId object);
  /// Drops those that were not asked for since the last time.
  void sweep();

  [[nodiscard]] std::size_t bytes() const;
  /// Visits them all.
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [of, kept] : orders_) visit(of, *kept.order);
  }

 private:
  struct Kept {
    std::unique_ptr<ElementOrder> order;
    bool was_asked = true;
  };
  using Rows = std::map<Of, Kept>;

  Rows::iterator drop(Rows::iterator at);

  Tier& tier_;
  Rows orders_;
};

}  // namespace causeway
