// The bodies of the records of objects and entries: the same bytes in memory and in the state.
//
//   object := 0x00 packed           a small object: all its entries
//           | 0x01 packed           the same; besides, the marker of its type, which was written with the first of them
//           | 0x02 record           a large object: its entries have records of their own
//   record := id:varint entries:varint bytes:varint duplicate_requests:varint tallies:varint expiries:varint
//             count:varint (type:u8 live:varint) …
//   entry  := packed                all entries at one path
//   packed := (head:u8 [[size:varint] path] [actor:varint counter:varint] size:varint payload) …
//             sorted by path; actors are numbers of the partition's table. Bits of the head:
//     0x01 the path is the one before (at first, the record's own)    0x02 the path has two bytes, and no size is given
//     0x04 the dot is the one before
//
// The implied marker is what nearly every register and string has: path and payload follow from the first entry (its
// type, its stamp), and it has the same dot. It costs nothing.
#pragma once

#include <array>
#include <boost/container/small_vector.hpp>
#include <span>

#include "base/result.h"
#include "base/scratch.h"
#include "base/serial.h"
#include "crdt/entry.h"
#include "storage/actor_table.h"
#include "storage/keys.h"

namespace causeway {

/// Of a large object.
struct ObjectRecord {
  ObjectId id;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< of the entries' paths and payloads
  ObjectSummary summary;
};

/// Entries decoded in place: their views refer to the body, the marker's payload to the list itself.
class EntryList {
 public:
  EntryList() = default;
  EntryList(const EntryList&) = delete;
  EntryList& operator=(const EntryList& other) {
    entries = other.entries;
    marker_payload_ = other.marker_payload_;
    if (!entries.empty() && entries[0].payload.data() == other.marker_payload_.data()) point_to_marker();
    return *this;
  }

  boost::container::small_vector<EntryView, 8> entries;

  [[nodiscard]] std::span<const EntryView> all() const { return {entries.data(), entries.size()}; }

  /// All entries of a small object. False: the body is damaged.
  bool read_object(BytesView body, const ActorTable& actors);
  /// All entries at one path.
  bool read_entry(BytesView path, BytesView body, const ActorTable& actors);

 private:
  bool read_packed(BytesView packed, BytesView path, const ActorTable& actors);
  void point_to_marker() { entries[0].payload = {marker_payload_.data(), marker_payload_.size()}; }

  std::array<char, 9> marker_payload_{};
};

enum class ObjectForm : std::uint8_t { whole = 0, whole_marked = 1, spread = 2 };

/// Whether the object's entries have records of their own.
inline bool is_spread(BytesView body) {
  return !body.empty() && body[0] == static_cast<char>(ObjectForm::spread);
}

// Bodies are written into `out`, and stand there until it is written again.

/// Of a small object with these entries, sorted by (path, dot).
BytesView write_object(const EntryList& list, ActorTable& actors, Scratch& out);
/// Of the record of one path.
BytesView write_entry(BytesView path, std::span<const EntryView> entries, ActorTable& actors, Scratch& out);
BytesView write_record(const ObjectRecord& record, Scratch& out);
/// The id alone, whatever follows it. REQUIRES: is_spread(body).
inline ObjectId id_of(BytesView body) { return ObjectId{Reader(body.substr(1)).varint()}; }
/// False: damaged. REQUIRES: is_spread(body).
bool read_record(BytesView body, ObjectRecord& record);

}  // namespace causeway
