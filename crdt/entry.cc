#include "crdt/entry.h"

#include <array>

#include "base/serial.h"
#include "crdt/container.h"

namespace causeway {

Hash128 digest_of(BytesView key, BytesView path, const Dot& dot, BytesView payload) {
  constexpr std::size_t small_bytes = 512;
  const std::size_t bytes_max =
      2 * sizeof(std::uint64_t) + 2 * RawWriter::varint_bytes_max + key.size() + path.size() + payload.size();
  std::array<char, small_bytes> small;
  thread_local Bytes large;
  if (bytes_max > small_bytes) large.resize(bytes_max);
  char* const begin = bytes_max > small_bytes ? large.data() : small.data();
  RawWriter writer(begin);
  writer.u64(dot.actor.value);
  writer.u64(dot.counter);
  writer.bytes(key);
  writer.bytes(path);
  writer.raw(payload);
  return hash128({begin, static_cast<std::size_t>(writer.at() - begin)});
}

Result<void> ObjectEntries::summary(BytesView key, BytesView base, ObjectSummary& summary) const {
  if (summary_ != nullptr && base.empty() && is_key(key)) {
    summary = *summary_;
    return {};
  }
  if (!is_at_hand(key)) return under_->summary(key, base, summary);
  summarize(below(entries_, base), base.size(), summary);
  return {};
}

Result<const ElementOrder*> ObjectEntries::order(const Place& place, ElementOrder& scratch) const {
  if (!is_at_hand(place.key)) return under_->order(place, scratch);
  order_elements(below(entries_, place.base), place, scratch);
  return &scratch;
}

tl::unexpected<Error> unreadable(BytesView key, const EntryView& entry) {
  const auto head = parse_path(entry.path);
  return fail(ErrorCode::internal, "an entry of type " + Bytes(head ? name_of(head->type) : "unknown") +
                                       " in a key of " + std::to_string(key.size()) +
                                       " bytes cannot be read: it is damaged");
}

}  // namespace causeway
