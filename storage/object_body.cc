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

class Packer {
 public:
  Packer(BytesView path, ActorTable& actors, Bytes& out) : path_(path), actors_(actors), out_(out) {}

  void add(const EntryView& entry) {
    const std::size_t before = out_.size();
    out_.resize(before + 1 + 4 * RawWriter::varint_bytes_max + entry.path.size() + entry.payload.size());
    RawWriter writer(out_.data() + before);
    std::uint8_t head = 0;
    if (entry.path == path_) {
      head |= same_path;
    } else if (entry.path.size() == short_path_bytes) {
      head |= short_path;
    }
    if (entry.dot == dot_) head |= same_dot;
    writer.u8(head);
    if ((head & same_path) == 0) {
      if ((head & short_path) == 0) writer.varint(entry.path.size());
      writer.raw(entry.path);
    }
    if ((head & same_dot) == 0) {
      writer.varint(actors_.number(entry.dot.actor));
      writer.varint(entry.dot.counter);
    }
    writer.bytes(entry.payload);
    out_.resize(static_cast<std::size_t>(writer.at() - out_.data()));
    path_ = entry.path;
    dot_ = entry.dot;
  }

 private:
  BytesView path_;
  ActorTable& actors_;
  Bytes& out_;
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
  while (!reader.rest().empty()) {
    const std::uint8_t head = reader.u8();
    if ((head & same_path) == 0) {
      path =
          (head & short_path) != 0 ? reader.raw(short_path_bytes) : reader.bytes(CodecLimits::path_bytes_max);
    }
    if ((head & same_dot) == 0) {
      const auto actor = actors.actor(reader.varint());
      dot = {actor.value_or(ActorId{}), reader.varint()};
      if (!actor) return false;
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

void write_object(const EntryList& list, ActorTable& actors, Bytes& out) {
  out.clear();
  const bool implied = marker_is_implied(list);
  out.push_back(static_cast<char>(implied ? ObjectForm::whole_marked : ObjectForm::whole));
  Packer packer({}, actors, out);
  for (std::size_t i = implied ? 1 : 0; i < list.entries.size(); ++i) packer.add(list.entries[i]);
}

void write_entry(BytesView path, std::span<const EntryView> entries, ActorTable& actors, Bytes& out) {
  out.clear();
  Packer packer(path, actors, out);
  for (const EntryView& entry : entries) packer.add(entry);
}

void write_record(const ObjectRecord& record, Bytes& out) {
  out.clear();
  Writer writer(out);
  writer.u8(static_cast<std::uint8_t>(ObjectForm::spread));
  writer.varint(record.id.value);
  writer.varint(record.entries);
  writer.varint(record.bytes);
  writer.varint(record.summary.duplicate_requests);
  writer.varint(record.summary.live.size());
  for (const auto& [type, live] : record.summary.live) {
    writer.u8(static_cast<std::uint8_t>(type));
    writer.varint(live);
  }
}

bool read_record(BytesView body, ObjectRecord& record) {
  Reader reader(body);
  reader.u8();
  record.id.value = reader.varint();
  record.entries = reader.varint();
  record.bytes = reader.varint();
  record.summary.duplicate_requests = reader.varint();
  record.summary.live.resize(reader.count(std::numeric_limits<std::uint8_t>::max()));
  for (auto& [type, live] : record.summary.live) {
    type = static_cast<EntryType>(reader.u8());
    live = reader.varint();
  }
  return reader.done() && record.id.value != 0;
}

}  // namespace causeway
