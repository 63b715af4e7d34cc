#include "storage/blob.h"

#include <new>

#include "base/hash.h"

namespace causeway {
namespace {

constexpr std::size_t allocator_head_bytes = 8;
constexpr std::size_t allocator_unit_bytes = 16;

}  // namespace

std::uint64_t RecordName::hash() const { return hash64(text, object.value); }

std::size_t Blob::memory(std::size_t name_bytes, std::size_t body_bytes) {
  const std::size_t bytes = sizeof(Blob) + name_bytes + body_bytes + allocator_head_bytes;
  return (bytes + allocator_unit_bytes - 1) / allocator_unit_bytes * allocator_unit_bytes;
}

Blob* Blob::make(const RecordName& name, std::size_t body_bytes) {
  const bool is_entry = name.kind == RecordKind::entry;
  const std::size_t name_bytes = name.text.size() + (is_entry ? sizeof(name.object) : 0);
  auto* const blob = new (::operator new(memory(name_bytes, body_bytes) - allocator_head_bytes)) Blob;
  blob->name_bytes_ = name_bytes & 0x3FFFFFFFU;
  blob->is_entry_ = is_entry ? 1 : 0;
  blob->body_bytes_ = static_cast<std::uint32_t>(body_bytes);
  char* at = blob->bytes();
  if (is_entry) {
    std::memcpy(at, &name.object, sizeof(name.object));
    at += sizeof(name.object);
  }
  std::memcpy(at, name.text.data(), name.text.size());
  return blob;
}

}  // namespace causeway
