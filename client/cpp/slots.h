// Things under ids that mean nobody once the thing is over, also when its place is taken again. Places stay and are used
// again: in the long run nothing is allocated.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"

namespace causeway {

/// 24 bits of place, and above them 32 that count how often it was used.
using SlotId = std::uint64_t;

template <class T>
class Slots {
 public:
  static constexpr unsigned place_bits = 24;
  static constexpr std::size_t size_max = std::size_t{1} << place_bits;

  static std::uint32_t place(SlotId id) { return static_cast<std::uint32_t>(id & (size_max - 1)); }

  /// A new one. It stays where it is until remove(). REQUIRES: fewer than size_max.
  std::pair<SlotId, T&> add() {
    if (free_.empty()) {
      CW_CHECK(slots_.size() < size_max, "there is a place left");
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t at = free_.back();
    free_.pop_back();
    Slot& slot = slots_[at];
    return {id_of(at, slot), slot.held.emplace()};
  }
  /// Null: it is over, or never was.
  T* find(SlotId id) {
    if (place(id) >= slots_.size()) return nullptr;
    Slot& slot = slots_[place(id)];
    return slot.held && slot.uses == id >> place_bits ? &*slot.held : nullptr;
  }
  /// Of what is in a place; 0: nothing is.
  [[nodiscard]] SlotId id_at(std::uint32_t place) const {
    return place < slots_.size() && slots_[place].held ? id_of(place, slots_[place]) : 0;
  }
  /// REQUIRES: there is one of that id.
  void remove(SlotId id) {
    Slot& slot = slots_[place(id)];
    slot.held.reset();
    ++slot.uses;
    free_.push_back(place(id));
  }

  [[nodiscard]] std::size_t size() const { return slots_.size() - free_.size(); }
  /// Of those for which `wanted(T)` is true.
  template <class Wanted>
  [[nodiscard]] std::vector<SlotId> ids(Wanted&& wanted) const {
    std::vector<SlotId> found;
    for (std::uint32_t at = 0; at < slots_.size(); ++at) {
      if (slots_[at].held && wanted(*slots_[at].held)) found.push_back(id_of(at, slots_[at]));
    }
    return found;
  }

 private:
  struct Slot {
    std::uint32_t uses = 1;
    std::optional<T> held;
  };

  static SlotId id_of(std::uint32_t at, const Slot& slot) { return SlotId{slot.uses} << place_bits | at; }

  std::deque<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace causeway
