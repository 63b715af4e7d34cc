// The one byte form of events, verbatim in log records and in messages (integers as in base/serial.h):
//
//   event    := 0x02 actors counter:varint hlc:u64 flags:u8 deps [request] mutations
//   actors   := count:varint actor:u64 …            the issuer first, then the others that are named below
//   flags    := 1 if a request id follows deps, else 0
//   deps     := vector
//   vector   := count:varint (index:varint counter:varint) …      index into actors
//   request  := high:u64 low:u64 expires_ms:u64
//   mutations:= count:varint mutation …
//   mutation := 0x00 key path supersedes                          remove
//             | 0x01 key path supersedes payload                  insert
//             | 0x02 key prefix observed:vector                   range removal
//   supersedes := vector                                          here one row a dot
//   key, path, prefix, payload := byte strings
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/scratch.h"
#include "crdt/event.h"

namespace causeway {

class Reader;

/// What may come from outside at most; a larger event is refused when it is decoded.
struct CodecLimits {
  static constexpr std::size_t key_bytes_max = 1024;
  static constexpr std::size_t path_bytes_max = std::size_t{128} * 1024;
  static constexpr std::size_t payload_bytes_max = std::size_t{64} * 1024 * 1024;
  static constexpr std::size_t actors_max = 4096;
  static constexpr std::size_t rows_max = 65536;
  static constexpr std::size_t mutations_max = 65536;
  static constexpr std::size_t event_bytes_max = std::size_t{128} * 1024 * 1024;
};

/// Writes events, mutation by mutation. To be used again and again: it keeps its memory.
class EventWriter {
 public:
  /// Forgets all, and begins an event of this actor.
  void begin(ActorId issuer);

  /// The payload is `head` and `tail`, one behind the other. REQUIRES: nothing was inserted at (key, path) yet.
  void insert(BytesView key, BytesView path, const Dots& supersedes, BytesView head, BytesView tail = {});
  void remove(BytesView key, BytesView path, const Dots& supersedes);
  void remove_range(BytesView key, BytesView prefix, const VersionVector& observed);

  /// What is answered rests on these events: where nothing changes, they have to be as safe as a change would be.
  void rest_on(const Dots& dots);
  [[nodiscard]] const VersionVector& rests_on() const { return rests_on_; }

  /// The event carries out this request.
  void name_request(const RequestId& request) { request_ = request; }

  [[nodiscard]] std::size_t mutations() const { return placed_.size(); }
  /// What was done last at exactly (key, path); nothing: nothing was.
  [[nodiscard]] std::optional<MutationForm> last_at(BytesView key, BytesView path) const;
  /// Whether anything was done to the object.
  [[nodiscard]] bool changes(BytesView key) const;
  /// Whether all of the object that was observed is removed.
  [[nodiscard]] bool removes_object(BytesView key) const;
  /// Of the longest path, or prefix.
  [[nodiscard]] std::size_t path_bytes() const {
    std::size_t longest = 0;
    for (const Placed& placed : placed_) longest = std::max<std::size_t>(longest, placed.path.size);
    return longest;
  }

  /// The event with all the mutations since begin(): as if decoded from its bytes, which stay until the writer is used again.
  /// REQUIRES: the head's actor is the issuer.
  void finish(const EventHead& head, Event& event);

 private:
  /// In body_.
  struct Piece {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
  };
  /// As Mutation.
  struct Placed {
    MutationForm form;
    Piece key;
    Piece path;
    Piece payload;
    std::uint32_t at;
    std::uint32_t dots;
  };

  [[nodiscard]] BytesView view(const Piece& piece) const { return body_.view().substr(piece.at, piece.size); }
  std::uint64_t index(ActorId actor);
  void write_vector(const VersionVector& vector, Scratch& out);
  void write_head(const EventHead& head);
  void write_update(MutationForm form, BytesView key, BytesView path, const Dots& dots, BytesView head,
                    BytesView tail);

  std::vector<ActorId> actors_;
  std::optional<RequestId> request_;
  std::vector<Placed> placed_;
  std::vector<Dot> dots_;
  std::vector<VersionVector> vectors_;
  VersionVector rests_on_;
  // The mutations, behind the room that a usual head needs; once it is written there, all stands in one piece.
  static constexpr std::size_t head_room_bytes = 128;
  Scratch body_;
  Scratch head_;
};

/// Reads an event in place: `event` refers to the bytes. Errors: invalid, with what is wrong; any bytes give one or the other.
Result<void> decode_event(BytesView bytes, Event& event);

/// The head alone, for causal delivery and filtering: no mutation is decoded or checked.
Result<EventHead> decode_event_head(BytesView bytes);

/// vector with full actors: count:varint (actor:u64 counter:varint) …
void encode_vector(const VersionVector& vector, Bytes& out);
VersionVector decode_vector(Reader& reader);

}  // namespace causeway
