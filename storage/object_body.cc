#include "storage/object_body.h"

#include <algorithm>
#include <limits>

#include "base/serial.h"
#include "crdt/codec.h"

namespace causeway {
namespace {

constexpr std::uint8_t same_path = 1;
constexpr std::uint8_t short_path = 2;
constexpr std::uint8_t same_dot = 4;
constexpr std::size_t short_path_bytes = 2;
constexpr std::size_t stamp_bytes = 8;
constexpr std::array<char, 2> marker_path_bytes = {static_cast<char>(EntryType::marker),
                                                   static_cast<char>(Part::value)};
constexpr BytesView marker_path(marker_path_bytes.data(), marker_path_bytes.size());

/// Packs entries into the room that is left behind a body's first bytes.
class Packer {
 public:
  Packer(BytesView path, ActorTable& actors, char* at) : path_(path), actors_(actors), writer_(at) {}

  static std::size_t bytes_max(std::span<const EntryView> entries) {
    std::size_t bytes = 0;
    for (const EntryView& entry : entries) {
      bytes += 1 + 4 * RawWriter::varint_bytes_max + entry.path.size() + entry.payload.size();
    }
    return bytes;
  }

  void add(const EntryView& entry) {
    std::uint8_t head = 0;
    if (entry.path == path_) {
      head |= same_path;
    } else if (entry.path.size() == short_path_bytes) {
      head |= short_path;
    }
    if (entry.dot == dot_) head |= same_dot;
    writer_.u8(head);
    if ((head & same_path) == 0) {
      if ((head & short_path) == 0) writer_.varint(entry.path.size());
      writer_.raw(entry.path);
    }
    if ((head & same_dot) == 0) {
      writer_.varint(actors_.number(entry.dot.actor));
      writer_.varint(entry.dot.counter);
    }
    writer_.bytes(entry.payload);
    path_ = entry.path;
    dot_ = entry.dot;
  }
  [[nodiscard]] const char* end() const { return writer_.at(); }

 private:
  BytesView path_;
  ActorTable& actors_;
  RawWriter writer_;
  Dot dot_;
};

/// Whether the first entry is the marker that the second implies.
bool marker_is_implied(const EntryList& list) {
  if (list.entries.size() < 2) return false;
  const EntryView& marker = list.entries[0];
  const EntryView& first = list.entries[1];
  return marker.path == marker_path && first.path != marker_path && marker.dot == first.dot &&
         marker.payload.size() == stamp_bytes + 1 && marker.payload.back() == first.path[0] &&
         first.payload.starts_with(marker.payload.substr(0, stamp_bytes));
}

}  // namespace

bool EntryList::read_packed(BytesView packed, BytesView path, const ActorTable& actors) {
  Reader reader(packed);
  Dot dot;
  while (!reader.done()) {
    const std::uint8_t head = reader.u8();
    if ((head & same_path) == 0) {
      path =
          (head & short_path) != 0 ? reader.raw(short_path_bytes) : reader.bytes(CodecLimits::path_bytes_max);
    }
    if ((head & same_dot) == 0) {
      const std::uint64_t actor = reader.varint();
      if (actor >= actors.actors().size()) return false;
      dot = {actors.actors()[actor], reader.varint()};
    }
    const BytesView payload = reader.bytes(std::numeric_limits<std::uint64_t>::max());
    if (!reader.ok()) return false;
    entries.push_back({path, dot, payload});
  }
  return true;
}

bool EntryList::read_object(BytesView body, const ActorTable& actors) {
  entries.clear();
  if (body.empty() || is_spread(body)) return false;
  const bool marked = body[0] == static_cast<char>(ObjectForm::whole_marked);
  if (!marked && body[0] != static_cast<char>(ObjectForm::whole)) return false;
  if (marked) entries.push_back({marker_path, {}, {}});
  if (!read_packed(body.substr(1), {}, actors)) return false;
  if (!marked) return true;
  if (entries.size() < 2 || entries[1].payload.size() < stamp_bytes || entries[1].path.empty()) return false;
  std::copy_n(entries[1].payload.begin(), stamp_bytes, marker_payload_.begin());
  marker_payload_.back() = entries[1].path[0];
  entries[0].dot = entries[1].dot;
  point_to_marker();
  return true;
}

bool EntryList::read_entry(BytesView path, BytesView body, const ActorTable& actors) {
  entries.clear();
  return read_packed(body, path, actors);
}

BytesView write_object(const EntryList& list, ActorTable& actors, Scratch& out) {
  const bool implied = marker_is_implied(list);
  const std::span<const EntryView> packed = list.all().subspan(implied ? 1 : 0);
  out.clear();
  char* const at = out.room(1 + Packer::bytes_max(packed));
  *at = static_cast<char>(implied ? ObjectForm::whole_marked : ObjectForm::whole);
  Packer packer({}, actors, at + 1);
  for (const EntryView& entry : packed) packer.add(entry);
  out.end_at(packer.end());
  return out.view();
}

BytesView write_entry(BytesView path, std::span<const EntryView> entries, ActorTable& actors, Scratch& out) {
  out.clear();
  Packer packer(path, actors, out.room(Packer::bytes_max(entries)));
  for (const EntryView& entry : entries) packer.add(entry);
  out.end_at(packer.end());
  return out.view();
}

BytesView write_record(const ObjectRecord& record, Scratch& out) {
  constexpr std::size_t numbers = 7;
  const auto& live = record.summary.live;
  out.clear();
  RawWriter writer(
      out.room(1 + numbers * RawWriter::varint_bytes_max + live.size() * (1 + RawWriter::varint_bytes_max)));
  writer.u8(static_cast<std::uint8_t>(ObjectForm::spread));
  writer.varint(record.id.value);
  writer.varint(record.entries);
  writer.varint(record.bytes);
  writer.varint(record.summary.duplicate_requests);
  writer.varint(record.summary.tallies);
  writer.varint(record.summary.expiries);
  writer.varint(live.size());
  for (const auto& [type, paths] : live) {
    writer.u8(static_cast<std::uint8_t>(type));
    writer.varint(paths);
  }
  out.end_at(writer.at());
  return out.view();
}

bool read_record(BytesView body, ObjectRecord& record) {
  Reader reader(body);
  reader.u8();
  record.id.value = reader.varint();
  record.entries = reader.varint();
  record.bytes = reader.varint();
  record.summary.duplicate_requests = reader.varint();
  record.summary.tallies = reader.varint();
  record.summary.expiries = reader.varint();
  record.summary.live.resize(reader.count(std::numeric_limits<std::uint8_t>::max()));
  for (auto& [type, live] : record.summary.live) {
    type = static_cast<EntryType>(reader.u8());
    live = reader.varint();
  }
  return reader.done() && record.id.value != 0;
}

}  // namespace causeway
