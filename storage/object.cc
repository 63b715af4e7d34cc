#include "storage/object.h"

#include "storage/object_table.h"

namespace causeway {
namespace {

constexpr std::size_t node_bytes = 48;  // what a node of a map or of the heap costs besides its value

}  // namespace

std::size_t slot_bytes(const EntryName& name, const Slot& slot) {
  return node_bytes + sizeof(EntryName) + sizeof(Slot) + name.path.size() + slot.payload.size();
}

std::size_t object_bytes(BytesView key) { return node_bytes + sizeof(Object) + sizeof(Bytes) + key.size(); }

void ObjectLru::enter(Object& object) {
  object.place = objects_.insert(objects_.end(), &object);
  bytes_ += object.bytes;
}

void ObjectLru::leave(Object& object) {
  objects_.erase(object.place);
  bytes_ -= object.bytes;
}

void ObjectLru::touch(Object& object) { objects_.splice(objects_.end(), objects_, object.place); }

void ObjectLru::shrink() {
  for (auto at = objects_.begin(); bytes_ > bytes_max_ && at != objects_.end();) {
    Object& object = **at++;
    if (object.pins > 0) continue;
    leave(object);
    object.table->forget(object);
  }
}

}  // namespace causeway
