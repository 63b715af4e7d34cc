// One record of the state in memory: an object, or all entries at one path of a large object. One allocation, 16 bytes
// of head. Its body is, byte for byte, what the state stores (storage/object_body.h).
#pragma once

#include <cstdint>
#include <cstring>

#include "base/bytes.h"
#include "storage/keys.h"

namespace causeway {

enum class RecordKind : std::uint8_t { object, entry };

/// What a record is found under: an object's key, or the path of an entry of an object.
struct RecordName {
  RecordKind kind = RecordKind::object;
  ObjectId object;  ///< of an entry
  BytesView text;

  [[nodiscard]] std::uint64_t hash() const;
  friend bool operator==(const RecordName&, const RecordName&) = default;
};

/// Made and freed by its table only. Once a checkpoint may read it, it does not change any more.
class Blob {
 public:
  static Blob* make(const RecordName& name, std::size_t body_bytes);
  static void free(Blob* blob) { ::operator delete(blob); }

  [[nodiscard]] RecordName name() const {
    const BytesView all(bytes(), name_bytes_);
    if (is_entry_ == 0) return {RecordKind::object, {}, all};
    RecordName name{RecordKind::entry, {}, all.substr(sizeof(ObjectId))};
    std::memcpy(&name.object, all.data(), sizeof(ObjectId));
    return name;
  }
  [[nodiscard]] bool is(const RecordName& wanted) const { return name() == wanted; }
  /// Of an object: its key.
  [[nodiscard]] bool is_object(BytesView key) const { return is_entry_ == 0 && BytesView(bytes(), name_bytes_) == key; }
  [[nodiscard]] BytesView body() const { return {bytes() + name_bytes_, body_bytes_}; }
  /// Nothing is there: what the state has of it goes.
  [[nodiscard]] bool absent() const { return absent_; }

  /// REQUIRES: fits().
  void set(BytesView body, bool absent) {
    std::memcpy(bytes() + name_bytes_, body.data(), body.size());
    body_bytes_ = static_cast<std::uint32_t>(body.size());
    absent_ = absent;
  }
  /// Whether a body of this size needs just the memory that is there.
  [[nodiscard]] bool fits(std::size_t body_bytes) const {
    return memory(name_bytes_, body_bytes) == memory();
  }
  /// What it costs, the allocator's share included.
  [[nodiscard]] std::size_t memory() const { return memory(name_bytes_, body_bytes_); }

  std::uint32_t generation = 0;  ///< it was changed last in this one; 0: it is as the state has it
  std::uint32_t place = 0;       ///< in the list of what was changed then

 private:
  Blob() = default;
  static std::size_t memory(std::size_t name_bytes, std::size_t body_bytes);
  [[nodiscard]] const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
  [[nodiscard]] char* bytes() { return reinterpret_cast<char*>(this + 1); }

  std::uint32_t body_bytes_ = 0;
  std::uint32_t name_bytes_ : 30 = 0;
  std::uint32_t is_entry_ : 1 = 0;
  std::uint32_t absent_ : 1 = 0;
};
static_assert(sizeof(Blob) == 16);

}  // namespace causeway
