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

Result<Dots> dots_at(const EntryReader& entries, BytesView key, BytesView path) {
  Dots dots;
  CW_TRY_VOID(entries.at(key, path, [&](const EntryView& entry) {
    dots.push_back(entry.dot);
    return true;
  }));
  return dots;
}

tl::unexpected<Error> unreadable(BytesView key, const EntryView& entry) {
  const auto head = parse_path(entry.path);
  return fail(ErrorCode::internal, "an entry of type " + Bytes(head ? name_of(head->type) : "unknown") +
                                       " in a key of " + std::to_string(key.size()) +
                                       " bytes cannot be read: it is damaged");
}

}  // namespace causeway
