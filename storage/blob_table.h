// Where the blobs of one partition are found: open addressing over eight-byte slots, that hold the pointer, fifteen bits of
// the hash, and whether it was used since the sweep last came by. No hash is stored: what is looked for is prefetched
// in two steps, first the slot, then the blob. A table that grows is not moved at once: with each insertion some slots.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/function_ref.h"
#include "storage/blob.h"

namespace causeway {

class BlobTable {
 public:
  /// `memory`: what the slots take is added there. It outlives the table.
  explicit BlobTable(std::size_t& memory);
  BlobTable(const BlobTable&) = delete;
  BlobTable& operator=(const BlobTable&) = delete;
  ~BlobTable();  ///< frees the blobs

  // A hash is always that of the name: whoever asks has it already.

  /// Null: it has none of this name. Marks it as used.
  Blob* find(const RecordName& name, std::uint64_t hash);
  /// The blob takes its place. REQUIRES: none of its name is there.
  void insert(Blob* blob, std::uint64_t hash);
  /// Another blob of the same name takes the place of `from`, which is there.
  void replace(Blob* from, Blob* to, std::uint64_t hash);
  /// REQUIRES: it is there. Does not free it.
  void erase(Blob* blob, std::uint64_t hash);

  /// Asks the memory for the slot of this hash, and, once that has come, for the blob.
  void prefetch_slot(std::uint64_t hash) const { __builtin_prefetch(&slots_[home(hash)]); }
  void prefetch_blob(std::uint64_t hash) const;

  void each(FunctionRef<void(Blob&)> visit) const;

  /// Looks at so many slots, from where the last sweep ended: blobs not used since the last time are shown, and leave the
  /// table if `leave` says so, which then owns them.
  void sweep(std::size_t slots, FunctionRef<bool(Blob&)> leave);

  /// How often sweeps have come by all slots.
  [[nodiscard]] std::uint64_t rounds() const { return rounds_; }

  [[nodiscard]] std::size_t size() const { return used_; }
  [[nodiscard]] std::size_t slots() const { return slots_.size(); }
  /// Of the slots.
  [[nodiscard]] std::size_t memory() const { return (slots_.size() + old_.size()) * sizeof(Slot); }

 private:
  using Slot = std::uint64_t;

  /// Empty slots, a power of two of them. The system gives their memory when they are first written.
  class Slots {
   public:
    Slots() = default;
    explicit Slots(std::size_t count);
    [[nodiscard]] std::size_t size() const { return size_; }
    Slot& operator[](std::size_t at) { return slots_.get()[at]; }
    const Slot& operator[](std::size_t at) const { return slots_.get()[at]; }

   private:
    struct Free {
      void operator()(Slot* slots) const { std::free(slots); }
    };
    std::unique_ptr<Slot, Free> slots_;
    std::size_t size_ = 0;
  };

  [[nodiscard]] std::size_t home(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
  [[nodiscard]] Slot& slot_of(const Blob* blob, std::uint64_t hash);
  Blob* find_in_old(const RecordName& name, std::uint64_t hash);
  void put(Slot slot, std::uint64_t hash);
  void set_slots(Slots slots);
  void grow();
  void move(std::size_t slots);

  std::size_t& memory_;
  Slots slots_;
  Slots old_;              ///< what of it has not moved yet
  std::size_t moved_ = 0;  ///< of the old slots, from the first on
  std::size_t used_ = 0;   ///< in both
  std::size_t graves_ =
      0;  ///< slots of what has left: a search goes on behind them; of the old ones none is counted
  std::size_t hand_ = 0;
  std::uint64_t rounds_ = 0;
};

}  // namespace causeway
