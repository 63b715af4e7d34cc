#include "crdt/entry.h"

#include "base/serial.h"

namespace causeway {

Hash128 digest_of(BytesView key, BytesView path, const Dot& dot, BytesView payload) {
  thread_local Bytes buffer;
  buffer.clear();
  Writer writer(buffer);
  writer.u64(dot.actor.value);
  writer.u64(dot.counter);
  writer.bytes(key);
  writer.bytes(path);
  writer.raw(payload);
  return hash128(buffer);
}

}  // namespace causeway
