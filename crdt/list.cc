#include "crdt/list.h"

#include <memory>

namespace causeway {
namespace {

/// The register of an item.
class Item {
 public:
  Item(const Place& list, BytesView position)
      : base_(list.base_in(position)), register_{list.key, base_, EntryType::reg} {}
  Item(const Item&) = delete;
  Item& operator=(const Item&) = delete;
  operator const Place&() const { return register_; }  // NOLINT(google-explicit-constructor): it is one

 private:
  Bytes base_;
  Place register_;
};

/// Each item that goes takes a mutation of its own.
Result<void> check_removal(std::uint64_t items) {
  if (items < CodecLimits::mutations_max) return {};
  return fail(ErrorCode::too_large,
              "the command removes " + std::to_string(items) + " items and keeps others; at most " +
                  std::to_string(CodecLimits::mutations_max - 1) + " are possible at once");
}

}  // namespace

Result<List> List::open(const Context& context, BytesView command) {
  List list(context);
  CW_TRY_VOID(read_object(context, list.object_));
  CW_TRY_VOID(require_type(list.object_, EntryType::list, command));
  return list;
}

Result<const ElementOrder*> List::order() {
  if (order_ == nullptr) {
    scratch_ = std::make_unique<ElementOrder>();
    CW_TRY(order_, context_->entries.order(place_, *scratch_));
  }
  return order_;
}

Result<Bytes> List::read_at(BytesView position) const {
  Siblings siblings;
  CW_TRY_VOID(read_register(context_->entries, Item(place_, position), siblings));
  if (siblings.empty()) return fail(ErrorCode::internal, "an item of the list has no value");
  return std::move(siblings.front().value);
}

Result<Bytes> List::read(std::uint64_t rank) {
  CW_TRY(const ElementOrder* const order, this->order());
  return read_at(order->at(rank));
}

Result<void> List::visit(std::uint64_t from, Visitor visit) {
  CW_TRY(const ElementOrder* const order, this->order());
  Result<void> done;
  order->visit(from, [&](BytesView position) {
    auto value = read_at(position);
    if (!value) done = tl::unexpected<Error>(std::move(value).error());
    return value && visit(from++, *std::move(value));
  });
  return done;
}

Result<void> List::visit_back(std::uint64_t from, Visitor visit) {
  CW_TRY(const ElementOrder* const order, this->order());
  Result<void> done;
  order->visit_back(from, [&](BytesView position) {
    auto value = read_at(position);
    if (!value) done = tl::unexpected<Error>(std::move(value).error());
    return value && visit(from--, *std::move(value));
  });
  return done;
}

Result<void> List::insert(std::uint64_t rank, std::span<const BytesView> values, Growth growth) {
  CW_TRY_VOID(create_object(*context_, EntryType::list, object_));
  CW_TRY(const ElementOrder* const order, this->order());
  const ListGap gap{rank > 0 ? order->at(rank - 1) : BytesView(),
                    rank < order->size() ? order->at(rank) : BytesView()};
  CW_TRY(const auto positions, make_positions(gap, context_->dot, growth, values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    put_register_over({}, Item(place_, positions[i]), context_->hlc, values[i], context_->changes);
  }
  return {};
}

Result<void> List::set(std::uint64_t rank, BytesView value) {
  CW_TRY(const ElementOrder* const order, this->order());
  return put_register(context_->entries, Item(place_, order->at(rank)), context_->hlc, value,
                      context_->changes);
}

Result<void> List::remove_at(BytesView position) {
  const Item item(place_, position);
  const Place& place = item;
  Dots dots;
  CW_TRY_VOID(dots_at(context_->entries, place.key, place.path(Part::value), dots));
  context_->changes.remove(place.key, place.path(Part::value), dots);
  return {};
}

/// What stands there of other types, hidden, stays.
Result<void> List::clear() {
  const Bytes all = Bytes(place_.base) + static_cast<char>(place_.type);
  context_->changes.remove_range(place_.key, all, context_->clock);
  return unmark_if_emptied(*context_, object_, size());
}

Result<void> List::remove(std::uint64_t rank, std::uint64_t count) {
  if (count == size() && count > 1) return clear();
  CW_TRY_VOID(check_removal(count));
  CW_TRY(const ElementOrder* const order, this->order());
  Result<void> done;
  std::uint64_t left = count;
  order->visit(rank, [&](BytesView position) {
    done = remove_at(position);
    return done && --left > 0;
  });
  CW_TRY_VOID(done);
  return unmark_if_emptied(*context_, object_, count);
}

Result<void> List::remove(std::span<const std::uint64_t> ranks) {
  if (ranks.size() == size() && ranks.size() > 1) return clear();
  CW_TRY_VOID(check_removal(ranks.size()));
  CW_TRY(const ElementOrder* const order, this->order());
  for (const std::uint64_t rank : ranks) CW_TRY_VOID(remove_at(order->at(rank)));
  return unmark_if_emptied(*context_, object_, ranks.size());
}

}  // namespace causeway
