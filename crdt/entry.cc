#include "crdt/entry.h"

#include <array>

#include "base/serial.h"

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

Result<void> ObjectEntries::summary(BytesView key, ObjectSummary& summary) const {
  if (!is_at_hand(key)) return under_->summary(key, summary);
  summarize(entries_, summary);
  return {};
}

void count_path(ObjectSummary& summary, BytesView path, std::size_t before, std::size_t after) {
  const auto head = parse_path(path);
  if (!head) return;
  if (head->part == Part::request) {
    summary.duplicate_requests += (after >= 2 ? 1U : 0U) - (before >= 2 ? std::uint64_t{1} : 0U);
  }
  if (!is_live(*head) || (before > 0) == (after > 0)) return;
  auto at = summary.live.begin();
  while (at != summary.live.end() && at->first < head->type) ++at;
  if (at == summary.live.end() || at->first != head->type) at = summary.live.insert(at, {head->type, 0});
  at->second += after > 0 ? 1 : std::uint64_t{0} - 1;
  if (at->second == 0) summary.live.erase(at);
}

void summarize(std::span<const EntryView> entries, ObjectSummary& summary) {
  for (std::size_t i = 0; i < entries.size();) {
    std::size_t end = i + 1;
    while (end < entries.size() && entries[end].path.size() == entries[i].path.size() &&
           begins_with(entries[end].path, entries[i].path)) {
      ++end;
    }
    const auto head = parse_path(entries[i].path);
    const bool is_duplicate = head && head->part == Part::request && end - i >= 2;
    if (is_duplicate) ++summary.duplicate_requests;
    i = end;
    if (!head || !is_live(*head)) continue;
    // Paths begin with their types: these come in order.
    if (summary.live.empty() || summary.live.back().first != head->type)
      summary.live.emplace_back(head->type, 0);
    ++summary.live.back().second;
  }
}

tl::unexpected<Error> unreadable(BytesView key, const EntryView& entry) {
  const auto head = parse_path(entry.path);
  return fail(ErrorCode::internal, "an entry of type " + Bytes(head ? name_of(head->type) : "unknown") +
                                       " in a key of " + std::to_string(key.size()) +
                                       " bytes cannot be read: it is damaged");
}

}  // namespace causeway
