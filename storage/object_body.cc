#include "storage/object_body.h"

#include <algorithm>
#include <limits>

#include "base/serial.h"
#include "crdt/codec.h"

namespace causeway {
namespace {

constexpr std::uint8_t same_path = 0x01;
constexpr std::uint8_t short_path = 0x02;
constexpr std::uint8_t same_dot = 0x04;
constexpr std::uint8_t to_the_end = 0x08;
constexpr std::uint8_t marked = 0x20;
constexpr std::uint8_t known_bits = same_path | short_path | same_dot | to_the_end | marked;
constexpr std::size_t short_path_bytes = 2;
constexpr std::size_t stamp_bytes = 8;

using ShortPath = std::array<char, short_path_bytes>;
constexpr ShortPath value_path(EntryType type) {
  return {static_cast<char>(type), static_cast<char>(Part::value)};
}
constexpr ShortPath marker_bytes = value_path(EntryType::marker);
constexpr BytesView marker_path(marker_bytes.data(), marker_bytes.size());

/// Where the first entry of most fields of a value of this type stands.
BytesView usual_path(EntryType type) {
  static constexpr ShortPath string = value_path(EntryType::string);
  static constexpr ShortPath reg = value_path(EntryType::reg);
  static constexpr ShortPath score = value_path(EntryType::score);
  static constexpr ShortPath flag = value_path(EntryType::disable_flag);
  const auto view = [](const ShortPath& path) { return BytesView(path.data(), path.size()); };
  switch (type) {
    case EntryType::list: return view(reg);
    case EntryType::sorted_set: return view(score);
    case EntryType::remove_wins_set: return view(flag);
    default: return view(string);
  }
}
/// Most objects are strings.
BytesView usual_path() { return usual_path(EntryType::map); }

/// Packs entries, one after the other, into room that is large enough.
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

  /// `head`: bits that are set besides.
  void add(const EntryView& entry, std::uint8_t head) {
    if (entry.path.size() == path_.size() && begins_with(entry.path, path_)) {
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
    if ((head & to_the_end) == 0) writer_.varint(entry.payload.size());
    writer_.raw(entry.payload);
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

/// `first_head`: bits that the first head has besides.
BytesView pack(BytesView path, std::span<const EntryView> entries, std::uint8_t first_head,
               ActorTable& actors, Scratch& out) {
  out.clear();
  Packer packer(path, actors, out.room(Packer::bytes_max(entries)));
  for (const EntryView& entry : entries) {
    packer.add(entry, std::exchange(first_head, 0) | (&entry == &entries.back() ? to_the_end : 0));
  }
  out.end_at(packer.end());
  return out.view();
}

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
    if ((head & ~known_bits) != 0) return false;
    if ((head & same_path) == 0) {
      path =
          (head & short_path) != 0 ? reader.raw(short_path_bytes) : reader.bytes(CodecLimits::path_bytes_max);
    }
    if ((head & same_dot) == 0) {
      const std::uint64_t actor = reader.varint();
      if (actor >= actors.actors().size()) return false;
      dot = {actors.actors()[actor], reader.varint()};
    }
    const bool is_last = (head & to_the_end) != 0;
    const BytesView payload =
        is_last ? reader.rest() : reader.bytes(std::numeric_limits<std::uint64_t>::max());
    if (!reader.ok() || path.empty()) return false;
    entries.push_back({path, dot, payload});
    if (is_last) return true;
  }
  return true;
}

bool EntryList::read_object(BytesView body, const ActorTable& actors) {
  entries.clear();
  if (body.empty() || is_spread(body)) return false;
  const bool is_marked = (static_cast<std::uint8_t>(body[0]) & marked) != 0;
  if (is_marked) entries.push_back({marker_path, {}, {}});
  if (!read_packed(body, usual_path(), actors)) return false;
  if (!is_marked) return true;
  if (entries.size() < 2 || entries[1].payload.size() < stamp_bytes) return false;
  imply_marker();
  return true;
}

void EntryList::imply_marker() {
  std::copy_n(entries[1].payload.begin(), stamp_bytes, marker_payload_.begin());
  marker_payload_.back() = entries[1].path[0];
  entries[0].dot = entries[1].dot;
  point_to_marker();
}

bool EntryList::read_field(EntryType type, BytesView body, const ActorTable& actors) {
  entries.clear();
  return !body.empty() && !is_spread(body) && read_packed(body, usual_path(type), actors);
}

bool EntryList::read_entry(BytesView path, BytesView body, const ActorTable& actors) {
  entries.clear();
  return read_packed(body, path, actors);
}

BytesView write_object(const EntryList& list, ActorTable& actors, Scratch& out) {
  const bool implied = marker_is_implied(list);
  return pack(usual_path(), list.all().subspan(implied ? 1 : 0), implied ? marked : 0, actors, out);
}

BytesView write_field(EntryType type, std::span<const EntryView> entries, ActorTable& actors, Scratch& out) {
  return pack(usual_path(type), entries, 0, actors, out);
}

BytesView write_entry(BytesView path, std::span<const EntryView> entries, ActorTable& actors, Scratch& out) {
  return pack(path, entries, 0, actors, out);
}

BytesView write_record(const SpreadRecord& record, ActorTable& actors, Scratch& out) {
  constexpr std::size_t numbers = 8;
  const auto& live = record.summary.live;
  const auto& rows = record.dots.rows();
  out.clear();
  RawWriter writer(out.room(1 + 2 * sizeof(std::uint64_t) +
                            (numbers + 2 * live.size() + 2 * rows.size()) * RawWriter::varint_bytes_max));
  writer.u8(spread_mark);
  writer.varint(record.id.value);
  writer.varint(record.counts.entries);
  writer.varint(record.counts.requests);
  writer.varint(record.summary.duplicate_requests);
  writer.varint(record.summary.tallies);
  writer.varint(record.summary.expiries);
  writer.u64(record.digest.low);
  writer.u64(record.digest.high);
  writer.varint(rows.size());
  for (const auto& [actor, counter] : rows) {
    writer.varint(actors.number(actor));
    writer.varint(counter);
  }
  writer.varint(live.size());
  for (const auto& [type, elements] : live) {
    writer.u8(static_cast<std::uint8_t>(type));
    writer.varint(elements);
  }
  out.end_at(writer.at());
  return out.view();
}

bool read_record(BytesView body, const ActorTable& actors, SpreadRecord& record) {
  Reader reader(body);
  if (reader.u8() != spread_mark) return false;
  record.id.value = reader.varint();
  record.counts.entries = reader.varint();
  record.counts.requests = reader.varint();
  record.summary.duplicate_requests = reader.varint();
  record.summary.tallies = reader.varint();
  record.summary.expiries = reader.varint();
  record.digest.low = reader.u64();
  record.digest.high = reader.u64();
  record.dots = {};
  for (std::uint64_t left = reader.count(CodecLimits::rows_max); left > 0; --left) {
    const std::uint64_t actor = reader.varint();
    if (actor >= actors.actors().size()) return false;
    record.dots.raise({actors.actors()[actor], reader.varint()});
  }
  record.summary.live.resize(reader.count(std::numeric_limits<std::uint8_t>::max()));
  for (auto& [type, live] : record.summary.live) {
    type = static_cast<EntryType>(reader.u8());
    live = reader.varint();
  }
  return reader.done() && record.id.value != 0;
}

}  // namespace causeway
