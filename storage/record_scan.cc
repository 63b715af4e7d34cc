// The part of RecordTable that reads in order: what is in memory, over what the state has.
#include <boost/container/static_vector.hpp>

#include "base/plant.h"
#include "storage/named_scan.h"
#include "storage/record_table.h"

namespace causeway {
namespace {

/// Goes along an order of names, some at a time.
class Along {
 public:
  Along(const Changes::Order& order, BytesView from) : order_(order), rank_(order.rank(from)) { read(); }

  /// Null: it is at the end.
  [[nodiscard]] const Blob* blob() const { return at_ < some_.size() ? some_[at_] : nullptr; }
  void next() {
    if (++at_ == some_.size()) read();
  }

 private:
  void read() {
    some_.clear();
    at_ = 0;
    if (rank_ < order_.size()) {
      order_.visit(rank_, [this](const Blob* blob) {
        some_.push_back(blob);
        return some_.size() < some_.capacity();
      });
    }
    rank_ += some_.size();
  }

  const Changes::Order& order_;
  std::size_t rank_;
  boost::container::static_vector<const Blob*, 32> some_;
  std::size_t at_ = 0;
};

}  // namespace

/// The blobs of a group that changed since the state was written, in the order of their names, the latest of each.
class RecordTable::Newest {
 public:
  Newest(Group& group, BytesView from, BytesView prefix, Tier& tier)
      : prefix_(prefix), changed_(group.changed.order(tier), from) {
    if (group.frozen && !planted(Plant::frozen_overlooked)) frozen_.emplace(group.frozen->order(tier), from);
    choose();
  }

  /// Null: it is at the end.
  [[nodiscard]] const Blob* blob() const { return blob_; }
  [[nodiscard]] BytesView name() const { return blob_->name().text; }
  void next() {
    const BytesView name = this->name();
    if (changed_.blob() != nullptr && changed_.blob()->name().text == name) changed_.next();
    if (frozen_ && frozen_->blob() != nullptr && frozen_->blob()->name().text == name) frozen_->next();
    choose();
  }

 private:
  void choose() {
    const Blob* const older = frozen_ ? frozen_->blob() : nullptr;
    blob_ = changed_.blob();
    if (blob_ == nullptr || (older != nullptr && older->name().text < name())) blob_ = older;
    if (blob_ != nullptr && !name().starts_with(prefix_)) blob_ = nullptr;
  }

  BytesView prefix_;
  Along changed_;
  std::optional<Along> frozen_;
  const Blob* blob_ = nullptr;
};

Result<void> RecordTable::visit(BytesView head, Group* group, BytesView from, BytesView prefix,
                                Visitor visit) {
  if (group == nullptr) return scan_named(state_, head, from, prefix, visit);
  Newest newer(*group, from, prefix, tier_);
  bool go_on = true;
  const auto show_newer = [&]() -> Result<bool> {
    const Blob* const blob = newer.blob();
    newer.next();
    if (blob->absent()) return true;
    return visit(blob->name().text, blob->body());
  };
  CW_TRY_VOID(scan_named(state_, head, from, prefix, [&](BytesView name, BytesView body) -> Result<bool> {
    while (go_on && newer.blob() != nullptr && newer.name() < name) {
      CW_TRY(go_on, show_newer());
    }
    if (!go_on) return false;
    if (newer.blob() != nullptr && newer.name() == name) {
      CW_TRY(go_on, show_newer());
    } else {
      CW_TRY(go_on, visit(name, body));
    }
    return go_on;
  }));
  while (go_on && newer.blob() != nullptr) {
    CW_TRY(go_on, show_newer());
  }
  return {};
}

Result<void> RecordTable::visit_objects(BytesView from, Visitor visit) {
  return this->visit(keys::objects(id_), &objects_, from, {}, visit);
}

Result<void> RecordTable::visit_elements(ObjectId object, BytesView from, BytesView prefix, Visitor visit) {
  const auto group = groups_.find(object);
  return this->visit(keys::entries(id_, object), group == groups_.end() ? nullptr : &group->second, from,
                     prefix, visit);
}

}  // namespace causeway
