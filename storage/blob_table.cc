#include "storage/blob_table.h"

#include <array>

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
constexpr std::size_t look_ahead = 16;  // while the table grows

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

BlobTable::BlobTable() : slots_(slots_at_first, empty) {}

BlobTable::~BlobTable() {
  for (const Slot slot : slots_) {
    if (holds(slot)) Blob::free(blob_of(slot));
  }
}

Blob* BlobTable::find(const RecordName& name, std::uint64_t hash) {
  for (std::size_t at = home(hash);; at = (at + 1) & (slots_.size() - 1)) {
    Slot& slot = slots_[at];
    if (slot == empty) return nullptr;
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

std::size_t BlobTable::slot_of(const Blob* blob, std::uint64_t hash) const {
  for (std::size_t at = home(hash);; at = (at + 1) & (slots_.size() - 1)) {
    CW_CHECK(slots_[at] != empty, "the blob is in its table");
    if (blob_of(slots_[at]) == blob) return at;
  }
}

void BlobTable::insert(Blob* blob, std::uint64_t hash) {
  if ((used_ + graves_ + 1) * 8 > slots_.size() * 7) grow();
  std::size_t at = home(hash);
  while (holds(slots_[at])) at = (at + 1) & (slots_.size() - 1);
  if (slots_[at] == grave) --graves_;
  slots_[at] = slot_for(blob, hash);
  ++used_;
}

void BlobTable::replace(Blob* from, Blob* to, std::uint64_t hash) {
  slots_[slot_of(from, hash)] = slot_for(to, hash);
}

void BlobTable::erase(Blob* blob, std::uint64_t hash) {
  slots_[slot_of(blob, hash)] = grave;
  --used_;
  ++graves_;
}

void BlobTable::grow() {
  std::vector<Slot> old = std::move(slots_);
  // Graves alone do not make it larger.
  slots_.assign(used_ * 2 >= old.size() ? old.size() * 2 : old.size(), empty);
  graves_ = 0;
  for (std::size_t i = 0; i < old.size(); ++i) {
    if (i + look_ahead < old.size() && holds(old[i + look_ahead]))
      __builtin_prefetch(blob_of(old[i + look_ahead]));
    if (!holds(old[i])) continue;
    const std::uint64_t hash = blob_of(old[i])->name().hash();
    std::size_t at = home(hash);
    while (slots_[at] != empty) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = old[i];
  }
}

void BlobTable::each(FunctionRef<void(Blob&)> visit) const {
  for (const Slot slot : slots_) {
    if (holds(slot)) visit(*blob_of(slot));
  }
}

void BlobTable::sweep(std::size_t slots, FunctionRef<bool(Blob&)> leave) {
  for (; slots > 0; --slots) {
    hand_ = (hand_ + 1) & (slots_.size() - 1);
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
