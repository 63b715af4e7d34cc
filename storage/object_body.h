// The bodies of the records of objects and their elements: the same bytes in memory and in the state. The first byte of each is
// below 0x80.
//
//   container := packed                  whole: an object, or a field of a spread container, with all its entries
//              | 0x40 record             spread: its elements have records of their own
//   element   := packed                  all entries at one path of a spread container
//   packed    := (head:u8 [[size:varint] path] [actor:varint counter:varint] [size:varint] payload) …
//                sorted by path, which is taken from the container on; actors are numbers of the partition's table.
//                Bits of the head:
//     0x01 the path is the one before; at first, that of the record, or the usual one of such a container
//     0x02 the path has two bytes, and no size is given    0x04 the dot is the one before
//     0x08 the payload goes to the end                     0x20 (of an object's first) the implied marker stands before it
//   record    := id:varint entries:varint requests:varint duplicates:varint tallies:varint expiries:varint digest:u64 u64
//                count:varint (actor:varint counter:varint) … count:varint (type:u8 live:varint) …
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
#include "crdt/version_vector.h"
#include "storage/actor_table.h"
#include "storage/keys.h"

namespace causeway {

/// What adds up over the entries of a container, those in fields included. Modulo 2^64: also differences.
struct EntryCounts {
  std::uint64_t entries = 0;
  std::uint64_t requests = 0;  ///< of those, executed request ids

  void add(const EntryCounts& after, const EntryCounts& before) {
    entries += after.entries - before.entries;
    requests += after.requests - before.requests;
  }
  friend bool operator==(const EntryCounts&, const EntryCounts&) = default;
};

/// Of a container that is spread.
struct SpreadRecord {
  ObjectId id;  ///< of an object: what its elements are found under; of a field: see storage/element_name.h
  EntryCounts counts;
  Hash128 digest;      ///< of the entries, those in fields included
  VersionVector dots;  ///< covers all of them, and some that are gone
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

  // False: the body is damaged.

  /// All entries of an object that is whole.
  bool read_object(BytesView body, const ActorTable& actors);
  /// Of a field that is whole, of a value of this type.
  bool read_field(EntryType type, BytesView body, const ActorTable& actors);
  /// All entries at one path.
  bool read_entry(BytesView path, BytesView body, const ActorTable& actors);

 private:
  bool read_packed(BytesView packed, BytesView path, const ActorTable& actors);
  void imply_marker();
  void point_to_marker() { entries[0].payload = {marker_payload_.data(), marker_payload_.size()}; }

  std::array<char, 9> marker_payload_{};
};

inline constexpr std::uint8_t spread_mark = 0x40;

/// Whether the container's elements have records of their own.
inline bool is_spread(BytesView body) {
  return !body.empty() && (static_cast<std::uint8_t>(body[0]) & spread_mark) != 0;
}

// Bodies are written into `out`, and stand there until it is written again.

/// Of an object with these entries, sorted by (path, dot).
BytesView write_object(const EntryList& list, ActorTable& actors, Scratch& out);
/// Of a field of a value of this type.
BytesView write_field(EntryType type, std::span<const EntryView> entries, ActorTable& actors, Scratch& out);
/// Of the record of one path.
BytesView write_entry(BytesView path, std::span<const EntryView> entries, ActorTable& actors, Scratch& out);
BytesView write_record(const SpreadRecord& record, ActorTable& actors, Scratch& out);
/// The id alone, whatever follows it. REQUIRES: is_spread(body).
inline ObjectId id_of(BytesView body) { return ObjectId{Reader(body.substr(1)).varint()}; }
/// False: damaged. REQUIRES: is_spread(body).
bool read_record(BytesView body, const ActorTable& actors, SpreadRecord& record);

}  // namespace causeway
