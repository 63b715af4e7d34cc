// The durable record by which a node proves who it was, and whether it may go on under its old actor.
#pragma once

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace causeway {

/// The note of a data folder that holds its Identity.
inline constexpr BytesView identity_note = "identity";

struct Identity {
  std::uint64_t cluster = 0;
  NodeId node;
  Incarnation incarnation;    ///< of the last run
  ActorId actor;              ///< that it issued under
  bool durable_sync = false;  ///< it acknowledged only what was on disk
  Bytes boot_id;              ///< of the kernel that it ran on
  bool clean = false;         ///< it ended in order, with everything on disk
  bool complete = true;       ///< it had caught up with what an earlier loss took

  friend bool operator==(const Identity&, const Identity&) = default;
};

Bytes encode_identity(const Identity& identity);
/// Errors: internal, damage.
Result<Identity> decode_identity(BytesView bytes);

/// The local half of the identity rule: whether the last run can have lost nothing that it sent. The death of a process
/// loses nothing that was written; the death of the machine loses what was not synced.
bool may_reuse_actor(const Identity& last, BytesView boot_id);

}  // namespace causeway
