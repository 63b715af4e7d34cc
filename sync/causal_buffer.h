// Events that came too early: each waits until the replica's clock covers what it depends on. Nobody owns a buffered
// event: it may be dropped at any time, since whoever sent it can be asked again (rule 2).
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>

#include "base/bytes.h"
#include "base/time.h"
#include "crdt/codec.h"

namespace causeway {

struct Waiting {
  Bytes encoded;
  EventHead head;
  NodeId from;
  bool hand_over = false;  ///< to be passed to local peers once applied
  MonoTime since;
};

class CausalBuffer {
 public:
  explicit CausalBuffer(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// False if it waits already, or if there is no room: then it is dropped.
  bool add(Waiting event);
  /// Takes out an event that is ready at `clock`; drops those that the clock covers.
  std::optional<Waiting> take_ready(const VersionVector& clock);
  /// Who sent the event that has waited longest, if it has waited since `before`.
  [[nodiscard]] std::optional<NodeId> stuck_since(MonoTime before) const;

  /// The highest counter of the actor's events that wait; 0 if none does.
  [[nodiscard]] std::uint64_t highest(ActorId actor) const;
  /// Of what waits, with what it costs to keep it.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const;
  /// Drops what these actors issued (rule 2).
  void drop(const std::function<bool(ActorId)>& whose);
  /// Drops what has waited since before: its causes may never come, and it must not fill the buffer for ever.
  void drop_older(MonoTime before);

 private:
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::map<ActorId, std::map<std::uint64_t, Waiting>> waiting_;  ///< by actor, then counter; no empty inner map
};

}  // namespace causeway
