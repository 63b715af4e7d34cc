#include "storage/blob_table.h"

#include <algorithm>
#include <new>

#include "base/check.h"

namespace causeway {
namespace {

// A slot: bits 0 to 47 the pointer (user space has no more), bit 48 used, bits 49 to 63 of the hash.
constexpr std::uint64_t empty = 0;
constexpr std::uint64_t grave = 1;
constexpr std::uint64_t pointer_mask = (std::uint64_t{1} << 48U) - 1;
constexpr std::uint64_t used_bit = std::uint64_t{1} << 48U;
constexpr std::uint64_t tag_mask = ~((std::uint64_t{1} << 49U) - 1);
constexpr std::size_t slots_at_first = 8;
// A table grows once 7/8 of its slots are taken, mostly to twice the size: all has moved long before it grows again.
constexpr std::size_t moved_by_insertion = 4;
constexpr std::size_t moved_at_once = 256;  // of a table so small

Blob* blob_of(std::uint64_t slot) { return reinterpret_cast<Blob*>(slot & pointer_mask); }
bool holds(std::uint64_t slot) { return (slot & pointer_mask) > grave; }

std::uint64_t slot_for(const Blob* blob, std::uint64_t hash) {
  const auto pointer = reinterpret_cast<std::uint64_t>(blob);
  CW_CHECK((pointer & ~pointer_mask) == 0, "a pointer has 48 bits");
  return pointer | used_bit | (hash & tag_mask);
}

/// Whether a search for the hash has to look at the blob in this slot.
bool may_be(std::uint64_t slot, std::uint64_t hash) { return ((slot ^ hash) & tag_mask) == 0 && holds(slot); }

}  // namespace

BlobTable::Slots::Slots(std::size_t count)
    : slots_(static_cast<Slot*>(std::calloc(count, sizeof(Slot)))), size_(count) {
  if (slots_ == nullptr) throw std::bad_alloc();
}

BlobTable::BlobTable(std::size_t& memory) : memory_(memory) { set_slots(Slots(slots_at_first)); }

BlobTable::~BlobTable() {
  each([](Blob& blob) { Blob::free(&blob); });
  memory_ -= memory();
}

void BlobTable::set_slots(Slots slots) {
  memory_ += slots.size() * sizeof(Slot);
  slots_ = std::move(slots);
}

Blob* BlobTable::find(const RecordName& name, std::uint64_t hash) {
  for (std::size_t at = home(hash);; at = (at + 1) & (slots_.size() - 1)) {
    Slot& slot = slots_[at];
    if (slot == empty) return old_.size() == 0 ? nullptr : find_in_old(name, hash);
    if (!may_be(slot, hash) || !blob_of(slot)->is(name)) continue;
    slot |= used_bit;
    return blob_of(slot);
  }
}

void BlobTable::prefetch_blob(std::uint64_t hash) const {
  for (std::size_t at = home(hash); slots_[at] != empty; at = (at + 1) & (slots_.size() - 1)) {
    if (!may_be(slots_[at], hash)) continue;
    const char* const blob = reinterpret_cast<const char*>(blob_of(slots_[at]));
    constexpr std::size_t line_bytes = 64;
    __builtin_prefetch(blob);
    __builtin_prefetch(blob + line_bytes);
    __builtin_prefetch(blob + 2 * line_bytes);
    return;
  }
}

Blob* BlobTable::find_in_old(const RecordName& name, std::uint64_t hash) {
  const std::size_t mask = old_.size() - 1;
  for (std::size_t at = hash & mask; old_[at] != empty; at = (at + 1) & mask) {
    if (!may_be(old_[at], hash) || !blob_of(old_[at])->is(name)) continue;
    old_[at] |= used_bit;
    return blob_of(old_[at]);
  }
  return nullptr;
}

BlobTable::Slot& BlobTable::slot_of(const Blob* blob, std::uint64_t hash) {
  for (std::size_t at = home(hash); slots_[at] != empty; at = (at + 1) & (slots_.size() - 1)) {
    if (blob_of(slots_[at]) == blob) return slots_[at];
  }
  CW_CHECK(old_.size() > 0, "the blob is in its table");
  for (std::size_t at = hash & (old_.size() - 1);; at = (at + 1) & (old_.size() - 1)) {
    CW_CHECK(old_[at] != empty, "the blob is in its table");
    if (blob_of(old_[at]) == blob) return old_[at];
  }
}

void BlobTable::put(Slot slot, std::uint64_t hash) {
  std::size_t at = home(hash);
  while (holds(slots_[at])) at = (at + 1) & (slots_.size() - 1);
  if (slots_[at] == grave) --graves_;
  slots_[at] = slot;
}

void BlobTable::insert(Blob* blob, std::uint64_t hash) {
  if (old_.size() > 0) move(moved_by_insertion);
  if ((used_ + graves_ + 1) * 8 > slots_.size() * 7) grow();
  put(slot_for(blob, hash), hash);
  ++used_;
}

void BlobTable::replace(Blob* from, Blob* to, std::uint64_t hash) {
  slot_of(from, hash) = slot_for(to, hash);
}

void BlobTable::erase(Blob* blob, std::uint64_t hash) {
  Slot& slot = slot_of(blob, hash);
  const bool is_old = old_.size() > 0 && &slot >= &old_[0] && &slot < &old_[0] + old_.size();
  slot = grave;
  --used_;
  if (!is_old) ++graves_;
}

/// Graves alone do not make it larger; what is nearly empty gets smaller.
void BlobTable::grow() {
  if (old_.size() > 0) move(old_.size());
  const std::size_t size = slots_.size();
  old_ = std::exchange(slots_, Slots());
  moved_ = graves_ = 0;
  set_slots(Slots(used_ * 2 >= size                           ? size * 2
                  : used_ * 8 < size && size > slots_at_first ? size / 2
                                                              : size));
  if (size <= moved_at_once) move(size);
}

/// The hash is that of the name: for each slot a blob is asked of the memory, some slots ahead.
void BlobTable::move(std::size_t slots) {
  const std::size_t end = std::min(old_.size(), moved_ + slots);
  for (std::size_t at = end; at < std::min(old_.size(), end + slots); ++at) {
    if (holds(old_[at])) __builtin_prefetch(blob_of(old_[at]));
  }
  for (; moved_ < end; ++moved_) {
    if (!holds(old_[moved_])) continue;
    put(old_[moved_], blob_of(old_[moved_])->name().hash());
    old_[moved_] = grave;
  }
  if (moved_ < old_.size()) return;
  memory_ -= old_.size() * sizeof(Slot);
  old_ = Slots();
}

void BlobTable::each(FunctionRef<void(Blob&)> visit) const {
  for (const Slots* const slots : {&slots_, &old_}) {
    for (std::size_t at = 0; at < slots->size(); ++at) {
      if (holds((*slots)[at])) visit(*blob_of((*slots)[at]));
    }
  }
}

void BlobTable::sweep(std::size_t slots, FunctionRef<bool(Blob&)> leave) {
  if (old_.size() > 0) move(slots);
  for (; slots > 0; --slots) {
    hand_ = (hand_ + 1) & (slots_.size() - 1);
    if (hand_ == 0) ++rounds_;
    Slot& slot = slots_[hand_];
    if (!holds(slot)) continue;
    if ((slot & used_bit) != 0) {
      slot &= ~used_bit;
    } else if (leave(*blob_of(slot))) {
      slot = grave;
      --used_;
      ++graves_;
    }
  }
}

}  // namespace causeway
