#include "storage/due_index.h"

#include <algorithm>
#include <limits>

namespace causeway {
namespace {

std::uint64_t rounded_up(std::uint64_t due_ms) {
  constexpr std::uint64_t grain = DueIndex::grain_ms;
  constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max() / grain * grain;
  return due_ms >= last ? last : (due_ms + grain - 1) / grain * grain;
}

}  // namespace

void DueIndex::list(const Row& row, BytesView key) {
  const std::uint64_t due = rounded_up(row.due_ms);
  auto at = rows_.find(key);
  if (at == rows_.end()) {
    if (rows_.size() >= rows_max) {
      walk_due_ = std::min(walk_due_.value_or(due), due);
      return;
    }
    at = rows_.emplace(Bytes(key), Held{due, row.tries, row.expiry_only}).first;
  } else {
    at->second.tries = std::max(at->second.tries, row.tries);
    at->second.expiry_only = at->second.expiry_only && row.expiry_only;
    if (at->second.due_ms <= due) return;
    order_.erase({at->second.due_ms, at->first});
    at->second.due_ms = due;
  }
  order_.emplace(due, at->first);
}

std::optional<std::uint64_t> DueIndex::first_due() const {
  std::optional<std::uint64_t> first = walk_due_;
  if (!order_.empty()) first = std::min(first.value_or(order_.begin()->first), order_.begin()->first);
  return first;
}

std::optional<DueIndex::Row> DueIndex::take(std::uint64_t now_ms) {
  if (order_.empty() || order_.begin()->first > now_ms) return std::nullopt;
  auto row = rows_.extract(rows_.find(order_.begin()->second));
  order_.erase(order_.begin());
  visited_ = row.key();
  return Row{std::move(row.key()), row.mapped().due_ms, row.mapped().tries, row.mapped().expiry_only};
}

void DueIndex::leave(const std::optional<Row>& left) {
  visited_.reset();
  if (left) list(*left, left->key);
}

void DueIndex::begin_walk() {
  walk_due_.reset();
  is_walking_ = true;
}

}  // namespace causeway
